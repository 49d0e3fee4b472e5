//! `getUpdates`: confirming, waiting, and the one poller.

use serde_json::Value;

use super::support::Bot;
use super::*;

fn ids(updates: &[Value]) -> Vec<i64> {
    updates.iter().filter_map(|update| update["update_id"].as_i64()).collect()
}

#[tokio::test]
async fn updates_stay_until_an_offset_confirms_them() {
    let bot = Bot::start(Options::default()).await;
    for text in ["a", "b", "c"] {
        bot.sim.say(1001, 1001, text).expect("said");
    }
    let all = bot.updates("{}").await;
    let first = ids(&all)[0];
    assert_eq!(ids(&all), [first, first + 1, first + 2]);
    assert_eq!(bot.updates("{}").await, all, "nothing was confirmed");
    assert_eq!(ids(&bot.updates(r#"{"limit":1}"#).await), [first]);
    let rest = bot.updates(&format!(r#"{{"offset":{}}}"#, first + 2)).await;
    assert_eq!(ids(&rest), [first + 2]);
    assert_eq!(ids(&bot.updates("{}").await), [first + 2], "the others are gone for good");
    bot.sim.say(1001, 1001, "d").expect("said");
    assert_eq!(ids(&bot.updates(r#"{"offset":-1}"#).await), [first + 3]);
    assert_eq!(bot.sim.pending_updates(), 1);
}

#[tokio::test]
async fn a_poll_waits_for_the_first_update() {
    let bot = Bot::start(Options::default()).await;
    let (updates, ()) = tokio::join!(bot.updates(r#"{"timeout":30}"#), async {
        bot.sim.say(1001, 1001, "now").expect("said");
    });
    assert_eq!(updates[0]["message"]["text"], "now");
}

#[tokio::test]
async fn the_older_of_two_pollers_is_sent_away() {
    let bot = Bot::start(Options::default()).await;
    let first = bot.refused("getUpdates", r#"{"timeout":50}"#);
    let second = async {
        // The first one has to be waiting already.
        let mut pollers = bot.playground.hub.pollers.subscribe();
        pollers.wait_for(|count| *count == 1).await.expect("comes");
        let updates = bot.updates(r#"{"timeout":50}"#);
        let (updates, ()) = tokio::join!(updates, async {
            pollers.wait_for(|count| *count == 2).await.expect("comes");
            bot.sim.say(1001, 1001, "for the second").expect("said");
        });
        updates
    };
    let (first, updates) = tokio::join!(first, second);
    assert_eq!(
        first,
        "409 Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    );
    assert_eq!(updates[0]["message"]["text"], "for the second");
}

#[tokio::test]
async fn a_webhook_forbids_polling_and_ends_a_waiting_poll() {
    let bot = Bot::start(Options::default()).await;
    let waiting = bot.refused("getUpdates", r#"{"timeout":50}"#);
    let set = async {
        let mut pollers = bot.playground.hub.pollers.subscribe();
        pollers.wait_for(|count| *count == 1).await.expect("comes");
        bot.ok("setWebhook", r#"{"url":"https://example.com/hook"}"#).await
    };
    let (waiting, _) = tokio::join!(waiting, set);
    assert_eq!(waiting, "409 Conflict: terminated by setWebhook request");
    assert_eq!(
        bot.refused("getUpdates", "{}").await,
        "409 Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    );
    bot.sim.say(1001, 1001, "kept").expect("said");
    assert_eq!(bot.ok("getWebhookInfo", "{}").await["pending_update_count"], 1);
    bot.ok("deleteWebhook", r#"{"drop_pending_updates":true}"#).await;
    assert!(bot.updates("{}").await.is_empty());
}

#[tokio::test]
async fn the_bot_gets_only_the_kinds_it_asked_for_last() {
    let bot = Bot::start(Options::default()).await;
    let id = bot.sim.say(1001, 1001, "one").expect("said")[0];
    bot.updates(r#"{"allowed_updates":["edited_message"]}"#).await;
    bot.sim.say(1001, 1001, "two").expect("said");
    bot.sim.edit(1001, 1001, id, "uno").expect("edited");
    // The list is remembered; it does not touch what was queued before.
    let updates = bot.updates("{}").await;
    assert_eq!(updates[0]["message"]["text"], "one");
    assert_eq!(updates[1]["edited_message"]["text"], "uno");
    assert_eq!(updates.len(), 2);
    bot.updates(r#"{"allowed_updates":[]}"#).await;
    bot.sim.say(1001, 1001, "three").expect("said");
    assert_eq!(bot.updates("{}").await.len(), 3);
}

#[tokio::test]
async fn stopping_ends_waiting_polls() {
    let bot = Bot::start(Options::default()).await;
    let poll = bot.client.get(format!("{}?timeout=50", bot.url("getUpdates"))).send();
    let sim = bot.sim.clone();
    let stop = async {
        let mut pollers = bot.playground.hub.pollers.subscribe();
        pollers.wait_for(|count| *count == 1).await.expect("comes");
        bot.playground.stop().await;
    };
    let (answer, ()) = tokio::join!(poll, stop);
    assert_eq!(answer.expect("answers").text().await.expect("has a body"), r#"{"ok":true,"result":[]}"#);
    assert!(sim.wait_event(sim.seq()).await.is_empty());
}

#[tokio::test]
async fn an_injected_update_arrives_as_it_is() {
    let bot = Bot::start(Options::default()).await;
    let update = serde_json::json!({ "update_id": 1, "poll_answer": { "poll_id": "x" } });
    let Value::Object(update) = update else { unreachable!() };
    let id = bot.sim.inject(update).expect("is one");
    let updates = bot.updates("{}").await;
    assert_eq!(updates[0], serde_json::json!({ "update_id": id, "poll_answer": { "poll_id": "x" } }));
}

#[tokio::test]
async fn kinds_come_in_any_case_and_unknown_ones_count_for_nothing() {
    let bot = Bot::start(Options::default()).await;
    bot.updates(r#"{"allowed_updates":["nonsense","Edited_Message","MESSAGE"]}"#).await;
    let kinds = bot.ok("getWebhookInfo", "{}").await["allowed_updates"].take();
    assert_eq!(kinds, serde_json::json!(["message", "edited_message"]));
    bot.updates(r#"{"allowed_updates":["nonsense"]}"#).await;
    assert!(bot.ok("getWebhookInfo", "{}").await.get("allowed_updates").is_none(), "the default set");
}

#[tokio::test]
async fn an_update_older_than_a_day_counts_nowhere() {
    let bot = Bot::start(Options::default()).await;
    let old = |bot: &Bot| {
        bot.playground.hub.change(|inner, now| {
            let fields = serde_json::Map::from_iter([("poll".to_owned(), Value::Null)]);
            let update = inner.world.raw_update(now - 25 * 3_600_000, fields).expect("is one");
            inner.commit(now, Change::Update(update));
        });
    };
    old(&bot);
    assert_eq!(bot.ok("getWebhookInfo", "{}").await["pending_update_count"], 0);
    old(&bot);
    bot.sim.advance(0).expect("advances");
    assert_eq!(bot.sim.pending_updates(), 0);
}
