//! Which words go into the turn that is at work.

use super::*;
use crate::domain::ids::{ChatId, SessionId, TaskId, UserId};
use crate::domain::input::SentFile;

fn task() -> Task {
    Task {
        id: TaskId(1),
        place: Place { chat: ChatId(1), topic: None },
        requester: UserId(1),
        request: None,
        agent: "reviewer".to_owned(),
        engine: "claude".to_owned(),
        workspace: "api".to_owned(),
        prompt: "go".to_owned(),
        files: Vec::new(),
        resume: None,
        part: Part::Alone,
        created_at: Timestamp(0),
        started_at: None,
        ended_at: None,
        phase: Phase::Queued,
    }
}

#[test]
fn words_for_the_same_agent_in_the_same_session_go_into_its_turn_and_nothing_else_does() {
    let file = SentFile {
        id: "f".to_owned(),
        name: "photo.jpg".to_owned(),
        media_type: "image/jpeg".to_owned(),
        bytes: None,
    };
    assert!(takes(&task(), &Task { prompt: "and this".to_owned(), requester: UserId(2), ..task() }));
    for other in [
        Task { agent: "tour".to_owned(), ..task() },
        Task { engine: "codex".to_owned(), ..task() },
        Task { workspace: "site".to_owned(), ..task() },
        Task { files: vec![file], ..task() },
        Task { part: Part::Step(crate::domain::ids::ChainId(1)), ..task() },
        Task { resume: Some(SessionId("s".to_owned())), ..task() },
    ] {
        assert!(!takes(&task(), &other), "{other:?}");
    }
}
