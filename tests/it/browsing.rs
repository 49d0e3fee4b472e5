//! Looking through the agents, looking at one, and letting it have what is written from then on.

use crate::support::{API, BOT, Plan, ROBIN, TEAM, WEB, World, YOU};

fn many() -> Plan {
    (1..=20).fold(Plan::new().parrot(), |plan, n| {
        plan.agent(&format!("agent-{n:02}"), "- say: 'I am {{prompt}}'")
    })
}

#[tokio::test]
async fn the_list_turns_its_pages_in_place_and_keeps_the_search() {
    let world = many().start().await;
    let mut chat = world.private(YOU);
    chat.send("/agents AGENT does").await;
    let first = chat.expect_new("20 agents with “AGENT does” · page 1 of 3").await;
    assert!(first.text().contains("agent-01 — Does what agent-01 does"), "{}", first.text());
    assert_eq!(first.labels().len(), 9, "{:?}", first.labels());
    chat.tap("Next ›").await;
    let second = chat.expect_edit("20 agents with “AGENT does” · page 2 of 3").await;
    assert_eq!(second.id(), first.id());
    chat.tap("agent-12").await;
    chat.expect_edit("Does what agent-12 does. Always.").await;
    chat.tap("‹ Back").await;
    chat.expect_edit("20 agents with “AGENT does” · page 2 of 3").await;
    chat.send("/agents").await;
    chat.expect_new("21 agents · page 1 of 3").await;
    chat.send("/agents cobol").await;
    chat.expect_new("No agent has “cobol”").await;
}

#[tokio::test]
async fn an_agents_card_says_what_it_is_and_what_it_did_here() {
    let world = Plan::new().parrot().agent("quiet", "- say: hush").start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent parrot one").await;
    chat.expect_new("turn 1: one").await;
    chat.send("/agent quiet two").await;
    chat.expect_new("hush").await;
    chat.send("/agents parrot").await;
    chat.expect_new("1 agent with “parrot”").await;
    chat.tap("parrot").await;
    let card = chat.expect_edit("parrot · /parrot").await;
    for part in [
        "Does what parrot does. Always.",
        "Engine: script",
        "Workspace: demo",
        "agents/parrot.md",
        "✓ #1 one",
    ] {
        assert!(card.text().contains(part), "{part} is missing: {}", card.text());
    }
    assert!(!card.text().contains("two"), "another agent's task: {}", card.text());
    assert_eq!(card.labels(), ["Use", "Run", "‹ Back"]);
    chat.tap("Run").await;
    chat.expect_new("What shall parrot do?").await;
    chat.send("three").await;
    chat.expect_new("turn 2: three").await;
}

#[tokio::test]
async fn what_could_not_be_loaded_is_told_and_named_to_owners_only() {
    let world = Plan::new()
        .parrot()
        .file("half.md", "---\nname: half\ndescription: Half.\nmaxTurns: many\n---\nhm\n")
        .start()
        .await;
    let (mut you, mut robin) = (world.private(YOU), world.private(ROBIN));
    you.send("/agents").await;
    let list = you.expect_new("1 agent file could not be loaded: ").await;
    assert!(list.text().contains("half.md. On the computer, adjutant agents check"), "{}", list.text());
    robin.send("/agents").await;
    let list = robin.expect_new("1 agent file could not be loaded. On the computer").await;
    assert!(!list.text().contains("half.md"), "{}", list.text());
}

#[tokio::test]
async fn a_bound_agent_gets_what_is_written_and_another_one_is_called_for_once() {
    let world = Plan::new().parrot().agent("quiet", "- say: 'hush {{prompt}}'").start().await;
    let mut chat = world.private(YOU);
    chat.send("/agents").await;
    chat.expect_new("2 agents").await;
    chat.tap("parrot").await;
    chat.expect_edit("Does what parrot does").await;
    chat.tap("Use").await;
    chat.expect_toast("What you write here goes to parrot now.").await;
    chat.expect_edit("What you write here goes to it.").await;
    chat.send("one").await;
    chat.expect_new("turn 1: one").await;
    chat.send("/agent quiet two").await;
    chat.expect_new("hush two").await;
    chat.send("/quiet three").await;
    chat.expect_new("hush three").await;
    chat.send("four").await;
    chat.expect_new("turn 2: four").await;
    chat.send("/workspace").await;
    chat.expect_new("What you write here goes to parrot.").await;
    chat.send("/status").await;
    chat.expect_new("whichever agent you call in between").await;
    chat.tap("Release parrot").await;
    chat.expect_toast("Released").await;
    chat.send("/quiet five").await;
    chat.expect_new("hush five").await;
    chat.send("six").await;
    chat.expect_new("hush six").await;
}

#[tokio::test]
async fn using_another_agent_takes_the_place_of_the_first() {
    let world = Plan::new().parrot().agent("quiet", "- say: 'hush {{prompt}}'").start().await;
    let mut chat = world.private(YOU);
    chat.send("/agents").await;
    chat.expect_new("2 agents").await;
    for (name, said) in [("parrot", "turn 1: hello"), ("quiet", "hush hello")] {
        chat.tap(name).await;
        chat.expect_edit(&format!("Does what {name} does")).await;
        chat.tap("Use").await;
        chat.expect_edit("What you write here goes to it.").await;
        chat.send("hello").await;
        chat.expect_new(said).await;
        chat.tap("‹ Back").await;
        chat.expect_edit("2 agents").await;
    }
}

#[tokio::test]
async fn each_topic_is_bound_on_its_own() {
    let world = Plan::new().parrot().agent("quiet", "- say: 'hush {{prompt}}'").start().await;
    let (mut api, mut web) = (world.topic(YOU, TEAM, API), world.topic(YOU, TEAM, WEB));
    for (chat, name) in [(&mut api, "parrot"), (&mut web, "quiet")] {
        chat.send(&format!("/agents@{BOT} {name}")).await;
        chat.expect_new("1 agent with").await;
        chat.tap(name).await;
        chat.expect_edit("Does what").await;
        chat.tap("Use").await;
        chat.expect_edit("What you write here goes to it.").await;
    }
    api.send(&format!("@{BOT} one")).await;
    api.expect_new("turn 1: one").await;
    web.send(&format!("@{BOT} one")).await;
    web.expect_new("hush one").await;
}

#[tokio::test]
async fn a_place_bound_to_an_agent_that_is_gone_says_so() {
    let mut world = Plan::new().parrot().agent("quiet", "- say: hush").start().await;
    let mut chat = world.private(YOU);
    chat.send("/agents").await;
    chat.expect_new("2 agents").await;
    chat.tap("quiet").await;
    chat.expect_edit("Does what quiet does").await;
    chat.tap("Use").await;
    chat.expect_edit("What you write here goes to it.").await;
    world.end().await;
    std::fs::remove_file(world.agent_file("quiet.md")).unwrap();
    world.begin();
    chat.send("one").await;
    chat.expect_new("What you write here goes to quiet, and that agent is not there any more").await;
    chat.tap("Release quiet").await;
    chat.expect_toast("Released").await;
    chat.send("two").await;
    chat.expect_new("turn 1: two").await;
}

#[tokio::test]
async fn a_list_of_another_time_still_turns() {
    let mut world = many().start().await;
    let mut chat = world.private(YOU);
    chat.send("/agents agent").await;
    let list = chat.expect_new("20 agents with “agent” · page 1 of 3").await;
    world.restart().await;
    chat.tap_on(list.id(), "Next ›").await;
    chat.expect_edit("20 agents with “agent” · page 2 of 3").await;
}

#[tokio::test]
async fn a_stranger_presses_in_vain() {
    use crate::support::MALLORY;
    let world = World::start().await;
    let mut you = world.group(YOU, TEAM);
    you.send(&format!("/agents@{BOT}")).await;
    let list = you.expect_new("2 agents").await;
    let mut mallory = world.group(MALLORY, TEAM);
    mallory.tap_on(list.id(), "parrot").await;
    mallory.expect_toast("does not know you").await;
}
