//! The way in: what breaks one update breaks no other, and nobody's words overtake their own.

use super::chat::{Call, POISON};
use super::world::World;

fn told(text: &str) -> impl Fn(&[Call]) -> bool {
    move |calls| calls.iter().any(|call| call.text.contains(text))
}

#[tokio::test]
async fn an_update_that_breaks_the_reading_breaks_nothing_else() {
    let mut world = World::new().await;
    assert!(world.update(POISON.to_owned()).await);
    assert!(world.say(1, "/help").await);
    world.chat.until("the next answer", told("Help")).await;
    let store = world.stop().await;
    assert_eq!(store.pending_updates(i64::MIN, 10).await.unwrap(), [], "it is not read again at every start");
}

#[tokio::test]
async fn a_long_text_is_applied_before_what_its_author_does_next() {
    let mut world = World::new().await;
    world.say(1, &"x".repeat(4_000)).await;
    world.say(1, "/stop").await;
    world.chat.until("the stopped task", told("#1 folded: stopped")).await;
}

#[tokio::test]
async fn a_batch_that_comes_again_is_applied_once() {
    let mut world = World::new().await;
    assert!(world.say(1, "first").await);
    // The acknowledgement got lost: Telegram sends the first once more, and a new one with it.
    world.updates -= 1;
    assert!(world.say_all(1, &["first", "second"]).await);
    world.chat.until("the second task", told("#2")).await;
    let store = world.stop().await;
    assert_eq!(store.pending_updates(i64::MIN, 10).await.unwrap(), []);
    assert_eq!(store.tasks_page(None, None, 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_update_that_breaks_its_batch_is_put_aside_and_the_others_count() {
    let mut world = World::new().await;
    assert!(world.say_all(1, &["first", &format!("/agent {POISON}"), "third"]).await);
    world.chat.until("the third task", told("#2")).await;
    let store = world.stop().await;
    assert_eq!(store.pending_updates(i64::MIN, 10).await.unwrap(), []);
    assert_eq!(store.tasks_page(None, None, 10).await.unwrap().len(), 2);
}
