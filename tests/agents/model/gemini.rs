//! Gemini.

use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};

use super::script::{self, Piece, Role, Tools, Turn};
use super::stream::{Events, list, refuse, text_of, turn};

pub(super) fn answer(body: &Value, streams: bool) -> Response {
    let functions = list(&body["tools"]).flat_map(|tool| list(&tool["functionDeclarations"]));
    let tools: Tools = functions
        .map(|function| {
            let schema = ["parametersJsonSchema", "parameters"].iter().find_map(|key| function.get(*key));
            (text_of(&function["name"]), schema.cloned().unwrap_or_default())
        })
        .collect();
    let pieces = match script::next(&turns(body), &tools) {
        // Who asks for JSON gets what the agent's choice of a model asks for.
        Ok(_) if tools.is_empty() => vec![Piece::Say(choice().to_string())],
        Ok(pieces) => pieces,
        Err(refused) => {
            let error =
                json!({ "code": refused.status, "message": refused.text, "status": "FAILED_PRECONDITION" });
            return refuse(&refused, json!({ "error": error }));
        }
    };
    let parts = pieces.iter().map(|piece| match piece {
        Piece::Say(text) => json!({ "text": text }),
        Piece::Think(text) => json!({ "text": text, "thought": true }),
        Piece::Call { name, arguments } => json!({ "functionCall": { "name": name, "args": arguments } }),
    });
    let parts: Vec<Value> = parts.collect();
    if !streams {
        return Json(candidate(&parts, true)).into_response();
    }
    let mut events = Events::default();
    for (index, part) in parts.iter().enumerate() {
        events.plain(candidate(std::slice::from_ref(part), index + 1 == parts.len()));
    }
    events.into_response()
}

fn turns(body: &Value) -> Vec<Turn> {
    let of_content = |content: &Value| {
        let role = || if content["role"] == "model" { Role::Model } else { Role::User };
        let of_part = |part: &Value| match part.get("functionResponse") {
            Some(response) => turn(Role::Tool, response["response"].to_string()),
            None => turn(role(), text_of(&part["text"])),
        };
        list(&content["parts"]).map(of_part).collect::<Vec<_>>()
    };
    list(&body["contents"]).flat_map(of_content).collect()
}

fn candidate(parts: &[Value], last: bool) -> Value {
    let mut candidate = json!({ "content": { "role": "model", "parts": parts }, "index": 0 });
    if last {
        candidate["finishReason"] = json!("STOP");
    }
    let usage = json!({
        "promptTokenCount": 1150, "cachedContentTokenCount": 1000, "candidatesTokenCount": 20, "totalTokenCount": 1170,
    });
    json!({ "candidates": [candidate], "usageMetadata": usage, "modelVersion": "scripted" })
}

fn choice() -> Value {
    json!({
        "complexity_reasoning": "x", "complexity_score": 10, "reasoning": "x", "model_choice": "flash",
        "next_speaker": "user",
    })
}
