//! OpenAI Responses.

use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};

use super::script::{self, Piece, Role, Tools, Turn};
use super::stream::{Events, id, list, refuse, text_of, turn, words};

pub(super) fn answer(body: &Value) -> Response {
    let functions = list(&body["tools"]).filter(|tool| tool["type"] == "function");
    let tools: Tools = functions.map(|tool| (text_of(&tool["name"]), tool["parameters"].clone())).collect();
    let pieces = match script::next(&turns(body), &tools) {
        Ok(pieces) => pieces,
        Err(refused) => {
            let error = json!({ "message": refused.text, "type": "invalid_request_error", "code": null });
            return refuse(&refused, json!({ "error": error }));
        }
    };
    let items: Vec<Value> = pieces.iter().map(item).collect();
    let response = json!({ "id": id("resp"), "object": "response", "created_at": 1, "model": body["model"] });
    if body["stream"] == true {
        stream(&response, &items).into_response()
    } else {
        Json(completed(response, &items)).into_response()
    }
}

fn turns(body: &Value) -> Vec<Turn> {
    let of_item = |item: &Value| match item["type"].as_str().unwrap_or("message") {
        "message" if item["role"] == "assistant" => Some(turn(Role::Model, text_of(&item["content"]))),
        "message" if item["role"] == "user" => Some(turn(Role::User, text_of(&item["content"]))),
        kind if kind.ends_with("_output") => Some(turn(Role::Tool, text_of(&item["output"]))),
        _ => None,
    };
    list(&body["input"]).filter_map(of_item).collect()
}

fn item(piece: &Piece) -> Value {
    match piece {
        Piece::Say(text) => json!({
            "type": "message", "id": id("m"), "role": "assistant", "status": "completed",
            "content": [{ "type": "output_text", "text": text, "annotations": [] }],
        }),
        Piece::Think(text) => json!({
            "type": "reasoning", "id": id("rs"), "summary": [{ "type": "summary_text", "text": text }],
            "encrypted_content": null,
        }),
        Piece::Call { name, arguments } => json!({
            "type": "function_call", "id": id("fc"), "call_id": id("call"), "name": name,
            "arguments": arguments.to_string(), "status": "completed",
        }),
    }
}

fn completed(mut response: Value, items: &[Value]) -> Value {
    response["status"] = json!("completed");
    response["output"] = json!(items);
    response["usage"] = json!({
        "input_tokens": 1150, "input_tokens_details": { "cached_tokens": 1000 }, "output_tokens": 20,
        "output_tokens_details": { "reasoning_tokens": 5 }, "total_tokens": 1170,
    });
    response
}

fn stream(response: &Value, items: &[Value]) -> Events {
    let mut events = Events::default();
    let mut begun = response.clone();
    begun["status"] = json!("in_progress");
    events.typed(&json!({ "type": "response.created", "response": begun }));
    for (index, item) in items.iter().enumerate() {
        // The field that grows, with what it grows by.
        let (field, empty, growth, place) = match item["type"].as_str() {
            Some("message") => ("content", json!([]), "response.output_text.delta", "content_index"),
            Some("reasoning") => {
                ("summary", json!([]), "response.reasoning_summary_text.delta", "summary_index")
            }
            _ => ("arguments", json!(""), "response.function_call_arguments.delta", "content_index"),
        };
        let mut bare = item.clone();
        bare[field] = empty;
        events.typed(&json!({ "type": "response.output_item.added", "output_index": index, "item": bare }));
        for word in words(&text_of(&item[field])) {
            events.typed(&json!({
                "type": growth, "item_id": item["id"], "output_index": index, place: 0, "delta": word,
            }));
        }
        events.typed(&json!({ "type": "response.output_item.done", "output_index": index, "item": item }));
    }
    events.typed(&json!({ "type": "response.completed", "response": completed(response.clone(), items) }));
    events
}
