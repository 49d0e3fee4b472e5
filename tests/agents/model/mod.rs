//! A scripted model server: four protocols, one script, no state.
//!
//! What it answers stands in the prompt; see [`script`].

mod anthropic;
mod chat;
mod gemini;
mod responses;
mod script;
mod stream;

pub(crate) use script::PLAN;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Larger requests are no agent's.
const LARGEST: usize = 64 << 20;

/// A model server on a port of its own, for as long as the runtime lives.
pub(crate) struct Model {
    pub(crate) url: String,
}

impl Model {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        Self { url }
    }
}

async fn answer(request: Request) -> Response {
    let (path, method) = (request.uri().path().to_owned(), request.method().clone());
    let body = to_bytes(request.into_body(), LARGEST).await.unwrap_or_default();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    if method != Method::POST {
        return if path.contains("/models") { models() } else { StatusCode::NOT_FOUND.into_response() };
    }
    if path.ends_with("/messages") {
        anthropic::answer(&body)
    } else if path.ends_with("/responses") {
        responses::answer(&body)
    } else if path.ends_with("/chat/completions") {
        chat::answer(&body)
    } else if path.contains("enerateContent") {
        gemini::answer(&body, path.contains("stream"))
    } else if path.ends_with("/count_tokens") || path.contains("countTokens") {
        Json(json!({ "input_tokens": 100, "totalTokens": 100 })).into_response()
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

fn models() -> Response {
    let model = json!({
        "id": "scripted", "type": "model", "object": "model", "display_name": "Scripted",
        "created_at": "2026-01-01T00:00:00Z",
    });
    let models = json!([{ "name": "models/scripted" }]);
    Json(json!({ "object": "list", "data": [model], "models": models, "has_more": false })).into_response()
}
