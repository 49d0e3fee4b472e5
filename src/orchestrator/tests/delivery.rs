//! The way out: what one chat suffers, no other does.

use std::time::Duration;

use super::chat::Call;
use super::world::World;
use crate::ports::ChatError;

fn reached(chat: i64) -> impl Fn(&[Call]) -> bool {
    move |calls| calls.iter().filter(|call| call.chat == chat && call.answer.is_ok()).count() >= 3
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
    world.chat.until("what was said elsewhere", reached(2)).await;
    let calls = world.chat.until("what was said elsewhere", reached(3)).await;
    assert_eq!(calls.iter().filter(|call| call.chat == 1).count(), 1, "a ban is obeyed");
}
