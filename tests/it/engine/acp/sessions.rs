//! Sessions that go on: in the program that was kept, in a new one, or not at all.

use std::fs;

use adjutant::domain::event::{Ending, EngineEvent};
use adjutant::domain::ids::{SessionId, Timestamp};
use adjutant::engines::acp::AcpEngine;
use adjutant::ports::{Attachment, Engine, EngineOrder, SessionSummary};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::agent::LAST;
use super::bench::{agent, engine, program, program_marked, start_in};
use crate::engine::support::{Bench, eventually, mark, processes_with, request, workspace};

fn opened(bench: &Bench) -> &str {
    match &bench.seen[0] {
        EngineEvent::SessionOpened(session) => &session.0,
        other => panic!("{other:?}"),
    }
}

/// The prompt, as the program that repeats it got it.
fn blocks(bench: &Bench) -> Value {
    serde_json::from_str(bench.text().strip_suffix(LAST).unwrap()).unwrap()
}

/// The processes with a mark, and whether each is a guard.
fn processes(mark: &str) -> Vec<(i32, bool)> {
    let found = |process: fs::DirEntry| {
        let arguments = fs::read(process.path().join("cmdline")).ok()?;
        let arguments = String::from_utf8_lossy(&arguments).into_owned();
        let pid = process.file_name().to_str()?.parse().ok()?;
        arguments.contains(mark).then(|| (pid, arguments.contains("guard")))
    };
    fs::read_dir("/proc").unwrap().filter_map(|process| found(process.unwrap())).collect()
}

/// A run that goes on in the session of an earlier one, to its end.
async fn go_on(engine: &AcpEngine, workspace: TempDir, instructions: &str) -> Bench {
    let mut bench = start_in(engine, workspace, agent(instructions), Some("odd-1"));
    assert_eq!(bench.ending().await, Ending::Completed);
    bench
}

#[tokio::test]
async fn a_session_goes_on_in_the_program_that_was_kept() {
    let mark = mark();
    let (engine, sessions) = engine(program_marked("repeats the prompt", &mark));
    let mut bench = start_in(&engine, workspace(), agent("Be kind."), None);
    assert_eq!(bench.ending().await, Ending::Completed);
    assert_eq!(opened(&bench), "odd-1");
    assert!(bench.text().contains("<instructions>\\nBe kind.\\n</instructions>"), "{}", bench.text());
    let kept = processes_with(&mark);
    assert!(kept > 0);
    let bench = go_on(&engine, bench.workspace, "Be kind.").await;
    assert_eq!(opened(&bench), "odd-1");
    assert_eq!(blocks(&bench), json!([{ "type": "text", "text": "the prompt" }]));
    assert_eq!(processes_with(&mark), kept, "no other was started");
    // Another definition of the agent needs another program, and what the first one knows is stale by then.
    let bench = go_on(&engine, bench.workspace, "Be strict.").await;
    assert_eq!(opened(&bench), "odd-1");
    eventually("the first one is gone", || processes_with(&mark) == kept).await;
    sessions.close_all().await;
    assert_eq!(processes_with(&mark), 0);
}

#[tokio::test]
async fn nothing_goes_on_where_no_other_run_will() {
    let mark = mark();
    let (engine, _sessions) = engine(program_marked("repeats the prompt", &mark));
    let workspace = workspace();
    let mut request = request(agent(""), workspace.path(), "Look.", None);
    request.lasting = false;
    let mut bench = Bench::of(workspace, engine.start(request));
    assert_eq!(bench.ending().await, Ending::Completed);
    assert_eq!(processes_with(&mark), 0);
}

#[tokio::test]
async fn instructions_are_no_part_of_a_prompt_where_the_program_takes_them_apart() {
    let (engine, _sessions) = engine(program("takes instructions"));
    let mut bench = start_in(&engine, workspace(), agent("Be kind."), None);
    assert_eq!(bench.ending().await, Ending::Completed);
    assert_eq!(blocks(&bench), json!([{ "type": "text", "text": "the prompt" }]));
}

#[tokio::test]
async fn a_session_is_loaded_without_its_history_where_it_cannot_be_resumed() {
    let bench = go_on(&engine(program("loads")).0, workspace(), "Be kind.").await;
    assert_eq!(opened(&bench), "odd-1");
    assert_eq!(bench.text(), LAST);
    assert!(!bench.seen.contains(&EngineEvent::SessionLost));
}

#[tokio::test]
async fn a_session_that_is_gone_begins_anew_and_says_so() {
    let bench = go_on(&engine(program("forgets")).0, workspace(), "Be kind.").await;
    assert_eq!(opened(&bench), "odd-1");
    assert_eq!(bench.seen[1], EngineEvent::SessionLost);
}

#[tokio::test]
async fn a_program_that_died_meanwhile_is_started_again() {
    let mark = mark();
    let (engine, _sessions) = engine(program_marked("speaks on", &mark));
    let mut bench = start_in(&engine, workspace(), agent(""), None);
    assert_eq!(bench.ending().await, Ending::Completed);
    let (guards, programs): (Vec<_>, Vec<_>) =
        processes(&mark).into_iter().partition(|(_, is_guard)| *is_guard);
    for (program, _) in programs {
        kill_process(Pid::from_raw(program).unwrap(), Signal::KILL).unwrap();
    }
    // Not only dead, but waited for.
    let gone = |(guard, _): &(i32, bool)| !fs::exists(format!("/proc/{guard}")).unwrap();
    eventually("it is gone", || guards.iter().all(gone)).await;
    go_on(&engine, bench.workspace, "").await;
}

#[tokio::test]
async fn words_for_the_running_turn_are_taken_where_the_program_takes_them() {
    let (engine, _sessions) = engine(program("queues"));
    let mut bench = start_in(&engine, workspace(), agent(""), None);
    let offers = bench.until(|event| matches!(event, EngineEvent::Offers(_))).await;
    assert!(matches!(offers, EngineEvent::Offers(offers) if offers.steer));
    bench.until(|event| matches!(event, EngineEvent::Text(_))).await;
    let request = "words".to_owned();
    bench.order(EngineOrder::Steer { request: request.clone(), text: "more".to_owned() }).await;
    assert_eq!(bench.ending().await, Ending::Completed);
    assert!(bench.seen.contains(&EngineEvent::Steered { request }));
    assert_eq!(bench.text(), format!("First. Then more.{LAST}"));
}

#[tokio::test]
async fn files_come_with_the_prompt() {
    let (engine, _sessions) = engine(program("repeats the prompt"));
    let (workspace, elsewhere) = (workspace(), workspace());
    let attachment = |name: &str, media_type: &str, content: &[u8]| {
        let path = elsewhere.path().join(name);
        fs::write(&path, content).unwrap();
        Attachment { path, name: name.to_owned(), media_type: media_type.to_owned() }
    };
    let mut request = request(agent(""), workspace.path(), "Look.", None);
    request.attachments = vec![
        attachment("a photo.png", "image/png", b"png"),
        attachment("notes.txt", "text/plain", b"notes"),
        attachment("archive.zip", "application/zip", &[0xff]),
    ];
    let handle = engine.start(request);
    let mut bench = Bench::of(workspace, handle);
    assert_eq!(bench.ending().await, Ending::Completed);
    let blocks = blocks(&bench);
    assert_eq!(blocks[1]["type"], "image");
    assert_eq!(blocks[1]["data"], "cG5n");
    assert_eq!(blocks[2]["resource"]["text"], "notes");
    assert_eq!(blocks[3]["type"], "resource_link");
    assert_eq!(blocks[3]["name"], "archive.zip");
}

#[tokio::test]
async fn the_sessions_of_a_workspace_are_listed_latest_first() {
    let mark = mark();
    let (engine, _sessions) = engine(program_marked("plain", &mark));
    let workspace = workspace();
    let summary = |id: &str, title: &str, at: i64| SessionSummary {
        id: SessionId(id.to_owned()),
        title: title.to_owned(),
        used_at: Some(Timestamp(at)),
    };
    assert_eq!(
        engine.sessions(workspace.path().to_owned()).await.unwrap(),
        [summary("newer", "", 1_795_255_200_500), summary("older", "The older one", 1_795_168_800_000)]
    );
    assert_eq!(processes_with(&mark), 0);
    let (engine, _sessions) = super::bench::engine(program("loads"));
    assert_eq!(engine.sessions(workspace.path().to_owned()).await, Ok(Vec::new()));
}
