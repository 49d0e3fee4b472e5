//! Telegram's refusals, word for word.

use super::support::Bot;
use super::*;

/// Calls in order; `ok` or the refusal.
async fn check(bot: &Bot, table: &[(&str, String, &str)]) {
    for (method, json, expected) in table {
        let answer = bot.call(method, json).await;
        let told = match answer["ok"].as_bool() {
            Some(true) => "ok".to_owned(),
            _ => format!("{} {}", answer["error_code"], answer["description"].as_str().unwrap_or("")),
        };
        assert_eq!(told, *expected, "{method} {}", &json[..json.len().min(200)]);
    }
}

async fn started() -> Bot {
    let bot = Bot::start(Options::default()).await;
    bot.sim.say(1001, 1001, "/start").expect("said");
    bot
}

fn s(text: &str) -> String {
    text.to_owned()
}

#[tokio::test]
async fn sending_is_refused_with_telegrams_texts() {
    let bot = started().await;
    let long = "x".repeat(4_097);
    let wide = "😀".repeat(4_096);
    let team = -1_001_000_000_001_i64;
    let buttons = |count: usize, data: &str| {
        let row: Vec<String> =
            (0..count).map(|_| format!(r#"{{"text":"b","callback_data":"{data}"}}"#)).collect();
        format!(r#"{{"chat_id":1001,"text":"x","reply_markup":{{"inline_keyboard":[[{}]]}}}}"#, row.join(","))
    };
    let empty = "400 Bad Request: message text is empty";
    check(
        &bot,
        &[
            ("sendMessage", s(r#"{"chat_id":1001}"#), empty),
            ("sendMessage", s(r#"{"chat_id":1001,"text":""}"#), empty),
            ("sendMessage", s(r#"{"chat_id":1001,"text":" \n "}"#), "400 Bad Request: text must be non-empty"),
            ("sendMessage", format!(r#"{{"chat_id":1001,"text":"{long}"}}"#), "400 Bad Request: message is too long"),
            ("sendMessage", format!(r#"{{"chat_id":1001,"text":"<b>{}</b>","parse_mode":"HTML"}}"#, &long[1..]), "ok"),
            ("sendMessage", format!(r#"{{"chat_id":1001,"text":"{wide}"}}"#), "ok"),
            ("sendMessage", s(r#"{"text":"x"}"#), "400 Bad Request: chat_id is empty"),
            ("sendMessage", s(r#"{"chat_id":4,"text":"x"}"#), "400 Bad Request: chat not found"),
            ("sendMessage", s(r#"{"chat_id":"@nobody","text":"x"}"#), "400 Bad Request: chat not found"),
            ("sendMessage", s(r#"{"chat_id":1003,"text":"x"}"#), "403 Forbidden: bot can't initiate conversation with a user"),
            ("sendMessage", buttons(100, "d"), "ok"),
            ("sendMessage", buttons(101, "d"), "400 Bad Request: reply markup is too long"),
            ("sendMessage", buttons(1, &"d".repeat(64)), "ok"),
            ("sendMessage", buttons(1, &"d".repeat(65)), "400 Bad Request: BUTTON_DATA_INVALID"),
            ("sendMessage", buttons(1, ""), "400 Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
            ("sendMessage", s(r#"{"chat_id":1001,"text":"x","reply_markup":"{"}"#), "400 Bad Request: can't parse reply keyboard markup JSON object"),
            ("sendMessage", s(r#"{"chat_id":1001,"text":"x","reply_parameters":{"message_id":99}}"#), "400 Bad Request: message to be replied not found"),
            ("sendMessage", s(r#"{"chat_id":1001,"text":"x","reply_parameters":{"message_id":99,"allow_sending_without_reply":true}}"#), "ok"),
            ("sendMessage", format!(r#"{{"chat_id":{team},"text":"x","message_thread_id":1}}"#), "400 Bad Request: message thread not found"),
            ("sendMessage", format!(r#"{{"chat_id":{team},"text":"x","message_thread_id":77}}"#), "400 Bad Request: message thread not found"),
            ("sendMessage", format!(r#"{{"chat_id":{team},"text":"x","message_thread_id":2}}"#), "ok"),
            ("sendMessage", s(r#"{"chat_id":1001,"text":"x","message_thread_id":2}"#), "400 Bad Request: message thread not found"),
            ("sendChatAction", s(r#"{"chat_id":1001,"action":"dancing"}"#), "400 Bad Request: wrong parameter action in request"),
            ("sendMessageDraft", format!(r#"{{"chat_id":{team},"draft_id":1,"text":"x"}}"#), "400 Bad Request: TEXTDRAFT_PEER_INVALID"),
            ("noSuchMethod", s("{}"), "404 Not Found"),
            ("SENDmessage", s(r#"{"chat_id":1001,"text":"x"}"#), "ok"),
        ],
    )
    .await;
}

#[tokio::test]
async fn editing_and_deleting_are_refused_with_telegrams_texts() {
    let bot = started().await;
    bot.ok("sendMessage", r#"{"chat_id":1001,"text":"one"}"#).await;
    let edit = |id: i64, text: &str| format!(r#"{{"chat_id":1001,"message_id":{id},"text":"{text}"}}"#);
    let not_modified = "400 Bad Request: message is not modified: specified new message content and reply markup are \
        exactly the same as a current content and reply markup of the message";
    check(
        &bot,
        &[
            ("editMessageText", edit(2, "one"), not_modified),
            ("editMessageText", edit(2, " one "), not_modified),
            ("editMessageText", edit(2, "two"), "ok"),
            ("editMessageText", edit(9, "two"), "400 Bad Request: message to edit not found"),
            ("editMessageText", edit(1, "two"), "400 Bad Request: message can't be edited"),
            ("editMessageText", edit(2, ""), "400 Bad Request: message text is empty"),
            ("editMessageText", edit(2, &"x".repeat(4_097)), "400 Bad Request: MESSAGE_TOO_LONG"),
            ("editMessageText", s(r#"{"text":"x"}"#), "400 Bad Request: message identifier is not specified"),
            (
                "editMessageCaption",
                s(r#"{"chat_id":1001,"message_id":2,"caption":"x"}"#),
                "400 Bad Request: there is no caption in the message to edit",
            ),
            ("editMessageReplyMarkup", s(r#"{"chat_id":1001,"message_id":2}"#), not_modified),
            (
                "deleteMessage",
                s(r#"{"chat_id":1001,"message_id":9}"#),
                "400 Bad Request: message to delete not found",
            ),
            ("deleteMessage", s(r#"{"chat_id":1001,"message_id":2}"#), "ok"),
            ("editMessageText", edit(2, "three"), "400 Bad Request: message to edit not found"),
            (
                "setMessageReaction",
                s(r#"{"chat_id":1001,"message_id":1,"reaction":[{"type":"emoji","emoji":"👀"}]}"#),
                "ok",
            ),
            (
                "setMessageReaction",
                s(r#"{"chat_id":1001,"message_id":1,"reaction":[{"type":"emoji","emoji":"🧀"}]}"#),
                "400 Bad Request: REACTION_INVALID",
            ),
            (
                "forwardMessage",
                s(r#"{"chat_id":1001,"from_chat_id":1001,"message_id":9}"#),
                "400 Bad Request: message to forward not found",
            ),
            ("copyMessage", s(r#"{"chat_id":1001,"from_chat_id":1001,"message_id":1}"#), "ok"),
            (
                "answerCallbackQuery",
                s(r#"{"callback_query_id":"1"}"#),
                "400 Bad Request: query is too old and response timeout expired or query ID is invalid",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn commands_are_checked_and_kept_by_scope_and_language() {
    let bot = started().await;
    let set = |command: &str, description: &str, rest: &str| {
        format!(r#"{{"commands":[{{"command":"{command}","description":"{description}"}}]{rest}}}"#)
    };
    let hundred_one: Vec<String> =
        (0..101).map(|n| format!(r#"{{"command":"c{n}","description":"d"}}"#)).collect();
    check(
        &bot,
        &[
            ("setMyCommands", set("help", "Help", ""), "ok"),
            ("setMyCommands", set("Help", "Help", ""), "400 Bad Request: BOT_COMMAND_INVALID"),
            ("setMyCommands", set("", "Help", ""), "400 Bad Request: command must be non-empty"),
            ("setMyCommands", set("help", "", ""), "400 Bad Request: command description must be non-empty"),
            (
                "setMyCommands",
                set(&"a".repeat(33), "Help", ""),
                "400 Bad Request: command length must not exceed 32",
            ),
            (
                "setMyCommands",
                set("a", &"x".repeat(257), ""),
                "400 Bad Request: command description length must not exceed 256",
            ),
            (
                "setMyCommands",
                format!(r#"{{"commands":[{}]}}"#, hundred_one.join(",")),
                "400 Bad Request: BOT_COMMANDS_TOO_MUCH",
            ),
            (
                "setMyCommands",
                set("stop", "Stop", r#","scope":{"type":"chat","chat_id":1001},"language_code":"de""#),
                "ok",
            ),
            (
                "setMyCommands",
                set("stop", "Stop", r#","scope":{"type":"moon"}"#),
                "400 Bad Request: can't parse BotCommandScope: Unsupported type specified",
            ),
            (
                "setMyCommands",
                set("stop", "Stop", r#","scope":{"type":"chat","chat_id":4}"#),
                "400 Bad Request: chat not found",
            ),
        ],
    )
    .await;
    let own =
        bot.ok("getMyCommands", r#"{"scope":{"type":"chat","chat_id":"1001"},"language_code":"de"}"#).await;
    assert_eq!(own[0]["command"], "stop");
    assert_eq!(bot.ok("getMyCommands", "{}").await[0]["command"], "help");
    assert_eq!(bot.ok("getMyCommands", r#"{"language_code":"de"}"#).await, serde_json::json!([]));
    assert_eq!(bot.sim.state().commands.len(), 2);
    bot.ok("deleteMyCommands", "{}").await;
    assert_eq!(bot.sim.state().commands.len(), 1);
}

#[tokio::test]
async fn a_wrong_token_is_unauthorized_and_a_wrong_path_unknown() {
    let bot = started().await;
    for (path, expected) in [
        ("/bot1:wrong/getMe", r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#),
        ("/nothing/here/at/all", r#"{"ok":false,"error_code":404,"description":"Not Found"}"#),
        ("/file/bot1:wrong/documents/x", r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#),
    ] {
        let response =
            bot.client.get(format!("{}{path}", bot.playground.url())).send().await.expect("answers");
        assert_eq!(response.text().await.expect("has a body"), expected, "{path}");
    }
}

#[tokio::test]
async fn too_many_messages_are_refused_with_the_time_to_wait() {
    let bot = Bot::start(Options { flood: true, ..Options::default() }).await;
    bot.sim.say(1001, 1001, "/start").expect("said");
    // How many pass depends on how fast this machine is; in the end one is refused.
    let mut answer = serde_json::Value::Null;
    for _ in 0..1_000 {
        answer = bot.call("sendMessage", r#"{"chat_id":1001,"text":"x"}"#).await;
        if answer["ok"] == false {
            break;
        }
    }
    assert_eq!(
        answer,
        serde_json::json!({
            "ok": false, "error_code": 429, "description": "Too Many Requests: retry after 3",
            "parameters": { "retry_after": 3 },
        })
    );
}
