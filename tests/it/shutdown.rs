//! Going down in order: quickly, with every task told once.

use crate::support::{Plan, YOU, mark, processes_with};

#[tokio::test]
async fn a_running_task_is_told_as_interrupted_exactly_once() {
    let mark = mark();
    let steps = format!("- say: I began.\n- run: {{ command: 'touch started; sleep {mark}', ask: false }}");
    let mut world = Plan::new().agent("long", &steps).start().await;
    let mut chat = world.private(YOU);
    let request = chat.send("/agent long go").await;
    crate::engine::support::eventually("the command starts", || world.file("started").is_some()).await;
    // Ends within the time that `end` allows, or fails.
    world.end().await;
    assert_eq!(processes_with(&mark), 0, "a process is left");
    world.begin();
    chat.settle().await;
    let told: Vec<_> = chat
        .news()
        .await
        .into_iter()
        .filter(|seen| seen.text().contains("Interrupted · long · #1"))
        .collect();
    assert_eq!(told.len(), 1, "told {} times", told.len());
    assert_eq!(told[0].reply_to(), Some(request));
    assert_eq!(told[0].labels(), ["Continue", "Retry", "Log"]);
    chat.expect_edit("Interrupted · long").await;
    world.restart().await;
    chat.settle().await;
    let told =
        chat.news().await.iter().filter(|seen| seen.text().contains("Interrupted · long · #1")).count();
    assert_eq!(told, 1, "told again after another restart");
}

#[tokio::test]
async fn an_idle_bot_ends_at_once_and_begins_where_it_was() {
    let mut world = Plan::new().parrot().start().await;
    let mut chat = world.private(YOU);
    for turn in 1..=3 {
        chat.send("/agent parrot go").await;
        chat.expect_new(&format!("turn {turn}: go")).await;
        world.restart().await;
    }
}

#[tokio::test]
async fn a_chat_that_takes_nothing_does_not_hold_up_the_end() {
    let mut world = Plan::new().parrot().start().await;
    let mut chat = world.private(YOU);
    chat.settle().await;
    world.sim.fault(&adjutant::playground::Fault::ban(YOU, 3_600_000)).await;
    chat.send("/agent parrot one").await;
    let mut robin = world.private(crate::support::ROBIN);
    robin.settle().await;
    world.end().await;
    world.sim.clear_faults().await;
    world.begin();
    // Done or interrupted: either way it is told.
    chat.expect(" · parrot").await;
}
