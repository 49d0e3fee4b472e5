//! The next start: nothing that is stored, however broken, keeps Adjutant from working.

use super::chat::Call;
use super::world::{LIMITS, World};

fn told(text: &str) -> impl Fn(&[Call]) -> bool {
    move |calls| calls.iter().any(|call| call.text.contains(text))
}

#[tokio::test]
async fn a_history_that_cannot_be_read_does_not_keep_a_task_from_ending() {
    let mut world = World::new().await;
    world.say(1, "work").await;
    let _run = world.run().await;
    world.chat.until("the card", told("#1 Starting")).await;
    let store = world.kill().await;
    store.spoil("UPDATE task_events SET body = 'spoilt'").await;
    let world = World::on(store, LIMITS);
    world.chat.until("the end", told("#1 folded: interrupted")).await;
}

#[tokio::test]
async fn a_message_that_cannot_be_read_does_not_hold_up_the_others() {
    let mut world = World::new().await;
    world.chat.answer(|_, _| Err(crate::ports::ChatError::Closed("for now".to_owned())));
    world.say(1, "/help").await;
    world.say(1, "/whoami").await;
    world.chat.until("a refusal", |calls| !calls.is_empty()).await;
    let store = world.stop().await;
    store.spoil("UPDATE outbox SET payload = 'spoilt' WHERE id = 1").await;
    let world = World::on(store, LIMITS);
    world.chat.until("the other message", told("Whoami")).await;
}
