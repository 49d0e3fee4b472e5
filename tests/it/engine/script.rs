//! Scripts as agents run them: events out, orders in.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use adjutant::domain::action::ProposedAction;
use adjutant::domain::approval::Decision;
use adjutant::domain::event::{ActionState, ActionUpdate, Ending, EngineEvent, PlanState};
use adjutant::domain::ids::SessionId;
use adjutant::engines::script::ScriptEngine;
use adjutant::ports::{Engine, EngineOrder};

use super::support::{Bench, agent, eventually, failed, guard, mark, processes_with, workspace};

fn note(note: &str) -> ActionState {
    ActionState::Failed { note: note.to_owned() }
}

#[tokio::test]
async fn says_thinks_and_plans() {
    let mut bench = Bench::start(
        "- think: About {{prompt}}\n- plan: [One, 'Two: {{prompt}}']\n- say: |\n    Hello **{{prompt}}**, this is a longer line of text.\n\n    Turn {{turn}}.\n- done: 1\n- say: Bye {{ prompt }}.",
    );
    assert_eq!(bench.ending().await, Ending::Completed);
    assert_eq!(bench.seen[0], EngineEvent::SessionOpened(SessionId("script:1".to_owned())));
    assert_eq!(bench.seen[1], EngineEvent::Thought("About the prompt".to_owned()));
    assert_eq!(
        bench.text(),
        "Hello **the prompt**, this is a longer line of text.\n\nTurn 1.\n\nBye the prompt."
    );
    let plans: Vec<_> = bench
        .seen
        .iter()
        .filter_map(|event| match event {
            EngineEvent::Plan(plan) => Some(plan.iter().map(|entry| entry.state).collect::<Vec<_>>()),
            _ => None,
        })
        .collect();
    use PlanState::{Active, Done, Pending};
    assert_eq!(plans, [vec![Active, Pending], vec![Done, Active]]);
    assert!(bench.seen.iter().filter(|event| matches!(event, EngineEvent::Text(_))).count() > 3);
}

#[tokio::test]
async fn a_session_counts_its_turns() {
    for (resume, session) in [
        (None, "script:1"),
        (Some("script:1"), "script:2"),
        (Some("script:41"), "script:42"),
        (Some("other"), "script:1"),
    ] {
        let mut bench = Bench::start_in(workspace(), "- say: '{{turn}}'", "", resume);
        bench.ending().await;
        assert_eq!(bench.seen[0], EngineEvent::SessionOpened(SessionId(session.to_owned())));
        assert_eq!(session.strip_prefix("script:"), Some(bench.text().as_str()));
    }
}

#[tokio::test]
async fn an_allowed_command_runs_exactly_as_it_was_shown() {
    let mut bench = Bench::start_in(
        workspace(),
        "- run: 'printf %s \"$PROMPT\"; pwd'",
        "$(touch evil); `x` {{turn}}",
        None,
    );
    let EngineEvent::ApprovalRequested { request, action, .. } =
        bench.until(|event| matches!(event, EngineEvent::ApprovalRequested { .. })).await
    else {
        unreachable!()
    };
    let cwd = bench.workspace.path().canonicalize().unwrap().to_str().unwrap().to_owned();
    let env = vec![("PROMPT".to_owned(), "$(touch evil); `x` {{turn}}".to_owned())];
    let command = "printf %s \"$PROMPT\"; pwd".to_owned();
    assert_eq!(action, ProposedAction::Command { command, cwd: cwd.clone(), env });
    assert_eq!(bench.states(), [ActionState::Waiting]);
    // Answers to other requests change nothing.
    bench.order(EngineOrder::Decide { request: "other".to_owned(), decision: Decision::Deny }).await;
    bench.order(EngineOrder::Answer { request: request.clone(), text: "no".to_owned() }).await;
    bench.order(EngineOrder::Decide { request, decision: Decision::Allow }).await;
    assert_eq!(bench.ending().await, Ending::Completed);
    assert_eq!(bench.output(), format!("$(touch evil); `x` {{{{turn}}}}{cwd}\n"));
    assert_eq!(bench.states(), [ActionState::Waiting, ActionState::Running, ActionState::Done]);
    assert!(bench.file("evil").is_none());
}

#[tokio::test]
async fn what_is_not_allowed_is_not_done_and_the_script_goes_on() {
    for (decision, why) in [
        (Decision::Deny, "denied"),
        (Decision::Expired, "nobody answered in time"),
        (Decision::Undeliverable, "nobody could be asked"),
    ] {
        let mut bench = Bench::start("- run: touch made\n- write: { path: made, content: x }\n- say: End.");
        bench.decide(decision.clone()).await;
        bench.decide(decision).await;
        assert_eq!(bench.ending().await, Ending::Completed);
        assert_eq!(
            bench.text(),
            format!("Not done: Run `touch made` ({why}).\n\nNot done: Write `made` ({why}).\n\nEnd.")
        );
        assert_eq!(bench.states(), [ActionState::Waiting, note(why), ActionState::Waiting, note(why)]);
        assert!(bench.file("made").is_none());
    }
}

#[tokio::test]
async fn a_command_that_fails_ends_the_run_unless_it_may() {
    let mut bench = Bench::start(
        "- run: { command: exit 2, ask: false, allow_failure: true }\n- run: { command: 'false', ask: false }\n- say: never",
    );
    assert_eq!(bench.ending().await, failed("`false` ended with exit 1"));
    assert_eq!(bench.states(), [ActionState::Running, note("exit 2"), ActionState::Running, note("exit 1")]);
    assert_eq!(bench.text(), "");
}

#[tokio::test]
async fn answers_are_used_later() {
    let mut bench = Bench::start(
        "- ask: { question: 'Which, {{prompt}}?', options: [Short, Long], into: length }\n- say: It is {{length}}.\n- run: { command: 'echo $LENGTH', ask: false }\n- write: { path: sub/a.txt, content: '{{length}}', ask: false }\n- read: sub/a.txt\n- send: sub/a.txt",
    );
    let question = bench.until(|event| matches!(event, EngineEvent::Question { .. })).await;
    let EngineEvent::Question { request, text, options } = question else { unreachable!() };
    assert_eq!((text.as_str(), options), ("Which, the prompt?", vec!["Short".to_owned(), "Long".to_owned()]));
    bench.order(EngineOrder::Answer { request, text: "Long".to_owned() }).await;
    assert_eq!(bench.ending().await, Ending::Completed);
    assert_eq!((bench.text(), bench.output()), ("It is Long.".to_owned(), "Long\n".to_owned()));
    assert_eq!(bench.file("sub/a.txt").as_deref(), Some("Long"));
    let file = bench.workspace.path().canonicalize().unwrap().join("sub/a.txt");
    assert!(bench.seen.contains(&EngineEvent::File(file)));
    let read = |event: &EngineEvent| matches!(event, EngineEvent::Action(ActionUpdate { title: Some(title), .. }) if title == "Read `sub/a.txt` (4 bytes)");
    assert!(bench.seen.iter().any(read));
}

#[tokio::test]
async fn an_allowed_file_is_replaced_and_keeps_its_permissions() {
    let workspace = workspace();
    let path = workspace.path().join("run.sh");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o750)).unwrap();
    let mut bench = Bench::start_in(workspace, "- write: { path: run.sh, content: \"new\\n\" }", "", None);
    bench.decide(Decision::Allow).await;
    assert_eq!(bench.ending().await, Ending::Completed);
    assert_eq!(bench.file("run.sh").as_deref(), Some("new\n"));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o750);
    assert_eq!(fs::read_dir(bench.workspace.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn no_link_leads_out_of_the_workspace() {
    let outside = workspace();
    fs::write(outside.path().join("secret"), "secret").unwrap();
    for (step, reason) in [
        ("- read: out/secret", "cannot read: `out/secret` leads out of the workspace"),
        ("- read: link", "cannot read: `link` leads out of the workspace"),
        ("- send: link", "`link` leads out of the workspace"),
        (
            "- write: { path: out/secret, content: x, ask: false }",
            "cannot write: `out/secret` leads out of the workspace",
        ),
        (
            "- write: { path: out/new/x, content: x, ask: false }",
            "cannot write: `out/new/x` leads out of the workspace",
        ),
        ("- write: { path: sub, content: x, ask: false }", "cannot write: `sub` is a directory"),
        ("- read: sub", "cannot read: `sub` is not a file"),
    ] {
        let workspace = workspace();
        symlink(outside.path(), workspace.path().join("out")).unwrap();
        symlink(outside.path().join("secret"), workspace.path().join("link")).unwrap();
        fs::create_dir(workspace.path().join("sub")).unwrap();
        let mut bench = Bench::start_in(workspace, step, "", None);
        assert_eq!(bench.ending().await, failed(reason), "{step}");
    }
    // A link itself is replaced, not followed.
    let workspace = workspace();
    symlink(outside.path().join("secret"), workspace.path().join("link")).unwrap();
    let mut bench =
        Bench::start_in(workspace, "- write: { path: link, content: mine, ask: false }", "", None);
    assert_eq!(bench.ending().await, Ending::Completed);
    assert_eq!(bench.file("link").as_deref(), Some("mine"));
    assert_eq!(fs::read_to_string(outside.path().join("secret")).unwrap(), "secret");
}

#[tokio::test]
async fn a_link_that_appears_during_the_approval_is_noticed() {
    let outside = workspace();
    let mut bench = Bench::start("- write: { path: sub/x, content: mine }");
    bench.until(|event| matches!(event, EngineEvent::ApprovalRequested { .. })).await;
    symlink(outside.path(), bench.workspace.path().join("sub")).unwrap();
    bench.order(EngineOrder::Decide { request: "1".to_owned(), decision: Decision::Allow }).await;
    assert_eq!(bench.ending().await, failed("cannot write: `sub/x` leads out of the workspace"));
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn stop_ends_a_run_whatever_it_waits_for() {
    let mark = mark();
    for steps in [
        "- run: touch made".to_owned(),
        "- ask: Well?".to_owned(),
        "- wait: 1h".to_owned(),
        format!("- run: {{ command: 'setsid sleep {mark} & wait', ask: false }}"),
        "- run: { command: 'yes', ask: false }".to_owned(),
    ] {
        let mut bench = Bench::start(&steps);
        bench.until(|event| matches!(event, EngineEvent::SessionOpened(_))).await;
        if steps.contains(&mark) {
            eventually("it sleeps", || processes_with(&format!("sleep\0{mark}")) == 1).await;
        }
        bench.order(EngineOrder::Stop).await;
        assert_eq!(bench.ending().await, Ending::Stopped, "{steps}");
        assert_eq!(processes_with(&mark), 0, "{steps}");
        assert!(bench.file("made").is_none());
    }
}

#[tokio::test]
async fn stop_is_heard_while_nobody_reads_the_events() {
    let mark = mark();
    let mut bench = Bench::start(&format!("- run: {{ command: 'setsid sleep {mark} & yes', ask: false }}"));
    bench.until_output("y\ny\n").await;
    eventually("the channel is full", || bench.handle.events.len() == bench.handle.events.max_capacity())
        .await;
    bench.order(EngineOrder::Stop).await;
    eventually("the tree is gone", || processes_with(&mark) == 0).await;
    assert_eq!(bench.ending().await, Ending::Stopped);
}

#[tokio::test]
async fn a_run_that_nobody_holds_ends() {
    let mark = mark();
    let steps = format!("- run: {{ command: 'echo go; sleep {mark}', ask: false }}");
    let mut bench = Bench::start(&steps);
    bench.until_output("go").await;
    let (orders, _) = tokio::sync::mpsc::channel(1);
    bench.handle.orders = orders;
    assert_eq!(bench.ending().await, Ending::Stopped);
    assert_eq!(processes_with(&mark), 0);

    let mut bench = Bench::start(&steps);
    bench.until_output("go").await;
    drop(bench);
    eventually("the tree is gone", || processes_with(&mark) == 0).await;
}

#[tokio::test]
async fn runs_that_cannot_begin_say_why() {
    let gone = workspace();
    let path = gone.path().to_owned();
    fs::remove_dir(&path).unwrap();
    let mut bench = Bench::start_in(gone, "- say: Hi", "", None);
    let reason =
        format!("the workspace {} is not there any more; choose another with /workspace", path.display());
    assert_eq!(bench.ending().await, failed(&reason));

    let mut bench = Bench::start("- sya: Hi");
    assert_eq!(
        bench.ending().await,
        failed("line 1 of the steps: there is no step `sya`; did you mean `say`?")
    );

    let long = "x".repeat(100_000);
    let mut bench = Bench::start_in(workspace(), "- run: echo $PROMPT", &long, None);
    let reason = "PROMPT is too long to be given to a command: 100007 bytes of at most 100000";
    assert_eq!(bench.ending().await, failed(reason));

    let mut bench = Bench::start("- say: Before.\n- fail: No more.");
    assert_eq!(bench.ending().await, failed("No more."));
    assert_eq!(bench.text(), "Before.");
}

#[test]
fn a_check_finds_mistakes_without_running_anything() {
    let engine = ScriptEngine::new(guard(), ScriptEngine::CHUNK_DELAY);
    assert_eq!(engine.kind(), "script");
    assert_eq!(engine.check(&agent("- say: Hi")), Ok(()));
    assert!(engine.check(&agent("- say: '{{unknown}}'")).is_err());
}
