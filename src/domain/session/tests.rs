//! How sessions are told apart and listed.

use super::*;

fn session(id: &str, title: &str, used_at: Option<i64>) -> KnownSession {
    KnownSession {
        id: SessionId(id.to_owned()),
        engine: "codex".to_owned(),
        workspace: "api".to_owned(),
        title: title.to_owned(),
        used_at: used_at.map(Timestamp),
        ours: None,
    }
}

fn merged(known: &[KnownSession], told: &[KnownSession], most: usize) -> Vec<(String, String, Option<i64>)> {
    let all = merge_sessions(known.to_vec(), told.to_vec(), most).into_iter();
    all.map(|s| (s.id.0, s.title, s.used_at.map(|at| at.0))).collect()
}

fn row(id: &str, title: &str, at: Option<i64>) -> (String, String, Option<i64>) {
    (id.to_owned(), title.to_owned(), at)
}

#[test]
fn each_session_comes_once_and_the_latest_first() {
    let known = [session("a", "Our words", Some(5)), session("b", "Ours too", Some(3))];
    let told = [
        session("c", "In a terminal", Some(4)),
        session("a", "The engine's title", Some(9)),
        session("b", " ", Some(1)),
        session("d", "Some time", None),
    ];
    assert_eq!(
        merged(&known, &told, 8),
        [
            row("a", "The engine's title", Some(9)),
            row("c", "In a terminal", Some(4)),
            row("b", "Ours too", Some(3)),
            row("d", "Some time", None),
        ]
    );
    assert_eq!(merged(&known, &told, 2).len(), 2);
}

#[test]
fn the_same_id_in_another_engine_or_workspace_is_another_session() {
    let here = session("a", "", None);
    let engine = KnownSession { engine: "claude".to_owned(), ..here.clone() };
    let workspace = KnownSession { workspace: "site".to_owned(), ..here.clone() };
    assert_eq!(merge_sessions(vec![here.clone()], vec![engine.clone(), workspace], 8).len(), 3);
    assert_ne!(here.key(), engine.key());
}

/// Buttons in the chat and rows of the store carry it after any restart.
#[test]
fn a_key_stays_the_same() {
    assert_eq!(session("a", "", None).key(), NameKey::of("codex\0api\0a"));
}
