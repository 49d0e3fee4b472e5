//! Permissions and questions.

use adjutant::domain::action::ProposedAction;
use adjutant::domain::agent::PermissionMode;
use adjutant::domain::approval::Decision;
use adjutant::domain::event::{ActionState, Ending, EngineEvent};
use adjutant::ports::EngineOrder;
use serde_json::{Value, json};

use super::fake::Script;
use super::support::{Bench, Run};

async fn approval(run: &mut Run) -> (String, ProposedAction) {
    run.until(|event| match event {
        EngineEvent::ApprovalRequested { request, action, .. } => Some((request.clone(), action.clone())),
        _ => None,
    })
    .await
}

async fn question(run: &mut Run) -> (String, String, Vec<String>) {
    run.until(|event| match event {
        EngineEvent::Question { request, text, options } => {
            Some((request.clone(), text.clone(), options.clone()))
        }
        _ => None,
    })
    .await
}

fn decide(request: &str, decision: Decision) -> EngineOrder {
    EngineOrder::Decide { request: request.to_owned(), decision }
}

fn answer(request: &str, text: &str) -> EngineOrder {
    EngineOrder::Answer { request: request.to_owned(), text: text.to_owned() }
}

fn states(run: &Run) -> Vec<ActionState> {
    let state = |event: &EngineEvent| match event {
        EngineEvent::Action(update) => Some(update.state.clone()),
        _ => None,
    };
    run.seen.iter().filter_map(state).collect()
}

#[tokio::test]
async fn what_is_allowed_is_what_was_shown() {
    let input =
        json!({ "command": "cargo test -- --nocapture", "description": "Runs tests", "timeout": 60000 });
    let allowed = json!({ "behavior": "allow", "updatedInput": input });
    let script = Script::begins()
        .asks("R", "Bash", &input)
        // Once more, as if it had not been heard.
        .asks("R", "Bash", &input)
        .answered("R", &allowed)
        .returns("R", "ok", false)
        .writes("Tested.")
        .done(0.5);
    let bench = Bench::new([script]);
    let mut run = bench.run("Test it", None);
    let (request, action) = approval(&mut run).await;
    let command = "cargo test -- --nocapture".to_owned();
    assert_eq!(action, ProposedAction::Command { command, cwd: bench.cwd(), env: Vec::new() });
    // The second time it asks has come, too, before anybody answers.
    while states(&run).iter().filter(|state| **state == ActionState::Waiting).count() < 2 {
        run.until(|event| matches!(event, EngineEvent::Action(_)).then_some(())).await;
    }
    // An answer to something else changes nothing, nor does a second one.
    run.order(decide("other", Decision::Deny)).await;
    run.order(answer(&request, "no")).await;
    // Both at once: after the first the run may end at any moment.
    for decision in [Decision::Allow, Decision::Deny] {
        run.handle.orders.try_send(decide(&request, decision)).unwrap();
    }
    assert_eq!(run.ending().await, Ending::Completed);
    assert_eq!(run.text(), "Tested.");
    let [running, waiting, done] = [ActionState::Running, ActionState::Waiting, ActionState::Done];
    assert_eq!(states(&run), [running.clone(), waiting.clone(), waiting, running, done]);
    let asked = |event: &&EngineEvent| matches!(event, EngineEvent::ApprovalRequested { .. });
    assert_eq!(run.seen.iter().filter(asked).count(), 1);
    assert_eq!(bench.fake.answers().len(), 1);
}

#[tokio::test]
async fn what_is_not_allowed_is_not_done_and_the_agent_is_told_why() {
    for (decision, note, words) in [
        (Decision::Deny, "denied", "Denied by the person in the chat."),
        (Decision::Expired, "nobody answered in time", "Not allowed: nobody in the chat answered in time."),
        (Decision::Undeliverable, "nobody could be asked", "Not allowed: nobody could be asked in the chat."),
    ] {
        let input = json!({ "file_path": "/etc/hosts", "content": "" });
        let script = Script::begins()
            .asks("R", "Write", &input)
            .answered("R", &json!({ "behavior": "deny", "message": words }))
            .returns("R", words, true)
            .writes("Well.")
            .done(0.1);
        let bench = Bench::new([script]);
        let mut run = bench.run("Write it", None);
        let (request, _) = approval(&mut run).await;
        run.order(decide(&request, decision)).await;
        assert_eq!(run.ending().await, Ending::Completed);
        assert_eq!(states(&run).last(), Some(&ActionState::Failed { note: note.to_owned() }));
    }
}

#[tokio::test]
async fn several_requests_wait_side_by_side() {
    let input = |command: &str| json!({ "command": command });
    let allowed = |command: &str| json!({ "behavior": "allow", "updatedInput": input(command) });
    let script = Script::begins()
        .asks("A", "Bash", &input("one"))
        .asks("B", "Bash", &input("two"))
        .answered("B", &allowed("two"))
        .answered("A", &allowed("one"))
        .done(0.1);
    let bench = Bench::new([script]);
    let mut run = bench.run("Do both", None);
    let (first, _) = approval(&mut run).await;
    let (second, _) = approval(&mut run).await;
    run.order(decide(&second, Decision::Allow)).await;
    run.order(decide(&first, Decision::Allow)).await;
    assert_eq!(run.ending().await, Ending::Completed);
}

#[tokio::test]
async fn a_request_that_is_taken_back_is_withdrawn() {
    let questions = json!({ "questions": [{ "question": "Sure?", "options": [] }] });
    let cancel = |request: &str| json!({ "type": "control_cancel_request", "request_id": request });
    let script = Script::begins()
        .asks("A", "Bash", &json!({ "command": "x" }))
        .asks("Q", "AskUserQuestion", &questions)
        .says(&cancel("A"))
        .says(&cancel("Q"))
        .says(&cancel("unknown"))
        .done(0.1);
    let bench = Bench::new([script]);
    let mut run = bench.run("Do it", None);
    let (request, _) = approval(&mut run).await;
    let (asked, ..) = question(&mut run).await;
    assert_eq!(run.ending().await, Ending::Completed);
    let withdrawn = |event: &EngineEvent| match event {
        EngineEvent::Withdrawn { request } => Some(request.clone()),
        _ => None,
    };
    assert_eq!(run.seen.iter().filter_map(withdrawn).collect::<Vec<_>>(), [request, asked]);
    assert_eq!(bench.fake.answers(), Vec::<Value>::new());
}

#[tokio::test]
async fn questions_are_asked_in_turn_and_answered_together() {
    let input = json!({ "questions": [
        { "question": "Which?", "header": "W", "options": [{ "label": "One", "description": "1" }, { "label": "Two", "description": "2" }] },
        { "question": "Why?", "options": [], "multiSelect": false },
    ] });
    let mut answered = input.clone();
    answered["answers"] = json!({ "Which?": "Two", "Why?": "Just so, 2" });
    let script = Script::begins()
        .asks("Q", "AskUserQuestion", &input)
        .answered("Q", &json!({ "behavior": "allow", "updatedInput": answered }))
        .writes("I see.")
        .done(0.1);
    let bench = Bench::new([script]);
    let mut run = bench.run("Ask me", None);
    let (request, text, options) = question(&mut run).await;
    assert_eq!(
        (text.as_str(), options),
        ("Which?\n• One: 1\n• Two: 2", vec!["One".to_owned(), "Two".to_owned()])
    );
    run.order(answer("other", "One")).await;
    run.order(answer(&request, "two")).await;
    let (next, text, options) = question(&mut run).await;
    assert_eq!((text.as_str(), options.len()), ("Why?", 0));
    // The first question is over.
    run.order(answer(&request, "One")).await;
    run.order(answer(&next, "Just so, 2")).await;
    assert_eq!(run.ending().await, Ending::Completed);
    // A question is no action.
    assert_eq!(states(&run), []);
}

#[tokio::test]
async fn a_plan_is_said_and_approved_or_sent_back() {
    let input = json!({ "plan": "# Plan\n1. Do it" });
    let script = Script::begins()
        .writes("I have a plan.")
        .asks("P", "ExitPlanMode", &input)
        .answered("P", &json!({ "behavior": "deny", "message": "The person wants the plan changed. Their words: Test it too" }))
        .asks("P2", "ExitPlanMode", &input)
        .answered("P2", &json!({ "behavior": "allow", "updatedInput": input }))
        .writes("Done.")
        .done(0.1);
    let mut bench = Bench::new([script]);
    bench.program.mode = Some("plan".to_owned());
    let mut run = bench.run("Plan it", None);
    let (request, _, options) = question(&mut run).await;
    assert_eq!(options, ["Go ahead", "Keep planning"]);
    assert_eq!(run.text(), "I have a plan.\n\n# Plan\n1. Do it");
    run.order(answer(&request, "Test it too")).await;
    let (request, ..) = question(&mut run).await;
    run.order(answer(&request, "Go ahead")).await;
    assert_eq!(run.ending().await, Ending::Completed);
    assert_eq!(run.text(), "I have a plan.\n\n# Plan\n1. Do it\n\n# Plan\n1. Do it\n\nDone.");
    assert!(bench.fake.arguments().contains(&"--permission-mode=plan".to_owned()));
}

#[tokio::test]
async fn a_tool_that_the_agent_may_not_use_is_refused_with_the_reason() {
    let message = "Not allowed by reviewer.md:7 (tools: Read). Do not try again; work without it.";
    let denied = json!({ "behavior": "deny", "message": message });
    let script = Script::begins()
        .asks("M", "mcp__mail__send", &json!({ "to": "all" }))
        .answered("M", &denied)
        .returns("M", "no", true)
        .done(0.1);
    let mut bench = Bench::new([script]);
    bench.agent.tools = Some(vec!["Read".to_owned(), "mcp__mail__read".to_owned()]);
    let mut run = bench.run("Send it", None);
    let (request, _) = approval(&mut run).await;
    let decision = Decision::Forbidden { by: "reviewer.md:7".to_owned(), why: "tools: Read".to_owned() };
    run.order(decide(&request, decision)).await;
    assert_eq!(run.ending().await, Ending::Completed);
    assert_eq!(
        states(&run).last(),
        Some(&ActionState::Failed { note: "denied by reviewer.md:7".to_owned() })
    );
}

#[tokio::test]
async fn an_agent_that_only_plans_is_done_when_its_plan_is_there() {
    let denied = json!({ "behavior": "deny" });
    let script = Script::begins()
        .asks("P", "ExitPlanMode", &json!({ "plan": "# Plan\n1. Do it" }))
        .answered("P", &denied)
        .returns("P", "no", true)
        .done(0.1);
    let mut bench = Bench::new([script]);
    bench.agent.permission_mode = Some(PermissionMode::Plan);
    let mut run = bench.run("Plan it", None);
    assert_eq!(run.ending().await, Ending::Completed);
    assert!(!run.seen.iter().any(|event| matches!(event, EngineEvent::Question { .. })), "{:?}", run.seen);
    assert!(run.text().contains("# Plan"), "{}", run.text());
    assert!(bench.fake.arguments().contains(&"--permission-mode=plan".to_owned()));
}

#[tokio::test]
async fn a_request_that_nobody_can_serve_is_declined() {
    let script = Script::begins()
        .says(&json!({ "type": "control_request", "request_id": "H", "request": { "subtype": "hook_callback" } }))
        .hears(&json!({ "response": { "subtype": "error", "request_id": "H" } }))
        .done(0.1);
    let bench = Bench::new([script]);
    assert_eq!(bench.run("Do it", None).ending().await, Ending::Completed);
}
