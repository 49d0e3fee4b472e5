//! Ordered failures, the log of calls, and the guard.

use serde_json::{Value, json};

use super::support::Bot;
use super::*;

const SEND: &str = r#"{"chat_id":1001,"text":"x"}"#;

async fn started() -> Bot {
    let bot = Bot::start(Options::default()).await;
    bot.sim.say(1001, 1001, "/start").expect("said");
    bot
}

#[tokio::test]
async fn a_cut_connection_is_an_error_for_the_client_before_and_after() {
    let bot = started().await;
    for (kind, messages) in [(FaultKind::ResetBefore, 1), (FaultKind::ResetAfter, 2)] {
        bot.sim.fault(Fault::next("sendMessage", kind)).expect("ordered");
        let request =
            bot.client.post(bot.url("sendMessage")).header("content-type", "application/json").body(SEND);
        assert!(request.send().await.expect_err("has no answer").is_request(), "{kind:?}");
        assert_eq!(bot.sim.messages(1001, None).len(), messages, "{kind:?}");
    }
    bot.ok("sendMessage", SEND).await;
}

#[tokio::test]
async fn ordered_errors_look_like_telegrams() {
    let bot = started().await;
    bot.sim
        .fault(Fault { retry_after: Some(7), ..Fault::next("sendMessage", FaultKind::TooMany) })
        .expect("ordered");
    bot.sim.fault(Fault::next("sendMessage", FaultKind::Internal)).expect("ordered");
    assert_eq!(bot.refused("sendMessage", SEND).await, "429 Too Many Requests: retry after 7");
    assert_eq!(bot.refused("sendMessage", SEND).await, "500 Internal Server Error");
    bot.ok("sendMessage", SEND).await;
    bot.sim.fault(Fault::ban(1001, 60_000)).expect("ordered");
    assert!(bot.refused("sendMessage", SEND).await.starts_with("429 Too Many Requests: retry after "));
    bot.ok("sendMessage", r#"{"chat_id":-1000000,"text":"elsewhere"}"#).await;
    bot.sim.clear_faults();
    bot.ok("sendMessage", SEND).await;
}

#[tokio::test]
async fn calls_are_logged_but_for_empty_polls() {
    let bot = started().await;
    bot.updates("{}").await;
    bot.updates(r#"{"offset":-1}"#).await;
    bot.refused("sendMessage", r#"{"chat_id":5,"text":"x"}"#).await;
    bot.sim.fault(Fault::next("getMe", FaultKind::ResetBefore)).expect("ordered");
    assert!(bot.client.get(bot.url("getMe")).send().await.is_err());
    let page = bot.sim.calls(0);
    let log: Vec<(&str, Option<i64>, bool, Option<u16>)> = page
        .calls
        .iter()
        .map(|call| (call.method.as_str(), call.chat_id, call.ok, call.error_code))
        .collect();
    assert_eq!(
        log,
        [
            ("getUpdates", None, true, None),
            ("getUpdates", None, true, None),
            ("sendMessage", Some(5), false, Some(400)),
            ("getMe", None, false, Some(0)),
        ]
    );
    assert!(bot.sim.calls(page.next).calls.is_empty());
}

#[tokio::test]
async fn sim_over_http_is_the_same_thing() {
    let bot = started().await;
    assert_eq!(
        bot.post("send", json!({ "user_id": 1001, "chat_id": 1001, "text": "hi" })).await,
        json!({ "message_ids": [2] })
    );
    assert_eq!(
        bot.post("edit", json!({ "user_id": 1001, "chat_id": 1001, "message_id": 2, "text": "ho" })).await,
        json!({})
    );
    assert_eq!(bot.get("messages?chat_id=1001").await["messages"][1]["text"], "ho");
    assert!(bot.post("update", json!({ "poll": { "id": "1" } })).await["update_id"].is_i64());
    assert_eq!(
        bot.post("chat", json!({ "action": "migrate", "chat_id": -1_000_000_i64 })).await,
        json!({ "new_chat_id": -1_002_000_000_001_i64 })
    );
    assert_eq!(
        bot.post("fault", json!({ "method": "getMe", "kind": "429", "for_ms": 600_000 })).await,
        json!({})
    );
    assert!(bot.refused("getMe", "{}").await.starts_with("429 Too Many Requests: retry after "));
    let seq = bot.get("state").await["seq"].as_u64().expect("is a number");
    assert_eq!(json!(bot.sim.events(0)), bot.get("events.json?after=0").await);
    assert_eq!(bot.get(&format!("events.json?after={seq}&wait_ms=1")).await, json!([]));
    assert_eq!(json!(bot.sim.transcript(None)), bot.get("transcript").await);
    assert_eq!(json!(bot.sim.calls(0)), bot.get("calls").await);
    let error = bot.sim_refused("send", json!({ "user_id": 4, "chat_id": 1001, "text": "hi" })).await;
    assert_eq!(error, "there is no user 4; /sim/state lists the users");
    let upload = bot.sim_refused("upload", json!({ "user_id": 1001 })).await;
    assert!(upload.contains("multipart"), "{upload}");
    assert!(bot.sim_refused("send", json!({ "user": 4 })).await.contains("unknown field `user`"));
}

#[tokio::test]
async fn events_stream_from_any_point() {
    let bot = started().await;
    let url = format!("{}/sim/events?after={}", bot.playground.url(), bot.sim.seq());
    let mut stream = bot.client.get(url).send().await.expect("answers");
    bot.ok("sendChatAction", r#"{"chat_id":1001,"action":"typing"}"#).await;
    let mut seen = String::new();
    while !seen.contains("\n\n") {
        let chunk = stream.chunk().await.expect("goes on").expect("is not over");
        seen.push_str(&String::from_utf8_lossy(&chunk));
    }
    let seq = bot.sim.seq();
    assert!(seen.contains(&format!("id: {seq}\n")), "{seen}");
    let data = seen.lines().find_map(|line| line.strip_prefix("data: ")).expect("has data");
    let event: Value = serde_json::from_str(data).expect("is JSON");
    assert_eq!(
        (&event["kind"], &event["action"], &event["chat_id"]),
        (&json!("action"), &json!("typing"), &json!(1001))
    );
}

#[tokio::test]
async fn only_this_machine_and_its_own_page_get_in() {
    let bot = started().await;
    let base = bot.playground.url();
    let state = format!("{base}/sim/state");
    let clear = format!("{base}/sim/fault");
    let status =
        async |request: reqwest::RequestBuilder| request.send().await.expect("answers").status().as_u16();
    assert_eq!(status(bot.client.get(&state)).await, 200);
    assert_eq!(status(bot.client.get(&state).header("host", "localhost:80")).await, 200);
    assert_eq!(status(bot.client.get(&state).header("host", "[::1]:80")).await, 200);
    for host in ["127.0.0.2:8787", "[::ffff:127.0.0.1]:8787"] {
        assert_eq!(status(bot.client.get(&state).header("host", host)).await, 200, "{host}");
    }
    assert_eq!(status(bot.client.get(&state).header("host", "10.0.0.1")).await, 403);
    assert_eq!(status(bot.client.get(&state).header("host", "evil.example")).await, 403);
    assert_eq!(status(bot.client.get(bot.url("getMe")).header("host", "127.0.0.1.evil.example")).await, 403);
    assert_eq!(status(bot.client.delete(&clear).header("origin", &base)).await, 200);
    assert_eq!(status(bot.client.delete(&clear).header("origin", "http://localhost:1")).await, 403);
    assert_eq!(status(bot.client.delete(&clear).header("origin", "null")).await, 403);
    // A link or a picture of a foreign page is enough for a call of a bot.
    let call = bot.url("getMe");
    assert_eq!(status(bot.client.get(&call)).await, 200);
    assert_eq!(status(bot.client.get(&call).header("sec-fetch-site", "cross-site")).await, 403);
    assert_eq!(status(bot.client.post(&call).header("origin", "http://localhost:1")).await, 403);
    assert_eq!(status(bot.client.get(&base)).await, 200);
    assert_eq!(status(bot.client.get(format!("{base}/assets/app.js"))).await, 200);
    assert_eq!(status(bot.client.get(format!("{base}/assets/../Cargo.toml"))).await, 404);
}

#[tokio::test]
async fn a_fault_that_no_call_could_meet_is_refused() {
    let bot = started().await;
    for (fault, told) in [
        (json!({ "method": "sendMesage", "kind": "500" }), "\"sendMesage\" is no method"),
        (json!({ "method": "sendPoll", "kind": "500" }), "\"sendPoll\" is no method"),
        (json!({ "method": "*", "kind": "500", "times": 0 }), "meets no call"),
        (json!({ "method": "*", "kind": "429", "for_ms": 0 }), "meets no call"),
    ] {
        let error = bot.sim_refused("fault", fault.clone()).await;
        assert!(error.contains(told), "{fault}: {error}");
    }
    for method in ["SENDMESSAGE", "getupdates", "*"] {
        bot.post("fault", json!({ "method": method, "kind": "500" })).await;
    }
}
