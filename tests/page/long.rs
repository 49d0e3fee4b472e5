//! A conversation of very many messages: what is near is drawn, all of it can be reached, and it is let go of again.

use serde_json::json;

use super::browser::PHONE;
use super::stage::{Stage, YOU};

/// The messages that are drawn, by their ids in the order of the page.
const DRAWN: &str = "[...document.querySelectorAll('.message')].map((message) => Number(message.dataset.id))";
/// So many are drawn of a conversation that is opened.
const OPENED: u32 = 120;
/// More than this is let go of by who reads the newest ones.
const MOST: usize = 360;

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_messages_are_drawn_as_one_scrolls_and_let_go_of_at_the_newest() {
    let stage = Stage::open(PHONE).await;
    for number in 2..=1_000 {
        stage.bot.send(json!({ "chat_id": YOU, "text": format!("Message {number}") })).await;
    }
    stage.browser.see(".message .text", "Message 1000").await;
    stage.browser.see_that(&format!("{DRAWN}.length <= {MOST}")).await;

    // As one who scrolls up for as long as there is something.
    let first_in_sight = "document.querySelector('.message[data-id=\"1\"]') !== null";
    let scroll_up = "document.getElementById('scroller').scrollTo(0, 0)";
    stage.browser.see_that(&format!("({scroll_up}, {first_in_sight})")).await;
    let all: Vec<u32> = (1..=1_000).collect();
    assert_eq!(stage.browser.evaluate(DRAWN).await, json!(all), "all of them, each once, in their order");

    stage.bot.send(json!({ "chat_id": YOU, "text": "meanwhile" })).await;
    stage.browser.see("#to-bottom .badge", "1").await;
    stage.browser.click("#to-bottom").await;
    stage.bot.send(json!({ "chat_id": YOU, "text": "the last one" })).await;
    stage.browser.see(".message .text", "the last one").await;
    stage.browser.see_that(&format!("{DRAWN}.length <= {MOST}")).await;

    stage.browser.click("#back").await;
    stage.browser.click_on(".row strong", "Adjutant").await;
    stage.browser.see(".message .text", "the last one").await;
    let newest: Vec<u32> = (1_002 - OPENED + 1..=1_002).collect();
    assert_eq!(stage.browser.evaluate(DRAWN).await, json!(newest), "as if it was opened for the first time");
    stage.close().await;
}
