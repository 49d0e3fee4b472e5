//! Input that nobody should send, and people and Telegram send all the same: each gets a clear answer and loses
//! nothing.

use adjutant::playground::{Entity, SendText};
use serde_json::{Value, json};

use crate::support::{BOT, Chat, DEADLINE, LOUNGE, MALLORY, World, YOU};

/// Gives the bot an update as it is.
async fn inject(world: &World, update: &Value) {
    world.sim.update(update.as_object().unwrap()).await.unwrap();
}

/// A message from you in private, with these fields.
fn message(fields: &Value) -> Value {
    let mut message = json!({
        "message_id": 9_000, "date": 1,
        "chat": { "id": YOU, "type": "private", "first_name": "You" },
        "from": { "id": YOU, "is_bot": false, "first_name": "You" },
    });
    message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    json!({ "message": message })
}

/// The bot still answers.
async fn still_works(chat: &mut Chat) {
    chat.send("/agent parrot still there?").await;
    chat.expect_new(": still there?").await;
}

#[tokio::test]
async fn an_empty_prompt_is_told() {
    let world = World::start().await;
    let mut chat = world.group(YOU, LOUNGE);
    chat.send(&format!("@{BOT}")).await;
    chat.expect_new("There is nothing in it to do.").await;
    chat.send("/agent parrot").await;
    let question = chat.expect_new("What shall parrot do?").await;
    chat.send(&format!("@{BOT}  ")).await;
    chat.expect_new("There is nothing in it to do.").await;
    // What was asked is still waited for.
    chat.reply(question.id(), "sing").await;
    chat.expect_new("turn 1: sing").await;
}

#[tokio::test]
async fn a_prompt_of_a_hundred_kilobytes_is_not_lost() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    let words: String = (0..12_500).map(|n| format!("word{n:04} ")).collect();
    let parts = chat.send_all(&format!("/agent parrot {words}")).await;
    assert!(parts.len() > 20, "{} parts", parts.len());
    chat.expect_new("turn 1: word0000").await;
    // Telegram's clients cut it into pieces; it is one request all the same.
    let whole = chat.expect_file("answer-1.md").await;
    let whole = chat.text_of(&whole).await;
    for n in 0..12_500 {
        assert!(whole.contains(&format!("word{n:04}")), "word {n} is lost");
    }
    still_works(&mut chat).await;
}

#[tokio::test]
async fn any_script_and_emoji_come_back_as_they_were() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    for words in ["مرحبا بالعالم", "שלום עולם abc", "你好，世界", "👨‍👩‍👧‍👦🏳️‍🌈👍🏽", "e\u{301}\u{323} Z̷a̷l̷g̷o̷"]
    {
        chat.send(&format!("/agent parrot {words}")).await;
        chat.expect_new(words).await;
    }
}

#[tokio::test]
async fn an_edit_runs_nothing_again() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    let request = chat.send("/agent parrot one").await;
    chat.expect_new("turn 1: one").await;
    chat.look_away().await;
    world.sim.edit(YOU, YOU, request, "/agent parrot two").await.unwrap();
    chat.expect_new("I don't follow edits.").await;
    chat.send("/task 2").await;
    chat.expect_new("There is no task #2 here").await;
}

#[tokio::test]
async fn a_forwarded_command_is_not_carried_out_but_forwarded_words_are_words() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    let forwarded =
        |text: &str| SendText { forward_from_user_id: Some(MALLORY), ..SendText::new(YOU, YOU, text) };
    chat.send_as(forwarded("/agent parrot evil")).await;
    chat.expect_new("I don't carry out forwarded commands.").await;
    chat.send("/agent parrot one").await;
    chat.expect_new("turn 1: one").await;
    chat.send_as(forwarded("what somebody wrote")).await;
    chat.expect_new("turn 2: what somebody wrote").await;
}

#[tokio::test]
async fn unknown_and_misspelt_commands_are_told() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    for (words, answer) in [
        ("/foo", "I don't know /foo. /help shows what there is."),
        ("/agnt parrot sing", "Did you mean /agent?"),
        ("/task x", "/task does not take that. Write it like this: /task 42"),
        ("/stop -1", "/stop does not take that."),
        ("/task 99999999999999999999", "/task does not take that."),
    ] {
        chat.send(words).await;
        chat.expect_new(answer).await;
    }
    // A path is no command.
    chat.send("/agent parrot look").await;
    chat.expect_new("turn 1: look").await;
    chat.send("/etc/hosts is wrong").await;
    chat.expect_new("turn 2: /etc/hosts is wrong").await;
}

#[tokio::test]
async fn a_message_without_words_is_told() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    still_works(&mut chat).await;
    chat.look_away().await;
    for content in
        [json!({"sticker": {"file_id": "x"}}), json!({"venue": {}}), json!({"a_kind_of_tomorrow": {}})]
    {
        inject(&world, &message(&content)).await;
    }
    chat.expect_new("I read text, photos and files.").await;
    chat.look_away().await;
    still_works(&mut chat).await;
}

#[tokio::test]
async fn words_with_formatting_that_nobody_knows_yet_are_read() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    let fields = json!({ "text": "/agent parrot new things",
        "entities": [{ "type": "bot_command", "offset": 0, "length": 6 },
                     { "type": "hologram", "offset": 7, "length": 6, "depth": 3 }] });
    // A bot cannot begin a conversation.
    chat.settle().await;
    inject(&world, &message(&fields)).await;
    chat.expect_new("turn 1: new things").await;
    let strange = Entity::plain("spoiler", 0, 3);
    chat.send_as(SendText { entities: Some(vec![strange]), ..SendText::new(YOU, YOU, "old things") }).await;
    chat.expect_new("turn 2: old things").await;
}

#[tokio::test]
async fn updates_of_unknown_kinds_and_shapes_are_passed_over() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    for update in [
        json!({ "telepathy": { "thought": "hello" } }),
        json!({ "message": null }),
        json!({ "message": 7 }),
        json!({ "message": {} }),
        json!({ "message": { "message_id": "seven", "chat": [], "from": {} } }),
        json!({ "callback_query": { "id": 1 } }),
        json!({ "callback_query": { "id": "77", "from": { "id": YOU, "is_bot": false, "first_name": "You" },
                "chat_instance": "1", "data": "1s.1" } }),
        json!({ "my_chat_member": { "chat": { "id": YOU } } }),
        json!({ "inline_query": { "id": "1", "query": "x" } }),
        json!({ "channel_post": { "message_id": 1, "text": "/start", "date": 1,
                "chat": { "id": -1_003, "type": "channel", "title": "News" } } }),
        message(&json!({ "text": "/start", "from": { "id": 5, "is_bot": true, "first_name": "Robot" } })),
        message(&json!({ "text": "/start", "sender_chat": { "id": -5, "type": "channel", "title": "X" } })),
    ] {
        inject(&world, &update).await;
    }
    still_works(&mut chat).await;
    assert_eq!(chat.news().await.len(), 2, "something strange was answered");
    world.sim.wait_idle(DEADLINE).await.unwrap();
}

#[tokio::test]
async fn forged_buttons_of_every_kind_are_answered() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/agents").await;
    let message = chat.expect_new("parrot — Does what parrot does").await;
    for (data, toast) in [
        ("", ""),
        ("1s.99", "This task is not known here."),
        ("1r.99", "This task is not known here."),
        ("1l.99", "This task is not known here."),
        ("1n.99", "This task is not known here."),
        ("1d.99", "This task is not known here."),
        ("1q.99.1.0", "This question can no longer be answered."),
        ("1s.-1", "This task is not known here."),
        ("1s.x", "This button no longer works."),
        ("2s.1", "This button no longer works."),
        ("1g.99999999", "This button no longer works."),
        ("drop table", "This button no longer works."),
        ("\u{0}\u{1}", "This button no longer works."),
    ] {
        if data.is_empty() {
            continue;
        }
        chat.forge(message.id(), data).await;
        chat.expect_toast(toast).await;
    }
    // Buttons for agents and pages that are not there.
    chat.forge(message.id(), "1p.0000000000000000").await;
    chat.expect_answer().await;
    chat.forge(message.id(), "1g.500").await;
    chat.expect_answer().await;
    still_works(&mut chat).await;
}

#[tokio::test]
async fn a_button_of_a_message_that_is_gone_is_answered() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent parrot one").await;
    chat.expect_new("turn 1: one").await;
    let card = chat.expect_edit("Done · parrot").await;
    world.sim.delete(YOU, card.id()).await.unwrap();
    chat.forge(card.id(), &card.data("Log")).await;
    chat.expect_answer().await;
    still_works(&mut chat).await;
}

#[tokio::test]
async fn an_answer_to_a_message_that_is_gone_is_a_message() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    chat.settle().await;
    for (at, gone) in [
        json!({ "message_id": 1, "date": 0, "chat": { "id": YOU, "type": "private", "first_name": "You" } }),
        json!({ "message_id": 77 }),
        json!(null),
    ]
    .into_iter()
    .enumerate()
    {
        let words = format!("/agent parrot number {at}");
        inject(&world, &message(&json!({ "text": words, "reply_to_message": gone }))).await;
        chat.expect_new(&format!("number {at}")).await;
    }
}
