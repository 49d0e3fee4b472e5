//! Telegram's answers are told apart by what can be done, and no error holds the token.

use serde::de::IgnoredAny;
use serde_json::json;
use teloxide::payloads::GetMe;
use teloxide::types::User;

use super::super::fake::{Fake, ME, TOKEN};
use super::*;

fn error(status: u16, body: &str) -> CallError {
    decode::<IgnoredAny>("sendMessage", status, body.as_bytes()).expect_err("an error")
}

fn refused(code: u16, description: &str, migrated_to: Option<i64>) -> CallError {
    CallError::Refused(Refusal { code, description: description.to_owned(), migrated_to })
}

#[test]
fn an_answer_is_told_apart_by_what_can_be_done_about_it() {
    let flood = |seconds| CallError::Flood(Duration::from_secs(seconds));
    let unreachable = |text: &str| CallError::Unreachable(text.to_owned());
    let cases = [
        (
            400,
            json!({"ok": false, "error_code": 400, "description": "Bad Request: x"}),
            refused(400, "Bad Request: x", None),
        ),
        (
            400,
            json!({"ok": false, "error_code": 400, "description": "up", "parameters": {"migrate_to_chat_id": -1_007}}),
            refused(400, "up", Some(-1_007)),
        ),
        (403, json!({"ok": false, "description": "Forbidden: no"}), refused(403, "Forbidden: no", None)),
        (401, json!({"ok": false, "error_code": 401}), refused(401, "no reason given", None)),
        (429, json!({"ok": false, "error_code": 429, "parameters": {"retry_after": 13_938}}), flood(13_938)),
        (429, json!({"ok": false, "error_code": 429, "description": "Too Many Requests"}), flood(5)),
        (
            429,
            json!({"ok": false, "error_code": 429, "parameters": {"retry_after": 3, "some_new_kind": {"x": 1}}}),
            flood(3),
        ),
        (
            500,
            json!({"ok": false, "error_code": 500, "description": "Internal Server Error"}),
            unreachable("Internal Server Error (500)"),
        ),
        (200, json!({"ok": true}), unreachable("the answer to sendMessage has a form that is not known")),
        (200, json!(["?"]), unreachable("HTTP 200 with an answer that is not Telegram's")),
    ];
    for (status, body, expected) in cases {
        assert_eq!(error(status, &body.to_string()), expected, "{body}");
    }
    for (status, body) in [(502, "<html>"), (404, ""), (301, "moved"), (200, "\u{fffd}")] {
        assert_eq!(
            error(status, body),
            unreachable(&format!("HTTP {status} with an answer that is not Telegram's"))
        );
    }
}

#[test]
fn only_what_is_asked_for_is_read_of_a_result() {
    let body =
        br#"{"ok":true,"result":{"message_id":7,"chat":{"type":"of a new kind"},"date":"?"},"more":1}"#;
    let id: teloxide::types::MessageId = decode("sendMessage", 200, body).unwrap();
    assert_eq!(id.0, 7);
}

#[tokio::test]
async fn a_call_goes_to_the_bots_own_address() {
    let fake = Fake::start([(200, ME)]).await;
    let me: User = fake.api().call(&GetMe::new()).await.unwrap();
    assert_eq!(me.username.as_deref(), Some("adj_bot"));
    assert_eq!(fake.calls()[0].path, format!("/bot{TOKEN}/getMe"));
}

#[tokio::test]
async fn the_token_is_in_no_error() {
    let error = Fake::nowhere().await.api().call::<_, User>(&GetMe::new()).await.expect_err("nobody listens");
    let text = format!("{error} {error:?}");
    assert!(text.contains("refused"), "the reason is told: {text}");
    assert!(!text.contains("SECRET") && !text.contains("/bot"), "{text}");
}
