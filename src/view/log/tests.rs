//! A task's log, from top to bottom.

use uuid::Uuid;

use super::*;
use crate::domain::approval::ApprovalStatus;
use crate::domain::event::PlanState;
use crate::domain::ids::{ApprovalId, ChatId, Place, RunId, SessionId, TaskId, UserId};
use crate::domain::task::Outcome;

const RUN: RunId = RunId(Uuid::nil());
const APPROVAL: ApprovalId = ApprovalId(Uuid::nil());

pub(in crate::view) fn task() -> Task {
    Task {
        id: TaskId(42),
        place: Place { chat: ChatId(7), topic: None },
        requester: UserId(1001),
        request: None,
        agent: "reviewer".to_owned(),
        engine: "script".to_owned(),
        workspace: "api".to_owned(),
        prompt: "fix the failing test".to_owned(),
        files: Vec::new(),
        resume: None,
        part: crate::domain::task::Part::Alone,
        created_at: Timestamp(1_795_164_060_000),
        started_at: Some(Timestamp(1_795_164_065_000)),
        ended_at: Some(Timestamp(1_795_164_165_000)),
        phase: Phase::Finished(Outcome::Succeeded),
    }
}

fn action(title: Option<&str>, state: ActionState) -> HistoryEntry {
    HistoryEntry::Action {
        update: ActionUpdate { id: "t1".to_owned(), title: title.map(str::to_owned), state },
    }
}

fn output(head: &str, tail: &str, omitted: u64) -> HistoryEntry {
    HistoryEntry::Output { action: "t1".to_owned(), head: head.to_owned(), tail: tail.to_owned(), omitted }
}

fn history() -> Vec<(Timestamp, HistoryEntry)> {
    let moved = |moved| HistoryEntry::Task { moved };
    let command = ProposedAction::Command {
        command: "cargo publish\u{202e}\n--dry-run".to_owned(),
        cwd: "/srv/api".to_owned(),
        env: vec![("TOKEN".to_owned(), "a\nb".to_owned())],
    };
    let plan = [("Read", PlanState::Done), ("Fix", PlanState::Active)]
        .map(|(text, state)| PlanEntry { text: text.to_owned(), state });
    let entries = [
        (0, moved(TaskEvent::Started { run: RUN })),
        (1, moved(TaskEvent::Running { run: RUN })),
        (1, moved(TaskEvent::SessionOpened { run: RUN, session: SessionId("s-1".to_owned()) })),
        (2, HistoryEntry::Plan { plan: plan.into() }),
        (5, action(Some("cargo test"), ActionState::Running)),
        (9, output("running 3 tests\n\u{1b}[31mFAILED\u{1b}[0m\n", "", 0)),
        (9, action(None, ActionState::Failed { note: "exit 1".to_owned() })),
        (20, output("first", "last\n", 99_900_000)),
        (21, HistoryEntry::Asked { approval: APPROVAL, payload: command.payload() }),
        (21, moved(TaskEvent::ApprovalRequested { run: RUN, approval: APPROVAL })),
        (
            25,
            HistoryEntry::Resolved {
                approval: APPROVAL,
                status: ApprovalStatus::Denied { by: UserId(1001), name: "Ann".to_owned(), at: Timestamp(0) },
            },
        ),
        (26, HistoryEntry::Asked { approval: APPROVAL, payload: "not ours".to_owned() }),
        (30, HistoryEntry::Question { text: "Which branch?".to_owned() }),
        (75, HistoryEntry::Answer { text: "main".to_owned() }),
        (76, HistoryEntry::Steered { task: TaskId(43), text: "and use\ntabs".to_owned() }),
        (77, HistoryEntry::Silent { seconds: 600 }),
        (78, HistoryEntry::Heard),
        (80, HistoryEntry::File { path: "/srv/api/report.txt".to_owned() }),
        (99, HistoryEntry::Said { markdown: "Fixed **it**.\n\nTwo files changed.".to_owned() }),
        (99, moved(TaskEvent::PassedOn { to: TaskId(41) })),
        (100, moved(TaskEvent::Ended { run: RUN, ending: Ending::Completed })),
        (
            3_700,
            moved(TaskEvent::Ended { run: RUN, ending: Ending::Failed { reason: "no\nluck".to_owned() } }),
        ),
    ];
    entries.map(|(seconds, entry)| (Timestamp(1_795_164_065_000 + seconds * 1_000), entry)).into()
}

#[test]
fn a_history_reads_from_top_to_bottom() {
    insta::assert_snapshot!(log(&task(), &history()));
}

#[test]
fn a_task_that_has_not_begun_has_a_log() {
    let task = Task { phase: Phase::Queued, started_at: None, ended_at: None, ..task() };
    let log = log(&task, &[]);
    assert!(log.contains("○ Queued") && log.ends_with("Nothing has happened yet.\n"), "{log}");
}
