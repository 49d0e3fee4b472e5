//! Each limit with a call just inside it, which succeeds, and one just outside, which Telegram refuses.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::support::Bot;
use super::*;

/// A PNG header that says 3 by 2 pixels.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x03\x00\x00\x00\x02";
const MB: usize = 1024 * 1024;
const TEAM: i64 = -1_001_000_000_001;

/// One limit: a method, what is just inside, what is just outside, and Telegram's refusal.
type Limit = (&'static str, Value, Value, &'static str);

fn x(count: usize) -> String {
    "x".repeat(count)
}

/// A message to the private chat.
fn to(fields: Value) -> Value {
    let Value::Object(mut call) = fields else { panic!("an object is needed") };
    call.insert("chat_id".to_owned(), json!(1001));
    Value::Object(call)
}

fn keyboard(buttons: usize, data: usize) -> Value {
    let row = vec![json!({ "text": "b", "callback_data": x(data) }); buttons];
    to(json!({ "text": "t", "reply_markup": { "inline_keyboard": [row] } }))
}

/// A keyboard whose JSON has so many bytes.
fn markup(bytes: usize) -> Value {
    let frame = r#"{"inline_keyboard":[[{"text":"","callback_data":"d"}]]}"#.len();
    let label = x(bytes - frame);
    to(
        json!({ "text": "t", "reply_markup": format!(r#"{{"inline_keyboard":[[{{"text":"{label}","callback_data":"d"}}]]}}"#) }),
    )
}

fn command(name: &str, description: usize) -> Value {
    json!({ "commands": [{ "command": name, "description": x(description) }] })
}

fn commands(count: usize) -> Value {
    let list: Vec<Value> =
        (0..count).map(|n| json!({ "command": format!("c{n}"), "description": "d" })).collect();
    json!({ "commands": list })
}

fn sending() -> Vec<Limit> {
    let too_long = "400 Bad Request: message is too long";
    let bold =
        |times: usize| to(json!({ "text": format!("x{}", "<b></b>".repeat(times)), "parse_mode": "HTML" }));
    let rich = |length: usize| to(json!({ "rich_message": { "markdown": x(length) } }));
    vec![
        ("sendMessage", to(json!({ "text": x(4_096) })), to(json!({ "text": x(4_097) })), too_long),
        (
            "sendMessage",
            to(json!({ "text": "x" })),
            to(json!({ "text": "" })),
            "400 Bad Request: message text is empty",
        ),
        (
            "sendMessage",
            to(json!({ "text": "😀".repeat(4_096) })),
            to(json!({ "text": "😀".repeat(4_097) })),
            too_long,
        ),
        ("sendMessage", bold(4_681), bold(4_682), "400 Bad Request: text is too long"),
        ("sendMessage", keyboard(1, 64), keyboard(1, 65), "400 Bad Request: BUTTON_DATA_INVALID"),
        ("sendMessage", keyboard(100, 1), keyboard(101, 1), "400 Bad Request: reply markup is too long"),
        ("sendMessage", markup(10_240), markup(10_241), "400 Bad Request: reply markup is too long"),
        (
            "sendMessage",
            json!({ "chat_id": TEAM, "text": "x", "message_thread_id": 2 }),
            json!({ "chat_id": TEAM, "text": "x", "message_thread_id": 1 }),
            "400 Bad Request: message thread not found",
        ),
        (
            "sendMessage",
            to(json!({ "text": "x", "reply_parameters": { "message_id": 2, "quote": "on" } })),
            to(json!({ "text": "x", "reply_parameters": { "message_id": 2, "quote": "off" } })),
            "400 Bad Request: QUOTE_TEXT_INVALID",
        ),
        ("sendRichMessage", rich(32_768), rich(32_769), "400 Bad Request: RICH_MESSAGE_TOO_LONG"),
        (
            "sendMessageDraft",
            to(json!({ "draft_id": 1, "text": x(4_096) })),
            to(json!({ "draft_id": 1, "text": x(4_097) })),
            too_long,
        ),
        (
            "sendMessageDraft",
            to(json!({ "draft_id": 1, "text": "" })),
            to(json!({ "draft_id": 0, "text": "x" })),
            "400 Bad Request: RANDOM_ID_INVALID",
        ),
    ]
}

fn changing() -> Vec<Limit> {
    let edit = |text: String| to(json!({ "message_id": 2, "text": text }));
    let react = |count: usize| {
        to(json!({ "message_id": 1, "reaction": vec![json!({ "type": "emoji", "emoji": "👍" }); count] }))
    };
    let gone = |count: usize| to(json!({ "message_ids": (1_000..1_000 + count).collect::<Vec<_>>() }));
    vec![
        ("editMessageText", edit(x(4_096)), edit(x(4_097)), "400 Bad Request: MESSAGE_TOO_LONG"),
        ("setMessageReaction", react(1), react(2), "400 Bad Request: REACTIONS_TOO_MANY"),
        ("deleteMessages", gone(100), gone(101), "400 Bad Request: too many message identifiers specified"),
        ("setMyCommands", commands(100), commands(101), "400 Bad Request: BOT_COMMANDS_TOO_MUCH"),
        (
            "setMyCommands",
            command(&x(32), 1),
            command(&x(33), 1),
            "400 Bad Request: command length must not exceed 32",
        ),
        ("setMyCommands", command("a_1", 1), command("a-1", 1), "400 Bad Request: BOT_COMMAND_INVALID"),
        (
            "setMyCommands",
            command("a", 256),
            command("a", 257),
            "400 Bad Request: command description length must not exceed 256",
        ),
        (
            "setMyName",
            json!({ "name": x(64) }),
            json!({ "name": x(65) }),
            "400 Bad Request: BOT_TITLE_INVALID",
        ),
    ]
}

/// Limits of calls that need a file, a caption or a pressed button that is there.
async fn prepared(bot: &Bot) -> Vec<Limit> {
    let file = |bytes: usize| async move {
        let sent = upload(bot, "sendDocument", "document", vec![b'x'; bytes]).await;
        sent["result"]["document"]["file_id"].clone()
    };
    let (small, fits, too_big) = (file(1).await, file(20 * MB).await, file(20 * MB + 1).await);
    let caption = |length: usize| to(json!({ "document": small, "caption": x(length) }));
    let album =
        |count: usize| to(json!({ "media": vec![json!({ "type": "document", "media": small }); count] }));
    let sent = bot.ok("sendMessage", &keyboard(1, 1).to_string()).await;
    let id = sent["message_id"].as_i64().expect("is a number");
    let press = || bot.sim.tap(&Tap::label(1001, 1001, id, "b")).expect("is there");
    let answer = |length: usize| json!({ "callback_query_id": press(), "text": x(length) });
    vec![
        ("sendDocument", caption(1_024), caption(1_025), "400 Bad Request: message caption is too long"),
        ("sendMediaGroup", album(10), album(11), "400 Bad Request: too many messages to send as an album"),
        ("sendMediaGroup", album(1), album(0), "400 Bad Request: there are no messages to send"),
        (
            "getFile",
            json!({ "file_id": fits }),
            json!({ "file_id": too_big }),
            "400 Bad Request: file is too big",
        ),
        ("answerCallbackQuery", answer(200), answer(201), "400 Bad Request: MESSAGE_TOO_LONG"),
    ]
}

async fn upload(bot: &Bot, method: &str, field: &'static str, bytes: Vec<u8>) -> Value {
    let form = Form::new().text("chat_id", "1001").part(field, Part::bytes(bytes).file_name("f"));
    let response = bot.client.post(bot.url(method)).multipart(form).send().await.expect("answers");
    response.json().await.expect("is JSON")
}

#[tokio::test]
async fn a_call_just_inside_a_limit_succeeds_and_one_just_outside_is_refused_as_telegram_does() {
    let bot = Bot::start(Options::default()).await;
    bot.sim.say(1001, 1001, "/start").expect("said");
    bot.ok("sendMessage", r#"{"chat_id":1001,"text":"one"}"#).await;
    let mut limits = sending();
    limits.extend(changing());
    limits.extend(prepared(&bot).await);
    for (method, inside, outside, refusal) in limits {
        bot.ok(method, &inside.to_string()).await;
        assert_eq!(bot.refused(method, &outside.to_string()).await, refusal, "{method}");
    }
    let photo = |bytes: usize| [PICTURE, &vec![0; bytes - PICTURE.len()]].concat();
    let too_big =
        "Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes";
    for (method, field, inside, outside, refusal) in [
        ("sendPhoto", "photo", photo(10 * MB), photo(10 * MB + 1), too_big),
        ("sendDocument", "document", vec![0; 50 * MB], vec![0; 50 * MB + 1], "Request Entity Too Large"),
        ("sendVoice", "voice", vec![0; 1], Vec::new(), "Bad Request: file must be non-empty"),
    ] {
        let sent = upload(&bot, method, field, inside).await;
        assert_eq!(sent["ok"], true, "{method}: {sent}");
        assert_eq!(upload(&bot, method, field, outside).await["description"], refusal, "{method}");
    }
}

#[tokio::test]
async fn get_updates_gives_at_most_a_hundred_whatever_is_asked() {
    let bot = Bot::start(Options::default()).await;
    for _ in 0..101 {
        bot.sim.say(1001, 1001, "x").expect("said");
    }
    for (limit, given) in [(-1, 1), (0, 1), (1, 1), (100, 100), (101, 100)] {
        let updates = bot.updates(&json!({ "limit": limit }).to_string()).await;
        assert_eq!(updates.len(), given, "limit {limit}");
    }
}
