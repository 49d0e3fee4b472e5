//! The playground over HTTP, as a bot and a page meet it.

mod support;

use super::*;
use support::Bot;

#[tokio::test]
async fn a_person_writes_and_the_bot_answers() {
    let bot = Bot::start(Options::default()).await;
    bot.sim.say(1001, 1001, "/start").expect("said");
    let updates = bot.updates("{}").await;
    assert_eq!(updates[0]["message"]["text"], "/start");
    let sent = bot.ok("sendMessage", r#"{"chat_id":1001,"text":"hello"}"#).await;
    assert_eq!(sent["message_id"], 2);
}
