//! What went between bot and playground, and how near the limits are, as a page reads it.

use serde_json::{Value, json};

use super::support::Bot;
use super::*;

#[tokio::test]
async fn a_call_is_shown_with_what_came_and_what_was_answered() {
    let bot = Bot::start(Options::default()).await;
    bot.sim.say(1001, 1001, "/start").expect("said");
    let call = r#"{"chat_id":1001,"text":"hi","reply_markup":{"inline_keyboard":[]},"protect_content":true}"#;
    let sent = bot.ok("sendMessage", call).await;
    bot.refused("sendMessage", r#"{"chat_id":1001}"#).await;
    let form = reqwest::multipart::Form::new()
        .text("chat_id", "1001")
        .part("document", reqwest::multipart::Part::bytes(vec![7; 10]).file_name("ten.bin"));
    bot.client.post(bot.url("SENDDOCUMENT")).multipart(form).send().await.expect("answers");

    let page = bot.get("calls").await;
    let calls = page["calls"].as_array().expect("is a list");
    assert_eq!(
        calls[0]["params"],
        json!({ "chat_id": "1001", "text": "hi", "reply_markup": "{\"inline_keyboard\":[]}", "protect_content": "true" })
    );
    let result: Value = serde_json::from_str(calls[0]["result"].as_str().expect("is text")).expect("is JSON");
    assert_eq!(result, sent);
    assert_eq!((&calls[1]["ok"], calls[1].get("result")), (&json!(false), None));
    assert_eq!(calls[2]["method"], "sendDocument");
    assert_eq!(calls[2]["params"]["document"], json!({ "file": "ten.bin", "size": 10 }));
    assert_eq!(
        bot.get(&format!("calls?after={}", page["next"])).await,
        json!({ "calls": [], "next": page["next"] })
    );
}

#[tokio::test]
async fn a_call_that_cannot_be_carried_out_at_all_is_shown_too() {
    let bot = Bot::start(Options::default()).await;
    bot.refused("sendNonsense", "{}").await;
    bot.refused("sendMessage", "{").await;
    let calls = bot.sim.calls(0).calls;
    let shown: Vec<_> = calls.iter().map(|call| (call.method.as_str(), call.error_code)).collect();
    assert_eq!(shown, [("sendNonsense", Some(404)), ("sendMessage", Some(400))]);
}

#[tokio::test]
async fn updates_and_calls_stand_in_one_order() {
    let bot = Bot::start(Options::default()).await;
    bot.updates("{}").await;
    bot.sim.say(1001, 1001, "/start").expect("said");
    let update = bot.updates("{}").await.remove(0);
    bot.ok("sendMessage", r#"{"chat_id":1001,"text":"hi"}"#).await;
    let all = bot.get("traffic.json").await;
    let all = all.as_array().expect("is a list");
    let order: Vec<(&Value, &Value)> = all.iter().map(|entry| (&entry["kind"], &entry["method"])).collect();
    let call = json!("call");
    assert_eq!(
        order,
        [(&json!("update"), &Value::Null), (&call, &json!("getUpdates")), (&call, &json!("sendMessage"))],
        "a poll that brought nothing is left out"
    );
    assert_eq!(all[0]["update"], update);
    assert_eq!(bot.get("traffic.json?after=2").await, json!([all[2]]));
    assert_eq!(bot.get("traffic.json?after=3&wait_ms=1").await, json!([]));
    assert_eq!(bot.get("calls").await["calls"][1]["n"], all[2]["n"], "calls have the same numbers");

    let typed: Vec<Traffic> = serde_json::from_value(json!(all)).expect("reads");
    assert_eq!(json!(typed), json!(all));
}

#[tokio::test]
async fn traffic_streams_from_any_point() {
    let bot = Bot::start(Options::default()).await;
    bot.sim.say(1001, 1001, "not asked for").expect("said");
    let url = format!("{}/sim/traffic?after=1", bot.playground.url());
    let mut stream = bot.client.get(url).send().await.expect("answers");
    bot.sim.say(1001, 1001, "heard").expect("said");
    let mut seen = String::new();
    while !seen.contains("\n\n") {
        let chunk = stream.chunk().await.expect("goes on").expect("is not over");
        seen.push_str(&String::from_utf8_lossy(&chunk));
    }
    assert!(seen.contains("id: 2\n"), "{seen}");
    let data = seen.lines().find_map(|line| line.strip_prefix("data: ")).expect("has data");
    let entry: Value = serde_json::from_str(data).expect("is JSON");
    assert_eq!((&entry["n"], &entry["update"]["message"]["text"]), (&json!(2), &json!("heard")));
}

#[tokio::test]
async fn the_history_of_a_message_has_all_its_versions() {
    let bot = Bot::start(Options::default()).await;
    bot.sim.say(1001, 1001, "one").expect("said");
    bot.sim.edit(1001, 1001, 1, "two").expect("edited");
    bot.sim.delete(1001, 1).expect("deleted");
    let history = bot.get("history?chat_id=1001&message_id=1").await;
    let texts: Vec<&Value> = history["revisions"]
        .as_array()
        .expect("is a list")
        .iter()
        .map(|revision| &revision["text"])
        .collect();
    assert_eq!(texts, ["one", "two"]);
    for (query, told) in [
        ("chat_id=1001&message_id=2", "there is no message 2 in chat 1001; /sim/messages lists them"),
        ("chat_id=5&message_id=1", "there is no chat 5; /sim/state lists the chats"),
        ("chat_id=1001", "missing field `message_id`"),
        ("chat_id=x&message_id=1", "invalid digit"),
    ] {
        let error = bot.sim_refused_get(&format!("history?{query}")).await;
        assert!(error.contains(told), "{query}: {error}");
    }
}

#[tokio::test]
async fn the_flood_meter_shows_chats_that_are_not_at_full_and_faults_that_wait() {
    let bot = Bot::start(Options { flood: true, ..Options::default() }).await;
    bot.sim.say(1001, 1001, "/start").expect("said");
    let limits = json!({ "overall": 30, "messages": 5, "edits": 10, "minute": 20 });
    let fresh = json!({
        "on": true, "limits": limits, "overall_left": 30, "overall_wait_ms": 0, "chats": [], "faults": []
    });
    assert_eq!(bot.get("flood").await, fresh);
    for _ in 0..5 {
        bot.ok("sendMessage", r#"{"chat_id":1001,"text":"x"}"#).await;
    }
    bot.ok("sendMessage", r#"{"chat_id":-1000000,"text":"x"}"#).await;
    bot.refused("sendMessage", r#"{"chat_id":1001,"text":"x"}"#).await;
    bot.sim.fault(Fault::next("getMe", FaultKind::Internal).times(2)).expect("ordered");
    bot.sim.fault(Fault::ban(1003, 60_000)).expect("ordered");
    let state: FloodState = serde_json::from_value(bot.get("flood").await).expect("reads");
    let [group, private] = &state.chats[..] else { panic!("{state:?}") };
    assert_eq!((group.chat_id, group.minute_left, group.wait_ms), (-1_000_000, Some(19), 0));
    assert_eq!((private.chat_id, private.minute_left, private.edits_left), (1001, None, 10));
    assert!(private.messages_left < 5 && (1..=3_000).contains(&private.wait_ms), "{private:?}");
    let [next, ban] = &state.faults[..] else { panic!("{state:?}") };
    assert_eq!((next.method.as_str(), next.times_left, next.ms_left), ("getMe", Some(2), None));
    assert_eq!((ban.method.as_str(), ban.chat_id, ban.times_left), ("*", Some(1003), None));
    assert!(ban.ms_left.is_some_and(|ms| (1..=60_000).contains(&ms)), "{ban:?}");

    let calm = Bot::start(Options::default()).await;
    assert_eq!(calm.get("flood").await["on"], false);
}

#[tokio::test]
async fn a_typed_client_reads_every_answer_back_as_it_was() {
    let bot = Bot::start(Options::default()).await;
    bot.sim.say(1001, 1001, "/start").expect("said");
    let markup = json!({ "inline_keyboard": [[{ "text": "A", "callback_data": "a", "style": "danger" }]] });
    bot.ok("sendMessage", &json!({ "chat_id": 1001, "text": "mine", "reply_markup": markup }).to_string())
        .await;
    bot.ok("editMessageText", r#"{"chat_id":1001,"message_id":2,"text":"edited"}"#).await;
    bot.ok("sendChatAction", r#"{"chat_id":1001,"action":"typing"}"#).await;
    bot.ok("sendMessageDraft", r#"{"chat_id":1001,"draft_id":7,"text":"dra"}"#).await;
    bot.ok("setMyCommands", r#"{"commands":[{"command":"a","description":"b"}]}"#).await;
    bot.ok(
        "setMessageReaction",
        r#"{"chat_id":1001,"message_id":1,"reaction":[{"type":"emoji","emoji":"👀"}]}"#,
    )
    .await;
    let query = bot.sim.tap(&Tap::data(1001, 1001, 2, "a")).expect("tapped");
    bot.ok("answerCallbackQuery", &json!({ "callback_query_id": query, "text": "ok" }).to_string()).await;
    bot.ok("deleteMessage", r#"{"chat_id":1001,"message_id":2}"#).await;
    bot.sim.chat(&ChatChange::new(ChatAction::Migrate, -1_000_000)).expect("migrated");

    let events: Vec<SimEvent> = serde_json::from_value(bot.get("events.json").await).expect("reads");
    assert_eq!(events, bot.sim.events(0));
    let transcript: Transcript = serde_json::from_value(bot.get("transcript").await).expect("reads");
    assert_eq!(transcript, bot.sim.transcript(None));
    let state: SimState = serde_json::from_value(bot.get("state").await).expect("reads");
    assert_eq!(state, bot.sim.state());
    let calls: CallPage = serde_json::from_value(bot.get("calls").await).expect("reads");
    assert_eq!(calls, bot.sim.calls(0));
}
