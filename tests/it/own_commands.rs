//! An agent's own command, and the menu that offers it.

use adjutant::playground::EventKind;
use serde_json::json;
use tokio::time::timeout;

use crate::support::{BOT, DEADLINE, LOUNGE, MALLORY, Plan, ROBIN, World, YOU};

#[tokio::test]
async fn an_agents_name_is_a_command() {
    let world = Plan::new().parrot().agent("Web-Parrot", "- say: 'web {{prompt}}'").start().await;
    let mut chat = world.private(YOU);
    chat.send("/parrot one").await;
    chat.expect_new("turn 1: one").await;
    chat.send("/WEB_parrot two").await;
    chat.expect_new("web two").await;
    chat.send("/parrot").await;
    chat.expect_new("What shall parrot do?").await;
    chat.send("three").await;
    chat.expect_new("turn 2: three").await;
}

#[tokio::test]
async fn in_a_group_it_is_called_with_the_bots_name() {
    let world = World::start().await;
    let mut chat = world.group(YOU, LOUNGE);
    let request = chat.send(&format!("/parrot@{BOT} one")).await;
    let answer = chat.expect_new("turn 1: one").await;
    assert_eq!(answer.reply_to(), Some(request));
    chat.send("/parrot@other_bot two").await;
    chat.settle().await;
    assert!(chat.news().await.is_empty(), "a command for another bot was answered");
}

#[tokio::test]
async fn ours_always_win_and_the_agent_is_still_there() {
    let world = Plan::new().agent("status", "- say: 'I am {{prompt}}'").start().await;
    let mut chat = world.private(YOU);
    chat.send("/status me").await;
    chat.expect_new("Nothing is running here").await;
    chat.send("/agent status me").await;
    chat.expect_new("I am me").await;
}

#[tokio::test]
async fn a_command_of_two_agents_asks_which() {
    let world = Plan::new()
        .agent("web-parrot", "- say: 'first {{prompt}}'")
        .agent("web.parrot", "- say: 'second {{prompt}}'")
        .start()
        .await;
    let mut chat = world.private(YOU);
    chat.send("/web_parrot one").await;
    let question = chat.expect_new("/web_parrot could be one of these agents").await;
    assert_eq!(question.labels(), ["web.parrot", "web-parrot"]);
    chat.tap("web.parrot").await;
    chat.expect_new("What shall web.parrot do?").await;
    chat.send("two").await;
    chat.expect_new("second two").await;
}

#[tokio::test]
async fn an_edit_and_a_forward_run_nothing() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    let typo = chat.send("/parot one").await;
    chat.expect_new("Did you mean /parrot?").await;
    chat.sim.edit(YOU, YOU, typo, "/parrot one").await.unwrap();
    chat.expect_new("edit").await;
    chat.send("/tasks").await;
    chat.expect_new("There are no tasks here yet").await;
}

/// The commands that a chat offers, as soon as they hold this one first of the agents'.
async fn offered(world: &World, chat: i64, first: &str) -> Vec<String> {
    let ours = adjutant::domain::command::COMMANDS.len();
    let appears = async {
        loop {
            let scope = json!({ "type": "chat", "chat_id": chat });
            let state = world.sim.state().await;
            let set = state.commands.iter().find(|set| set.scope == scope);
            let names: Vec<String> = set
                .into_iter()
                .flat_map(|set| &set.commands)
                .map(|command| command.command.clone())
                .collect();
            if names.get(ours).is_some_and(|name| name == first) {
                return names;
            }
            world.sim.wait_event(state.seq).await;
        }
    };
    timeout(DEADLINE, appears).await.unwrap_or_else(|_| panic!("{first} is never offered first in {chat}"))
}

#[tokio::test]
async fn a_chat_is_offered_its_agents_and_strangers_are_not() {
    let world = Plan::new().parrot().agent("author", "- say: hush").open_to(LOUNGE).start().await;
    let (mut robin, mut mallory) = (world.private(ROBIN), world.private(MALLORY));
    let mut lounge = world.group(YOU, LOUNGE);
    robin.send("/parrot one").await;
    robin.expect_new("turn 1: one").await;
    mallory.send("hello").await;
    mallory.expect_new("I don't know you").await;
    lounge.send(&format!("/whoami@{BOT}")).await;
    lounge.expect_new("You are an owner").await;
    let commands = offered(&world, ROBIN, "parrot").await;
    assert_eq!(commands.last().map(String::as_str), Some("author"));
    offered(&world, LOUNGE, "author").await;
    for set in world.sim.state().await.commands {
        let has_agents = set.commands.iter().any(|command| command.command == "parrot");
        let chat = set.scope["chat_id"].as_i64();
        assert_eq!(has_agents, chat == Some(ROBIN) || chat == Some(LOUNGE), "{:?}", set.scope);
    }
    let asked =
        world.sim.events(0).await.into_iter().filter(|event| matches!(event.kind, EventKind::Commands));
    // Three scopes for everybody, and two chats: nothing is told twice.
    assert_eq!(asked.count(), 5);
}
