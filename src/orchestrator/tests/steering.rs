//! Words passed into the running turn.

use super::chat::Call;
use super::engine::Run;
use super::world::{MEMBER, OWNER, World};
use crate::domain::event::{Ending, EngineEvent, Offers};
use crate::domain::history::HistoryEntry;
use crate::domain::ids::TaskId;
use crate::domain::press::Press;
use crate::domain::task::{Outcome, Phase};
use crate::domain::toast::Toast;
use crate::ports::EngineOrder;

const FIRST: TaskId = TaskId(1);
const SECOND: TaskId = TaskId(2);

fn told(text: &str) -> impl Fn(&[Call]) -> bool {
    move |calls| calls.iter().any(|call| call.text == text)
}

fn steer(words: &str) -> Option<EngineOrder> {
    Some(EngineOrder::Steer { request: SECOND.to_string(), text: words.to_owned() })
}

impl Run {
    async fn offers_to_take_words(&self, steer: bool) {
        self.report(EngineEvent::Offers(Offers { steer, commands: Vec::new() })).await;
    }

    async fn has_the_words(&self) {
        self.report(EngineEvent::Steered { request: SECOND.to_string() }).await;
    }
}

/// A task whose engine takes words, and one that waits behind it.
async fn two(world: &mut World) -> Run {
    world.say(1, "first").await;
    let run = world.run().await;
    run.offers_to_take_words(true).await;
    run.heard().await;
    world.say(1, "second").await;
    world.chat.until("the second card", told("#2 queued at 1, steer?")).await;
    run
}

async fn history(world: &World, task: TaskId) -> Vec<HistoryEntry> {
    world.store.history(task).await.unwrap().into_iter().map(|(_, entry)| entry).collect()
}

#[tokio::test]
async fn words_go_into_the_running_turn_and_are_no_task_any_more() {
    let mut world = World::new().await;
    let mut run = two(&mut world).await;
    world.say(1, "third").await;
    world.press(1, Press::Steer(SECOND)).await;
    world.chat.toasted(&Toast::Steering(FIRST)).await;
    assert_eq!(run.order().await, steer("second"));
    run.has_the_words().await;
    world.chat.until("its outcome", told("#2 folded: passed_on")).await;
    world.chat.until("the words on the running card", told("#1 Working, second")).await;
    world.chat.until("the third card's new place", told("#3 queued at 1, steer?")).await;
    let passed = world.store.task(SECOND).await.unwrap().unwrap();
    assert_eq!(passed.phase, Phase::Finished(Outcome::PassedOn { to: FIRST }));
    let words = HistoryEntry::Steered { task: SECOND, text: "second".to_owned() };
    assert!(history(&world, FIRST).await.contains(&words));
    run.answer("both done").await;
    assert_eq!(world.run().await.request.prompt, "third");
}

#[tokio::test]
async fn a_card_drawn_before_the_offer_gets_its_button_with_it_and_loses_it_again() {
    let mut world = World::new().await;
    world.say_all(1, &["first", "second"]).await;
    let run = world.run().await;
    world.chat.until("the second card", told("#2 queued at 1")).await;
    run.offers_to_take_words(true).await;
    world.chat.until("its button", told("#2 queued at 1, steer?")).await;
    run.offers_to_take_words(false).await;
    let lost =
        |calls: &[Call]| calls.iter().rfind(|c| c.text.starts_with("#2")).unwrap().text == "#2 queued at 1";
    world.chat.until("the card without it", lost).await;
}

#[tokio::test]
async fn words_that_the_engine_has_not_taken_by_its_end_run_as_a_task() {
    let mut world = World::new().await;
    let mut run = two(&mut world).await;
    world.press(1, Press::Steer(SECOND)).await;
    assert_eq!(run.order().await, steer("second"));
    run.answer("done before").await;
    let next = world.run().await;
    assert_eq!(next.request.prompt, "second");
    next.answer("done too").await;
    world.chat.until("its answer", told("#2 answers: done too")).await;
}

#[tokio::test]
async fn words_pressed_twice_are_passed_on_once() {
    let mut world = World::new().await;
    let mut run = two(&mut world).await;
    world.press(1, Press::Steer(SECOND)).await;
    world.press(1, Press::Steer(SECOND)).await;
    assert_eq!(run.order().await, steer("second"));
    run.has_the_words().await;
    world.chat.until("its outcome", told("#2 folded: passed_on")).await;
    world.press(1, Press::Steer(SECOND)).await;
    world.chat.toasted(&Toast::NotQueued).await;
    world.press(1, Press::Stop(FIRST)).await;
    assert_eq!(run.order().await, Some(EngineOrder::Stop), "no words come twice");
}

#[tokio::test]
async fn an_engine_that_takes_no_words_is_given_none() {
    let mut world = World::new().await;
    world.say_all(1, &["first", "second"]).await;
    let run = world.run().await;
    world.press(1, Press::Steer(SECOND)).await;
    world.chat.toasted(&Toast::CannotSteer).await;
    run.answer("done").await;
    assert_eq!(world.run().await.request.prompt, "second");
}

#[tokio::test]
async fn what_is_for_another_engine_is_not_said_to_this_one() {
    let mut world = World::new().await;
    world.say(1, "first").await;
    let run = world.run().await;
    run.offers_to_take_words(true).await;
    run.heard().await;
    world.say(1, "/engine other").await;
    world.say(1, "second").await;
    world.chat.until("a card without the button", told("#2 queued at 1")).await;
    world.press(1, Press::Steer(SECOND)).await;
    world.chat.toasted(&Toast::CannotSteer).await;
}

#[tokio::test]
async fn only_who_may_control_both_tasks_passes_words_on() {
    let mut world = World::new().await;
    world.say_as(OWNER, -7, &["first"]).await;
    let mut run = world.run().await;
    run.offers_to_take_words(true).await;
    run.heard().await;
    world.say_as(MEMBER, -7, &["second"]).await;
    world.press_as(MEMBER, -7, Press::Steer(SECOND)).await;
    world.chat.toasted(&Toast::NotYours).await;
    world.press_as(OWNER, -7, Press::Steer(SECOND)).await;
    assert_eq!(run.order().await, steer("second"));
}

#[tokio::test]
async fn a_task_that_is_dropped_while_its_words_are_under_way_stays_dropped() {
    let mut world = World::new().await;
    let mut run = two(&mut world).await;
    world.press(1, Press::Steer(SECOND)).await;
    assert_eq!(run.order().await, steer("second"));
    world.press(1, Press::Drop(SECOND)).await;
    run.has_the_words().await;
    run.report(EngineEvent::Ended(Ending::Completed)).await;
    world.chat.until("the end", told("#1 folded: succeeded")).await;
    world.chat.until("the dropped card", told("#2 folded: stopped")).await;
    let words = HistoryEntry::Steered { task: SECOND, text: "second".to_owned() };
    assert!(history(&world, FIRST).await.contains(&words), "the log says what the engine heard");
}
