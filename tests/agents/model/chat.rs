//! OpenAI Chat Completions.

use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};

use super::script::{self, Piece, Role, Tools, Turn};
use super::stream::{Events, id, list, refuse, text_of, turn, words};

pub(super) fn answer(body: &Value) -> Response {
    let functions = list(&body["tools"]).map(|tool| &tool["function"]);
    let tools: Tools =
        functions.map(|function| (text_of(&function["name"]), function["parameters"].clone())).collect();
    let pieces = match script::next(&turns(body), &tools) {
        Ok(pieces) => pieces,
        Err(refused) => {
            let error = json!({ "message": refused.text, "type": "invalid_request_error", "code": null });
            return refuse(&refused, json!({ "error": error }));
        }
    };
    let (text, calls) = parts(&pieces);
    let finish = if calls.is_empty() { "stop" } else { "tool_calls" };
    let usage = json!({
        "prompt_tokens": 1150, "completion_tokens": 20, "total_tokens": 1170,
        "prompt_tokens_details": { "cached_tokens": 1000 },
    });
    let chunk = |choices: Value| {
        json!({ "id": id("chatcmpl"), "object": "chat.completion.chunk", "created": 1, "model": body["model"],
            "choices": choices })
    };
    if body["stream"] != true {
        let message = json!({ "role": "assistant", "content": text, "tool_calls": calls });
        let mut answer = chunk(json!([{ "index": 0, "message": message, "finish_reason": finish }]));
        answer["object"] = json!("chat.completion");
        answer["usage"] = usage;
        return Json(answer).into_response();
    }
    let mut events = Events::default();
    let mut grow = |delta: Value, finish: Option<&str>| {
        events.plain(chunk(json!([{ "index": 0, "delta": delta, "finish_reason": finish }])));
    };
    grow(json!({ "role": "assistant", "content": "" }), None);
    for word in words(&text) {
        grow(json!({ "content": word }), None);
    }
    if !calls.is_empty() {
        grow(json!({ "tool_calls": calls }), None);
    }
    grow(json!({}), Some(finish));
    let mut last = chunk(json!([]));
    last["usage"] = usage;
    events.plain(last);
    events.plain("[DONE]");
    events.into_response()
}

fn turns(body: &Value) -> Vec<Turn> {
    let of_message = |message: &Value| {
        let role = match message["role"].as_str() {
            Some("user") => Role::User,
            Some("assistant") => Role::Model,
            Some("tool") => Role::Tool,
            _ => return None,
        };
        Some(turn(role, text_of(&message["content"])))
    };
    list(&body["messages"]).filter_map(of_message).collect()
}

fn parts(pieces: &[Piece]) -> (String, Vec<Value>) {
    let (mut text, mut calls) = (String::new(), Vec::new());
    for piece in pieces {
        match piece {
            Piece::Say(said) => text.push_str(said),
            // This protocol has none.
            Piece::Think(_) => {}
            Piece::Call { name, arguments } => calls.push(json!({
                "index": calls.len(), "id": id("call"), "type": "function",
                "function": { "name": name, "arguments": arguments.to_string() },
            })),
        }
    }
    (text, calls)
}
