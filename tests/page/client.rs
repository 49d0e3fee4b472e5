//! What a person does in any chat client: commands, replies, edits, unread marks, pins, drafts, all by keyboard too.

use serde_json::json;

use crate::browser::DESK;
use crate::stage::{LOUNGE, Stage, YOU};

#[tokio::test(flavor = "multi_thread")]
async fn the_bots_commands_are_offered_and_chosen_by_keyboard() {
    let mut stage = Stage::open(DESK).await;
    let commands = ["agents", "help", "history"]
        .map(|command| json!({ "command": command, "description": format!("about {command}") }));
    stage.bot.call("setMyCommands", json!({ "commands": commands })).await;
    stage.browser.click("#input").await;
    stage.browser.write("/h").await;
    stage.browser.see_that("document.querySelectorAll('.suggestion').length === 2").await;
    stage.browser.see(".suggestion span", "about history").await;
    stage.browser.press("ArrowDown").await;
    stage.browser.press("ArrowDown").await;
    stage.browser.see(".suggestion[aria-selected='true'] strong", "/history").await;
    stage.browser.press("Enter").await;
    assert_eq!(stage.bot.next("message").await["text"], "/history");
    stage.browser.see_that("document.querySelector('#suggestions').hidden").await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_is_reached_and_pressed_without_a_mouse() {
    let mut stage = Stage::open(DESK).await;
    let keys = json!([[{ "text": "Allow", "callback_data": "a" }, { "text": "Deny", "callback_data": "d" }]]);
    let asked = json!({ "chat_id": YOU, "text": "May I?", "reply_markup": { "inline_keyboard": keys } });
    stage.bot.send(asked).await;
    stage.browser.see(".key", "Deny").await;
    // More steps than there are places to go.
    for _ in 0..60 {
        stage.browser.press("Tab").await;
        if stage.browser.evaluate("document.activeElement.innerText").await == "Deny" {
            break;
        }
    }
    stage.browser.press("Enter").await;
    assert_eq!(stage.bot.next("callback_query").await["data"], "d");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_answered_corrected_and_taken_back() {
    let mut stage = Stage::open(DESK).await;
    stage.bot.send(json!({ "chat_id": YOU, "text": "Which one?" })).await;
    stage.browser.see(".message.other .text", "Which one?").await;
    stage.browser.click(".message.other [aria-label='Reply']").await;
    stage.browser.see_part("#context", "Which one?").await;
    stage.browser.write("this one").await;
    stage.browser.press("Enter").await;
    let reply = stage.bot.next("message").await;
    assert_eq!(
        (&reply["text"], &reply["reply_to_message"]["text"]),
        (&json!("this one"), &json!("Which one?"))
    );
    stage.browser.see_that("document.querySelector('#context').hidden").await;
    stage.browser.see_part(".message.own .text", "this one").await;

    stage.browser.press("ArrowUp").await;
    assert_eq!(stage.browser.text("#input").await, "this one");
    stage.browser.write(", or that").await;
    stage.browser.press("Enter").await;
    assert_eq!(stage.bot.next("edited_message").await["text"], "this one, or that");
    stage.browser.see_part(".message.own .text", "this one, or that").await;

    let newest = format!(".message[data-id='{}']", reply["message_id"]);
    stage.browser.click(&format!("{newest} [aria-label='More actions']")).await;
    stage.browser.click_on(".menu-item .menu-label", "Delete").await;
    stage.browser.see_that(&format!("!document.querySelector({})", json!(newest))).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_in_elsewhere_is_unread_until_it_is_opened() {
    let stage = Stage::open(DESK).await;
    for text in ["one", "two"] {
        stage.bot.send(json!({ "chat_id": LOUNGE, "text": text })).await;
    }
    stage.browser.see(".row .badge", "2").await;
    stage.browser.see_that("document.title === '(2) Adjutant playground'").await;
    stage.browser.click_on(".row strong", "Lounge").await;
    stage.browser.see(".message.other .text", "two").await;
    stage
        .browser
        .see_that("[...document.querySelectorAll('.row .badge')].every((badge) => badge.hidden)")
        .await;
    stage.browser.see_that("document.title === 'Adjutant playground'").await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_shown_as_it_grows_and_can_be_stopped() {
    let mut stage = Stage::open(DESK).await;
    for text in ["One", "One, two"] {
        let draft = json!({ "chat_id": YOU, "draft_id": 7, "text": text, "can_stop": true });
        stage.bot.call("sendMessageDraft", draft).await;
        stage.browser.see_part("#preview .text", text).await;
    }
    stage
        .bot
        .call("getUpdates", json!({ "allowed_updates": ["message", "stopped_message_generation"] }))
        .await;
    stage.browser.click("#stop-draft").await;
    assert_eq!(stage.bot.next("stopped_message_generation").await["draft_id"], 7);
    stage.browser.see_that("document.querySelector('#preview').hidden").await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pinned_message_is_one_press_away() {
    let stage = Stage::open(DESK).await;
    let id = stage.bot.send(json!({ "chat_id": YOU, "text": "The rules" })).await;
    stage.bot.call("pinChatMessage", json!({ "chat_id": YOU, "message_id": id })).await;
    for number in 0..40 {
        stage.bot.send(json!({ "chat_id": YOU, "text": format!("Talk {number}") })).await;
    }
    stage.browser.see("#pinned-text", "The rules").await;
    stage.browser.see(".message .text", "Talk 39").await;
    stage.browser.click("#pinned").await;
    stage
        .browser
        .see_that(&format!(
            "(() => {{
            const box = document.querySelector(\".message[data-id='{id}']\").getBoundingClientRect();
            return box.top >= 0 && box.bottom <= innerHeight;
        }})()"
        ))
        .await;
    stage.bot.call("unpinChatMessage", json!({ "chat_id": YOU, "message_id": id })).await;
    stage.browser.see_that("document.querySelector('#pinned').hidden").await;
    stage.close().await;
}
