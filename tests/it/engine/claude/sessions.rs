//! Programs and sessions from run to run.

use adjutant::domain::event::{Ending, EngineEvent, OfferedCommand, Offers};
use adjutant::domain::ids::SessionId;
use adjutant::ports::EngineOrder;
use serde_json::{Value, json};

use super::super::support::{eventually, mark, processes_with};
use super::fake::{SESSION, Script};
use super::support::{Bench, Run};

const OTHER: &str = "22222222-2222-4222-8222-222222222222";

fn opened(run: &Run) -> Vec<&str> {
    run.seen
        .iter()
        .filter_map(|event| match event {
            EngineEvent::SessionOpened(SessionId(id)) => Some(id.as_str()),
            _ => None,
        })
        .collect()
}

fn lost(run: &Run) -> bool {
    run.seen.contains(&EngineEvent::SessionLost)
}

fn steer(text: &str) -> EngineOrder {
    EngineOrder::Steer { request: "words".to_owned(), text: text.to_owned() }
}

fn steered(run: &Run) -> usize {
    let steered = EngineEvent::Steered { request: "words".to_owned() };
    run.seen.iter().filter(|event| **event == steered).count()
}

/// A run that says a text and ends well.
fn turn(script: Script, text: &str, cost: f64) -> Script {
    script.prompted().inits(SESSION).taken_up().writes(text).done(cost)
}

#[tokio::test]
async fn the_next_run_of_a_session_finds_its_program_warm() {
    let mark = mark();
    let first = Script::default().offers().spawns(&mark);
    let script = turn(turn(first, "One.", 0.25), "Two.", 0.75);
    let bench = Bench::new([script]);
    let mut run = bench.run("First", None);
    assert_eq!(run.ending().await, Ending::Completed);
    assert_eq!((opened(&run), run.text().as_str(), run.cost()), (vec![SESSION], "One.", Some(0.25)));
    let mut run = bench.run("Second", Some(SESSION));
    assert_eq!(run.ending().await, Ending::Completed);
    assert_eq!((opened(&run), run.text().as_str(), run.cost()), (vec![SESSION], "Two.", Some(0.5)));
    assert_eq!(bench.fake.starts(), 1);
    let commands = vec![OfferedCommand { name: "compact".to_owned(), description: "Makes room".to_owned() }];
    assert!(run.seen.contains(&EngineEvent::Offers(Offers { steer: true, commands })));
    let said: Vec<Value> = bench.fake.heard().into_iter().filter(|line| line["type"] == "user").collect();
    assert_eq!(
        (&said[0]["message"]["content"], &said[1]["message"]["content"]),
        (&json!("First"), &json!("Second"))
    );
    assert_eq!(processes_with(&mark), 1);
    bench.sessions.close_all().await;
    assert_eq!(processes_with(&mark), 0);
}

#[tokio::test]
async fn nothing_goes_on_where_no_other_run_will() {
    let mark = mark();
    let mut bench = Bench::new([turn(Script::default().offers().spawns(&mark), "One.", 0.25)]);
    bench.lasting = false;
    assert_eq!(bench.run("First", None).ending().await, Ending::Completed);
    assert_eq!(processes_with(&mark), 0);
}

#[tokio::test]
async fn another_agent_needs_another_program() {
    let first = turn(Script::default().offers(), "One.", 0.1);
    let second = turn(Script::default().offers(), "Two.", 0.1);
    let mut bench = Bench::new([first, second]);
    assert_eq!(bench.run("First", None).ending().await, Ending::Completed);
    bench.agent.instructions = "-Be brief.".to_owned();
    bench.agent.model = Some("opus".to_owned());
    let mut run = bench.run("Second", Some(SESSION));
    assert_eq!(run.ending().await, Ending::Completed);
    assert_eq!((run.text().as_str(), run.cost(), bench.fake.starts()), ("Two.", Some(0.1), 2));
    let more = ["--append-system-prompt=-Be brief.", "--model=opus", &format!("--resume={SESSION}")]
        .map(str::to_owned);
    assert!(bench.fake.arguments().ends_with(&more), "{:?}", bench.fake.arguments());
}

#[tokio::test]
async fn a_program_that_died_while_it_was_idle_is_replaced() {
    // At once after its turn, or not before it is talked to again.
    for dying in [Script::default(), Script::default().hears(&json!({ "type": "user" }))] {
        let mut first = turn(Script::default().offers(), "One.", 0.1);
        first = first.and(dying).exits(0, "");
        let second = turn(Script::default().offers(), "Two.", 0.1);
        let bench = Bench::new([first, second]);
        assert_eq!(bench.run("First", None).ending().await, Ending::Completed);
        let mut run = bench.run("Second", Some(SESSION));
        assert_eq!(run.ending().await, Ending::Completed);
        assert_eq!((run.text().as_str(), lost(&run), bench.fake.starts()), ("Two.", false, 2));
        assert!(bench.fake.arguments().contains(&format!("--resume={SESSION}")));
    }
}

#[tokio::test]
async fn a_session_that_is_gone_is_begun_anew() {
    let gone = Script::default()
        .hears(&json!({ "type": "user" }))
        .says(&json!({ "type": "result", "subtype": "error_during_execution", "is_error": true, "errors": [format!("No conversation found with session ID: {OTHER}")] }))
        .exits(1, "No conversation found");
    let bench = Bench::new([gone, turn(Script::default().offers(), "Anew.", 0.1)]);
    let mut run = bench.run("Go on", Some(OTHER));
    assert_eq!(run.ending().await, Ending::Completed);
    assert_eq!((opened(&run), run.text().as_str(), bench.fake.starts()), (vec![SESSION], "Anew.", 2));
    let position = |wanted: &EngineEvent| run.seen.iter().position(|event| event == wanted);
    assert!(
        position(&EngineEvent::SessionLost)
            < position(&EngineEvent::SessionOpened(SessionId(SESSION.to_owned())))
    );
    assert!(lost(&run));
    assert!(!bench.fake.arguments().iter().any(|argument| argument.starts_with("--resume")));
}

#[tokio::test]
async fn the_session_of_another_engine_is_not_even_looked_for() {
    let bench = Bench::new([turn(Script::default().offers(), "Anew.", 0.1)]);
    let mut run = bench.run("Go on", Some("script:3"));
    assert_eq!(run.ending().await, Ending::Completed);
    assert_eq!((lost(&run), bench.fake.starts()), (true, 1));
    assert!(!bench.fake.arguments().iter().any(|argument| argument.starts_with("--resume")));
}

#[tokio::test]
async fn what_an_idle_session_did_meanwhile_is_told_first() {
    let unasked = json!({ "type": "result", "subtype": "success", "result": "The build is over.", "num_turns": 1, "origin": { "kind": "task-notification" } });
    let script = turn(Script::default().offers(), "Started.", 0.1)
        .rests("running")
        .inits(SESSION)
        .says(&unasked)
        .rests("idle");
    let bench = Bench::new([turn(script, "And now this.", 0.2)]);
    let mut run = bench.run("Build it", None);
    assert_eq!(run.ending().await, Ending::Completed);
    let mut run = bench.run("And?", Some(SESSION));
    assert_eq!(run.ending().await, Ending::Completed);
    assert_eq!(run.text(), "The build is over.\n\nAnd now this.");
}

#[tokio::test]
async fn words_for_the_running_turn_are_dealt_with_before_the_run_ends() {
    let script = Script::begins()
        .writes("Working.")
        .hears(&json!({ "type": "user", "message": { "content": "Faster" } }))
        .turn_over(0.1)
        .inits(SESSION)
        .taken_up()
        .writes("Faster it is.")
        .done(0.2);
    let bench = Bench::new([script]);
    let mut run = bench.run("Work", None);
    run.until_text("Working.").await;
    run.order(steer("Faster")).await;
    assert_eq!(run.ending().await, Ending::Completed);
    assert_eq!((run.text().as_str(), run.cost()), ("Working.\n\nFaster it is.", Some(0.2)));
    assert_eq!(steered(&run), 1);
}

#[tokio::test]
async fn a_message_that_is_never_taken_up_does_not_hold_the_run_for_ever() {
    let mark = mark();
    let script =
        Script::begins().spawns(&mark).writes("Working.").hears(&json!({ "type": "user" })).done(0.1);
    let bench = Bench::new([script]);
    let mut run = bench.run("Work", None);
    run.until_text("Working.").await;
    run.order(steer("Faster")).await;
    assert_eq!(run.ending().await, Ending::Completed);
    assert_eq!(steered(&run), 0, "the words are to be said again");
    // Such a program is not kept.
    eventually("it is gone", || processes_with(&mark) == 0).await;
}
