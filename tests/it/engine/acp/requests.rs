//! What programs want of us: permissions, answers, terminals, files.

use std::fs;

use adjutant::domain::action::ProposedAction;
use adjutant::domain::approval::Decision;
use adjutant::domain::event::{ActionState, Ending, EngineEvent};
use adjutant::ports::EngineOrder;
use serde_json::{Value, json};

use super::agent::LAST;
use super::bench::{agent, engine, program, program_marked, start, start_in};
use crate::engine::support::{Bench, mark, processes_with, workspace};

async fn approval(bench: &mut Bench) -> (String, ProposedAction) {
    match bench.until(|event| matches!(event, EngineEvent::ApprovalRequested { .. })).await {
        EngineEvent::ApprovalRequested { request, action, .. } => (request, action),
        other => panic!("{other:?}"),
    }
}

async fn decide(bench: &Bench, request: &str, decision: Decision) {
    bench.order(EngineOrder::Decide { request: request.to_owned(), decision }).await;
}

#[tokio::test]
async fn two_requests_with_one_id_are_two_approvals_each_answered_once() {
    let mut bench = start(program("asks twice"));
    let (first, action) = approval(&mut bench).await;
    let (second, same) = approval(&mut bench).await;
    assert_ne!(first, second);
    assert_eq!(action, same);
    let ProposedAction::Other { title, detail, .. } = action else { panic!("{action:?}") };
    assert_eq!((title.as_str(), detail.as_str()), ("Do it", "{\n  \"what\": \"it\"\n}"));
    decide(&bench, &second, Decision::Allow).await;
    // Again, and for nothing.
    decide(&bench, &second, Decision::Deny).await;
    decide(&bench, "other", Decision::Allow).await;
    decide(&bench, &first, Decision::Expired).await;
    assert_eq!(bench.ending().await, Ending::Completed);
    assert_eq!(bench.text(), format!("never, yes {LAST}"));
    let note = "nobody answered in time".to_owned();
    use ActionState::{Failed, Running, Waiting};
    assert_eq!(bench.states(), [Waiting, Waiting, Running, Failed { note }]);
}

#[tokio::test]
async fn a_request_that_is_taken_back_is_withdrawn() {
    let mut bench = start(program("takes back"));
    let (request, _) = approval(&mut bench).await;
    assert_eq!(bench.ending().await, Ending::Completed);
    assert!(bench.seen.contains(&EngineEvent::Withdrawn { request }), "{:?}", bench.seen);
}

#[tokio::test]
async fn stop_answers_what_waits() {
    let mark = mark();
    let mut bench = start(program_marked("asks twice", &mark));
    approval(&mut bench).await;
    bench.order(EngineOrder::Stop).await;
    assert_eq!(bench.ending().await, Ending::Stopped);
    assert_eq!(processes_with(&mark), 0);
}

#[tokio::test]
async fn a_form_becomes_questions_one_after_the_other() {
    let mut bench = start(program("asks"));
    let mut asked = Vec::new();
    for answer in ["Blue", "none", "3", "Skip"] {
        let question = bench.until(|event| matches!(event, EngineEvent::Question { .. })).await;
        let EngineEvent::Question { request, text, options } = question else { unreachable!() };
        asked.push((text, options));
        bench.order(EngineOrder::Answer { request, text: answer.to_owned() }).await;
    }
    assert_eq!(bench.ending().await, Ending::Completed);
    assert_eq!(asked[0].0, "About balloons.\n\nWhich colour?");
    assert_eq!(asked[0].1, ["red", "blue"]);
    let answer: Value = serde_json::from_str(bench.text().strip_suffix(LAST).unwrap()).unwrap();
    assert_eq!(answer, json!({ "action": "accept", "content": { "colour": "blue", "count": 3 } }));
}

#[tokio::test]
async fn a_terminal_runs_what_was_allowed_and_ends_with_the_run() {
    let mark = mark();
    let mut bench = start(program_marked("works in terminals", &mark));
    let cwd = bench.workspace.path().canonicalize().unwrap().to_str().unwrap().to_owned();
    let (request, action) = approval(&mut bench).await;
    let command = "printf 'a b'".to_owned();
    assert_eq!(action, ProposedAction::Command { command, cwd: cwd.clone(), env: Vec::new() });
    decide(&bench, &request, Decision::Allow).await;
    let (request, action) = approval(&mut bench).await;
    let command = format!("setsid sleep {mark} & sleep {mark}");
    assert_eq!(action, ProposedAction::Command { command, cwd, env: Vec::new() });
    decide(&bench, &request, Decision::Allow).await;
    assert_eq!(bench.ending().await, Ending::Completed);
    let said: Vec<Value> = serde_json::Deserializer::from_str(bench.text().strip_suffix(LAST).unwrap())
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let exit = json!({ "exitCode": 0 });
    let output = json!({ "output": "a b", "truncated": false, "exitStatus": exit });
    assert_eq!(said, [exit, output, json!(-32602)]);
    assert_eq!(bench.output(), "a b");
    assert_eq!(processes_with(&format!("sleep\0{mark}")), 0);
}

#[tokio::test]
async fn a_terminal_that_is_not_allowed_runs_nothing() {
    let mut bench = start(program("works in terminals"));
    bench.decide(Decision::Deny).await;
    assert_eq!(bench.ending().await, Ending::Completed);
    assert_eq!(bench.text(), format!("not allowed: denied {LAST}"));
}

#[tokio::test]
async fn files_are_read_and_written_in_the_workspace_only() {
    let workspace = workspace();
    std::os::unix::fs::symlink("/tmp", workspace.path().join("link")).unwrap();
    let mut bench = start_in(&engine(program("reads and writes")).0, workspace, agent(""), None);
    assert_eq!(bench.ending().await, Ending::Completed);
    assert_eq!(bench.text(), format!("{{}} {{\"content\":\"two\\n\"}} 3 refused. {LAST}"));
    assert_eq!(bench.file("notes.txt").as_deref(), Some("one\ntwo\nthree\n"));
    assert!(fs::exists("/tmp/x").is_ok_and(|exists| !exists));
}
