//! Groups and topics: who is meant, and which conversation it is.

use adjutant::playground::SendText;

use crate::support::{API, BOT, LOUNGE, Plan, ROBIN, TEAM, WEB, World, YOU};

#[tokio::test]
async fn commands_mentions_and_replies_are_heard_and_talk_is_not() {
    let world = World::start().await;
    let mut you = world.group(YOU, LOUNGE);
    let request = you.send(&format!("/agent@{BOT} parrot one")).await;
    let answer = you.expect_new("turn 1: one").await;
    assert_eq!(answer.reply_to(), Some(request), "in a group an answer points at its request");
    you.send(&format!("@{BOT} two")).await;
    you.expect_new("turn 2: two").await;
    you.reply(answer.id(), "three").await;
    you.expect_new("turn 3: three").await;
    you.send("four, among friends").await;
    you.settle().await;
    assert!(you.news().await.is_empty(), "group talk was answered");
}

#[tokio::test]
async fn talk_is_no_request_even_when_the_bot_hears_all() {
    let world = World::start().await;
    // Where it administers topics.
    let mut you = world.topic(YOU, TEAM, API);
    you.send("/agent parrot one").await;
    you.expect_new("turn 1: one").await;
    you.look_away().await;
    for text in ["hello everybody", "/ban somebody", "/agent@other_bot parrot two"] {
        you.send(text).await;
    }
    you.settle().await;
    assert!(you.news().await.is_empty(), "talk was answered");
}

#[tokio::test]
async fn commands_for_another_bot_are_left_alone() {
    let world = World::start().await;
    for mut chat in [world.group(YOU, LOUNGE), world.private(YOU)] {
        chat.send("/agent@other_bot parrot one").await;
        chat.send("/help@other_bot").await;
        chat.settle().await;
        assert!(chat.news().await.is_empty(), "a command for another bot was answered");
    }
}

#[tokio::test]
async fn each_topic_has_a_conversation_of_its_own() {
    let world = World::start().await;
    let (mut api, mut web) = (world.topic(YOU, TEAM, API), world.topic(YOU, TEAM, WEB));
    api.send("/agent parrot one").await;
    let answer = api.expect_new("turn 1: one").await;
    assert_eq!(answer.topic(), Some(API));
    web.send(&format!("@{BOT} one")).await;
    web.expect_new("No agent is chosen here yet").await;
    web.send("/agent parrot one").await;
    web.expect_new("turn 1: one").await;
    api.send(&format!("@{BOT} two")).await;
    api.expect_new("turn 2: two").await;
    for (chat, topic) in [(&api, API), (&web, WEB)] {
        for seen in chat.news().await {
            assert_eq!(seen.topic(), Some(topic));
        }
    }
    web.send("/tasks").await;
    let tasks = web.expect_new("#2").await;
    assert_eq!(tasks.text().lines().count(), 1, "{}", tasks.text());
}

#[tokio::test]
async fn topics_work_at_the_same_time() {
    let world = Plan::new().agent("hold", "- ask: Go on?\n- say: 'held {{prompt}}'").start().await;
    let (mut api, mut web) = (world.topic(YOU, TEAM, API), world.topic(ROBIN, TEAM, WEB));
    api.send("/agent hold one").await;
    api.expect_new("Go on?").await;
    web.send("/agent hold two").await;
    let question = web.expect_new("Go on?").await;
    web.reply(question.id(), "yes").await;
    web.expect_new("held two").await;
    api.send(&format!("@{BOT} yes")).await;
    api.expect_new("held one").await;
}

#[tokio::test]
async fn the_general_topic_is_answered_without_a_thread() {
    let world = World::start().await;
    let mut general = world.topic(YOU, TEAM, 1);
    general.send("/agent parrot one").await;
    let answer = general.expect_new("turn 1: one").await;
    assert_eq!(answer.topic(), None);
    general.expect_edit("Done · parrot").await;
    // Telegram marks General with the thread 1 in forums that it calls so.
    general.look_away().await;
    let update = serde_json::json!({ "message": {
        "message_id": 900, "date": 1, "text": "/agent parrot two", "message_thread_id": 1, "is_topic_message": true,
        "chat": { "id": TEAM, "type": "supergroup", "title": "Team", "is_forum": true },
        "from": { "id": YOU, "is_bot": false, "first_name": "You" },
    }});
    world.sim.update(update.as_object().unwrap()).await.unwrap();
    let answer = general.expect_new("turn 2: two").await;
    assert_eq!(answer.topic(), None);
}

#[tokio::test]
async fn each_person_of_a_group_has_a_dialogue_of_their_own() {
    let world = World::start().await;
    let (mut you, mut robin) = (world.group(YOU, LOUNGE), world.group(ROBIN, LOUNGE));
    you.send("/agent parrot").await;
    let question = you.expect_new("What shall parrot do?").await;
    robin.send("/status").await;
    robin.expect_new("Nothing is running here").await;
    robin.send(&format!("@{BOT} not for parrot")).await;
    robin.expect_new("No agent is chosen here yet").await;
    you.send_as(SendText::new(YOU, LOUNGE, "sing").replying_to(question.id())).await;
    you.expect_new("turn 1: sing").await;
}
