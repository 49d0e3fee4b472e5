//! An engine that gives no sign of life is told of; a question that nobody answers is asked again.

use std::time::Duration;

use super::super::Limits;
use super::chat::Call;
use super::engine::Run;
use super::world::{LIMITS, World, later};
use crate::domain::card::Card;
use crate::domain::conversation::Rings;
use crate::domain::event::{Ending, EngineEvent};
use crate::domain::history::HistoryEntry;
use crate::domain::ids::TaskId;
use crate::domain::press::{Choice, Press};
use crate::domain::toast::Toast;
use crate::ports::EngineOrder;

const TASK: TaskId = TaskId(1);
const LONG: Duration = Duration::from_secs(600);
const MOMENT: Duration = Duration::from_secs(5);

const PATIENT: Limits = Limits {
    stall_timeout: LONG,
    task_timeout: Duration::from_secs(100_000),
    approval_timeout: Duration::from_secs(7_200),
    ..LIMITS
};

fn told(text: &str) -> impl Fn(&[Call]) -> bool {
    move |calls| calls.iter().any(|call| call.text == text)
}

fn thought() -> EngineEvent {
    EngineEvent::Thought("hm".to_owned())
}

fn question() -> EngineEvent {
    EngineEvent::Question { request: "q".to_owned(), text: "Which?".to_owned(), options: Vec::new() }
}

async fn working(world: &mut World) -> Run {
    world.say(1, "work").await;
    let run = world.run().await;
    run.report(thought()).await;
    world.chat.until("the card", told("#1 Working")).await;
    run
}

/// What was said in the chat by now. Something else is said after it, so that it is all there.
async fn by_now(world: &mut World) -> Vec<Call> {
    let before = world.chat.until("nothing", |_| true).await.len();
    world.say(1, "/whoami").await;
    world.chat.until("an answer", |calls| calls[before..].iter().any(|c| c.text.contains("Whoami"))).await
}

fn silences(calls: &[Call]) -> usize {
    calls.iter().filter(|call| call.text.contains("silent")).count()
}

#[tokio::test]
async fn a_silent_engine_is_told_of_again_and_again_until_it_works() {
    let mut world = World::with(PATIENT).await;
    let run = working(&mut world).await;
    later(LONG - MOMENT).await;
    assert_eq!(silences(&by_now(&mut world).await), 0, "too early");
    later(MOMENT).await;
    world.chat.until("the first time", told("#1 silent for 600 s: Asking")).await;
    later(2 * LONG).await;
    assert_eq!(silences(&by_now(&mut world).await), 1, "nobody is asked twice at once");
    world.press(1, Press::Wait(TASK)).await;
    world.chat.toasted(&Toast::WaitingOn).await;
    world.chat.until("the wait", told("#1 silent for 600 s: Waiting")).await;
    later(LONG).await;
    let again = world.chat.until("the second time", told("#1 silent for 2400 s: Asking")).await;
    assert_eq!(again.iter().filter(|c| c.text.contains("Asking") && c.edits.is_none()).count(), 2);
    run.report(thought()).await;
    let over = world.chat.until("the end of it", told("#1 silent for 2400 s: Over")).await;
    let second = over.iter().find(|c| c.text.contains("2400 s: Asking")).unwrap();
    assert_eq!(over.last().unwrap().edits, second.answer.clone().ok(), "the latest message changes");
    run.report(thought()).await;
    run.heard().await;
    assert_eq!(silences(&by_now(&mut world).await), 4);
    let history = world.store.history(TASK).await.unwrap();
    let count = |wanted: &HistoryEntry| history.iter().filter(|(_, entry)| entry == wanted).count();
    assert_eq!(count(&HistoryEntry::Silent { seconds: 600 }), 1);
    assert_eq!(count(&HistoryEntry::Heard), 1);
}

#[tokio::test]
async fn waiting_for_a_person_is_no_silence() {
    let mut world = World::with(PATIENT).await;
    let mut run = working(&mut world).await;
    run.ask("a").await;
    world.chat.until("the approval", |calls| calls.iter().any(|c| c.text.contains("approval Main"))).await;
    later(2 * LONG).await;
    assert_eq!(silences(&by_now(&mut world).await), 0);
    world.decide(1, Choice::Allow).await;
    assert!(matches!(run.order().await, Some(EngineOrder::Decide { .. })));
    let card = |calls: &[Call]| calls.iter().rfind(|c| c.text.starts_with("#1 ")).unwrap().text.clone();
    world.chat.until("the card", |calls| card(calls) == "#1 Working").await;
    later(LONG - MOMENT).await;
    assert_eq!(silences(&by_now(&mut world).await), 0, "the watch begins with the answer");
    later(MOMENT).await;
    world.chat.until("the silence", told("#1 silent for 600 s: Asking")).await;
}

#[tokio::test]
async fn the_end_of_the_task_is_the_end_of_the_silence() {
    let mut world = World::with(PATIENT).await;
    let mut run = working(&mut world).await;
    later(LONG).await;
    world.chat.until("the silence", told("#1 silent for 600 s: Asking")).await;
    world.press(1, Press::Stop(TASK)).await;
    assert_eq!(run.order().await, Some(EngineOrder::Stop));
    run.report(EngineEvent::Ended(Ending::Stopped)).await;
    world.chat.until("its end", told("#1 silent for 600 s: Ended")).await;
    world.press(1, Press::Wait(TASK)).await;
    world.chat.toasted(&Toast::Rejected(crate::domain::transition::Rejected::Finished)).await;
}

#[tokio::test]
async fn a_silence_that_a_crash_ended_is_told_as_over_at_the_next_start() {
    let mut world = World::with(PATIENT).await;
    let _run = working(&mut world).await;
    later(LONG).await;
    world.chat.until("the silence", told("#1 silent for 600 s: Asking")).await;
    let store = world.kill().await;
    let world = World::on(store, PATIENT);
    world.chat.until("its end", told("#1 silent for 600 s: Ended")).await;
}

#[tokio::test]
async fn it_rings_when_what_waits_for_a_person_rings() {
    for (rings, expected) in [(Rings::Questions, true), (Rings::Nothing, false)] {
        let mut world = World::with(PATIENT).await;
        world.press(1, Press::SetRings(rings)).await;
        let _run = working(&mut world).await;
        later(LONG).await;
        world.chat.until("the silence", told("#1 silent for 600 s: Asking")).await;
        let rang = world.chat.cards().iter().any(|card| matches!(card, Card::Silence(card) if card.rings));
        assert_eq!(rang, expected, "{rings:?}");
    }
}

#[tokio::test]
async fn a_question_that_nobody_answers_is_asked_once_more() {
    let mut world = World::with(Limits { approval_timeout: LONG, ..PATIENT }).await;
    let mut run = working(&mut world).await;
    run.report(question()).await;
    let asked = |times: usize| {
        move |calls: &[Call]| {
            let new = |c: &&Call| c.edits.is_none() && c.text == "#1 asks: Which?";
            calls.iter().filter(new).count() == times
        }
    };
    world.chat.until("the question", asked(1)).await;
    world.say(1, "/status").await;
    world.chat.until("what goes on", |calls| calls.iter().any(|c| c.text.contains("asks: true"))).await;
    for _ in 0..3 {
        later(LONG).await;
        let calls = by_now(&mut world).await;
        assert!(asked(2)(&calls), "{calls:#?}");
    }
    world.say(1, "this one").await;
    assert_eq!(run.order().await, Some(EngineOrder::Answer { request: "q".into(), text: "this one".into() }));
    world.say(1, "/status").await;
    world.chat.until("what goes on", |calls| calls.iter().any(|c| c.text.contains("asks: false"))).await;
}
