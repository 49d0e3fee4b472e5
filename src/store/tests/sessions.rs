//! Sessions come back whole, in order, and go along with their chat.

use super::*;
use crate::domain::ids::SessionId;
use crate::domain::session::{KnownSession, SessionUse};

fn session(id: &str, used_at: Option<i64>, place: Option<Place>) -> KnownSession {
    KnownSession {
        id: SessionId(id.to_owned()),
        engine: "codex".to_owned(),
        workspace: "api".to_owned(),
        title: format!("About {id}"),
        used_at: used_at.map(Timestamp),
        ours: place.map(|place| SessionUse { place, agent: "reviewer".to_owned() }),
    }
}

async fn listed(tx: &mut crate::store::Tx, place: Option<Place>, limit: u32) -> Vec<String> {
    let sessions = tx.sessions("codex", "api", place, limit).await.unwrap();
    sessions.into_iter().map(|session| session.id.0).collect()
}

#[tokio::test]
async fn sessions_are_listed_latest_first_for_a_workspace_or_for_one_place() {
    let store = memory().await;
    let mut tx = store.begin().await.unwrap();
    let elsewhere = KnownSession { workspace: "site".to_owned(), ..session("x", Some(9), Some(CHAT)) };
    let foreign = KnownSession { engine: "claude".to_owned(), ..session("y", Some(9), Some(CHAT)) };
    for one in [
        session("a", Some(1), Some(CHAT)),
        session("b", Some(3), Some(TOPIC)),
        session("c", None, None),
        session("d", Some(2), Some(CHAT)),
        elsewhere,
        foreign,
    ] {
        tx.save_session(&one).await.unwrap();
    }
    assert_eq!(listed(&mut tx, None, 9).await, ["b", "d", "a", "c"]);
    assert_eq!(listed(&mut tx, Some(CHAT), 9).await, ["d", "a"]);
    assert_eq!(listed(&mut tx, None, 2).await, ["b", "d"]);
}

#[tokio::test]
async fn a_session_comes_back_whole_by_its_key_and_can_be_changed_and_forgotten() {
    let store = memory().await;
    let mut tx = store.begin().await.unwrap();
    for one in [session("a", Some(1), Some(TOPIC)), session("b", None, None)] {
        tx.save_session(&one).await.unwrap();
        assert_eq!(tx.session(one.key()).await.unwrap(), Some(one));
    }
    let changed = KnownSession { title: "Now this".to_owned(), ..session("b", Some(5), Some(CHAT)) };
    tx.save_session(&changed).await.unwrap();
    assert_eq!(tx.session(changed.key()).await.unwrap(), Some(changed.clone()));
    tx.forget_session(changed.key()).await.unwrap();
    assert_eq!(tx.session(changed.key()).await.unwrap(), None);
    assert_eq!(listed(&mut tx, None, 9).await, ["a"]);
}

#[tokio::test]
async fn a_session_goes_along_with_its_chat() {
    let store = memory().await;
    let to = ChatId(-1_001);
    let mut tx = store.begin().await.unwrap();
    tx.save_session(&session("a", Some(1), Some(TOPIC))).await.unwrap();
    tx.migrate_chat(TOPIC.chat, to).await.unwrap();
    assert_eq!(listed(&mut tx, Some(Place { chat: to, ..TOPIC }), 9).await, ["a"]);
}
