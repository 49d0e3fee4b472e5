//! What the panel orders to go wrong, and that a person sees the real bot get through it; edits and reactions.

use serde_json::json;

use crate::browser::DESK;
use crate::demo::Demo;

/// Leaves a trace for each time that it runs.
const ONCE: &str = "- run: { command: 'echo ran >> trace', ask: false }\n- say: \"It is done.\"";

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_edit_makes_the_bot_wait_and_the_task_still_ends_rightly() {
    let demo = Demo::open(DESK, &[("once", ONCE)]).await;
    let browser = &demo.browser;
    browser.click("#hood").await;
    browser.click("#fault-flood").await;
    browser.see_part(".active-fault", "editMessageText").await;
    demo.say("/agent once go").await;
    demo.hears("It is done.").await;
    browser.see(".entry.call.failed .outcome", "429").await;
    // Not by the mouse: the list may still grow at its top, and the entry would be elsewhere.
    browser.evaluate("document.querySelector('.entry.call.failed summary').click()").await;
    browser.see_part(".entry[open] pre", "retry after").await;
    // Nothing but the card waits for the end of the ban.
    demo.hears("Done · once").await;
    let refused =
        "[...document.querySelectorAll('.entry .outcome')].filter((e) => e.innerText === '429').length";
    assert_eq!(browser.evaluate(refused).await, 1, "the bot waited as it was told");
    assert_eq!(demo.file("trace").as_deref(), Some("ran\n"));
    demo.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_shown_and_nothing_is_done_twice() {
    let demo = Demo::open(DESK, &[("once", ONCE)]).await;
    let browser = &demo.browser;
    browser.click("#hood").await;
    browser.click("#fault-lost").await;
    browser.see_part(".active-fault", "answer lost").await;
    demo.say("/agent once go").await;
    demo.hears("It is done.").await;
    demo.hears("Done · once").await;
    browser.see_part(".entry.call.failed .outcome", "cut").await;
    assert_eq!(demo.file("trace").as_deref(), Some("ran\n"), "what was asked for ran once");
    let answers = "[...document.querySelectorAll('.message.other .text')].filter((e) => e.innerText.includes('It is done.')).length";
    assert_eq!(browser.evaluate(answers).await, 1, "the answer came once");
    demo.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_edited_mark_opens_every_version_and_a_reaction_comes_and_goes() {
    let demo = Demo::open(DESK, &[("once", ONCE)]).await;
    let browser = &demo.browser;
    demo.say("/agent once go").await;
    demo.hears("It is done.").await;
    demo.hears("Done · once").await;
    browser.click(".message.other button.edited").await;
    browser.see(".dialog h3", "Edits of this message").await;
    browser.see_that("document.querySelectorAll('.version').length > 1").await;
    browser.see_part(".version .fresh", "Done · once").await;
    browser.see_part(".version:last-child .version-head", "Sent").await;
    browser.click_on(".dialog button", "Close").await;
    browser.see_that("!document.querySelector('.dialog').open").await;

    browser.click(".message.own [aria-label='More actions']").await;
    browser.click_on(".menu-emoji", "🎉").await;
    let chip = ".message.own .reaction[aria-pressed='true']";
    browser.see_that(&format!("document.querySelector({})?.ariaLabel === '🎉 by You'", json!(chip))).await;
    browser.click(chip).await;
    browser.see_that("!document.querySelector('.message.own .reaction')").await;
    demo.close().await;
}
