//! Ends that nobody wished for, and stops.

use adjutant::domain::event::{Ending, EngineEvent};
use adjutant::ports::EngineOrder;
use serde_json::json;

use super::super::support::{eventually, failed, mark, processes_with};
use super::fake::Script;
use super::support::Bench;

#[tokio::test]
async fn stop_asks_it_to_end_its_turn_and_leaves_nothing() {
    let mark = mark();
    let script = Script::begins()
        .spawns(&mark)
        .writes("Working.")
        .hears(&json!({ "type": "control_request", "request": { "subtype": "interrupt" } }))
        .says(&json!({ "type": "result", "subtype": "error_during_execution", "is_error": true, "total_cost_usd": 0.5 }))
        .hangs();
    let bench = Bench::new([script]);
    let mut run = bench.run("Work", None);
    run.until_text("Working.").await;
    run.order(EngineOrder::Stop).await;
    assert_eq!(run.ending().await, Ending::Stopped);
    assert_eq!(run.cost(), Some(0.5), "what it has cost is told all the same");
    assert_eq!(processes_with(&mark), 0);
}

#[tokio::test]
async fn stop_does_not_depend_on_the_programs_good_will() {
    let mark = mark();
    let script = Script::begins().spawns(&mark).writes("Working.").hangs();
    let bench = Bench::new([script]);
    let mut run = bench.run("Work", None);
    run.until_text("Working.").await;
    run.order(EngineOrder::Stop).await;
    assert_eq!(run.ending().await, Ending::Stopped);
    assert_eq!(processes_with(&mark), 0);
}

#[tokio::test]
async fn a_run_that_nobody_holds_ends() {
    let mark = mark();
    let bench = Bench::new([Script::begins().spawns(&mark).writes("Working.").hangs()]);
    let mut run = bench.run("Work", None);
    run.until_text("Working.").await;
    drop(run);
    eventually("the tree is gone", || processes_with(&mark) == 0).await;
}

#[tokio::test]
async fn a_crash_in_the_middle_of_the_work_is_told() {
    let mark = mark();
    let script = Script::begins().spawns(&mark).writes("Working.").exits(3, "Out of memory");
    let bench = Bench::new([script]);
    let mut run = bench.run("Work", None);
    let reason = "claude: it ended in the middle of its work (exit code 3). Out of memory";
    assert_eq!(run.ending().await, failed(reason));
    assert_eq!(run.text(), "Working.");
    assert_eq!(processes_with(&mark), 0);
}

#[tokio::test]
async fn a_failure_of_the_model_is_told_and_the_program_is_not_kept() {
    let mark = mark();
    let message = json!({ "type": "assistant", "message": { "id": "m", "content": [{ "type": "text", "text": "Not logged in" }] }, "error": "authentication_failed" });
    let result = json!({ "type": "result", "subtype": "success", "is_error": true, "result": "Not logged in · Please run /login" });
    let bench = Bench::new([Script::begins().spawns(&mark).says(&message).says(&result).rests("idle")]);
    let mut run = bench.run("Work", None);
    assert_eq!(run.ending().await, failed("claude is not logged in. Log in."));
    assert_eq!(run.text(), "");
    assert_eq!(processes_with(&mark), 0);
}

#[tokio::test]
async fn a_line_that_is_too_long_is_left_out() {
    let huge = json!({ "type": "assistant", "message": { "content": "x".repeat(9 * 1024 * 1024) } });
    let bench = Bench::new([Script::begins().writes("Before.").says(&huge).writes("After.").done(0.1)]);
    let mut run = bench.run("Work", None);
    assert_eq!(run.ending().await, Ending::Completed);
    assert_eq!(run.text(), "Before.\n\nAfter.");
    assert!(run.seen.iter().all(|event| !matches!(event, EngineEvent::Withdrawn { .. })));
}
