//! The playground's page as a person sees it: real Chromium, real clicks and keys, a bot that speaks the Bot API.
//!
//! Needs `chromium` in `PATH`, hence the feature `page-tests`. Waits for what is to be seen, never for time.

#![cfg(target_os = "linux")]
// Whatever goes wrong here fails the test, helpers included.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod browser;
mod client;
mod demo;
mod faults;
mod long;
mod looks;
mod pictures;
#[path = "../it/support/sim.rs"]
#[allow(dead_code, reason = "shared; not everything is done here")]
mod sim;
mod stage;
mod tour;

use serde_json::json;

use browser::{DESK, PHONE};
use stage::{LOUNGE, Stage, YOU};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_writes_reaches_the_bot_and_its_answer_is_shown() {
    let mut stage = Stage::open(DESK).await;
    stage.browser.click("#input").await;
    stage.browser.write("/agent tour").await;
    stage.browser.press("Enter").await;
    let message = stage.bot.next("message").await;
    assert_eq!(message["text"], "/agent tour");
    assert_eq!(message["entities"][0], json!({ "type": "bot_command", "offset": 0, "length": 6 }));

    let text = "All done\nls -la";
    let entities = json!([
        { "type": "bold", "offset": 0, "length": 3 },
        { "type": "pre", "offset": 9, "length": 6, "language": "sh" },
    ]);
    stage.bot.send(json!({ "chat_id": YOU, "text": text, "entities": entities })).await;
    stage.browser.see(".message.other strong", "All").await;
    stage.browser.see(".message.other pre", "ls -la").await;
    assert_eq!(stage.browser.text("#input").await, "", "what was sent is gone from the input");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pressed_button_reaches_the_bot_and_the_toast_and_the_edit_are_shown() {
    let mut stage = Stage::open(DESK).await;
    let keys = json!([[{ "text": "Allow", "callback_data": "a" }, { "text": "Deny", "callback_data": "d" }]]);
    let asked = json!({ "chat_id": YOU, "text": "May I?", "reply_markup": { "inline_keyboard": keys } });
    let id = stage.bot.send(asked).await;
    stage.browser.see(".key", "Deny").await;
    stage.browser.click_on(".key", "Allow").await;
    let query = stage.bot.next("callback_query").await;
    assert_eq!((&query["data"], &query["from"]["id"]), (&json!("a"), &json!(YOU)));
    stage.browser.see_that("document.querySelector('.key.busy')?.innerText === 'Allow'").await;

    let answer = json!({ "callback_query_id": query["id"], "text": "Allowed" });
    stage.bot.call("answerCallbackQuery", answer).await;
    stage.browser.see(".toast", "Allowed").await;
    let edit = json!({ "chat_id": YOU, "message_id": id, "text": "It is done" });
    stage.bot.call("editMessageText", edit).await;
    stage.browser.see(".message.other .text", "It is done").await;
    stage.browser.see_that("document.querySelectorAll('.key').length === 0").await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bot_sends_is_shown_as_text_and_never_run() {
    let stage = Stage::open(DESK).await;
    let hostile = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>";
    let keys = json!([[{ "text": hostile, "callback_data": "x" }]]);
    let message = json!({ "chat_id": YOU, "text": hostile, "reply_markup": { "inline_keyboard": keys } });
    stage.bot.send(message).await;
    stage.browser.see(".key", hostile).await;
    let found = "document.querySelectorAll('.message img, .message script').length";
    assert_eq!(stage.browser.evaluate(found).await, 0);
    assert_ne!(stage.browser.evaluate("document.title").await, "pwned");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_person_speaks_for_themselves_and_sees_their_own_chats() {
    let mut stage = Stage::open(DESK).await;
    stage.bot.send(json!({ "chat_id": YOU, "text": "for your eyes only" })).await;
    stage.browser.see(".message.other .text", "for your eyes only").await;
    stage.browser.click("#persona").await;
    stage.browser.click_on(".menu-item .menu-label", "Mallory (stranger)").await;
    stage.browser.see_that("document.querySelectorAll('.message').length === 0").await;
    stage.browser.click_on(".row strong", "Lounge").await;
    stage.browser.click("#input").await;
    // Faster than the first is answered: both are sent, in this order.
    for command in ["/status", "/help"] {
        stage.browser.write(command).await;
        stage.browser.press("Enter").await;
    }
    let message = stage.bot.next("message").await;
    assert_eq!((&message["from"]["first_name"], &message["chat"]["id"]), (&json!("Mallory"), &json!(LOUNGE)));
    assert_eq!(message["text"], "/status");
    assert_eq!(stage.bot.next("message").await["text"], "/help");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_shows_a_long_approval_without_scrolling_sideways() {
    let stage = Stage::open(PHONE).await;
    let text = format!("wants to run a command\n{}\n{}", "cargo test ".repeat(40), "x".repeat(300));
    let entities = json!([{ "type": "pre", "offset": 23, "length": text.encode_utf16().count() - 23 }]);
    let keys = ["Allow", "Always…", "Deny"].map(|text| json!({ "text": text, "callback_data": text }));
    let message = json!({
        "chat_id": YOU, "text": text, "entities": entities, "reply_markup": { "inline_keyboard": [keys] },
    });
    stage.bot.send(message).await;
    stage.browser.see(".key", "Deny").await;
    assert_eq!(stage.browser.evaluate("document.documentElement.scrollWidth <= innerWidth").await, true);
    let inside = "[...document.querySelectorAll('.key')].every((key) => {
        const box = key.getBoundingClientRect();
        return box.left >= 0 && box.right <= innerWidth && box.height >= 32;
    })";
    assert_eq!(stage.browser.evaluate(inside).await, true, "every button is in sight and can be hit");
    stage.close().await;
}
