//! The way out: what one chat suffers, no other does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::chat::Call;
use super::world::World;
use crate::domain::ids::ChatId;
use crate::domain::input::Incoming;
use crate::ports::ChatError;

fn delivered(calls: &[Call], chat: i64) -> usize {
    calls.iter().filter(|call| call.chat == chat && call.answer.is_ok()).count()
}

fn told(text: &str) -> impl Fn(&[Call]) -> bool {
    move |calls| calls.iter().any(|call| call.answer.is_ok() && call.text.contains(text))
}

#[tokio::test]
async fn a_ban_of_one_chat_delays_no_other() {
    let mut world = World::new().await;
    world.chat.answer(|chat, _| match chat {
        1 => Err(ChatError::RetryAfter(Duration::from_secs(10_000))),
        _ => Ok(()),
    });
    for chat in [1, 2, 3] {
        for _ in 0..3 {
            world.say(chat, "/help").await;
        }
    }
    world.chat.until("what was said in 2", |calls| delivered(calls, 2) >= 3).await;
    let calls = world.chat.until("what was said in 3", |calls| delivered(calls, 3) >= 3).await;
    assert_eq!(calls.iter().filter(|call| call.chat == 1).count(), 1, "a ban is obeyed");
}

#[tokio::test]
async fn a_message_that_panics_on_its_way_does_not_stop_its_chat() {
    let mut world = World::new().await;
    let first = AtomicBool::new(true);
    world.chat.answer(move |_, _| {
        assert!(!first.swap(false, Ordering::Relaxed), "the network card is on fire");
        Ok(())
    });
    world.say(1, "/whoami").await;
    world.say(1, "/help").await;
    world.chat.until("the second message", told("Help")).await;
}

#[tokio::test]
async fn a_closed_chat_opens_when_somebody_presses_a_button_in_it() {
    let mut world = World::new().await;
    world.say(1, "work").await;
    let run = world.run().await;
    world.chat.until("the card", told("#1 Starting")).await;
    let closed = Arc::new(AtomicBool::new(true));
    let is_closed = Arc::clone(&closed);
    world.chat.answer(move |_, _| match is_closed.load(Ordering::Relaxed) {
        true => Err(ChatError::Closed("restricted".to_owned())),
        false => Ok(()),
    });
    run.answer("done").await;
    world.chat.until("a refusal", |calls| calls.iter().any(|call| call.answer.is_err())).await;
    closed.store(false, Ordering::Relaxed);
    world.press(1, crate::domain::press::Press::Log(crate::domain::ids::TaskId(1))).await;
    world.chat.until("the answer", told("#1 answers: done")).await;
}

#[tokio::test]
async fn the_words_of_a_file_that_is_refused_arrive_without_it() {
    let mut world = World::new().await;
    world.chat.answer(|_, message| match message.document {
        Some(_) => Err(ChatError::Refused("no files here".to_owned())),
        None => Ok(()),
    });
    world.say(1, "work").await;
    // Composing it panics, so that it goes out as a file.
    world.run().await.answer(super::chat::POISON).await;
    world.chat.until("the words", told("no files here")).await;
}

#[tokio::test]
async fn an_approval_whose_file_is_refused_is_answered_at_once() {
    let mut world = World::new().await;
    world.chat.answer(|_, message| match message.document {
        Some(_) => Err(ChatError::Refused("no files here".to_owned())),
        None => Ok(()),
    });
    world.say(1, "work").await;
    let mut run = world.run().await;
    run.ask("a").await;
    let order = run.order().await;
    assert!(format!("{order:?}").contains("Undeliverable"), "{order:?}");
    let calls = world.chat.until("the closed card", told("approval Closed")).await;
    assert!(!told("approval Main")(&calls), "buttons without the whole action");
}

#[tokio::test]
async fn a_group_that_gets_a_new_id_goes_on_there() {
    let mut world = World::new().await;
    world.say(-1, "first").await;
    let run = world.run().await;
    world.chat.until("the card", told("#1 Starting")).await;
    let moved = ChatId(-100);
    world.chat.answer(move |chat, _| if chat == -1 { Err(ChatError::Migrated(moved)) } else { Ok(()) });
    // The chat service tells us twice: when we write, and as an update.
    run.answer("done").await;
    world.incoming(Incoming::Migrated { from: ChatId(-1), to: moved }).await;
    let calls = world.chat.until("the answer", told("#1 answers: done")).await;
    assert_eq!(delivered(&calls, -1), 1, "the card alone stands in the old chat");
    world.say(-100, "second").await;
    world.run().await.answer("done too").await;
    let calls = world.chat.until("the second answer", told("#2 answers: done too")).await;
    assert_eq!(
        calls.iter().filter(|call| call.answer.is_ok() && call.text.contains("#1 answers")).count(),
        1
    );
}

#[tokio::test]
async fn a_chat_service_that_does_not_answer_is_tried_again() {
    let mut world = World::new().await;
    let failures = AtomicUsize::new(0);
    world.chat.answer(move |_, _| match failures.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => Err(ChatError::Unreachable("no route".to_owned())),
        _ => Ok(()),
    });
    world.say(1, "/help").await;
    let calls = world.chat.until("the message", |calls| delivered(calls, 1) == 1).await;
    assert_eq!(calls.len(), 3);
}
