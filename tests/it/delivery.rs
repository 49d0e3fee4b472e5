//! Messages reach their chat whatever happens on the way: refusals, failures, blocks, moves.

use adjutant::playground::{ChatAction, ChatChange, Fault, FaultKind};

use crate::support::{API, LOUNGE, Plan, ROBIN, TEAM, World, YOU};

/// A world whose agent works on when it is told.
async fn holding() -> World {
    Plan::new().parrot().agent("hold", "- ask: Go on?\n- say: 'held {{prompt}}'").start().await
}

#[tokio::test]
async fn a_flood_wait_is_obeyed_and_the_result_still_arrives() {
    let world = holding().await;
    let mut chat = world.private(YOU);
    chat.send("/agent hold one").await;
    chat.expect_new("Go on?").await;
    let before = world.sim.calls(0).await.next;
    world
        .sim
        .fault(&Fault { retry_after: Some(1), ..Fault::next("*", FaultKind::TooMany).in_chat(YOU) })
        .await;
    chat.send("yes").await;
    chat.expect_new("held one").await;
    chat.expect_edit("Done · hold").await;
    let calls = world.sim.calls(before).await.calls;
    let refused = calls.iter().position(|call| call.error_code == Some(429)).expect("nothing was refused");
    let next = calls[refused + 1..].iter().find(|call| call.chat_id == Some(YOU)).unwrap();
    assert!(next.at - calls[refused].at >= 1_000, "did not wait: {} ms", next.at - calls[refused].at);
}

#[tokio::test]
async fn one_chats_flood_wait_delays_no_other() {
    let world = World::start().await;
    let (mut you, mut robin) = (world.private(YOU), world.private(ROBIN));
    world.sim.fault(&Fault::ban(YOU, 60_000)).await;
    you.send("/agent parrot one").await;
    robin.send("/agent parrot two").await;
    robin.expect_new("turn 1: two").await;
    assert!(you.news().await.is_empty());
    world.sim.clear_faults().await;
}

#[tokio::test]
async fn failures_of_the_server_lose_nothing_and_repeat_nothing() {
    for kind in [FaultKind::Internal, FaultKind::ResetBefore] {
        let world = World::start().await;
        let mut chat = world.private(YOU);
        world.sim.fault(&Fault::next("sendMessage", kind).times(2)).await;
        chat.send("/agent parrot one").await;
        chat.expect_new("turn 1: one").await;
        chat.expect_edit("Done · parrot").await;
        let news = chat.news().await;
        let texts: Vec<&str> = news.iter().map(crate::support::Seen::text).collect();
        assert_eq!(texts.len(), 2, "a card and an answer: {texts:?}");
    }
}

#[tokio::test]
async fn an_answer_lost_on_the_way_back_may_repeat_a_message_but_loses_none() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    world.sim.fault(&Fault::next("sendMessage", FaultKind::ResetAfter).times(2)).await;
    chat.send("/agent parrot one").await;
    chat.expect_new("turn 1: one").await;
    chat.expect_edit("Done · parrot").await;
    chat.send("two").await;
    chat.expect_new("turn 2: two").await;
}

#[tokio::test]
async fn updates_are_fetched_again_after_failures() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    chat.settle().await;
    world.sim.fault(&Fault::next("getUpdates", FaultKind::ResetAfter)).await;
    chat.send("/agent parrot one").await;
    chat.expect_new("turn 1: one").await;
    world.sim.fault(&Fault::next("getUpdates", FaultKind::Internal)).await;
    chat.send("two").await;
    chat.expect_new("turn 2: two").await;
    let answers = chat.news().await.iter().filter(|seen| seen.text().starts_with("turn")).count();
    assert_eq!(answers, 1, "done twice");
}

#[tokio::test]
async fn a_deleted_card_is_sent_anew_and_goes_on_there() {
    let world = holding().await;
    let mut chat = world.private(YOU);
    chat.send("/agent hold one").await;
    chat.expect_new("Go on?").await;
    let card = chat.expect_edit("Waiting for your answer").await;
    world.sim.delete(YOU, card.id()).await.unwrap();
    chat.send("yes").await;
    chat.expect_new("held one").await;
    let folded = chat.expect("Done · hold").await;
    assert_ne!(folded.id(), card.id());
    chat.tap_on(folded.id(), "Log").await;
    chat.expect_file("log-1.txt").await;
}

#[tokio::test]
async fn a_deleted_request_is_answered_all_the_same() {
    let world = holding().await;
    let mut chat = world.private(YOU);
    let request = chat.send("/agent hold one").await;
    chat.expect_new("Go on?").await;
    world.sim.delete(YOU, request).await.unwrap();
    chat.send("yes").await;
    let answer = chat.expect_new("held one").await;
    assert_eq!(answer.reply_to(), None);
}

#[tokio::test]
async fn while_the_bot_is_blocked_the_task_goes_on_and_its_result_waits() {
    let world = Plan::new()
        .agent("touch", "- ask: Go on?\n- run: { command: touch trace, ask: false }\n- say: The end.")
        .start()
        .await;
    let mut chat = world.private(YOU);
    chat.send("/agent touch go").await;
    chat.expect_new("Go on?").await;
    chat.send("yes").await;
    world.sim.chat(&ChatChange::new(ChatAction::Block, YOU)).await.unwrap();
    crate::engine::support::eventually("the task works on", || world.file("trace").is_some()).await;
    let mut robin = world.private(ROBIN);
    robin.send("/agent touch go").await;
    robin.expect_new("Go on?").await;
    world.sim.chat(&ChatChange::new(ChatAction::Unblock, YOU)).await.unwrap();
    chat.expect_new("The end.").await;
    chat.expect_edit("Done · touch").await;
}

/// Asks elsewhere until no task is at work.
async fn until_nothing_runs(world: &World) {
    let mut elsewhere = world.private(ROBIN);
    elsewhere.settle().await;
    loop {
        elsewhere.send("/status").await;
        if elsewhere.expect_new("In all chats:").await.text().contains("In all chats: 0 of") {
            return;
        }
    }
}

#[tokio::test]
async fn what_waits_for_a_blocked_chat_survives_a_restart() {
    let mut world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent parrot one").await;
    chat.expect_new("turn 1: one").await;
    chat.expect_edit("Done · parrot").await;
    chat.send("two").await;
    world.sim.chat(&ChatChange::new(ChatAction::Block, YOU)).await.unwrap();
    until_nothing_runs(&world).await;
    world.restart().await;
    world.sim.chat(&ChatChange::new(ChatAction::Unblock, YOU)).await.unwrap();
    chat.expect_new("turn 2: two").await;
}

#[tokio::test]
async fn a_group_that_gets_a_new_id_is_followed() {
    let world = holding().await;
    let mut old = world.group(YOU, LOUNGE);
    old.send("/agent parrot one").await;
    old.expect_new("turn 1: one").await;
    old.send("/agent hold one").await;
    old.expect_new("Go on?").await;
    let moved = world.sim.chat(&ChatChange::new(ChatAction::Migrate, LOUNGE)).await.unwrap();
    let mut new = world.group(YOU, moved.new_chat_id.unwrap());
    new.send(&format!("@{} yes", crate::support::BOT)).await;
    new.expect_new("held one").await;
    new.expect("Done · hold").await;
    // The conversation has moved, too.
    new.send("/tasks").await;
    new.expect_new("#2 ✓ hold").await;
    new.send("/agent parrot two").await;
    new.expect_new("turn 2: two").await;
}

#[tokio::test]
async fn a_topic_that_is_deleted_sends_the_result_to_the_group() {
    let world = holding().await;
    let mut topic = world.topic(YOU, TEAM, API);
    topic.send("/agent hold one").await;
    let question = topic.expect_new("Go on?").await;
    let mut general = world.topic(YOU, TEAM, 1);
    // The answer is on its way when the topic goes.
    topic.reply(question.id(), "yes").await;
    let gone = ChatChange { thread_id: Some(API), ..ChatChange::new(ChatAction::DeleteTopic, TEAM) };
    world.sim.chat(&gone).await.unwrap();
    let answer = general.expect_new("held one").await;
    assert_eq!(answer.topic(), None);
}

#[tokio::test]
async fn a_chat_that_was_closed_is_open_again_once_somebody_writes_in_it() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    // A request of somebody who, as the playground sees it, never wrote to the bot: it may not begin.
    let update = serde_json::json!({ "message": {
        "message_id": 900, "date": 1, "text": "/agent parrot one",
        "chat": { "id": YOU, "type": "private", "first_name": "You" },
        "from": { "id": YOU, "is_bot": false, "first_name": "You" },
    }});
    world.sim.update(update.as_object().unwrap()).await.unwrap();
    until_nothing_runs(&world).await;
    chat.send("/help").await;
    chat.expect_new("turn 1: one").await;
    chat.expect_new("Write what you want done").await;
}
