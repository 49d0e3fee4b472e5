//! Tasks to their end: in time, whatever their engine does, and whatever breaks.

use std::time::Duration;

use super::super::Limits;
use super::chat::POISON;
use super::engine::{AHEAD, BROKEN};
use super::world::{LIMITS, World};
use crate::domain::approval::Decision;
use crate::domain::event::{Ending, EngineEvent};
use crate::ports::EngineOrder;

#[tokio::test]
async fn an_approval_expires_by_the_wall_clock() {
    let mut world = World::new().await;
    world.say(1, "work").await;
    let mut run = world.run().await;
    run.ask("a").await;
    world.chat.until("the card", |calls| calls.iter().any(|c| c.text.contains("approval Main"))).await;
    world.sleep(LIMITS.approval_timeout);
    // The next time anything happens, it is noticed; at the latest with the card's next picture.
    run.report(EngineEvent::Text("awake".to_owned())).await;
    let expired = EngineOrder::Decide { request: "a".to_owned(), decision: Decision::Expired };
    assert_eq!(run.order().await, Some(expired));
}

#[tokio::test]
async fn an_engine_that_never_pauses_does_not_outlive_its_time() {
    let mut world = World::with(Limits { task_timeout: Duration::from_millis(1), ..LIMITS }).await;
    world.say(1, "work").await;
    let mut run = world.run().await;
    let line = || EngineEvent::Output { action: "yes".to_owned(), chunk: "y\n".to_owned() };
    while run.events.capacity() > 1 && run.events.try_send(line()).is_ok() {}
    assert_eq!(run.order().await, Some(EngineOrder::Stop));
    assert!(run.events.capacity() < AHEAD, "it is told to stop while it still has much to say");
    run.report(EngineEvent::Ended(Ending::Stopped)).await;
    drop(run);
    world.chat.until("the end", |calls| calls.iter().any(|c| c.text.contains("folded: timed_out"))).await;
}

#[tokio::test]
async fn an_engine_that_breaks_ends_its_task_only() {
    let mut world = World::with(Limits { running_tasks: 1, ..LIMITS }).await;
    world.say(1, BROKEN).await;
    world.chat.until("the failure", |calls| calls.iter().any(|c| c.text.contains("#1 folded: failed"))).await;
    world.say(1, "again").await;
    world.run().await.answer("fine").await;
    world.chat.until("the answer", |calls| calls.iter().any(|c| c.text == "#2 answers: fine")).await;
}

#[tokio::test]
async fn an_answer_that_breaks_the_composer_arrives_as_it_is() {
    let mut world = World::with(Limits { running_tasks: 1, ..LIMITS }).await;
    world.say(1, "work").await;
    let answer = format!("{POISON} in markdown");
    world.run().await.answer(&answer).await;
    let bare = |calls: &[super::chat::Call]| calls.iter().any(|c| c.document.as_ref() == Some(&answer));
    world.chat.until("the bare answer", bare).await;
    world.say(1, "again").await;
    world.run().await.answer("fine").await;
    world.chat.until("the answer", |calls| calls.iter().any(|c| c.text == "#2 answers: fine")).await;
    world.stop().await;
}

#[tokio::test]
async fn cards_of_waiting_tasks_say_their_places_as_the_queue_moves() {
    let mut world = World::new().await;
    world.say_all(1, &["first", "second", "third"]).await;
    let calls = world.chat.until("three cards", |calls| calls.len() >= 3).await;
    let cards: Vec<_> =
        calls.iter().filter(|call| call.edits.is_none()).map(|call| call.text.as_str()).collect();
    assert_eq!(cards, ["#1 Starting", "#2 queued at 1", "#3 queued at 2"]);
    world.run().await.answer("done").await;
    let moved = |calls: &[super::chat::Call]| {
        calls.iter().any(|call| call.edits.is_some() && call.text == "#3 queued at 1")
    };
    world.chat.until("the third card's new place", moved).await;
}
