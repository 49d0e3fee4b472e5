//! Agents that no file defines: engines with a model, each under its own name.

use adjutant::config::{EngineConfig, EngineKind};

use crate::support::{Plan, YOU};

/// An engine whose program is not there.
fn codex() -> EngineConfig {
    EngineConfig {
        name: "codex".to_owned(),
        kind: EngineKind::Acp,
        title: "Codex".to_owned(),
        command: vec!["no-such-codex".to_owned()],
        install: "Install it with `get codex`.".to_owned(),
        ..EngineConfig::script()
    }
}

#[tokio::test]
async fn an_engine_can_be_asked_without_any_agent_file() {
    let world = Plan::new().program(codex()).start().await;
    let mut chat = world.private(YOU);
    chat.send("/agents").await;
    let list = chat.expect_new("codex").await;
    assert!(list.text().contains("codex — Codex, as it is"), "{}", list.text());
    // It is the only agent, so that nobody needs to name it.
    chat.send("fix the test").await;
    chat.expect_new("Failed · codex").await;
}

#[tokio::test]
async fn a_file_with_the_engines_name_is_the_agent() {
    let world = Plan::new().agent("Codex", "- say: I am a script.").program(codex()).start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent codex who are you?").await;
    chat.expect_new("I am a script.").await;
}
