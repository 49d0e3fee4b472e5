//! How the page looks and what it tells those who cannot see it: both themes, a desk and a phone.

use serde_json::json;

use crate::browser::{Browser, DESK, PHONE, Screen, Theme};
use crate::demo::Demo;

const LOOKS: [(Screen, Theme); 4] =
    [(DESK, Theme::Light), (DESK, Theme::Dark), (PHONE, Theme::Dark), (PHONE, Theme::Light)];

/// What reaches beyond the screen and cannot be scrolled to.
const OUTSIDE: &str = "(() => {
    const wide = (e) => {
        const box = e.getBoundingClientRect();
        return box.width > 0 && box.height > 0 && (box.left < -1 || box.right > innerWidth + 1);
    };
    const clips = (e) => getComputedStyle(e).overflowX !== 'visible' && !wide(e);
    const clipped = (e) => e.parentElement && (clips(e.parentElement) || clipped(e.parentElement));
    const sideways = (e) => e.scrollWidth > e.clientWidth && e.matches('html, body, #scroller, #chats, #panel');
    return [...document.querySelectorAll('*')].filter((e) => sideways(e) || (wide(e) && !clipped(e)))
        .map((e) => e.outerHTML.slice(0, 120));
})()";

/// Whether the input is on the screen, with nothing over it.
const INPUT_IN_SIGHT: &str = "(() => {
    const box = document.querySelector('#input').getBoundingClientRect();
    return box.top >= 0 && box.bottom <= innerHeight
        && document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)?.id === 'input';
})()";

/// Whether the newest message is in sight to its last button, as it was before the screen turned.
const NEWEST_IN_SIGHT: &str = "(() => {
    const keys = [...document.querySelectorAll('.key')].at(-1).getBoundingClientRect();
    return keys.bottom <= document.querySelector('#scroller').getBoundingClientRect().bottom;
})()";

/// Texts whose contrast to what is behind them is under 4.5, as WCAG counts it.
const FAINT: &str = "(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const channels = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data;
    };
    const behind = (e) => {
        const colour = channels(getComputedStyle(e).backgroundColor);
        return colour[3] === 255 || !e.parentElement ? colour : behind(e.parentElement);
    };
    const light = (colour) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => {
        const part = colour[at] / 255;
        return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    }, 0.05);
    const contrast = (e) => {
        const [dark, bright] = [light(channels(getComputedStyle(e).color)), light(behind(e))].sort((a, b) => a - b);
        return bright / dark;
    };
    return [...document.querySelectorAll('.message .text, .message pre, .row strong, .row .preview, #input')]
        .filter((e) => contrast(e) < 4.5).map((e) => `${contrast(e).toFixed(1)}: ${e.outerHTML.slice(0, 120)}`);
})()";

#[tokio::test(flavor = "multi_thread")]
async fn on_a_desk_and_a_phone_light_and_dark_everything_is_in_sight_and_has_a_name() {
    let long = format!(
        "- run: {{ command: \"printf {}\", allow_failure: true }}\n- say: \"{}\"",
        "x".repeat(200),
        "long ".repeat(200)
    );
    let demo = Demo::open(DESK, &[("long-winded", &long)]).await;
    let browser = &demo.browser;
    // More than fits on any of the screens.
    demo.say("/help").await;
    demo.hears("Write what you want done").await;
    demo.say("/agent long-winded go").await;
    demo.hears("xxxxxx").await;
    browser.see(".key", "Deny").await;
    for (screen, theme) in LOOKS {
        browser.look(screen, theme).await;
        check(browser, &format!("the chat, {screen:?} {theme:?}")).await;
        assert_eq!(browser.evaluate(INPUT_IN_SIGHT).await, true, "the input, {screen:?} {theme:?}");
        browser.see_that(NEWEST_IN_SIGHT).await;
        // Chromium gives what it has not drawn yet its new colours only when it draws it.
        browser.see_that(&format!("{FAINT}.length === 0")).await;
        browser.click("#hood").await;
        browser.see_that("document.querySelector('.entry')").await;
        check(browser, &format!("the panel, {screen:?} {theme:?}")).await;
        browser.click("#panel-close").await;
    }
    browser.click("#back").await;
    browser.see_that("document.querySelector('#persona').offsetWidth > 0").await;
    check(browser, "the list of chats on a phone").await;
    browser.click("#persona").await;
    check(browser, "the menu of persons on a phone").await;
    demo.close().await;
}

async fn check(browser: &Browser, place: &str) {
    assert_eq!(browser.evaluate(OUTSIDE).await, json!([]), "{place}: reaches out of the screen");
    assert_eq!(browser.nameless().await, Vec::<String>::new(), "{place}: without a name");
}
