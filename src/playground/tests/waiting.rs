//! Waiting for a condition over `/sim/wait`.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::Bot;
use super::*;

async fn started() -> Bot {
    let bot = Bot::start(Options::default()).await;
    bot.sim.say(1001, 1001, "/start").expect("said");
    bot
}

async fn say(bot: &Bot, text: &str, button: &str) -> Value {
    let markup = json!({ "inline_keyboard": [[{ "text": button, "callback_data": "d" }]] });
    bot.ok("sendMessage", &json!({ "chat_id": 1001, "text": text, "reply_markup": markup }).to_string()).await
}

#[tokio::test]
async fn a_message_is_found_when_it_comes_and_when_it_is_there() {
    let bot = started().await;
    let wanted = json!({ "message": { "chat_id": 1001, "contains": "allow", "button": "Yes" } });
    let (found, ..) = tokio::join!(bot.post("wait", wanted.clone()), async {
        say(&bot, "May I? Please allow", "No").await;
        say(&bot, "please allow", "Yes").await;
    });
    assert_eq!(found["message"]["text"], "please allow");
    assert_eq!(bot.post("wait", wanted.clone()).await, found, "it is there yet");
    let typed: Found = serde_json::from_value(found).expect("reads");
    assert!(matches!(typed, Found::Message { message } if message.message_id == 3), "reads as a message");

    bot.ok("deleteMessage", r#"{"chat_id":1001,"message_id":3}"#).await;
    let mut wanted = wanted;
    wanted["timeout_ms"] = json!(1);
    let (status, answer) = bot.sim_call(Method::POST, "wait", Some(&wanted)).await;
    let error = answer["error"].as_str().expect("says why");
    assert_eq!(status, 408, "{error}");
    assert!(error.starts_with("waited 1 ms in vain for {"), "{error}");
    assert!(error.contains("\"button\":\"Yes\"") && error.contains("May I? Please allow"), "{error}");
}

#[tokio::test]
async fn an_event_and_a_call_are_found_after_a_number() {
    let bot = started().await;
    let after = bot.sim.seq();
    let wanted = json!({ "event": { "kind": "action", "chat_id": 1001, "after": after } });
    let typing = r#"{"chat_id":1001,"action":"typing"}"#;
    let (found, _) = tokio::join!(bot.post("wait", wanted), bot.ok("sendChatAction", typing));
    assert_eq!((&found["event"]["action"], &found["event"]["seq"]), (&json!("typing"), &json!(after + 1)));
    assert!(matches!(serde_json::from_value(found).expect("reads"), Found::Event { .. }));

    let wanted = |after: &Value| json!({ "timeout_ms": 1, "call": { "method": "sendchataction", "chat_id": 1001, "after": after } });
    let found = bot.post("wait", wanted(&json!(0))).await;
    assert_eq!(found["call"]["params"]["action"], "typing");
    let (status, answer) = bot.sim_call(Method::POST, "wait", Some(&wanted(&found["call"]["n"]))).await;
    assert_eq!(status, 408);
    assert!(
        answer["error"].as_str().is_some_and(|error| error.ends_with("no such call; the newest: []")),
        "{answer}"
    );
    assert!(matches!(serde_json::from_value(found).expect("reads"), Found::Call { .. }));
}

#[tokio::test]
async fn the_bot_is_idle_when_it_has_confirmed_all_updates() {
    let bot = started().await;
    let (status, answer) =
        bot.sim_call(Method::POST, "wait", Some(&json!({ "idle": true, "timeout_ms": 1 }))).await;
    assert_eq!(status, 408);
    assert!(
        answer["error"].as_str().is_some_and(|error| error.ends_with("1 updates left to confirm")),
        "{answer}"
    );
    let offset = bot.updates("{}").await[0]["update_id"].as_i64().expect("is a number") + 1;
    let confirming = json!({ "offset": offset }).to_string();
    let (idle, _) = tokio::join!(bot.post("wait", json!({ "idle": true })), bot.updates(&confirming));
    assert_eq!(idle, json!({}));
    assert!(matches!(serde_json::from_value(idle).expect("reads"), Found::Idle(_)));
}

#[tokio::test]
async fn a_wait_for_nothing_or_for_what_cannot_be_is_refused() {
    let bot = started().await;
    for (body, told) in [
        (json!({}), "wait for one of \"message\", \"event\", \"call\", \"idle\": true"),
        (json!({ "idle": true, "call": { "method": "getMe" } }), "wait for one of"),
        (json!({ "message": { "chat_id": 5 } }), "there is no chat 5"),
        (json!({ "message": { "chat_id": -1_001_000_000_001_i64, "thread_id": 9 } }), "there is no topic 9"),
        (json!({ "message": { "contains": "x" } }), "missing field `chat_id`"),
        (json!({ "messages": {} }), "unknown field `messages`"),
        (json!({ "idle": "yes" }), "expected a boolean"),
    ] {
        let error = bot.sim_refused("wait", body.clone()).await;
        assert!(error.contains(told), "{body}: {error}");
    }
}

#[tokio::test]
async fn stopping_ends_what_waits() {
    let bot = started().await;
    let url = format!("{}/sim/wait", bot.playground.url());
    let after = bot.sim.seq();
    let waiting =
        tokio::spawn(bot.client.post(url).json(&json!({ "idle": true, "timeout_ms": 60_000 })).send());
    bot.ok("sendChatAction", r#"{"chat_id":1001,"action":"typing"}"#).await;
    assert_eq!(bot.sim.wait_event(after).await.len(), 1);
    bot.playground.stop().await;
    let answer = waiting.await.expect("ends");
    assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status() == 400));
}
