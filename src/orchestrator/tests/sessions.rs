//! Going on with earlier sessions, and back to another engine.

use std::time::Duration;

use super::chat::Call;
use super::engine::UNFIT;
use super::world::{LIMITS, MEMBER, OWNER, World, agent, later, place};
use crate::domain::agent::AgentSpec;
use crate::domain::card::{Card, Notice, SessionPicker, SessionSearch};
use crate::domain::event::EngineEvent;
use crate::domain::ids::{SessionId, Timestamp};
use crate::domain::press::{NameKey, Press};
use crate::domain::session::{KnownSession, SessionUse};
use crate::domain::toast::Toast;
use crate::ports::SessionSummary;
use crate::store::{DatabaseLocation, Store};

fn told(text: &str) -> impl Fn(&[Call]) -> bool {
    move |calls| calls.iter().any(|call| call.text.contains(text))
}

fn id(id: &str) -> SessionId {
    SessionId(id.to_owned())
}

fn summary(name: &str, title: &str) -> SessionSummary {
    SessionSummary { id: id(name), title: title.to_owned(), used_at: Some(Timestamp(1_000)) }
}

impl World {
    fn engine_tells(&self, told: Option<Result<Vec<SessionSummary>, String>>) {
        *self.told.lock().unwrap() = told;
    }

    /// Says something, lets its run open a session and end, and returns what the run was to continue.
    async fn turn(&mut self, chat: i64, words: &str, session: &str) -> Option<SessionId> {
        self.say(chat, words).await;
        let run = self.run().await;
        let resumed = run.request.resume.clone();
        run.report(EngineEvent::SessionOpened(id(session))).await;
        run.answer(&format!("did {words}")).await;
        self.chat.until("the answer", told(&format!("answers: did {words}"))).await;
        self.chat.until("the end", |calls| calls.last().is_some_and(|c| c.text.contains("succeeded"))).await;
        resumed
    }

    /// The latest list of sessions.
    fn list(&self) -> SessionPicker {
        let cards = self.chat.cards().into_iter().rev();
        let mut lists = cards.filter_map(|card| match card {
            Card::Notice(Notice::SessionPicker(picker)) => Some(picker),
            _ => None,
        });
        lists.next().expect("there was no list")
    }

    fn titles(&self) -> Vec<String> {
        self.list().sessions.into_iter().map(|session| session.title).collect()
    }

    fn key(&self, title: &str) -> NameKey {
        let list = self.list();
        list.sessions.iter().find(|session| session.title == title).expect("it is not in the list").key
    }
}

#[tokio::test]
async fn a_session_begun_in_a_terminal_is_taken_over() {
    let mut world = World::new().await;
    world.turn(1, "Fix the login test", "ours").await;
    world.engine_tells(Some(Ok(vec![summary("t1", "In a terminal"), summary("ours", "Login test")])));
    world.say(1, "/continue").await;
    let lists = world.chat.until("the whole list", told("Done")).await;
    let (first, last) = (&lists[lists.len() - 2], &lists[lists.len() - 1]);
    assert!(first.text.contains("Looking") && first.text.contains("Fix the login test"), "{first:?}");
    assert_eq!(last.edits, first.answer.clone().ok(), "the same message");
    assert_eq!(world.titles(), ["Login test", "In a terminal"]);
    let marks: Vec<bool> = world.list().sessions.iter().map(|session| session.current).collect();
    assert_eq!(marks, [true, false]);
    world.press(1, Press::PickSession(world.key("In a terminal"))).await;
    world.chat.until("the choice", told("Continuing")).await;
    assert_eq!(world.turn(1, "go on", "t1").await, Some(id("t1")));
}

#[tokio::test]
async fn what_is_known_can_be_chosen_while_the_engine_says_nothing() {
    let mut world = World::new().await;
    world.turn(1, "Fix the login test", "s1").await;
    world.say(1, "/new").await;
    world.engine_tells(None);
    world.say(1, "/continue").await;
    world.chat.until("the list", told("Looking")).await;
    assert!(!world.list().sessions[0].current, "the next message would start over");
    world.press(1, Press::PickSession(world.key("Fix the login test"))).await;
    world.chat.until("the choice", told("Continuing")).await;
    later(Duration::from_secs(10)).await;
    world.chat.until("the reason", told("It did not answer within 10 s.")).await;
    assert_eq!(world.titles(), ["Fix the login test"]);
    assert_eq!(world.turn(1, "go on", "s1").await, Some(id("s1")));
}

#[tokio::test]
async fn an_engine_that_cannot_tell_says_why() {
    let mut world = World::new().await;
    world.engine_tells(Some(Err("It needs a login.".to_owned())));
    world.say(1, "/continue").await;
    world.chat.until("the reason", told("It needs a login.")).await;
    assert_eq!(world.list().search, SessionSearch::Failed { reason: "It needs a login.".to_owned() });
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_an_engine_that_says_nothing() {
    let mut world = World::new().await;
    world.engine_tells(None);
    world.say(1, "/continue").await;
    world.chat.until("the list", told("Looking")).await;
    world.stop().await;
}

#[tokio::test]
async fn only_owners_see_what_was_said_elsewhere() {
    let mut world = World::new().await;
    world.turn(1, "a secret", "s1").await;
    world.engine_tells(Some(Ok(vec![summary("t1", "In a terminal")])));
    world.say_as(MEMBER, 2, &["/continue"]).await;
    world.chat.until("the list", told("SessionPicker")).await;
    let list = world.list();
    assert_eq!((list.sessions.len(), list.search), (0, SessionSearch::Done));
    world.say_as(OWNER, 2, &["/continue"]).await;
    world.chat.until("the owner's list", told("In a terminal")).await;
    for title in ["a secret", "In a terminal"] {
        let key = world.key(title);
        world.press_as(MEMBER, 2, Press::PickSession(key)).await;
        world.chat.toasted(&Toast::NotYours).await;
    }
    assert_eq!(world.turn(2, "begin", "s2").await, None, "nothing was chosen");
}

#[tokio::test]
async fn a_session_that_goes_on_under_another_id_is_listed_once() {
    let mut world = World::new().await;
    world.turn(1, "Fix the login test", "s1").await;
    assert_eq!(world.turn(1, "now the other one", "s2").await, Some(id("s1")));
    world.say(1, "/continue").await;
    world.chat.until("the list", told("Done")).await;
    assert_eq!(world.titles(), ["Fix the login test"]);
    let known = world.store.begin().await.unwrap().session(world.key("Fix the login test")).await.unwrap();
    assert_eq!(known.unwrap().id, id("s2"));
}

#[tokio::test]
async fn going_back_to_an_engine_goes_on_where_it_was_left() {
    let mut world = World::new().await;
    world.turn(1, "one", "f1").await;
    world.say(1, "/engine other").await;
    world.chat.until("the choice", told(r#"continues: false, aside: Some("fake")"#)).await;
    assert_eq!(world.turn(1, "two", "o1").await, None);
    world.say(1, "/engine fake").await;
    world.chat.until("the choice", told(r#"continues: true, aside: Some("other")"#)).await;
    assert_eq!(world.turn(1, "three", "f1").await, Some(id("f1")));
    world.say(1, "/new").await;
    world.say(1, "/engine other").await;
    world.chat.until("the choice", told("continues: false, aside: None")).await;
    assert_eq!(world.turn(1, "four", "o2").await, None, "/new starts over with every engine");
}

#[tokio::test]
async fn engines_are_shown_with_their_kind_and_the_one_in_use() {
    let mut world = World::new().await;
    world.say(1, "/engine").await;
    let calls = world.chat.until("the engines", told("EnginePicker")).await;
    let said = &calls.last().unwrap().text;
    for part in
        [r#"name: "other", kind: "fake""#, r#"used: Some(AgentEngine { agent: "worker", engine: "fake" })"#]
    {
        assert!(said.contains(part), "{part} is not in {said}");
    }
}

#[tokio::test]
async fn an_engine_that_cannot_run_the_agent_says_so_at_once() {
    let unfit = AgentSpec { instructions: UNFIT.to_owned(), ..agent() };
    let store = Store::open(&DatabaseLocation::Memory).await.unwrap();
    let mut world = World::of(unfit, store, LIMITS);
    world.say(1, "/engine other").await;
    world.chat.until("the problem", told("it is unfit.")).await;
}

/// A world whose agent's file names an engine, and a session of another one.
async fn pinned() -> (World, KnownSession) {
    let pinned = AgentSpec { engine: Some("fake".to_owned()), ..agent() };
    let session = KnownSession {
        id: id("o1"),
        engine: "other".to_owned(),
        workspace: "here".to_owned(),
        title: "Elsewhere".to_owned(),
        used_at: None,
        ours: Some(SessionUse { place: place(1), agent: "worker".to_owned() }),
    };
    let store = Store::open(&DatabaseLocation::Memory).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.save_session(&session).await.unwrap();
    tx.commit().await.unwrap();
    (World::of(pinned, store, LIMITS), session)
}

#[tokio::test]
async fn a_session_of_an_engine_that_the_agents_file_rules_out_is_not_taken_over() {
    let (mut world, session) = pinned().await;
    world.press(1, Press::PickSession(session.key())).await;
    world.chat.until("the reason", told("the file of worker names fake in here")).await;
    assert_eq!(world.turn(1, "begin", "f1").await, None);
    world.press(1, Press::PickSession(NameKey(7))).await;
    world.chat.toasted(&Toast::SessionGone).await;
}
