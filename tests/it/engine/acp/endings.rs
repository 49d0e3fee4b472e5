//! How turns end, and that nothing is left of a run that was stopped or has failed.

use std::time::Duration;

use adjutant::domain::event::{Ending, EngineEvent};
use adjutant::engines::program::Program;
use adjutant::ports::EngineOrder;

use super::bench::{program, program_marked, start};
use crate::engine::support::{eventually, failed, mark, processes_with};

/// A program that a shell starts first.
fn below_a_shell(script: &str, program: Program) -> Program {
    let shell = ["sh", "-c", script].map(str::to_owned);
    Program { command: shell.into_iter().chain(program.command).collect(), ..program }
}

fn is_text(event: &EngineEvent) -> bool {
    matches!(event, EngineEvent::Text(_))
}

#[tokio::test]
async fn a_turn_ends_as_the_program_says() {
    for (behaviour, ending) in [
        ("gives up", failed("odd stopped: the model's limit of tokens was reached.")),
        ("ends oddly", failed("odd stopped: bored.")),
        ("fails", failed("odd: Internal error (no credit)")),
        ("leaves", failed("odd ended in the middle of its work (exit code 0).")),
        ("dies", failed("odd ended in the middle of its work (exit code 4): out of luck")),
    ] {
        let mark = mark();
        assert_eq!(start(program_marked(behaviour, &mark)).ending().await, ending);
        if ["fails", "leaves", "dies"].contains(&behaviour) {
            assert_eq!(processes_with(&mark), 0, "{behaviour}");
        }
    }
}

#[tokio::test]
async fn stop_ends_the_turn_and_the_whole_tree() {
    for (behaviour, script, count) in [
        ("waits", None, 0),
        ("has children", None, 2),
        // Whoever ignores a signal hands that down to what it starts.
        ("ignores cancel", Some("trap '' TERM; \"$0\" \"$@\""), 0),
    ] {
        let mark = mark();
        let program = program_marked(behaviour, &mark);
        let program = match script {
            Some(script) => below_a_shell(script, program),
            None => program,
        };
        let mut bench = start(program);
        bench.until(is_text).await;
        eventually(behaviour, || processes_with(&format!("sleep\0{mark}")) == count).await;
        bench.order(EngineOrder::Stop).await;
        assert_eq!(bench.ending().await, Ending::Stopped, "{behaviour}");
        assert_eq!(processes_with(&mark), 0, "{behaviour}");
    }
}

#[tokio::test]
async fn a_run_that_nobody_listens_to_is_stopped() {
    let mark = mark();
    let mut bench = start(program_marked("has children", &mark));
    bench.until(is_text).await;
    drop(bench);
    eventually("all are gone", || processes_with(&mark) == 0).await;
}

#[tokio::test]
async fn stop_is_heard_before_the_program_has_said_anything() {
    let mark = mark();
    let silent = Program { command: ["sleep", &mark].map(str::to_owned).into(), ..program("") };
    let mut bench = start(silent);
    eventually("it is up", || processes_with(&mark) > 0).await;
    bench.order(EngineOrder::Stop).await;
    assert_eq!(bench.ending().await, Ending::Stopped);
    assert_eq!(processes_with(&mark), 0);
}

#[tokio::test]
async fn a_program_that_ignores_the_end_of_its_input_is_ended_with_its_session() {
    let mark = mark();
    let (engine, sessions) = super::bench::engine(program_marked("ignores the end of its input", &mark));
    let workspace = crate::engine::support::workspace();
    let mut bench = super::bench::start_in(&engine, workspace, super::bench::agent(""), None);
    assert_eq!(bench.ending().await, Ending::Completed);
    assert!(processes_with(&mark) > 0, "it is kept");
    tokio::time::timeout(Duration::from_secs(30), sessions.close_all()).await.unwrap();
    assert_eq!(processes_with(&mark), 0);
}
