//! Anthropic Messages.

use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};

use super::script::{self, Piece, Refused, Role, Tools, Turn};
use super::stream::{Events, id, list, refuse, text_of, turn, words};

/// A model that is not there.
const MISSING: &str = "no-such-model";

pub(super) fn answer(body: &Value) -> Response {
    if body["model"] == MISSING {
        let refused = Refused { status: 404, text: format!("model: {MISSING}") };
        return refuse(&refused, error(&refused));
    }
    let tools: Tools =
        list(&body["tools"]).map(|tool| (text_of(&tool["name"]), tool["input_schema"].clone())).collect();
    match script::next(&turns(body), &tools) {
        Err(refused) => refuse(&refused, error(&refused)),
        Ok(pieces) if body["stream"] == true => stream(body, &pieces).into_response(),
        Ok(pieces) => whole(body, &pieces),
    }
}

fn turns(body: &Value) -> Vec<Turn> {
    let of_message = |message: &Value| {
        // What comes into a running turn comes as the system's.
        let role = || if message["role"] == "assistant" { Role::Model } else { Role::User };
        let parts = match &message["content"] {
            Value::Array(parts) => parts.clone(),
            content => vec![json!({ "type": "text", "text": content })],
        };
        let of_part = |part: &Value| match part["type"].as_str() {
            Some("tool_result") => Some(turn(Role::Tool, text_of(&part["content"]))),
            Some("text") => Some(turn(role(), text_of(&part["text"]))),
            _ => None,
        };
        parts.iter().filter_map(of_part).collect::<Vec<_>>()
    };
    list(&body["messages"]).flat_map(of_message).collect()
}

fn error(refused: &Refused) -> Value {
    let kind = match refused.status {
        401 => "authentication_error",
        404 => "not_found_error",
        _ => "api_error",
    };
    json!({ "type": "error", "error": { "type": kind, "message": refused.text } })
}

fn stop_reason(pieces: &[Piece]) -> &'static str {
    if matches!(pieces.last(), Some(Piece::Call { .. })) { "tool_use" } else { "end_turn" }
}

fn message(body: &Value) -> Value {
    let usage = json!({
        "input_tokens": 120, "cache_creation_input_tokens": 30, "cache_read_input_tokens": 1000, "output_tokens": 20,
    });
    json!({
        "id": id("msg"), "type": "message", "role": "assistant", "model": body["model"], "content": [],
        "stop_reason": null, "stop_sequence": null, "usage": usage,
    })
}

fn whole(body: &Value, pieces: &[Piece]) -> Response {
    let mut message = message(body);
    let content = pieces.iter().map(|piece| match piece {
        Piece::Say(text) => json!({ "type": "text", "text": text }),
        Piece::Think(text) => json!({ "type": "thinking", "thinking": text, "signature": "c2lnbmVk" }),
        Piece::Call { name, arguments } => {
            json!({ "type": "tool_use", "id": id("toolu"), "name": name, "input": arguments })
        }
    });
    message["content"] = content.collect();
    message["stop_reason"] = json!(stop_reason(pieces));
    Json(message).into_response()
}

fn stream(body: &Value, pieces: &[Piece]) -> Events {
    let mut events = Events::default();
    events.typed(&json!({ "type": "message_start", "message": message(body) }));
    for (index, piece) in pieces.iter().enumerate() {
        let (block, deltas) = block(piece);
        events.typed(&json!({ "type": "content_block_start", "index": index, "content_block": block }));
        for delta in deltas {
            events.typed(&json!({ "type": "content_block_delta", "index": index, "delta": delta }));
        }
        events.typed(&json!({ "type": "content_block_stop", "index": index }));
    }
    let delta = json!({ "stop_reason": stop_reason(pieces), "stop_sequence": null });
    events.typed(&json!({ "type": "message_delta", "delta": delta, "usage": { "output_tokens": 20 } }));
    events.typed(&json!({ "type": "message_stop" }));
    events
}

/// A block's beginning, and how it grows.
fn block(piece: &Piece) -> (Value, Vec<Value>) {
    match piece {
        Piece::Say(text) => {
            let deltas = words(text).map(|word| json!({ "type": "text_delta", "text": word }));
            (json!({ "type": "text", "text": "" }), deltas.collect())
        }
        Piece::Think(text) => {
            let deltas = words(text).map(|word| json!({ "type": "thinking_delta", "thinking": word }));
            let signature = json!({ "type": "signature_delta", "signature": "c2lnbmVk" });
            let block = json!({ "type": "thinking", "thinking": "", "signature": "" });
            (block, deltas.chain([signature]).collect())
        }
        Piece::Call { name, arguments } => {
            let text = arguments.to_string();
            let deltas = words(&text).map(|word| json!({ "type": "input_json_delta", "partial_json": word }));
            (json!({ "type": "tool_use", "id": id("toolu"), "name": name, "input": {} }), deltas.collect())
        }
    }
}
