//! Talking on: sessions, the queue, several chats at once.

use crate::support::{BOT, LOUNGE, Plan, ROBIN, World, YOU};

/// Two agents: one that holds its place until it is told to go on, and the parrot.
fn busy() -> Plan {
    Plan::new().parrot().agent("hold", "- ask: Shall I go on?\n- say: 'held {{prompt}}'")
}

#[tokio::test]
async fn plain_text_continues_with_the_same_agent_and_session() {
    let mut world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent parrot one").await;
    chat.expect_new("turn 1: one").await;
    chat.send("two").await;
    chat.expect_new("turn 2: two").await;
    world.restart().await;
    chat.send("three").await;
    chat.expect_new("turn 3: three").await;
}

#[tokio::test]
async fn new_starts_afresh_with_the_same_agent() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent parrot one").await;
    chat.expect_new("turn 1: one").await;
    chat.send("/new").await;
    chat.expect_new("Your next message goes to parrot").await;
    chat.send("two").await;
    chat.expect_new("turn 1: two").await;
}

#[tokio::test]
async fn another_agent_begins_a_session_of_its_own() {
    let world = Plan::new().parrot().agent("crow", "- say: 'crow {{turn}}: {{prompt}}'").start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent parrot one").await;
    chat.expect_new("turn 1: one").await;
    chat.send("/agent crow two").await;
    chat.expect_new("crow 1: two").await;
    chat.send("three").await;
    chat.expect_new("crow 2: three").await;
}

#[tokio::test]
async fn what_is_sent_while_an_agent_works_waits_its_turn() {
    let world = busy().start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent hold first").await;
    chat.expect_new("Shall I go on?").await;
    // A command, since plain words would answer the question.
    let second = chat.send("/agent parrot second").await;
    let next = chat.expect_new("Queued · parrot · next").await;
    assert_eq!(next.labels(), ["Drop"]);
    assert_eq!(next.reply_to(), Some(second));
    chat.send("/agent parrot third").await;
    let third = chat.expect_new("Queued · parrot · place 2").await;
    assert_eq!(third.labels(), ["Run next", "Drop"]);
    chat.send("/agent parrot fourth").await;
    chat.expect_new("Queued · parrot · place 3").await;

    chat.tap_on(third.id(), "Run next").await;
    chat.expect_toast("It runs next.").await;
    let moved = chat.expect_edit("Queued · parrot · next").await;
    assert_eq!(moved.id(), third.id());
    chat.expect_edit("Queued · parrot · place 2").await;
    chat.tap_on(next.id(), "Drop").await;
    chat.expect_toast("Dropped.").await;
    let dropped = chat.expect_edit("Dropped · parrot").await;
    assert_eq!(dropped.id(), next.id());

    chat.send("/stop 1").await;
    let third = chat.expect_new("turn 1: third").await;
    let fourth = chat.expect_new("turn 2: fourth").await;
    assert!(third.id() < fourth.id(), "out of order");
    chat.send("/task 2").await;
    chat.expect_new("#2 ■ Stopped").await;
}

#[tokio::test]
async fn queued_tasks_survive_a_restart() {
    let mut world = busy().start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent hold first").await;
    chat.expect_new("Shall I go on?").await;
    chat.send("/agent parrot second").await;
    chat.expect_new("Queued · parrot · next").await;
    world.restart().await;
    chat.expect_new("Interrupted · hold · #1").await;
    chat.expect_new("turn 1: second").await;
}

#[tokio::test]
async fn an_agent_that_a_restart_interrupted_goes_on_in_its_session() {
    let plan = Plan::new().agent("hold", "- ask: Shall I go on?\n- say: 'turn {{turn}}: {{prompt}}'");
    let mut world = plan.start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent hold first").await;
    chat.expect_new("Shall I go on?").await;
    world.restart().await;
    let interrupted = chat.expect_new("Interrupted · hold · #1").await;
    assert!(interrupted.text().contains("The session is kept"), "{}", interrupted.text());
    assert_eq!(interrupted.labels(), ["Continue", "Retry", "Log"]);
    chat.tap_on(interrupted.id(), "Continue").await;
    chat.expect_toast("The agent goes on.").await;
    chat.expect_new("Shall I go on?").await;
    chat.tap_on(interrupted.id(), "Continue").await;
    chat.expect_toast("The agent goes on already, as #2.").await;
    chat.send("yes").await;
    chat.expect_new("turn 2: Continue where you left off.").await;
    chat.send("/task 3").await;
    chat.expect_new("There is no task #3 here.").await;
}

#[tokio::test]
async fn a_conversation_in_which_nothing_was_used_says_so() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent parrot one").await;
    chat.expect_new("turn 1: one").await;
    chat.send("/usage").await;
    chat.expect_new("Nothing was used in any chat in the last 30 days").await;
    let mut group = world.group(YOU, LOUNGE);
    group.send(&format!("/usage@{BOT}")).await;
    group.expect_new("Nothing was used in this chat in the last 30 days").await;
}

#[tokio::test]
async fn what_is_sent_while_the_bot_is_down_is_done_when_it_is_up_again() {
    let mut world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent parrot one").await;
    chat.expect_new("turn 1: one").await;
    world.end().await;
    chat.send("two").await;
    world.begin();
    chat.expect_new("turn 2: two").await;
}

#[tokio::test]
async fn two_chats_work_at_the_same_time() {
    let world = busy().start().await;
    let (mut you, mut robin) = (world.private(YOU), world.private(ROBIN));
    you.send("/agent hold mine").await;
    you.expect_new("Shall I go on?").await;
    robin.send("/agent hold his").await;
    robin.expect_new("Shall I go on?").await;
    robin.send("yes").await;
    robin.expect_new("held his").await;
    you.send("yes").await;
    you.expect_new("held mine").await;
}

#[tokio::test]
async fn no_more_tasks_run_than_may() {
    let world = busy().limits(|limits| limits.running_tasks = 1).start().await;
    let (mut you, mut robin) = (world.private(YOU), world.private(ROBIN));
    you.send("/agent hold mine").await;
    you.expect_new("Shall I go on?").await;
    robin.send("/agent parrot his").await;
    let queued = robin.expect_new("Queued · parrot · waiting for a free slot").await;
    robin.send("/status").await;
    robin.expect_new("In all chats: 1 of 1 running.").await;
    you.send("yes").await;
    you.expect_new("held mine").await;
    robin.expect_new("turn 1: his").await;
    let done = robin.expect_edit("Done · parrot").await;
    assert_eq!(done.id(), queued.id());
}

#[tokio::test]
async fn an_earlier_session_goes_on() {
    let mut world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent parrot the first words").await;
    chat.expect_new("turn 1: the first words").await;
    chat.send("/new").await;
    chat.expect_new("Your next message goes to parrot").await;
    chat.send("/continue").await;
    let list = chat.expect_new("Looking for more…").await;
    let [known] = list.labels().try_into().unwrap();
    assert!(known.starts_with("the first words · "), "{known}");
    let whole = chat.expect_edit("Which session of script in ").await;
    assert_eq!((whole.id(), whole.labels()), (list.id(), vec![known]));
    world.restart().await;
    chat.tap_on(list.id(), known).await;
    chat.expect_new("Continuing “the first words” with parrot. Your next message goes there.").await;
    chat.send("and more").await;
    chat.expect_new("turn 2: and more").await;
}
