//! What a newcomer does first with the real demo: the tour, approvals, groups and topics, files.

use crate::browser::{DESK, PHONE};
use crate::demo::Demo;

/// Two files, each with a question in front.
const TWO_NOTES: &str = "- write: { path: first.md, content: one }\n- write: { path: second.md, content: two }\n\
                         - say: \"**That was all** of it.\"";

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_goes_to_its_result_by_clicks_alone() {
    let demo = Demo::open(PHONE, &[]).await;
    let browser = &demo.browser;
    browser.see_part("#welcome", "is scripted: no model, no key").await;
    browser.click("#welcome-close").await;
    browser.see_that("document.querySelector('#welcome').hidden").await;
    browser.click_on(".row strong", "Adjutant").await;
    browser.click_on(".chip", "/start").await;
    demo.hears("Hello, You.").await;
    browser.click_on(".key", "Try tour").await;
    browser.click_on(".key", "Dear team,").await;
    demo.hears("wants to write a file").await;
    browser.click_on(".key", "Allow").await;
    demo.hears("date; cat adjutant-tour.md").await;
    browser.click_on(".key", "Allow").await;
    browser.see_part(".message.other .text", "That was the tour").await;
    browser.click_on(".document .view-toggle", "View").await;
    browser.see_part(".document pre", "You asked: Show me around").await;
    assert!(demo.file("adjutant-tour.md").unwrap().starts_with("Dear team,"));
    demo.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_allowed_by_button_happens_and_what_is_denied_does_not() {
    let demo = Demo::open(DESK, &[("two-notes", TWO_NOTES)]).await;
    let browser = &demo.browser;
    demo.say("/agent two-notes go").await;
    demo.hears("first.md").await;
    browser.click_on(".key", "Allow").await;
    browser.see(".toast", "Allowed.").await;
    demo.hears("✓ Allowed by You").await;
    demo.hears("second.md").await;
    browser.click_on(".key", "Deny").await;
    demo.hears("✗ Denied by You").await;
    demo.hears("That was all of it.").await;
    assert_eq!(demo.file("first.md").as_deref(), Some("one"));
    assert_eq!(demo.file("second.md"), None, "what was denied did not happen");
    demo.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_hears_mentions_and_each_topic_is_a_conversation_of_its_own() {
    let greet = "- say: \"turn {{turn}}: {{prompt}}\"";
    let demo = Demo::open(DESK, &[("greet", greet)]).await;
    let browser = &demo.browser;
    browser.click_on(".row strong", "Lounge").await;
    demo.say("just talk among people").await;
    demo.say("/agent@adjutant_demo_bot greet in the group").await;
    demo.hears("turn 1: in the group").await;
    demo.say("@adjutant_demo_bot a mention").await;
    demo.hears("turn 2: ").await;

    browser.click_on(".row.topic strong", "General").await;
    demo.say("/agent greet in General").await;
    demo.hears("turn 1: in General").await;
    browser.click_on(".row.topic strong", "api").await;
    browser.see_that("document.querySelectorAll('.message:not(.service)').length === 0").await;
    demo.say("/agent greet in a topic").await;
    demo.hears("turn 1: in a topic").await;
    demo.say("@adjutant_demo_bot again").await;
    demo.hears("turn 2: ").await;
    browser.click_on(".row.topic strong", "web").await;
    browser.see_that("document.querySelectorAll('.message:not(.service)').length === 0").await;
    browser.click_on(".row strong", "Lounge").await;
    browser.see_that("document.querySelector('.message.other')").await;
    let answers = "[...document.querySelectorAll('.message.other .text')].filter((e) => e.innerText.includes('turn')).length";
    assert_eq!(browser.evaluate(answers).await, 2, "the group has its own answers, and none to talk");
    demo.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_file_reaches_the_agent_and_can_be_opened() {
    let count = "- run: { command: 'cat $FILES', ask: false }\n- say: \"I read {{files}}\"";
    let demo = Demo::open(DESK, &[("reader", count)]).await;
    let browser = &demo.browser;
    browser.drop_file("#messages", "shopping.txt", "three lemons\n").await;
    browser.see_part("#context", "shopping.txt").await;
    demo.say("/agent reader look").await;
    browser.see(".message.own .chip-name strong", "shopping.txt").await;
    demo.hears("I read ").await;
    // Not by the mouse: the chat may still be gliding to its end, and the button with it.
    browser.evaluate("document.querySelector('.message.own .view-toggle').click()").await;
    browser.see(".message.own pre", "three lemons").await;
    let link =
        "fetch(document.querySelector('.message.own .chip-file').href).then((answer) => answer.text())";
    assert_eq!(browser.evaluate(link).await, "three lemons\n", "a click brings it back as it was");
    demo.close().await;
}
