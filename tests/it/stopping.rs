//! Ending what runs: by a person, by the clock.

use std::time::Duration;

use adjutant::playground::EventKind;

use crate::support::{LOUNGE, MALLORY, Plan, ROBIN, World, YOU, mark, processes_with};

/// A world with an agent that starts a tree of processes with this mark, one of them in a session of its own.
async fn trees(mark: &str, plan: Plan) -> World {
    let steps = format!(
        "- say: I began.\n- run: {{ command: 'setsid sleep {mark} & sleep {mark} & touch started; sleep {mark}', \
         ask: false }}\n- say: never"
    );
    plan.agent("tree", &steps).start().await
}

/// Waits until the command of `tree` runs.
async fn until_started(world: &World, mark: &str) {
    crate::engine::support::eventually("the command starts", || {
        world.file("started").is_some() && processes_with(&format!("sleep\0{mark}")) == 3
    })
    .await;
}

#[tokio::test]
async fn the_stop_button_ends_the_task_and_every_process() {
    let mark = mark();
    let world = trees(&mark, Plan::new()).await;
    let mut chat = world.private(YOU);
    let request = chat.send("/agent tree go").await;
    let card = chat.expect_new("Starting · tree").await;
    until_started(&world, &mark).await;
    chat.tap_on(card.id(), "Stop").await;
    chat.expect_toast("Stopping.").await;
    let stopped = chat.expect_new("Stopped · tree · #1").await;
    assert_eq!(stopped.reply_to(), Some(request));
    assert!(!stopped.rings(), "whoever stopped it knows");
    chat.expect_edit("Stopped · tree").await;
    assert_eq!(processes_with(&mark), 0, "a process is left");
    chat.send("/stop").await;
    chat.expect_new("Nothing is running here.").await;
    chat.forge(card.id(), &card.data("Stop")).await;
    chat.expect_toast("This task has already ended.").await;
}

#[tokio::test]
async fn what_was_said_before_the_stop_is_shown() {
    let mark = mark();
    let world = trees(&mark, Plan::new()).await;
    let mut chat = world.private(YOU);
    chat.send("/agent tree go").await;
    until_started(&world, &mark).await;
    chat.send("/stop").await;
    chat.expect_new("I began.").await;
    chat.expect_new("What it had said until then is above.").await;
    assert_eq!(processes_with(&mark), 0, "a process is left");
}

#[tokio::test]
async fn a_task_that_takes_too_long_is_ended() {
    let mark = mark();
    let plan = Plan::new().limits(|limits| limits.task_timeout = Duration::from_millis(300));
    let world = trees(&mark, plan).await;
    let mut chat = world.private(YOU);
    chat.send("/agent tree go").await;
    let ended = chat.expect_new("Timed out · tree").await;
    assert!(ended.rings());
    chat.expect_edit("Timed out · tree").await;
    assert_eq!(processes_with(&mark), 0, "a process is left");
}

#[tokio::test]
async fn waiting_for_a_person_is_not_taking_too_long() {
    let world = Plan::new()
        .agent("ask", "- ask: Shall I?\n- say: I did.")
        .limits(|limits| limits.task_timeout = Duration::from_secs(1))
        .start()
        .await;
    let mut chat = world.private(YOU);
    chat.send("/agent ask go").await;
    let question = chat.expect_new("Shall I?").await;
    // Life goes on elsewhere while it waits, until the time would have been up.
    let mut elsewhere = world.private(ROBIN);
    while since_sent(&chat, question.id()).await <= 1_500 {
        elsewhere.settle().await;
    }
    chat.send("yes").await;
    chat.expect_new("I did.").await;
}

/// How long before the newest event a message was sent, in milliseconds.
async fn since_sent(chat: &crate::support::Chat, id: i64) -> i64 {
    let events = chat.sim.events(0).await;
    let sent = events.iter().find(
        |event| matches!(&event.kind, EventKind::Message { message } if message.message_id == id && event.chat_id == chat.id),
    );
    events.last().unwrap().at - sent.unwrap().at
}

#[tokio::test]
async fn a_queued_task_can_be_stopped_by_its_number() {
    let world = Plan::new().parrot().agent("ask", "- ask: Shall I?\n- say: I did.").start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent ask go").await;
    chat.expect_new("Shall I?").await;
    chat.send("/agent parrot never").await;
    let queued = chat.expect_new("Queued · parrot").await;
    chat.send("/stop #2").await;
    let stopped = chat.expect_edit("Dropped · parrot").await;
    assert_eq!(stopped.id(), queued.id());
    for (words, answer) in [
        ("/stop 99", "There is no task #99 here."),
        ("/stop everything", "/stop does not take that."),
        ("/stop 2", "Nothing is running here."),
    ] {
        chat.send(words).await;
        chat.expect_new(answer).await;
    }
}

#[tokio::test]
async fn others_cannot_stop_it() {
    let world = Plan::new().agent("ask", "- ask: Shall I?\n- say: I did.").open_to(LOUNGE).start().await;
    let mut robin = world.group(ROBIN, LOUNGE);
    robin.send("/agent ask go").await;
    let card = robin.expect_new("Starting · ask").await;
    let mut mallory = world.group(MALLORY, LOUNGE);
    mallory.tap_on(card.id(), "Stop").await;
    mallory.expect_toast("Only an owner, or whoever asked for the task").await;
    mallory.send("/stop").await;
    mallory.expect_new("Only whoever asked for the task, or an owner, can do that.").await;
    // Nor from another chat.
    let mut elsewhere = world.private(ROBIN);
    elsewhere.send("/stop 1").await;
    elsewhere.expect_new("There is no task #1 here.").await;
    let mut you = world.group(YOU, LOUNGE);
    you.send("/stop").await;
    you.expect_new("Stopped · ask").await;
}
