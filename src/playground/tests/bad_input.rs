//! Input that no decent bot sends: Telegram's refusals, and the server lives.

use serde_json::{Value, json};

use super::support::Bot;
use super::*;

async fn started() -> Bot {
    let bot = Bot::start(Options::default()).await;
    bot.sim.say(1001, 1001, "/start").expect("said");
    bot
}

/// Sends a body as it is; code and text of the refusal.
async fn raw(bot: &Bot, content_type: &str, body: impl Into<reqwest::Body>) -> String {
    let request = bot.client.post(bot.url("sendMessage")).header("content-type", content_type);
    let answer: Value = request.body(body).send().await.expect("answers").json().await.expect("is JSON");
    format!("{} {}", answer["error_code"], answer["description"].as_str().unwrap_or(""))
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused() {
    let bot = started().await;
    let json = "application/json";
    let deep = format!(r#"{{"chat_id":{}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let part = "--b\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n1001";
    let long_text = format!("{part}{}\r\n--b--\r\n", " ".repeat(4 * 1024 * 1024));
    let not_utf8 = "400 Bad Request: strings must be encoded in UTF-8";
    for (content_type, body, refusal) in [
        (json, b"nonsense".to_vec(), "400 Bad Request: JSON object expected"),
        (json, b"[1]".to_vec(), "400 Bad Request: JSON object expected"),
        (json, b"{\"chat_id\":".to_vec(), "400 Bad Request: can't parse parameter value: "),
        (json, b"{\"chat_id\":1001} x".to_vec(), "400 Bad Request: can't parse parameter value: "),
        (json, deep.into_bytes(), "400 Bad Request: "),
        (json, b"{\"text\":\"\xff\"}".to_vec(), not_utf8),
        (json, vec![b' '; 4 * 1024 * 1024 + 1], "413 Request Entity Too Large"),
        ("application/x-www-form-urlencoded", b"text=%ff".to_vec(), not_utf8),
        ("multipart/form-data", part.into(), "400 Bad Request: boundary not found"),
        (
            "multipart/form-data; boundary=b",
            part.into(),
            "400 Bad Request: unexpected end of request content",
        ),
        ("multipart/form-data; boundary=b", long_text.into_bytes(), "413 Request Entity Too Large"),
        ("image/png", b"\x89PNG".to_vec(), not_utf8),
    ] {
        let told = raw(&bot, content_type, body).await;
        assert!(told.starts_with(refusal), "{content_type}: {told}");
        assert_eq!(bot.ok("getMe", "{}").await["is_bot"], true, "the server lives");
    }
}

#[tokio::test]
async fn parameters_of_the_wrong_type_are_read_as_telegram_reads_them() {
    let bot = started().await;
    let no_chat = "400 Bad Request: chat not found";
    for (method, call, refusal) in [
        ("sendMessage", json!({}), "400 Bad Request: message text is empty"),
        ("sendMessage", json!({ "chat_id": true, "text": "x" }), no_chat),
        ("sendMessage", json!({ "chat_id": [1001], "text": "x" }), no_chat),
        ("sendMessage", json!({ "chat_id": "99999999999999999999", "text": "x" }), no_chat),
        (
            "sendMessage",
            json!({ "chat_id": 1001, "text": "x", "reply_markup": 5 }),
            "400 Bad Request: object expected as reply markup",
        ),
        (
            "sendMessage",
            json!({ "chat_id": 1001, "text": "x", "reply_parameters": "{" }),
            "400 Bad Request: can't parse reply parameters JSON object",
        ),
        (
            "editMessageText",
            json!({ "chat_id": 1001, "message_id": "x", "text": "x" }),
            "400 Bad Request: message to edit not found",
        ),
        (
            "deleteMessages",
            json!({ "chat_id": 1001, "message_ids": "x" }),
            "400 Bad Request: can't parse message_ids JSON object",
        ),
        (
            "deleteMessages",
            json!({ "chat_id": 1001, "message_ids": [[]] }),
            "400 Bad Request: message identifier must be a Number",
        ),
        (
            "deleteMessages",
            json!({ "chat_id": 1001, "message_ids": [0] }),
            "400 Bad Request: invalid message identifier specified",
        ),
        ("setMyCommands", json!({ "commands": {} }), "400 Bad Request: expected an Array of BotCommand"),
        ("sendMediaGroup", json!({ "chat_id": 1001 }), "400 Bad Request: parameter \"media\" is required"),
        (
            "sendMediaGroup",
            json!({ "chat_id": 1001, "media": {} }),
            "400 Bad Request: expected an Array of InputMedia",
        ),
        (
            "sendMediaGroup",
            json!({ "chat_id": 1001, "media": [1] }),
            "400 Bad Request: can't parse InputMedia: expected an Object",
        ),
        (
            "sendMediaGroup",
            json!({ "chat_id": 1001, "media": [{ "type": "photo" }] }),
            "400 Bad Request: can't parse InputMedia: media not found",
        ),
        ("sendVoice", json!({ "chat_id": 1001 }), "400 Bad Request: there is no voice in the request"),
        (
            "sendDocument",
            json!({ "chat_id": 1001, "document": "attach://nothing" }),
            "400 Bad Request: there is no document in the request",
        ),
        ("pinChatMessage", json!({ "chat_id": 1001 }), "400 Bad Request: message to pin not found"),
        ("getChat", json!({}), "400 Bad Request: chat_id is empty"),
        (
            "sendPoll",
            json!({}),
            "501 Not Implemented: sendPoll is a method of Telegram's that the playground does not have",
        ),
        ("sendPol", json!({}), "404 Not Found"),
    ] {
        assert_eq!(bot.refused(method, &call.to_string()).await, refusal, "{method} {call}");
    }
    assert_eq!(bot.ok("sendMessage", r#"{"chat_id":"1001","text":5}"#).await["text"], "5");
}

#[tokio::test]
async fn what_no_message_could_hold_is_refused_before_it_is_read() {
    let bot = started().await;
    let markdown = format!("a{}b", "\n".repeat(8 * 32_768));
    let call = json!({ "chat_id": 1001, "rich_message": { "markdown": markdown } });
    assert_eq!(
        bot.refused("sendRichMessage", &call.to_string()).await,
        "400 Bad Request: RICH_MESSAGE_TOO_LONG"
    );
    let entity = json!({ "type": "bold", "offset": u64::MAX, "length": u64::MAX });
    bot.post("send", json!({ "user_id": 1001, "chat_id": 1001, "text": "x", "entities": [entity] })).await;
    assert!(bot.sim.messages(1001, None).last().expect("is there").entities.is_empty());
}

#[tokio::test]
async fn no_path_leads_out_of_the_files() {
    let folder = tempfile::tempdir().expect("is made");
    let bot =
        Bot::start(Options { state: Some(folder.path().join("playground.jsonl")), ..Options::default() })
            .await;
    bot.sim.say(1001, 1001, "/start").expect("said");
    for id in ["../playground.jsonl", "/etc/passwd", "documents/file_1.bin\0", "%2e%2e"] {
        let call = json!({ "file_id": id }).to_string();
        assert_eq!(bot.refused("getFile", &call).await, "400 Bad Request: invalid file_id", "{id}");
    }
    let token = Options::default().token;
    for path in [
        "..%2fplayground.jsonl",
        "documents/..%2f..%2fplayground.jsonl",
        "documents/%2e%2e/%2e%2e/playground.jsonl",
        "%2fetc%2fpasswd",
        "documents/%00",
    ] {
        let url = format!("{}/file/bot{token}/{path}", bot.playground.url());
        let response = bot.client.get(url).send().await.expect("answers");
        assert_eq!(response.status(), 404, "{path}");
    }
    bot.ok("getMe", "{}").await;
}
