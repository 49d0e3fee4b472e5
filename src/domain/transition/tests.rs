//! The way of a task, phase by phase: whatever happens, it ends exactly once.

use std::fmt::Write as _;

use proptest::prelude::*;
use uuid::Uuid;

use super::{Applied, Rejected};
use crate::domain::effect::Effect;
use crate::domain::event::{Ending, TaskEvent};
use crate::domain::ids::{ApprovalId, ChatId, Place, RunId, SessionId, TaskId, Timestamp, UserId};
use crate::domain::task::{Outcome, Phase, StopReason, Task};

const CURRENT: RunId = RunId(Uuid::from_u128(1));
const STALE: RunId = RunId(Uuid::from_u128(2));
const NOW: Timestamp = Timestamp(5_000);

fn approval(number: u128) -> ApprovalId {
    ApprovalId(Uuid::from_u128(number))
}

fn task(phase: Phase) -> Task {
    Task {
        id: TaskId(7),
        place: Place { chat: ChatId(-100), topic: None },
        requester: UserId(1),
        request: None,
        agent: "tour".into(),
        engine: "script".into(),
        workspace: "api".into(),
        prompt: "go".into(),
        files: Vec::new(),
        resume: None,
        part: crate::domain::task::Part::Alone,
        created_at: Timestamp(1_000),
        started_at: None,
        ended_at: match phase {
            Phase::Finished(_) => Some(Timestamp(4_000)),
            Phase::Queued
            | Phase::Starting { .. }
            | Phase::Running { .. }
            | Phase::AwaitingApproval { .. }
            | Phase::Stopping { .. } => None,
        },
        phase,
    }
}

fn awaiting(approvals: &[u128]) -> Phase {
    Phase::AwaitingApproval { run: CURRENT, approvals: approvals.iter().map(|n| approval(*n)).collect() }
}

fn stopping(why: StopReason) -> Phase {
    Phase::Stopping { run: CURRENT, why }
}

fn failed() -> Ending {
    Ending::Failed { reason: "no key".into() }
}

fn ended(ending: Ending) -> TaskEvent {
    TaskEvent::Ended { run: CURRENT, ending }
}

fn phases() -> Vec<Phase> {
    vec![
        Phase::Queued,
        Phase::Starting { run: CURRENT },
        Phase::Running { run: CURRENT },
        awaiting(&[1]),
        awaiting(&[1, 2]),
        stopping(StopReason::User),
        stopping(StopReason::Timeout),
        Phase::Finished(Outcome::Succeeded),
        Phase::Finished(Outcome::Failed { reason: "no key".into() }),
        Phase::Finished(Outcome::Stopped),
        Phase::Finished(Outcome::TimedOut),
        Phase::Finished(Outcome::Interrupted),
        Phase::Finished(Outcome::PassedOn { to: TaskId(6) }),
    ]
}

/// Every event that names a run, for that run.
fn events_of(run: RunId) -> Vec<TaskEvent> {
    vec![
        TaskEvent::Running { run },
        TaskEvent::SessionOpened { run, session: SessionId("s".into()) },
        TaskEvent::ApprovalRequested { run, approval: approval(1) },
        TaskEvent::ApprovalRequested { run, approval: approval(3) },
        TaskEvent::ApprovalResolved { run, approval: approval(1) },
        TaskEvent::ApprovalResolved { run, approval: approval(3) },
        TaskEvent::Ended { run, ending: Ending::Completed },
        TaskEvent::Ended { run, ending: failed() },
        TaskEvent::Ended { run, ending: Ending::Stopped },
    ]
}

/// All events, in groups that a phase often treats alike.
fn groups() -> [(&'static str, Vec<TaskEvent>); 4] {
    [
        ("any start", vec![TaskEvent::Started { run: CURRENT }, TaskEvent::Started { run: STALE }]),
        ("any event of the current run", events_of(CURRENT)),
        ("any event of a stale run", events_of(STALE)),
        (
            "any event from outside",
            vec![
                TaskEvent::PassedOn { to: TaskId(6) },
                TaskEvent::StopRequested,
                TaskEvent::TimedOut,
                TaskEvent::Interrupted,
            ],
        ),
    ]
}

fn events() -> impl Iterator<Item = TaskEvent> {
    groups().into_iter().flat_map(|(_, events)| events)
}

fn apply(phase: Phase, event: TaskEvent) -> Applied {
    task(phase).apply(event, NOW)
}

/// The next phase and the effects, or why not.
fn outcome(phase: Phase, event: TaskEvent) -> Result<(Phase, Vec<Effect>), Rejected> {
    apply(phase, event).map(|(task, effects)| (task.phase, effects))
}

/// Short words for the matrix: `current` and `stale` for runs, `a1` for approvals.
fn words(value: &impl std::fmt::Debug) -> String {
    let mut words = format!("{value:?}");
    for (long, short) in [("RunId(", "("), ("ApprovalId(", "("), ("SessionId(\"s\")", "s")] {
        words = words.replace(long, short);
    }
    for (number, run) in [(1, "current"), (2, "stale")] {
        let id = Uuid::from_u128(number);
        words = words.replace(&format!("run: ({id})"), run);
    }
    for number in 1..=3 {
        words = words.replace(&format!("({})", Uuid::from_u128(number)), &format!("a{number}"));
    }
    words
}

fn cell(phase: Phase, event: TaskEvent) -> String {
    match outcome(phase, event) {
        Ok((next, effects)) => format!("{} {}", words(&next), words(&effects)),
        Err(rejected) => format!("rejected: {rejected:?}"),
    }
}

#[test]
fn every_phase_and_every_event() {
    let mut matrix = String::new();
    for phase in phases() {
        writeln!(matrix, "{}", words(&phase)).unwrap();
        for (any, events) in groups() {
            let mut cells: Vec<_> =
                events.into_iter().map(|event| (words(&event), cell(phase.clone(), event))).collect();
            if cells.iter().all(|(_, cell)| *cell == cells[0].1) {
                cells.truncate(1);
                any.clone_into(&mut cells[0].0);
            }
            for (event, cell) in cells {
                writeln!(matrix, "    {event:<54} -> {cell}").unwrap();
            }
        }
    }
    insta::assert_snapshot!(matrix);
}

#[test]
fn the_way_of_a_task_that_succeeds() {
    let run = CURRENT;
    let (starting, effects) = outcome(Phase::Queued, TaskEvent::Started { run }).unwrap();
    assert_eq!(starting, Phase::Starting { run });
    assert_eq!(effects, [Effect::StartEngine { run }, Effect::ShowCard]);

    let (running, effects) = outcome(starting, TaskEvent::Running { run }).unwrap();
    assert_eq!(running, Phase::Running { run });
    assert_eq!(effects, [Effect::ShowCard]);

    let asked = TaskEvent::ApprovalRequested { run, approval: approval(1) };
    let (waiting, effects) = outcome(running, asked).unwrap();
    assert_eq!(waiting, awaiting(&[1]));
    assert_eq!(effects, [Effect::ShowCard]);

    let answered = TaskEvent::ApprovalResolved { run, approval: approval(1) };
    let (running, effects) = outcome(waiting, answered).unwrap();
    assert_eq!(running, Phase::Running { run });
    assert_eq!(effects, [Effect::ShowCard]);

    let (finished, effects) = outcome(running, ended(Ending::Completed)).unwrap();
    assert_eq!(finished, Phase::Finished(Outcome::Succeeded));
    assert_eq!(effects, [Effect::Conclude { outcome: Outcome::Succeeded }]);
}

#[test]
fn times_are_those_of_the_events() {
    let (started, _) = apply(Phase::Queued, TaskEvent::Started { run: CURRENT }).unwrap();
    assert_eq!((started.started_at, started.ended_at), (Some(NOW), None));
    let later = Timestamp(9_000);
    let (finished, _) = started.apply(ended(Ending::Completed), later).unwrap();
    assert_eq!((finished.started_at, finished.ended_at), (Some(NOW), Some(later)));
    let (dropped, _) = apply(Phase::Queued, TaskEvent::StopRequested).unwrap();
    assert_eq!((dropped.started_at, dropped.ended_at), (None, Some(NOW)));
}

#[test]
fn several_approvals_are_answered_in_any_order() {
    let run = CURRENT;
    let (phase, _) =
        outcome(awaiting(&[1, 2]), TaskEvent::ApprovalRequested { run, approval: approval(3) }).unwrap();
    assert_eq!(phase, awaiting(&[1, 2, 3]));
    let (phase, _) = outcome(phase, TaskEvent::ApprovalResolved { run, approval: approval(2) }).unwrap();
    assert_eq!(phase, awaiting(&[1, 3]));
    let again = outcome(phase, TaskEvent::ApprovalResolved { run, approval: approval(2) });
    assert_eq!(again, Err(Rejected::UnknownApproval));
}

#[test]
fn a_stop_tells_the_engine_once_and_closes_the_approvals() {
    let run = CURRENT;
    for (event, why) in
        [(TaskEvent::StopRequested, StopReason::User), (TaskEvent::TimedOut, StopReason::Timeout)]
    {
        let (phase, effects) = outcome(Phase::Running { run }, event.clone()).unwrap();
        assert_eq!(phase, stopping(why));
        assert_eq!(effects, [Effect::StopEngine { run, why }, Effect::ShowCard]);
        assert_eq!(outcome(phase, event.clone()), Err(Rejected::Stopping));

        let (_, effects) = outcome(awaiting(&[1, 2]), event).unwrap();
        let superseded = Effect::SupersedeApprovals { approvals: vec![approval(1), approval(2)] };
        assert_eq!(effects, [superseded, Effect::StopEngine { run, why }, Effect::ShowCard]);
    }
}

#[test]
fn a_queued_task_is_stopped_without_an_engine_and_survives_a_shutdown() {
    let concluded =
        |outcome: Outcome| Ok((Phase::Finished(outcome.clone()), vec![Effect::Conclude { outcome }]));
    assert_eq!(outcome(Phase::Queued, TaskEvent::StopRequested), concluded(Outcome::Stopped));
    assert_eq!(outcome(Phase::Queued, TaskEvent::TimedOut), concluded(Outcome::TimedOut));
    assert_eq!(outcome(Phase::Queued, TaskEvent::Interrupted), Err(Rejected::OutOfOrder));
}

#[test]
fn what_a_task_was_stopped_for_is_its_outcome_whatever_the_engine_says() {
    let table = [(StopReason::User, Outcome::Stopped), (StopReason::Timeout, Outcome::TimedOut)];
    for (why, expected) in table {
        let last =
            [ended(Ending::Completed), ended(failed()), ended(Ending::Stopped), TaskEvent::Interrupted];
        for event in last {
            let (phase, effects) = outcome(stopping(why), event).unwrap();
            assert_eq!(phase, Phase::Finished(expected.clone()));
            assert_eq!(effects, [Effect::Conclude { outcome: expected.clone() }]);
        }
    }
}

#[test]
fn an_end_in_the_middle_of_approvals_closes_them_before_the_outcome_is_told() {
    for event in [ended(Ending::Completed), ended(failed()), ended(Ending::Stopped), TaskEvent::Interrupted] {
        let (_, effects) = outcome(awaiting(&[1, 2]), event).unwrap();
        let superseded = Effect::SupersedeApprovals { approvals: vec![approval(1), approval(2)] };
        assert_eq!(effects.first(), Some(&superseded));
        assert!(matches!(effects.as_slice(), [_, Effect::Conclude { .. }]), "{effects:?}");
    }
}

#[test]
fn nothing_leaves_finished() {
    for phase in phases().into_iter().filter(|phase| matches!(phase, Phase::Finished(_))) {
        for event in events() {
            assert_eq!(outcome(phase.clone(), event), Err(Rejected::Finished));
        }
    }
}

#[test]
fn events_of_a_stale_run_change_nothing() {
    for phase in phases().into_iter().filter(|phase| phase.run().is_some()) {
        for event in events_of(STALE) {
            assert_eq!(outcome(phase.clone(), event.clone()), Err(Rejected::StaleRun), "{phase:?} {event:?}");
        }
    }
}

#[test]
fn rejections_are_sentences_for_a_person() {
    let all = [
        Rejected::Finished,
        Rejected::Stopping,
        Rejected::StaleRun,
        Rejected::UnknownApproval,
        Rejected::OutOfOrder,
    ];
    for rejected in all {
        assert!(rejected.to_string().ends_with('.'), "{rejected}");
    }
}

fn any_event() -> impl Strategy<Value = TaskEvent> {
    let run = || (1..=2_u128).prop_map(|n| RunId(Uuid::from_u128(n)));
    let question = || (1..=4_u128).prop_map(approval);
    prop_oneof![
        2 => run().prop_map(|run| TaskEvent::Started { run }),
        3 => run().prop_map(|run| TaskEvent::Running { run }),
        2 => run().prop_map(|run| TaskEvent::SessionOpened { run, session: SessionId("s".into()) }),
        6 => (run(), question()).prop_map(|(run, approval)| TaskEvent::ApprovalRequested { run, approval }),
        6 => (run(), question()).prop_map(|(run, approval)| TaskEvent::ApprovalResolved { run, approval }),
        1 => Just(TaskEvent::PassedOn { to: TaskId(6) }),
        1 => Just(TaskEvent::StopRequested),
        1 => Just(TaskEvent::TimedOut),
        1 => Just(TaskEvent::Interrupted),
        1 => (run(), prop_oneof![Just(Ending::Completed), Just(failed()), Just(Ending::Stopped)])
            .prop_map(|(run, ending)| TaskEvent::Ended { run, ending }),
    ]
}

/// Applies the events to a new task as an actor does: what is rejected leaves the task as it was.
/// Calls `check` with the task before and after each step.
fn play(
    events: &[TaskEvent],
    mut check: impl FnMut(&Task, &TaskEvent, &Task, &[Effect]),
) -> (Task, Vec<Effect>) {
    let mut task = task(Phase::Queued);
    let mut all = Vec::new();
    for (now, event) in (2_000..).map(Timestamp).zip(events) {
        let before = task.clone();
        let mut done = Vec::new();
        if let Ok((next, effects)) = task.clone().apply(event.clone(), now) {
            task = next;
            done = effects;
        }
        check(&before, event, &task, &done);
        all.extend(done);
    }
    (task, all)
}

fn count(effects: &[Effect], wanted: impl Fn(&Effect) -> bool) -> usize {
    effects.iter().filter(|effect| wanted(effect)).count()
}

proptest! {
    #[test]
    fn every_task_concludes_exactly_once(mut events in prop::collection::vec(any_event(), 0..40)) {
        let (task, effects) = play(&events, |_, _, _, _| ());
        let concluded = count(&effects, |effect| matches!(effect, Effect::Conclude { .. }));
        prop_assert_eq!(concluded, usize::from(matches!(task.phase, Phase::Finished(_))));

        // Whatever came before: what a restart and a person can do always ends it, and only once.
        events.extend([TaskEvent::Interrupted, TaskEvent::StopRequested, TaskEvent::Interrupted]);
        let (task, effects) = play(&events, |_, _, _, _| ());
        let Phase::Finished(outcome) = task.phase else { panic!("not finished: {:?}", task.phase) };
        let mut concluded = effects.iter().filter(|effect| matches!(effect, Effect::Conclude { .. }));
        prop_assert_eq!(concluded.next(), Some(&Effect::Conclude { outcome }));
        prop_assert_eq!(concluded.next(), None);
    }

    #[test]
    fn invariants_hold_after_every_step(events in prop::collection::vec(any_event(), 0..60)) {
        play(&events, |before, event, after, effects| {
            let finished = matches!(after.phase, Phase::Finished(_));
            assert_eq!(after.ended_at.is_some(), finished, "ended_at is set just when finished");
            if let Phase::AwaitingApproval { approvals, .. } = &after.phase {
                assert!(!approvals.is_empty(), "waits for nothing");
                assert!((1..approvals.len()).all(|i| !approvals[i..].contains(&approvals[i - 1])), "asked twice");
            }
            if matches!(before.phase, Phase::Finished(_)) {
                assert_eq!((before, effects), (after, &[][..]), "left Finished");
            }
            if let (Some(current), Some(named)) = (before.phase.run(), run_of(event))
                && current != named
            {
                assert_eq!((before, effects), (after, &[][..]), "a stale run moved it");
            }
            // A task has one run: what was started once is never started again.
            if let (Some(was), Some(is)) = (before.phase.run(), after.phase.run()) {
                assert_eq!(was, is);
            }
            let unmoved = Task { phase: after.phase.clone(), started_at: after.started_at,
                ended_at: after.ended_at, ..before.clone() };
            assert_eq!(&unmoved, after, "an event changed what a task is");
        });
    }

    #[test]
    fn an_engine_is_started_once_and_told_to_stop_at_most_once(
        events in prop::collection::vec(any_event(), 0..60),
    ) {
        let (task, effects) = play(&events, |_, _, _, _| ());
        let started = count(&effects, |effect| matches!(effect, Effect::StartEngine { .. }));
        let stopped = count(&effects, |effect| matches!(effect, Effect::StopEngine { .. }));
        prop_assert_eq!(started, usize::from(task.started_at.is_some()));
        prop_assert!(stopped <= started);
    }

    #[test]
    fn every_approval_is_resolved_or_superseded_or_still_waited_for(
        events in prop::collection::vec(any_event(), 0..60),
    ) {
        let mut open: Vec<ApprovalId> = Vec::new();
        play(&events, |before, event, after, effects| {
            if before == after {
                return;
            }
            match event {
                TaskEvent::ApprovalRequested { approval, .. } => open.push(*approval),
                TaskEvent::ApprovalResolved { approval, .. } => open.retain(|id| id != approval),
                TaskEvent::Started { .. }
                | TaskEvent::Running { .. }
                | TaskEvent::SessionOpened { .. }
                | TaskEvent::PassedOn { .. }
                | TaskEvent::StopRequested
                | TaskEvent::TimedOut
                | TaskEvent::Interrupted
                | TaskEvent::Ended { .. } => (),
            }
            for effect in effects {
                if let Effect::SupersedeApprovals { approvals } = effect {
                    assert_eq!(approvals, &open);
                    open.clear();
                }
            }
            let waited_for = match &after.phase {
                Phase::AwaitingApproval { approvals, .. } => approvals.as_slice(),
                Phase::Queued
                | Phase::Starting { .. }
                | Phase::Running { .. }
                | Phase::Stopping { .. }
                | Phase::Finished(_) => &[],
            };
            assert_eq!(waited_for, open);
        });
    }
}

fn run_of(event: &TaskEvent) -> Option<RunId> {
    match event {
        TaskEvent::Started { run }
        | TaskEvent::Running { run }
        | TaskEvent::SessionOpened { run, .. }
        | TaskEvent::ApprovalRequested { run, .. }
        | TaskEvent::ApprovalResolved { run, .. }
        | TaskEvent::Ended { run, .. } => Some(*run),
        TaskEvent::PassedOn { .. }
        | TaskEvent::StopRequested
        | TaskEvent::TimedOut
        | TaskEvent::Interrupted => None,
    }
}
