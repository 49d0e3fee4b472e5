//! A database that takes nothing for a while: everything waits, and nothing is lost.

use std::time::Duration;

use super::super::Limits;
use super::world::{LIMITS, World};
use crate::domain::approval::Decision;
use crate::domain::event::{Ending, EngineEvent};
use crate::domain::press::Choice;
use crate::ports::EngineOrder;

#[tokio::test]
async fn what_an_engine_reports_while_the_disk_is_full_is_kept() {
    let mut world = World::new().await;
    world.say(1, "work").await;
    let run = world.run().await;
    world.store.refuse_writes(true).await;
    run.report(EngineEvent::Text("the answer".to_owned())).await;
    run.report(EngineEvent::Ended(Ending::Completed)).await;
    drop(run);
    assert!(!world.say(1, "lost?").await, "an update that is not stored must not be acknowledged");
    world.store.refuse_writes(false).await;
    let calls = world.chat.until("the fold", |calls| calls.iter().any(|c| c.text.contains("folded"))).await;
    assert!(calls.iter().any(|call| call.text == "#1 answers: the answer"), "{calls:#?}");
    assert!(world.say(1, "again").await);
    world.run().await.answer("second").await;
    world.chat.until("the second answer", |calls| calls.iter().any(|c| c.text == "#2 answers: second")).await;
}

#[tokio::test]
async fn a_task_whose_turn_comes_while_the_disk_is_full_starts_later() {
    let mut world = World::with(Limits { running_tasks: 0, ..LIMITS }).await;
    world.say(1, "work").await;
    world.chat.until("the card", |calls| calls.iter().any(|c| c.text.contains("#1 queued"))).await;
    let store = world.stop().await;
    store.refuse_writes(true).await;
    let mut world = World::on(store, LIMITS);
    let early = tokio::time::timeout(Duration::from_millis(100), world.run()).await;
    assert!(early.is_err(), "no run begins that is not stored");
    world.store.refuse_writes(false).await;
    world.run().await.answer("done").await;
    world.chat.until("the answer", |calls| calls.iter().any(|c| c.text == "#1 answers: done")).await;
}

#[tokio::test]
async fn an_approval_and_its_answer_outlast_a_full_disk() {
    let mut world = World::new().await;
    world.say(1, "work").await;
    let mut run = world.run().await;
    world.store.refuse_writes(true).await;
    run.ask("a").await;
    run.heard().await;
    world.store.refuse_writes(false).await;
    world.chat.until("the card", |calls| calls.iter().any(|c| c.text.contains("approval Main"))).await;
    world.decide(1, Choice::Allow).await;
    assert_eq!(
        run.order().await,
        Some(EngineOrder::Decide { request: "a".to_owned(), decision: Decision::Allow })
    );
}
