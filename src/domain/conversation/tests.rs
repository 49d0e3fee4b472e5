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
    let session = Session {
        id: SessionId("s".into()),
        agent: "reviewer".into(),
        engine: "claude".into(),
        workspace: "api".into(),
        usage: Usage::default(),
    };
    let conversation = Conversation {
        session: Some(session),
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
