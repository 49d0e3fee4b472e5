//! New people and groups, reactions, drafts that are stopped, topics, and the clock, over `/sim`.

use serde_json::{Value, json};

use super::support::Bot;
use super::*;

const TEAM: i64 = -1_001_000_000_001;
const LOUNGE: i64 = -1_000_000;

/// A bot that asked for every kind of update.
async fn started() -> Bot {
    let bot = Bot::start(Options::default()).await;
    let kinds =
        ["message", "my_chat_member", "chat_member", "message_reaction", "stopped_message_generation"];
    bot.updates(&json!({ "allowed_updates": kinds }).to_string()).await;
    bot
}

#[tokio::test]
async fn a_new_person_has_a_private_chat() {
    let bot = started().await;
    let ann = bot
        .post("person", json!({ "first_name": " Ann ", "username": "@ann_b", "role_hint": "member" }))
        .await;
    assert_eq!(ann, json!({ "user_id": 1004 }));
    bot.post("send", json!({ "user_id": 1004, "chat_id": 1004, "text": "/start" })).await;
    let update = bot.updates("{}").await.remove(0);
    assert_eq!(
        (&update["message"]["from"]["first_name"], &update["message"]["from"]["username"]),
        (&json!("Ann"), &json!("ann_b"))
    );
    assert_eq!(bot.post("person", json!({ "first_name": "Bo", "id": 7 })).await, json!({ "user_id": 7 }));
    for (body, told) in [
        (json!({ "first_name": " " }), "\"first_name\" needs 1 to 128 characters"),
        (json!({ "first_name": "x", "id": 1001 }), "the id 1001 is taken"),
        (json!({ "first_name": "x", "id": -5 }), "not above 0"),
        (json!({ "first_name": "x", "id": i64::MAX }), "below 2^52"),
        (json!({ "first_name": "x", "username": "YOU" }), "the user name is taken"),
        (json!({ "first_name": "x", "username": "no spaces" }), "letters, digits and underscores"),
        (json!({ "first_name": 5 }), "invalid type: integer `5`, expected a string"),
        (json!({}), "missing field `first_name`"),
    ] {
        let error = bot.sim_refused("person", body.clone()).await;
        assert!(error.contains(told), "{body}: {error}");
    }
}

#[tokio::test]
async fn a_new_group_has_the_bot_in_it_and_the_bot_is_told() {
    let bot = started().await;
    for (kind, told, status) in [
        ("group", "group_chat_created", "member"),
        ("supergroup", "new_chat_members", "member"),
        ("forum", "new_chat_members", "administrator"),
    ] {
        let made = bot
            .post(
                "chat",
                json!({ "action": "create", "kind": kind, "name": "Crew", "members": [1003, 1001] }),
            )
            .await;
        let id = made["new_chat_id"].as_i64().expect("is a number");
        assert_eq!(id > -1_000_000_000_000, kind == "group", "ids are of the kind: {kind} {id}");
        let mut updates = bot.updates(r#"{"offset":-2}"#).await;
        let (message, standing) = (updates.pop().expect("is told"), updates.pop().expect("is told"));
        assert_eq!(standing["my_chat_member"]["old_chat_member"]["status"], "left", "{kind}");
        assert_eq!(standing["my_chat_member"]["new_chat_member"]["status"], status, "{kind}");
        assert!(message["message"].get(told).is_some(), "{message}");
        assert_eq!(
            (&message["message"]["from"]["id"], &message["message"]["chat"]["id"]),
            (&json!(1003), &json!(id))
        );
        bot.ok("sendMessage", &json!({ "chat_id": id, "text": "hello" }).to_string()).await;
    }
    for (body, told) in [
        (
            json!({ "action": "create", "name": "x", "members": [1001] }),
            "\"kind\" is group, supergroup or forum",
        ),
        (
            json!({ "action": "create", "kind": "channel", "name": "x", "members": [1001] }),
            "unknown variant `channel`",
        ),
        (json!({ "action": "create", "kind": "group", "name": "x" }), "needs \"members\""),
        (
            json!({ "action": "create", "kind": "group", "name": "", "members": [1001] }),
            "\"name\" needs 1 to 128",
        ),
        (json!({ "action": "create", "kind": "group", "name": "x", "members": [5] }), "there is no user 5"),
        (
            json!({ "action": "create", "kind": "group", "name": "x", "members": [1001], "chat_id": 5 }),
            "leave it out",
        ),
        (json!({ "action": "kick" }), "say which chat"),
        (json!({ "action": "kick", "chat_id": 5 }), "there is no chat 5"),
        (json!({ "action": "kick", "chat_id": TEAM, "user_id": 5 }), "there is no user 5"),
    ] {
        let error = bot.sim_refused("chat", body.clone()).await;
        assert!(error.contains(told), "{body}: {error}");
    }
}

#[tokio::test]
async fn who_joins_and_leaves_is_told_as_a_message_and_to_administrators_as_a_member() {
    let bot = started().await;
    bot.post("person", json!({ "first_name": "Ann", "id": 7 })).await;
    let change =
        |action: &str, chat: i64, user: i64| json!({ "action": action, "chat_id": chat, "user_id": user });
    let outsider = bot.sim_refused("send", json!({ "user_id": 7, "chat_id": TEAM, "text": "x" })).await;
    assert_eq!(outsider, format!("user 7 is not in chat {TEAM}; /sim/state lists the members"));
    for chat in [TEAM, LOUNGE] {
        bot.post("chat", change("join", chat, 7)).await;
        bot.post("send", json!({ "user_id": 7, "chat_id": chat, "text": "just talk" })).await;
        bot.post("chat", change("leave", chat, 7)).await;
    }
    let told: Vec<String> = bot.updates("{}").await.iter().map(summary).collect();
    assert_eq!(
        told,
        [
            "new_chat_members 7",
            "left -> member",
            "text \"just talk\"",
            "left_chat_member 7",
            "member -> left",
            // In the group the bot is a mere member.
            "new_chat_members 7",
            "left_chat_member 7",
        ]
    );
    for (body, told) in [
        (change("join", TEAM, 1001), "is in chat -1001000000001 already"),
        (change("leave", TEAM, 7), "user 7 is not in chat -1001000000001"),
        (change("join", 1001, 7), "only a group can do this"),
        (change("join", TEAM, 55), "there is no user 55"),
        (json!({ "action": "join", "chat_id": TEAM }), "say who with \"user_id\""),
    ] {
        let error = bot.sim_refused("chat", body.clone()).await;
        assert!(error.contains(told), "{body}: {error}");
    }
    let alone =
        bot.post("chat", json!({ "action": "create", "kind": "group", "name": "x", "members": [7] })).await;
    let error = bot
        .sim_refused("chat", change("leave", alone["new_chat_id"].as_i64().expect("is a number"), 7))
        .await;
    assert!(error.contains("the last person cannot leave"), "{error}");
}

fn summary(update: &Value) -> String {
    if let Some(change) = update.get("chat_member") {
        let status = |side: &str| change[side]["status"].as_str().unwrap_or("?").to_owned();
        return format!("{} -> {}", status("old_chat_member"), status("new_chat_member"));
    }
    let message = &update["message"];
    match (message.get("new_chat_members"), message.get("text")) {
        (Some(joined), _) => format!("new_chat_members {}", joined[0]["id"]),
        (None, Some(text)) => format!("text {text}"),
        (None, None) => format!("left_chat_member {}", message["left_chat_member"]["id"]),
    }
}

#[tokio::test]
async fn a_topic_is_closed_renamed_and_opened_again() {
    let bot = started().await;
    let change = |action: &str, topic: i64, name: Option<&str>| json!({ "action": action, "chat_id": TEAM, "thread_id": topic, "name": name });
    bot.post("chat", change("close_topic", 2, None)).await;
    let say = |user: i64| json!({ "user_id": user, "chat_id": TEAM, "thread_id": 2, "text": "/x" });
    assert!(bot.sim_refused("send", say(1003)).await.contains("the topic is closed; reopen it first"));
    bot.post("send", say(1001)).await;
    bot.post("chat", change("reopen_topic", 2, None)).await;
    bot.post("send", say(1003)).await;
    bot.post("chat", change("rename_topic", 2, Some("gateway"))).await;
    assert_eq!(bot.get("state").await["chats"][4]["topics"][1], json!({ "id": 2, "name": "gateway" }));
    let told: Vec<Value> =
        bot.updates("{}").await.into_iter().map(|mut update| update["message"].take()).collect();
    assert_eq!(told[0]["forum_topic_closed"], json!({}));
    assert_eq!(told[0]["message_thread_id"], 2);
    assert_eq!(told[2]["forum_topic_reopened"], json!({}));
    assert_eq!(told[4]["forum_topic_edited"], json!({ "name": "gateway" }));
    for (body, error) in [
        (change("close_topic", 99, None), "there is no topic 99 in this chat; /sim/state lists the topics"),
        (change("reopen_topic", 2, None), "the topic is so already"),
        (change("rename_topic", 2, Some(" ")), "a topic needs \"name\""),
        (change("delete_topic", 1, None), "General cannot be deleted"),
        (json!({ "action": "close_topic", "chat_id": TEAM }), "say which topic with \"thread_id\""),
        (json!({ "action": "close_topic", "chat_id": LOUNGE, "thread_id": 2 }), "only a forum has topics"),
    ] {
        assert_eq!(bot.sim_refused("chat", body).await, error);
    }
    bot.post("person", json!({ "first_name": "Ann", "id": 7 })).await;
    let outsider = json!({ "action": "close_topic", "chat_id": TEAM, "thread_id": 2, "user_id": 7 });
    assert!(bot.sim_refused("chat", outsider).await.contains("user 7 is not in chat"));
}

#[tokio::test]
async fn reactions_are_shown_with_who_they_are_from_and_told_where_the_bot_may_know() {
    let bot = started().await;
    for chat in [1001, TEAM, LOUNGE] {
        bot.post("send", json!({ "user_id": 1001, "chat_id": chat, "text": "/start" })).await;
    }
    let react = |chat: i64, emoji: &[&str]| json!({ "user_id": 1001, "chat_id": chat, "message_id": 1, "emoji": emoji });
    bot.ok(
        "setMessageReaction",
        r#"{"chat_id":1001,"message_id":1,"reaction":[{"type":"emoji","emoji":"❤️"}]}"#,
    )
    .await;
    bot.post("react", react(1001, &["👍", "❤", "👍"])).await;
    let me = bot.get("state").await["bot"]["id"].clone();
    let shown = async || bot.get("messages?chat_id=1001").await["messages"][0]["reactions"].clone();
    assert_eq!(
        shown().await,
        json!([{ "emoji": "❤", "user_ids": [me, 1001] }, { "emoji": "👍", "user_ids": [1001] }])
    );
    bot.post("react", react(1001, &["👍"])).await;
    bot.post("react", react(1001, &["👍"])).await;
    bot.post("react", react(1001, &[])).await;
    assert_eq!(shown().await, json!([{ "emoji": "❤", "user_ids": [me] }]));
    let in_forum = json!({ "user_id": 1001, "chat_id": TEAM, "message_id": 4, "emoji": ["🔥"] });
    bot.post("react", in_forum).await;
    bot.post("react", react(LOUNGE, &["🔥"])).await;

    let told: Vec<(Value, Value, Value)> = bot
        .updates("{}")
        .await
        .into_iter()
        .filter_map(|mut update| {
            let told = update.get_mut("message_reaction")?;
            Some((told["chat"]["id"].take(), told["old_reaction"].take(), told["new_reaction"].take()))
        })
        .collect();
    let emoji = |all: &[&str]| {
        json!(all.iter().map(|emoji| json!({ "type": "emoji", "emoji": emoji })).collect::<Vec<_>>())
    };
    assert_eq!(
        told,
        [
            (json!(1001), emoji(&[]), emoji(&["👍", "❤"])),
            (json!(1001), emoji(&["❤", "👍"]), emoji(&["👍"])),
            (json!(1001), emoji(&["👍"]), emoji(&[])),
            (json!(TEAM), emoji(&[]), emoji(&["🔥"])),
        ],
        "in a group without rights the bot is not told, and of nothing new neither"
    );
    for (body, error) in [
        (react(1001, &["🦖"]), "\"🦖\" is no reaction; take one of Telegram's, such as 👍 or ❤"),
        (react(1001, &["👍", "👎", "🔥", "🎉"]), "a person has at most 3 reactions on a message"),
        (react(1002, &["👍"]), "user 1001 is not in chat 1002; /sim/state lists the members"),
        (react(5, &["👍"]), "there is no chat 5; /sim/state lists the chats"),
    ] {
        assert_eq!(bot.sim_refused("react", body).await, error);
    }
    let gone = json!({ "user_id": 1001, "chat_id": 1001, "message_id": 99, "emoji": [] });
    assert!(bot.sim_refused("react", gone).await.starts_with("there is no message 99"));
    let text = json!({ "user_id": 1001, "chat_id": 1001, "message_id": 1, "emoji": "👍" });
    assert!(bot.sim_refused("react", text).await.contains("expected a sequence"));
}

#[tokio::test]
async fn a_draft_is_stopped_once_and_only_if_it_may_be() {
    let bot = started().await;
    bot.post("send", json!({ "user_id": 1001, "chat_id": 1001, "text": "/start" })).await;
    let stop = |draft: i64| json!({ "user_id": 1001, "chat_id": 1001, "draft_id": draft });
    bot.ok("sendMessageDraft", r#"{"chat_id":1001,"draft_id":7,"text":"on and on","can_stop":true}"#).await;
    bot.ok("sendMessageDraft", r#"{"chat_id":1001,"draft_id":8,"text":"on"}"#).await;
    assert_eq!(bot.post("stop_draft", stop(7)).await, json!({}));
    let told = bot.updates(r#"{"offset":-1}"#).await.remove(0)["stopped_message_generation"].take();
    assert_eq!((&told["chat"]["id"], &told["draft_id"]), (&json!(1001), &json!(7)));
    assert!(told.get("message_thread_id").is_none());
    for (draft, error) in [
        (7, "the bot shows no draft 7 in chat 1001 now"),
        (8, "the draft has no stop button; the bot sends \"can_stop\" for one"),
        (9, "the bot shows no draft 9 in chat 1001 now"),
    ] {
        assert_eq!(bot.sim_refused("stop_draft", stop(draft)).await, error);
    }
    let stranger = json!({ "user_id": 1002, "chat_id": 1001, "draft_id": 8 });
    assert!(bot.sim_refused("stop_draft", stranger).await.contains("user 1002 is not in chat 1001"));
    let seq = bot.sim.seq();
    for _ in 0..3 {
        bot.post("clock", json!({ "advance_ms": 20_000 })).await;
        bot.ok("sendMessageDraft", r#"{"chat_id":1001,"draft_id":7,"text":"and on"}"#).await;
    }
    assert_eq!(bot.sim.seq(), seq, "a stopped draft stays stopped, however long the bot goes on");
    bot.ok("sendMessageDraft", r#"{"chat_id":1001,"draft_id":10,"text":"on","can_stop":true}"#).await;
    bot.post("clock", json!({ "advance_ms": 30_000 })).await;
    assert!(
        bot.sim_refused("stop_draft", stop(10)).await.contains("no draft 10"),
        "it was shown for half a minute"
    );
}

#[tokio::test]
async fn the_clock_jumps_and_everything_follows_it() {
    let folder = tempfile::tempdir().expect("is made");
    let options = || Options { flood: true, state: Some(folder.path().join("s")), ..Options::default() };
    let bot = Bot::start(options()).await;
    bot.post("send", json!({ "user_id": 1001, "chat_id": 1001, "text": "/start" })).await;
    let send = r#"{"chat_id":1001,"text":"x"}"#;
    for _ in 0..5 {
        bot.ok("sendMessage", send).await;
    }
    assert!(bot.refused("sendMessage", send).await.starts_with("429 "));
    let query = bot.sim.tap(&Tap::data(1001, 1001, 2, "a")).expect("tapped");
    bot.sim.fault(Fault::ban(1003, 3_600_000)).expect("ordered");

    let before = bot.get("clock").await["now_ms"].as_i64().expect("is a number");
    let day = 24 * 3_600_000 + 60_000;
    let after =
        bot.post("clock", json!({ "advance_ms": day })).await["now_ms"].as_i64().expect("is a number");
    assert!(after >= before + day, "{before} {after}");
    assert_eq!(bot.get("flood").await["chats"], json!([]), "flood rules follow");
    assert_eq!(bot.get("flood").await["faults"], json!([]), "so do the windows of faults");
    let sent = bot.ok("sendMessage", send).await;
    assert!(sent["date"].as_i64().is_some_and(|date| date >= (before + day) / 1_000), "dates follow: {sent}");
    let late = bot.refused("answerCallbackQuery", &json!({ "callback_query_id": query }).to_string()).await;
    assert!(late.contains("query is too old"), "{late}");
    assert_eq!(bot.updates("{}").await, [] as [Value; 0], "updates are kept for a day");
    drop(bot);

    let bot = Bot::start(options()).await;
    assert!(bot.get("clock").await["now_ms"].as_i64().is_some_and(|now| now >= after), "it never goes back");
    for (body, told) in [
        (json!({ "advance_ms": -1 }), "between 0 and"),
        (json!({ "advance_ms": 1_000_000_000_000_i64 }), "a year"),
        (json!({ "advance_ms": "1" }), "expected i64"),
        (json!({}), "missing field `advance_ms`"),
    ] {
        let error = bot.sim_refused("clock", body.clone()).await;
        assert!(error.contains(told), "{body}: {error}");
    }
}
