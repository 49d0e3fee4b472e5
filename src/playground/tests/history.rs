//! A playground that was killed comes back as it was.

use std::io::Write;

use serde_json::json;

use super::support::Bot;
use super::*;

const STATE: &str = "chats.jsonl";

fn options(folder: &std::path::Path) -> Options {
    Options { state: Some(folder.join(STATE)), ..Options::default() }
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().expect("is made");
    let bot = Bot::start(options(folder.path())).await;
    bot.sim.say(1001, 1001, "first").expect("said");
    let first = bot.updates("{}").await[0]["update_id"].as_i64().expect("is a number");
    bot.updates(&format!(r#"{{"offset":{},"allowed_updates":["message","callback_query"]}}"#, first + 1))
        .await;
    bot.sim.say(1001, 1001, "second").expect("said");
    let markup = json!({ "inline_keyboard": [[{ "text": "A", "callback_data": "a" }]] });
    bot.ok("sendMessage", &json!({ "chat_id": 1001, "text": "mine", "reply_markup": markup }).to_string())
        .await;
    bot.ok("editMessageText", r#"{"chat_id":1001,"message_id":3,"text":"mine, edited"}"#).await;
    bot.ok("setMyCommands", r#"{"commands":[{"command":"a","description":"b"}]}"#).await;
    bot.ok("setMyName", r#"{"name":"Renamed"}"#).await;
    bot.ok(
        "setMessageReaction",
        r#"{"chat_id":1001,"message_id":1,"reaction":[{"type":"emoji","emoji":"👀"}]}"#,
    )
    .await;
    let query = bot.sim.tap(&Tap::data(1001, 1001, 3, "a")).expect("tapped");
    bot.sim.chat(&ChatChange::new(ChatAction::Migrate, -1_000_000)).expect("migrated");
    let (state, transcript) = (bot.sim.state(), bot.sim.transcript(None));

    // No farewell: what a kill leaves behind is what is in the file now.
    let copy = tempfile::tempdir().expect("is made");
    std::fs::copy(folder.path().join(STATE), copy.path().join(STATE)).expect("is copied");
    let mut file = std::fs::OpenOptions::new().append(true).open(copy.path().join(STATE)).expect("opens");
    file.write_all(b"{\"Change\":{\"at\":17,\"chan").expect("is torn");
    drop(file);

    let bot = Bot::start(options(copy.path())).await;
    let again = bot.sim.state();
    assert!(again.seq > state.seq, "event numbers are not used twice");
    assert_eq!(SimState { seq: 0, ..again }, SimState { seq: 0, ..state });
    assert_eq!(bot.sim.transcript(None), transcript);
    let updates = bot.updates("{}").await;
    assert_eq!(updates[0]["message"]["text"], "second");
    assert_eq!(updates[0]["update_id"], first + 1);
    bot.ok("answerCallbackQuery", &json!({ "callback_query_id": query }).to_string()).await;
    let next = bot.sim.say(1001, 1001, "third").expect("said");
    assert_eq!(next, [4]);
    assert_eq!(
        bot.updates("{}").await.last().map(|update| update["message"]["text"].clone()),
        Some(json!("third"))
    );
    drop(bot);

    let bot = Bot::start(options(copy.path())).await;
    assert_eq!(
        bot.sim.messages(1001, None).last().map(|message| message.content().to_owned()),
        Some("third".into())
    );
}

#[tokio::test]
async fn a_long_history_is_folded_into_one_line() {
    let folder = tempfile::tempdir().expect("is made");
    let bot = Bot::start(options(folder.path())).await;
    for n in 0..1_100 {
        bot.sim.say(1001, 1001, &format!("message {n}")).expect("said");
    }
    let transcript = bot.sim.transcript(None);
    drop(bot);
    let lines = || std::fs::read_to_string(folder.path().join(STATE)).expect("reads").lines().count();
    assert!(lines() > 2_000);
    let bot = Bot::start(options(folder.path())).await;
    assert_eq!(lines(), 1);
    assert_eq!((bot.sim.transcript(None), bot.sim.pending_updates()), (transcript, 1_100));
}

#[tokio::test]
async fn a_damaged_history_is_named_with_its_line() {
    let folder = tempfile::tempdir().expect("is made");
    std::fs::write(folder.path().join(STATE), "{\"Change\":{}}\n").expect("writes");
    let error = Playground::start(options(folder.path())).await.err().expect("does not start");
    let text = error.to_string();
    assert!(text.contains("chats.jsonl, line 1: ") && text.contains("remove the file"), "{text}");
}

#[tokio::test]
async fn event_numbers_are_never_used_twice_and_whoever_waits_hears_of_a_restart() {
    let folder = tempfile::tempdir().expect("is made");
    let mut newest = 0;
    for life in 0..3 {
        let bot = Bot::start(options(folder.path())).await;
        let events = bot.sim.wait_event(newest).await;
        assert!(events.iter().all(|event| event.seq > newest), "life {life}: {events:?}");
        bot.sim.say(1001, 1001, "/start").expect("said");
        // It uses up a number, and is not in the journal.
        bot.ok("sendChatAction", r#"{"chat_id":1001,"action":"typing"}"#).await;
        newest = bot.sim.seq();
        bot.playground.stop().await;
    }
}

#[tokio::test]
async fn a_history_belongs_to_one_playground_at_a_time() {
    let folder = tempfile::tempdir().expect("is made");
    let first = Playground::start(options(folder.path())).await.expect("starts");
    let Err(second) = Playground::start(options(folder.path())).await else { panic!("it starts") };
    assert!(second.to_string().contains("another playground uses it"), "{second}");
    first.stop().await;
    Playground::start(options(folder.path())).await.expect("starts when the first one has ended");
}

#[tokio::test]
async fn a_torn_first_line_begins_anew_and_a_file_of_somebodys_stays_as_it_is() {
    let folder = tempfile::tempdir().expect("is made");
    let file = folder.path().join(STATE);
    std::fs::write(&file, "{\"Change\":{\"at\":17").expect("is written");
    for _ in 0..2 {
        let playground = Playground::start(options(folder.path())).await.expect("starts");
        playground.stop().await;
    }
    std::fs::write(&file, "my notes").expect("is written");
    let Err(refused) = Playground::start(options(folder.path())).await else { panic!("it starts") };
    assert!(refused.to_string().contains("is no history"), "{refused}");
    assert_eq!(std::fs::read_to_string(&file).expect("reads"), "my notes");
}
