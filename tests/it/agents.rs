//! Choosing an agent: by list, by buttons, by name.

use crate::support::{Plan, World, YOU};

fn many() -> Plan {
    (1..=20).fold(Plan::new(), |plan, n| plan.agent(&format!("agent-{n:02}"), "- say: 'I am {{prompt}}'"))
}

#[tokio::test]
async fn agents_are_listed() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/agents").await;
    let list = chat.expect_new("2 agents").await;
    assert!(list.text().contains("parrot — Does what parrot does"), "{}", list.text());
    assert!(list.text().contains("tour"), "{}", list.text());
}

#[tokio::test]
async fn the_picker_turns_its_pages_in_place() {
    let world = many().start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent").await;
    let first = chat.expect_new("Which agent? (1 of 3)").await;
    assert_eq!(first.labels().len(), 9, "{:?}", first.labels());
    chat.tap("More ›").await;
    let second = chat.expect_edit("Which agent? (2 of 3)").await;
    assert_eq!(second.id(), first.id());
    chat.tap("More ›").await;
    let third = chat.expect_edit("Which agent? (3 of 3)").await;
    let label = third.labels()[0].to_owned();
    assert!(label.starts_with("agent-17"), "{label}");
    chat.tap("‹ Back").await;
    chat.expect_edit("Which agent? (2 of 3)").await;
    chat.tap_on(first.id(), "agent-12 — Does what agent-12 does").await;
    chat.expect_new("What shall agent-12 do?").await;
    chat.send("twelve").await;
    chat.expect_new("I am twelve").await;
}

#[tokio::test]
async fn an_agent_without_a_prompt_is_asked_for_one() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent parrot").await;
    let question = chat.expect_new("What shall parrot do?").await;
    assert!(question.text().contains("Does what parrot does"), "{}", question.text());
    chat.send("sing").await;
    chat.expect_new("turn 1: sing").await;
}

#[tokio::test]
async fn with_the_picker_open_a_name_can_be_typed() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent").await;
    chat.expect_new("Which agent?").await;
    chat.send("Parrot").await;
    chat.expect_new("What shall parrot do?").await;
    chat.send("sing").await;
    chat.expect_new("turn 1: sing").await;
}

#[tokio::test]
async fn an_unknown_name_suggests_the_nearest() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent parot sing").await;
    let unknown = chat.expect_new("There is no agent “parot”").await;
    assert_eq!(unknown.labels(), ["parrot"]);
    chat.tap("parrot").await;
    chat.expect_new("What shall parrot do?").await;
    chat.send("/agent zzz sing").await;
    let unknown = chat.expect_new("There is no agent “zzz”").await;
    assert!(unknown.labels().is_empty(), "{:?}", unknown.labels());
}

#[tokio::test]
async fn name_and_prompt_start_at_once() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent PARROT sing a song\nof two lines").await;
    chat.expect_new("turn 1: sing a song\nof two lines").await;
}

#[tokio::test]
async fn a_command_while_a_prompt_is_awaited_ends_the_waiting() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent parrot").await;
    chat.expect_new("What shall parrot do?").await;
    chat.send("/status").await;
    chat.expect_new("Nothing is running here").await;
    chat.send("/new").await;
    chat.expect_new("Started over").await;
    chat.send("sing").await;
    chat.expect_new("No agent is chosen here yet").await;
}

#[tokio::test]
async fn the_only_agent_goes_without_saying() {
    let world = Plan::new().parrot().start().await;
    let mut chat = world.private(YOU);
    chat.send("sing").await;
    chat.expect_new("turn 1: sing").await;
}

#[tokio::test]
async fn without_agents_it_is_said_how_to_get_one() {
    let world = Plan::new().start().await;
    let mut chat = world.private(YOU);
    for words in ["/agent", "/agent parrot sing", "sing"] {
        chat.send(words).await;
        chat.expect_new("There are no agents yet").await;
    }
}
