//! The first words with a person, and who is served at all.

use adjutant::domain::access::Access;

use crate::support::{DEADLINE, LOUNGE, MALLORY, Plan, ROBIN, World, YOU};

#[tokio::test]
async fn start_says_hello_and_what_to_try_first() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/start").await;
    let hello = chat.expect_new("Hello, You.").await;
    assert!(hello.text().contains("/agent tour"), "{}", hello.text());
    assert!(!hello.rings(), "whoever writes is looking at the chat already");
    chat.tap("Try tour").await;
    chat.tap("Dear team,").await;
    chat.expect_new("wants to write a file").await;
}

#[tokio::test]
async fn help_names_every_command_and_whoami_the_role() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/help").await;
    let help = chat.expect_new("Write what you want done").await;
    for (command, _) in adjutant::domain::command::COMMANDS.iter().filter(|(name, _)| *name != "help") {
        assert!(help.text().contains(&format!("/{command}")), "/{command} is missing: {}", help.text());
    }
    chat.send("/whoami").await;
    let me = chat.expect_new("You are an owner").await;
    assert!(me.text().contains("1001"), "{}", me.text());
    let mut robin = world.private(ROBIN);
    robin.send("/whoami").await;
    robin.expect_new("You are a member").await;
}

#[tokio::test]
async fn a_stranger_is_refused_once_with_their_id_and_nothing_runs() {
    let world = World::start().await;
    let mut stranger = world.private(MALLORY);
    stranger.send("/agent parrot run this").await;
    let refusal = stranger.expect_new("I don't know you").await;
    assert!(refusal.text().contains("1002"), "{}", refusal.text());
    stranger.send("/start").await;
    stranger.send("please").await;
    let mut you = world.private(YOU);
    you.settle().await;
    assert!(stranger.news().await.is_empty(), "a second word to a stranger");
    you.send("/task 1").await;
    you.expect_new("There is no task #1 here").await;
}

#[tokio::test]
async fn empty_lists_mean_nobody() {
    let mut plan = Plan::new().parrot();
    plan.access = Access::default();
    let world = plan.start().await;
    for user in [YOU, ROBIN, MALLORY] {
        let mut chat = world.private(user);
        chat.send("hello").await;
        chat.expect_new("I don't know you").await;
    }
}

#[tokio::test]
async fn a_guest_of_a_listed_group_may_run_agents_there_and_nowhere_else() {
    let world = Plan::new().parrot().open_to(LOUNGE).start().await;
    let mut group = world.group(MALLORY, LOUNGE);
    group.send("/whoami").await;
    group.expect_new("You are a guest in this group").await;
    group.send("/agent parrot hello").await;
    group.expect_new("turn 1: hello").await;
    let mut private = world.private(MALLORY);
    private.send("/agent parrot hello").await;
    private.expect_new("I don't know you").await;
}

#[tokio::test]
async fn a_stranger_in_a_group_presses_in_vain() {
    let world = World::start().await;
    let mut you = world.group(YOU, LOUNGE);
    you.send("/agent tour hello").await;
    let card = you.expect_edit("Waiting for your answer").await;
    let mut mallory = world.group(MALLORY, LOUNGE);
    mallory.tap_on(card.id(), "Stop").await;
    mallory.expect_toast("This bot does not know you").await;
    you.tap("Stop").await;
    you.expect_toast("Stopping").await;
}

#[tokio::test]
async fn the_menu_offers_the_commands() {
    let world = World::start().await;
    let announced = async {
        loop {
            let state = world.sim.state().await;
            if state.commands.len() == 3 {
                return state.commands;
            }
            world.sim.wait_event(state.seq).await;
        }
    };
    let offered = tokio::time::timeout(DEADLINE, announced).await.expect("the commands are not announced");
    for set in offered {
        let names: Vec<&str> = set.commands.iter().map(|command| command.command.as_str()).collect();
        let ours: Vec<&str> = adjutant::domain::command::COMMANDS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ours, "{:?}", set.scope);
    }
}
