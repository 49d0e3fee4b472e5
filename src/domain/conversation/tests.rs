use super::*;
use crate::domain::ids::ChatId;

fn session(id: &str, engine: &str) -> Session {
    let (agent, workspace) = ("reviewer".to_owned(), "api".to_owned());
    Session { id: SessionId(id.to_owned()), agent, engine: engine.to_owned(), workspace }
}

fn conversation() -> Conversation {
    Conversation::new(Place { chat: ChatId(1), topic: None })
}

fn id(id: &str) -> Option<SessionId> {
    Some(SessionId(id.to_owned()))
}

#[test]
fn going_back_to_an_engine_continues_where_it_was_left() {
    let mut here = conversation();
    for (session_id, engine) in [("a1", "claude"), ("b1", "codex"), ("a2", "claude"), ("b2", "codex")] {
        here.remember(session(session_id, engine));
    }
    assert_eq!(here.session_for("reviewer", "codex", "api"), id("b2"));
    assert_eq!(here.session_for("reviewer", "claude", "api"), id("a2"));
    assert_eq!(here.aside.len(), 1, "an earlier session of the same kind is replaced");
    assert_eq!(here.session_for("reviewer", "claude", "site"), None);
    assert_eq!(here.session_for("tour", "claude", "api"), None);
}

#[test]
fn whoever_starts_over_starts_over_everywhere() {
    let mut here = conversation();
    here.remember(session("a", "claude"));
    here.remember(session("b", "codex"));
    here.forget_sessions();
    assert_eq!(here, conversation());
}

#[test]
fn only_so_many_are_kept_aside() {
    let mut here = conversation();
    for engine in 0..100 {
        here.remember(session("s", &engine.to_string()));
    }
    assert_eq!(here.aside.len(), KEPT_ASIDE);
    assert_eq!(here.aside.first().map(|s| s.engine.as_str()), Some("98"));
}
