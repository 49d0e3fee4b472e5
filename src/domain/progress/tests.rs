//! What a task's events make of its card; it stays small whatever comes.

use crate::domain::policy::{ToolKind, ToolUse};
use proptest::prelude::*;

use super::{ANSWER_LIMIT, LINE_LIMIT, OUTPUT_TAIL, Progress, RECENT_ACTIONS, Weight};
use crate::domain::action::ProposedAction;
use crate::domain::event::{
    ActionState, ActionUpdate, Ending, EngineEvent, Offers, PlanEntry, PlanState, Usage,
};
use crate::domain::ids::SessionId;

fn action(id: &str, title: Option<&str>, state: ActionState) -> EngineEvent {
    EngineEvent::Action(ActionUpdate { id: id.into(), title: title.map(Into::into), state })
}

fn begun(id: &str) -> EngineEvent {
    action(id, Some(id), ActionState::Running)
}

fn output(action: &str, chunk: &str) -> EngineEvent {
    EngineEvent::Output { action: action.into(), chunk: chunk.into() }
}

fn after(events: &[EngineEvent]) -> Progress {
    let mut progress = Progress::default();
    for event in events {
        progress.fold(event);
    }
    progress
}

fn lines(progress: &Progress) -> Vec<(&str, &ActionState)> {
    progress.recent.iter().map(|line| (line.title.as_str(), &line.state)).collect()
}

#[test]
fn what_is_kept_and_what_is_only_shown() {
    let request = || "r".to_owned();
    let proposed = ProposedAction::WriteFile { path: "a".into(), content: "b".into() };
    let tool = ToolUse { tool: "Write".to_owned(), kind: ToolKind::Edit, targets: Vec::new() };
    let table = [
        (EngineEvent::SessionOpened(SessionId("s".into())), Weight::Milestone),
        (EngineEvent::Warning("a".into()), Weight::Milestone),
        (EngineEvent::Text("a".into()), Weight::Chatter),
        (EngineEvent::Thought("a".into()), Weight::Chatter),
        (EngineEvent::Plan(Vec::new()), Weight::Milestone),
        (begun("a"), Weight::Milestone),
        (output("a", "b"), Weight::Chatter),
        (EngineEvent::ApprovalRequested { request: request(), action: proposed, tool }, Weight::Milestone),
        (
            EngineEvent::Question { request: request(), text: "a".into(), options: Vec::new() },
            Weight::Milestone,
        ),
        (EngineEvent::File("a".into()), Weight::Milestone),
        (EngineEvent::Usage(Usage::default()), Weight::Chatter),
        (EngineEvent::Titled("a".into()), Weight::Chatter),
        (EngineEvent::Offers(Offers::default()), Weight::Chatter),
        (EngineEvent::Withdrawn { request: request() }, Weight::Milestone),
        (EngineEvent::Ended(Ending::Completed), Weight::Milestone),
        (EngineEvent::Ended(Ending::Failed { reason: "a".into() }), Weight::Milestone),
        (EngineEvent::Ended(Ending::Stopped), Weight::Milestone),
    ];
    for (event, weight) in table {
        assert_eq!(Progress::default().fold(&event), weight, "{event:?}");
    }
}

#[test]
fn each_event_changes_its_own_part() {
    let plan = vec![PlanEntry { text: "look".into(), state: PlanState::Active }];
    let usage = Usage { cost_usd: Some(0.5), tokens: Some(10) };
    let progress = after(&[
        EngineEvent::Text("Hel".into()),
        EngineEvent::Text("lo".into()),
        EngineEvent::Plan(vec![]),
        EngineEvent::Plan(plan.clone()),
        EngineEvent::Thought("hm".into()),
        EngineEvent::Usage(usage),
        EngineEvent::Titled("Fix the\nlogin".into()),
        EngineEvent::Titled(" \n".into()),
        EngineEvent::Question { request: "r".into(), text: "Which?\nThis one?".into(), options: vec![] },
    ]);
    assert_eq!(progress.answer, "Hello");
    assert_eq!(progress.plan, plan);
    assert_eq!(progress.thought.as_deref(), Some("hm"));
    assert_eq!(progress.usage, usage);
    assert_eq!(progress.question.as_deref(), Some("Which?"));
    assert_eq!(progress.title.as_deref(), Some("Fix the"));
    assert_eq!((progress.steps, progress.recent.len()), (0, 0));
}

#[test]
fn what_cannot_be_is_no_usage() {
    for cost in [f64::NAN, f64::INFINITY, -0.5] {
        let told = EngineEvent::Usage(Usage { cost_usd: Some(cost), tokens: Some(u64::MAX) });
        let usage = after(&[told]).usage;
        assert_eq!((usage.cost_usd, usage.tokens), (None, Some(1 << 50)), "{cost}");
    }
}

#[test]
fn actions_are_updated_in_place() {
    let failed = ActionState::Failed { note: "exit 1".into() };
    let progress = after(&[
        action("a", Some("test"), ActionState::Running),
        action("b", Some("build"), ActionState::Running),
        action("a", None, ActionState::Waiting),
        action("a", Some("test again"), failed.clone()),
        action("b", None, ActionState::Done),
    ]);
    assert_eq!(progress.steps, 2);
    assert_eq!(lines(&progress), [("test again", &failed), ("build", &ActionState::Done)]);
}

#[test]
fn an_action_without_a_title_has_a_stand_in() {
    let progress = after(&[action("a", None, ActionState::Running)]);
    assert_eq!(lines(&progress), [("Working", &ActionState::Running)]);
}

#[test]
fn an_action_that_is_reported_only_when_done_counts() {
    let progress = after(&[action("a", Some("look"), ActionState::Done)]);
    assert_eq!(progress.steps, 1);
    assert_eq!(lines(&progress), [("look", &ActionState::Done)]);
}

#[test]
fn the_end_of_an_action_that_scrolled_away_is_no_new_step() {
    let mut events: Vec<_> = ["a", "b", "c", "d", "e", "f"].map(begun).into();
    events.push(action("a", None, ActionState::Done));
    events.push(action("a", None, ActionState::Failed { note: "exit 1".into() }));
    let progress = after(&events);
    assert_eq!(progress.steps, 6);
    let titles: Vec<_> = progress.recent.iter().map(|line| line.title.as_str()).collect();
    assert_eq!(titles, ["b", "c", "d", "e", "f"]);
}

#[test]
fn the_output_is_the_end_of_one_actions_output() {
    assert_eq!(after(&[output("a", "one"), output("a", "two")]).output, "onetwo");
    assert_eq!(after(&[output("a", "one"), begun("b")]).output, "");
    assert_eq!(after(&[output("a", "one"), output("b", "two")]).output, "two");
    assert_eq!(after(&[begun("a"), output("a", "one"), action("a", None, ActionState::Done)]).output, "one");
}

#[test]
fn lines_for_the_card_are_short_and_single() {
    let long = "é".repeat(LINE_LIMIT + 1);
    let table = [
        ("hm", Some("hm")),
        ("\n \n  hm  \nmore", Some("hm")),
        ("", None),
        (" \n ", None),
        (&long[..2 * LINE_LIMIT], Some(&long[..2 * LINE_LIMIT])),
    ];
    for (thought, expected) in table {
        assert_eq!(
            after(&[EngineEvent::Thought(thought.into())]).thought.as_deref(),
            expected,
            "{thought:?}"
        );
    }
    let cut = after(&[EngineEvent::Thought(long)]).thought.unwrap();
    assert_eq!(cut.chars().count(), LINE_LIMIT);
    assert!(cut.ends_with("é…"));
    let kept = after(&[EngineEvent::Thought("hm".into()), EngineEvent::Thought("\n".into())]);
    assert_eq!(kept.thought.as_deref(), Some("hm"));
}

#[test]
fn an_endless_answer_is_cut_once_and_says_so() {
    let notice = "\n\n(The answer went on past 4 MB; the rest was not kept.)";
    let full = "a".repeat(ANSWER_LIMIT);
    assert_eq!(after(&[EngineEvent::Text(full.clone())]).answer, full);

    // The piece that does not fit is kept as far as it fits; nothing is added later, however short.
    let progress = after(&[
        EngineEvent::Text("a".repeat(ANSWER_LIMIT - 3)),
        EngineEvent::Text("éé and on".into()),
        EngineEvent::Text("b".into()),
        EngineEvent::Text(String::new()),
        EngineEvent::Text("c".repeat(100)),
    ]);
    assert_eq!(progress.answer.matches(notice).count(), 1);
    let kept = progress.answer.strip_suffix(notice).unwrap();
    assert_eq!(&kept[ANSWER_LIMIT - 3..], "é");

    let early = after(&[EngineEvent::Text("d".repeat(ANSWER_LIMIT + 1)), EngineEvent::Text("e".into())]);
    assert_eq!(early.answer.strip_suffix(notice).map(str::len), Some(ANSWER_LIMIT));
}

fn any_event() -> impl Strategy<Value = EngineEvent> {
    let id = || "[a-h]";
    let state = prop_oneof![
        Just(ActionState::Running),
        Just(ActionState::Waiting),
        Just(ActionState::Done),
        ".{0,4}".prop_map(|note| ActionState::Failed { note }),
    ];
    prop_oneof![
        ".{0,20}".prop_map(EngineEvent::Text),
        "[aé \n]{0,400}".prop_map(EngineEvent::Thought),
        (id(), prop::option::of("[aé \n]{0,400}"), state)
            .prop_map(|(id, title, state)| EngineEvent::Action(ActionUpdate { id, title, state })),
        (id(), ".{0,200}").prop_map(|(action, chunk)| EngineEvent::Output { action, chunk }),
    ]
}

proptest! {
    #[test]
    fn a_progress_stays_small(events in prop::collection::vec(any_event(), 0..40)) {
        let mut progress = Progress::default();
        for event in &events {
            let before = progress.steps;
            progress.fold(event);
            prop_assert!(progress.recent.len() <= RECENT_ACTIONS);
            prop_assert!(progress.output.len() <= OUTPUT_TAIL);
            prop_assert!(progress.steps - before <= 1);
            let ids: Vec<_> = progress.recent.iter().map(|line| &line.id).collect();
            prop_assert!((1..ids.len()).all(|i| !ids[i..].contains(&ids[i - 1])), "{:?}", ids);
            for line in progress.recent.iter().map(|line| &line.title).chain(&progress.thought) {
                prop_assert!(line.chars().count() <= LINE_LIMIT && !line.contains('\n'));
            }
        }
    }

    #[test]
    fn the_output_is_a_whole_tail_of_what_was_printed(chunks in prop::collection::vec("[aé👍\n]{0,150}", 0..8)) {
        let events: Vec<_> = chunks.iter().map(|chunk| output("a", chunk)).collect();
        let whole = chunks.concat();
        let kept = after(&events).output;
        prop_assert!(whole.ends_with(&kept));
        // At most one character, of at most four bytes, less than there is room for.
        prop_assert!(kept.len() == whole.len() || kept.len() > OUTPUT_TAIL - 4);
    }

    #[test]
    fn an_answer_is_what_was_said(pieces in prop::collection::vec(".{0,40}", 0..10)) {
        let events: Vec<_> = pieces.iter().cloned().map(EngineEvent::Text).collect();
        prop_assert_eq!(after(&events).answer, pieces.concat());
    }
}
