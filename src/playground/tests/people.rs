//! What people do reaches the bot as Telegram would tell it.

use serde_json::{Value, json};

use super::support::Bot;
use super::*;

const TEAM: i64 = -1_001_000_000_001;
const LOUNGE: i64 = -1_000_000;

#[tokio::test]
async fn a_button_is_pressed_and_answered_once() {
    let bot = Bot::start(Options::default()).await;
    bot.sim.say(1001, 1001, "/start").expect("said");
    let markup = r#"{"inline_keyboard":[[{"text":"Allow","callback_data":"a:1"},{"text":"Docs","url":"https://e.com"}]]}"#;
    let sent = bot
        .ok("sendMessage", &json!({ "chat_id": 1001, "text": "May I?", "reply_markup": markup }).to_string())
        .await;
    let id = sent["message_id"].as_i64().expect("is a number");
    let query_id = bot.sim.tap(&Tap::label(1001, 1001, id, "Allow")).expect("tapped");
    let update = bot.updates("{}").await.pop().expect("is told");
    let query = &update["callback_query"];
    assert_eq!((query["id"].as_str(), query["data"].as_str()), (Some(query_id.as_str()), Some("a:1")));
    assert_eq!((&query["message"], &query["from"]["id"]), (&sent, &json!(1001)));
    assert!(query["chat_instance"].is_string());

    let answer = json!({ "callback_query_id": query_id, "text": "Done", "show_alert": true }).to_string();
    bot.ok("answerCallbackQuery", &answer).await;
    let again = bot.refused("answerCallbackQuery", &answer).await;
    assert_eq!(
        again,
        "400 Bad Request: query is too old and response timeout expired or query ID is invalid"
    );
    let answers = bot.sim.transcript(Some(1001)).answers;
    assert_eq!((answers[0].text.as_deref(), answers[0].show_alert), (Some("Done"), true));

    let unknown = bot.sim.tap(&Tap::label(1001, 1001, id, "Deny")).expect_err("is no button");
    assert_eq!(unknown.to_string(), r#"no button "Deny"; the message has ["Allow", "Docs"]"#);
    assert!(bot.sim.tap(&Tap::label(1001, 1001, id, "Docs")).is_err());
    bot.sim.delete(1001, id).expect("deleted");
    bot.sim.tap(&Tap::data(1001, 1001, id, "forged")).expect("tapped");
    let update = bot.updates(r#"{"offset":-1}"#).await.pop().expect("is told");
    assert_eq!(update["callback_query"]["message"]["date"], 0);
}

#[tokio::test]
async fn a_press_has_to_be_answered_within_fifteen_seconds() {
    let bot = Bot::start(Options::default()).await;
    let press = |id: &str, age_ms: i64| {
        bot.playground.hub.change(|inner, now| {
            let press = world::Press {
                id: id.to_owned(),
                user_id: 1001,
                chat_id: 1001,
                message_id: 1,
                data: "d".to_owned(),
                at: now - age_ms,
            };
            inner.commit(now, Change::Press(press));
        });
    };
    press("1", 15_100);
    press("2", 10_000);
    assert_eq!(
        bot.refused("answerCallbackQuery", r#"{"callback_query_id":"1"}"#).await,
        "400 Bad Request: query is too old and response timeout expired or query ID is invalid"
    );
    bot.ok("answerCallbackQuery", r#"{"callback_query_id":"2"}"#).await;
}

#[tokio::test]
async fn in_groups_the_bot_hears_only_what_concerns_it() {
    let bot = Bot::start(Options::default()).await;
    let said = bot.ok("sendMessage", &json!({ "chat_id": LOUNGE, "text": "hello all" }).to_string()).await;
    let own = said["message_id"].as_i64().expect("is a number");
    for text in ["just talk", "/help", "/help@other_bot", "hi @adjutant_demo_bot", "/help@Adjutant_Demo_Bot"]
    {
        bot.sim.say(1003, LOUNGE, text).expect("said");
    }
    bot.sim.send(&SendText::new(1003, LOUNGE, "thanks").replying_to(own)).expect("said");
    let heard: Vec<Value> =
        bot.updates("{}").await.iter().map(|update| update["message"]["text"].clone()).collect();
    assert_eq!(json!(heard), json!(["/help", "hi @adjutant_demo_bot", "/help@Adjutant_Demo_Bot", "thanks"]));
}

#[tokio::test]
async fn where_the_bot_administers_it_hears_all_talk() {
    let bot = Bot::start(Options::default()).await;
    bot.sim.say(1003, TEAM, "just talk").expect("said");
    bot.sim.send(&SendText::new(1003, TEAM, "/help@other_bot").in_topic(2)).expect("said");
    let updates = bot.updates("{}").await;
    let heard: Vec<&Value> = updates.iter().map(|update| &update["message"]["text"]).collect();
    assert_eq!(heard, ["just talk", "/help@other_bot"]);
}

#[tokio::test]
async fn topics_are_named_on_messages_and_general_is_not() {
    let bot = Bot::start(Options::default()).await;
    bot.sim.send(&SendText::new(1001, TEAM, "/a").in_topic(2)).expect("said");
    bot.sim.send(&SendText::new(1001, TEAM, "/b").in_topic(1)).expect("said");
    let updates = bot.updates("{}").await;
    assert_eq!(updates[0]["message"]["message_thread_id"], 2);
    assert_eq!(updates[0]["message"]["is_topic_message"], true);
    assert!(updates[1]["message"].get("message_thread_id").is_none());
    assert!(updates[1]["message"].get("is_topic_message").is_none());
    let in_topic = bot.ok("sendMessage", &json!({
        "chat_id": TEAM, "text": "x", "reply_parameters": { "message_id": updates[0]["message"]["message_id"] },
    }).to_string()).await;
    assert_eq!(in_topic["message_thread_id"], 2, "an answer goes where its question stands");
    assert_eq!(bot.sim.messages(TEAM, Some(2)).len(), 2);
    assert_eq!(bot.sim.messages(TEAM, Some(1)).len(), 1);

    let topic = bot.ok("createForumTopic", &json!({ "chat_id": TEAM, "name": "ops" }).to_string()).await;
    let thread = topic["message_thread_id"].as_i64().expect("is a number");
    let sent = bot
        .ok("sendMessage", &json!({ "chat_id": TEAM, "text": "x", "message_thread_id": thread }).to_string())
        .await;
    assert_eq!(sent["reply_to_message"]["forum_topic_created"]["name"], "ops");
    let gone = ChatChange { thread_id: Some(thread), ..ChatChange::new(ChatAction::DeleteTopic, TEAM) };
    bot.sim.chat(&gone).expect("deleted");
    let refused = bot
        .refused(
            "sendMessage",
            &json!({ "chat_id": TEAM, "text": "x", "message_thread_id": thread }).to_string(),
        )
        .await;
    assert_eq!(refused, "400 Bad Request: message thread not found");
}

#[tokio::test]
async fn block_kick_and_migration_are_told_and_felt() {
    let bot = Bot::start(Options::default()).await;
    bot.sim.say(1001, 1001, "/start").expect("said");
    bot.sim.chat(&ChatChange::new(ChatAction::Block, 1001)).expect("blocked");
    let send = |chat: i64| json!({ "chat_id": chat, "text": "x" }).to_string();
    assert_eq!(bot.refused("sendMessage", &send(1001)).await, "403 Forbidden: bot was blocked by the user");
    assert!(bot.sim.say(1001, 1001, "x").is_err(), "one has to unblock first");
    bot.sim.chat(&ChatChange::new(ChatAction::Unblock, 1001)).expect("unblocked");
    bot.ok("sendMessage", &send(1001)).await;

    bot.sim.chat(&ChatChange::new(ChatAction::Kick, TEAM)).expect("kicked");
    assert_eq!(
        bot.refused("sendMessage", &send(TEAM)).await,
        "403 Forbidden: bot was kicked from the supergroup chat"
    );
    bot.sim.chat(&ChatChange::new(ChatAction::Add, TEAM)).expect("added");
    bot.ok("sendMessage", &send(TEAM)).await;

    let new = bot.sim.chat(&ChatChange::new(ChatAction::Migrate, LOUNGE)).expect("migrated");
    let new = new.new_chat_id.expect("has a new id");
    let refused = bot.call("sendMessage", &send(LOUNGE)).await;
    assert_eq!(refused["description"], "Bad Request: group chat was upgraded to a supergroup chat");
    assert_eq!(refused["parameters"], json!({ "migrate_to_chat_id": new }));
    bot.ok("sendMessage", &send(new)).await;

    let told: Vec<String> = bot.updates("{}").await.iter().map(summary).collect();
    assert_eq!(
        told,
        [
            "message /start",
            "my_chat_member member -> kicked",
            "my_chat_member kicked -> member",
            "my_chat_member administrator -> kicked",
            "my_chat_member kicked -> administrator",
            "message new_chat_members",
            "message migrate_to_chat_id",
            "message migrate_from_chat_id",
        ]
    );
}

fn summary(update: &Value) -> String {
    if let Some(change) = update.get("my_chat_member") {
        let status = |side: &str| change[side]["status"].as_str().unwrap_or("?").to_owned();
        return format!("my_chat_member {} -> {}", status("old_chat_member"), status("new_chat_member"));
    }
    let message = &update["message"];
    let service = ["new_chat_members", "migrate_to_chat_id", "migrate_from_chat_id"];
    let told = service.into_iter().find(|field| message.get(field).is_some());
    format!("message {}", told.or(message["text"].as_str()).unwrap_or("?"))
}

#[tokio::test]
async fn long_text_comes_in_several_messages() {
    let bot = Bot::start(Options::default()).await;
    let ids = bot.sim.say(1001, 1001, &"a".repeat(9_000)).expect("said");
    assert_eq!(ids, [1, 2, 3]);
    let lengths: Vec<usize> = bot
        .updates("{}")
        .await
        .iter()
        .filter_map(|update| Some(update["message"]["text"].as_str()?.len()))
        .collect();
    assert_eq!(lengths, [4_096, 4_096, 808]);
}

#[tokio::test]
async fn the_transcript_keeps_every_version_and_what_was_deleted() {
    let bot = Bot::start(Options::default()).await;
    bot.sim.say(1001, 1001, "/start").expect("said");
    bot.ok("sendMessage", r#"{"chat_id":1001,"text":"1","disable_notification":true}"#).await;
    for text in ["2", "3"] {
        bot.ok("editMessageText", &json!({ "chat_id": 1001, "message_id": 2, "text": text }).to_string())
            .await;
    }
    bot.ok("deleteMessage", r#"{"chat_id":1001,"message_id":2}"#).await;
    let transcript = bot.sim.transcript(Some(1001));
    let last = transcript.messages.last().expect("is there");
    let texts: Vec<&str> = last.revisions.iter().map(|revision| &*revision.text).collect();
    assert_eq!((texts, last.deleted, last.message.silent), (vec!["1", "2", "3"], true, true));
    assert_eq!(bot.sim.messages(1001, None).len(), 1);
    assert!(bot.sim.transcript(Some(1002)).messages.is_empty());
}

#[tokio::test]
async fn a_change_that_changes_nothing_is_refused() {
    let bot = Bot::start(Options::default()).await;
    let change = |action: &str, chat: i64| json!({ "action": action, "chat_id": chat });
    for (done, refused, chat) in
        [("block", "block", 1001), ("unblock", "unblock", 1001), ("kick", "kick", TEAM)]
    {
        bot.post("chat", change(done, chat)).await;
        bot.sim_refused("chat", change(refused, chat)).await;
    }
    assert_eq!(bot.sim_refused("chat", change("add", LOUNGE)).await, "the bot is in the group already");
    bot.post("chat", change("kick", LOUNGE)).await;
    let new = bot.post("chat", change("migrate", LOUNGE)).await["new_chat_id"].take();
    assert_eq!(
        bot.refused("sendMessage", &json!({ "chat_id": new, "text": "x" }).to_string()).await,
        "403 Forbidden: bot was kicked from the supergroup chat",
        "it stands to the new group as to the old one"
    );
    for action in ["add", "kick", "migrate", "join"] {
        let told = bot.sim_refused("chat", change(action, LOUNGE)).await;
        assert_eq!(told, format!("the group was upgraded; it goes on as {new}"), "{action}");
    }
}
