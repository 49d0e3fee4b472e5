//! The first contact with Telegram: what is final, what is tried again.

use serde_json::json;

use super::super::fake::{Fake, ME, TOKEN};
use super::*;
use crate::domain::ids::ChatId;
use crate::ports::{Chat as _, Pace};

const REFUSED: &str = r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#;

#[tokio::test]
async fn learns_who_the_bot_is_and_does_not_show_its_token() {
    let fake = Fake::start([(200, ME)]).await;
    let telegram = fake.connect().await.unwrap();
    assert_eq!((telegram.id(), telegram.username()), (UserId(42), "adj_bot"));
    assert!(!format!("{telegram:?}").contains(TOKEN));
}

#[tokio::test]
async fn a_refused_token_is_final() {
    let fake = Fake::start([(401, REFUSED)]).await;
    assert_eq!(fake.connect().await.err(), Some(ConnectError::TokenRefused));
}

#[tokio::test]
async fn a_server_in_trouble_is_asked_again() {
    let fake = Fake::start([(502, "<html>"), (200, ME)]).await;
    fake.connect().await.unwrap();
    assert_eq!(fake.calls().len(), 2);
}

#[tokio::test]
async fn waiting_for_an_unreachable_server_can_be_cancelled() {
    let fake = Fake::nowhere().await;
    let shutdown = CancellationToken::new();
    let connecting = Telegram::connect(fake.settings(), &shutdown);
    let (end, ()) = tokio::join!(connecting, async {
        tokio::task::yield_now().await;
        shutdown.cancel();
    });
    assert_eq!(end.err(), Some(ConnectError::Cancelled));
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_token() {
    let fake = Fake::start([(307, "go there"), (200, ME)]).await;
    fake.connect().await.unwrap();
    let paths: Vec<_> = fake.calls().into_iter().map(|call| call.path).collect();
    assert_eq!(paths, [format!("/bot{TOKEN}/getMe"), format!("/bot{TOKEN}/getMe")]);
}

#[tokio::test]
async fn settings_that_cannot_work_are_named_without_their_value() {
    let shutdown = CancellationToken::new();
    shutdown.cancel();
    for (api_url, proxy, name) in [
        ("api.telegram.org", None, "TELOXIDE_API_URL"),
        ("ftp://pass:word@host", None, "TELOXIDE_API_URL"),
        ("http://127.0.0.1:1", Some("pass:word@host:3128"), "TELOXIDE_PROXY"),
        ("http://127.0.0.1:1", Some("gopher://pass:word@host"), "TELOXIDE_PROXY"),
    ] {
        let settings = ConnectSettings { token: TOKEN, api_url, proxy };
        let error = Telegram::connect(settings, &shutdown).await.expect_err("refused").to_string();
        assert!(error.contains(name) && !error.contains("pass:word"), "{error}");
    }
}

#[tokio::test]
async fn commands_are_announced_in_every_scope_even_when_one_fails() {
    let done = r#"{"ok":true,"result":true}"#;
    let fake =
        Fake::start([(200, ME), (400, r#"{"ok":false,"error_code":400}"#), (200, done), (200, done)]).await;
    let telegram = fake.connect().await.unwrap();
    telegram.announce_commands(&[("agent", "Run an agent")]).await;
    let calls = fake.calls();
    let scopes: Vec<_> = calls[1..].iter().map(|call| call.json()["scope"]["type"].clone()).collect();
    assert_eq!(scopes, ["default", "all_private_chats", "all_group_chats"]);
    assert_eq!(calls[1].method(), "setMyCommands");
    assert_eq!(calls[1].json()["commands"], json!([{"command": "agent", "description": "Run an agent"}]));
}

#[tokio::test]
async fn groups_are_slower_than_private_chats_unless_a_server_has_limits_of_its_own() {
    let telegram = Fake::start([(200, ME)]).await.connect().await.unwrap();
    assert_eq!(telegram.pace(ChatId(7)).interval, Duration::from_secs(1));
    assert_eq!(telegram.pace(ChatId(-100)).edit_interval, Duration::from_secs(4));
    let pace = Pace { burst: 9, interval: Duration::ZERO, edit_interval: Duration::ZERO };
    assert_eq!(telegram.with_pace(pace).pace(ChatId(-100)), pace);
}
