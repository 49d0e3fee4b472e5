//! Which session goes on with an agent, an engine and a workspace.

use super::*;
use crate::domain::ids::{ChatId, TaskId, UserId};
use crate::domain::task::Phase;

fn task() -> Task {
    Task {
        id: TaskId(1),
        place: Place { chat: ChatId(1), topic: None },
        requester: UserId(1),
        request: None,
        agent: "reviewer".into(),
        engine: "claude".into(),
        workspace: "api".into(),
        prompt: "go".into(),
        files: Vec::new(),
        resume: None,
        part: crate::domain::task::Part::Alone,
        created_at: Timestamp(0),
        started_at: None,
        ended_at: None,
        phase: Phase::Queued,
    }
}

fn named(name: &str) -> OfferedCommand {
    OfferedCommand { name: name.into(), description: "Does it.".into() }
}

#[test]
fn only_what_can_be_typed_is_offered() {
    let long = "x".repeat(LONGEST_COMMAND + 1);
    let names = ["compact", "/review-pr", "mcp:a:b", "", "/", "two words", "line\nbreak", "\u{7}", &long];
    let offered = Offered::of(&task(), &names.map(named));
    assert_eq!(offered.commands, ["compact", "review-pr", "mcp:a:b"]);
    let many: Vec<_> = (0..1_000).map(|number| named(&number.to_string())).collect();
    assert_eq!(Offered::of(&task(), &many).commands.len(), MOST_COMMANDS);
}

#[test]
fn sessions_and_commands_belong_to_an_agent_an_engine_and_a_workspace() {
    let conversation = Conversation {
        session: Some(session("s", "claude")),
        offered: Some(Offered::of(&task(), &[named("compact")])),
        ..Conversation::new(task().place)
    };
    let table = [
        (("reviewer", "claude", "api"), true),
        (("fixer", "claude", "api"), false),
        (("reviewer", "codex", "api"), false),
        (("reviewer", "claude", "site"), false),
    ];
    for ((agent, engine, workspace), same) in table {
        let session = conversation.session_for(agent, engine, workspace);
        assert_eq!(session.is_some(), same, "{agent} {engine} {workspace}");
        let offered = conversation.offered_by(agent, engine, workspace);
        assert_eq!(offered.len(), usize::from(same), "{agent} {engine} {workspace}");
    }
}

fn session(id: &str, engine: &str) -> Session {
    let (agent, workspace) = ("reviewer".to_owned(), "api".to_owned());
    Session {
        id: SessionId(id.to_owned()),
        agent,
        engine: engine.to_owned(),
        workspace,
        usage: Usage::default(),
    }
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

#[test]
fn a_session_that_is_gone_is_no_longer_continued() {
    let mut here = conversation();
    here.remember(session("a", "claude"));
    here.remember(session("b", "codex"));
    here.forget("codex", &SessionId("a".to_owned()));
    assert_eq!(
        here.session_for("reviewer", "codex", "api"),
        id("b"),
        "another engine's session of that name"
    );
    here.forget("codex", &SessionId("b".to_owned()));
    here.forget("claude", &SessionId("a".to_owned()));
    assert_eq!(here, conversation());
}
