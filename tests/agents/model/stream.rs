//! Answers as streams of server-sent events, and what all protocols need for them.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use serde_json::Value;

use super::script::{Refused, Role, Turn};

/// Events, in order.
#[derive(Default)]
pub(super) struct Events(String);

impl Events {
    /// An event whose name is in its data, as `type`, too.
    pub(super) fn typed(&mut self, data: &Value) {
        let name = data["type"].as_str().expect("an event has a type");
        self.0.push_str(&format!("event: {name}\ndata: {data}\n\n"));
    }

    pub(super) fn plain(&mut self, data: impl std::fmt::Display) {
        self.0.push_str(&format!("data: {data}\n\n"));
    }
}

impl IntoResponse for Events {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "text/event-stream")], self.0).into_response()
    }
}

/// An id that no other has.
pub(super) fn id(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{prefix}_{:06}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A text as a model streams it.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(char::is_whitespace)
}

/// A refusal in the shape of the protocol.
pub(super) fn refuse(refused: &Refused, shape: Value) -> Response {
    let status = StatusCode::from_u16(refused.status).expect("a status");
    (status, Json(shape)).into_response()
}

pub(super) fn turn(role: Role, text: impl Into<String>) -> Turn {
    Turn { role, text: text.into() }
}

/// The elements of a list; none of anything else.
pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The text in a content: a string, or parts with texts or contents in them.
pub(super) fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(text_of).collect::<Vec<_>>().join("\n"),
        Value::Object(part) => ["text", "content", "output"]
            .iter()
            .find_map(|key| part.get(*key))
            .map(text_of)
            .unwrap_or_default(),
        Value::Null | Value::Bool(_) | Value::Number(_) => String::new(),
    }
}
