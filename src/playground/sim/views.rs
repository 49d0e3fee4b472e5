//! `/sim` over HTTP, what is looked at: parse, call [`Sim`], write the answer.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::http::Asked;
use super::{Sim, SimError, stream};
use crate::playground::event::{Revision, SimEvent, Transcript};
use crate::playground::hub::Hub;
use crate::playground::model::SimMessage;
use crate::playground::server::attachment;
use crate::playground::traffic::CallPage;

/// The longest wait for something new, milliseconds.
pub(super) const LONGEST_WAIT_MS: u64 = 60_000;

pub(super) fn routes() -> Router<Arc<Hub>> {
    Router::new()
        .route("/state", get(async |State(sim): State<Sim>| Json(sim.state())))
        .route("/messages", get(messages))
        .route("/history", get(history))
        .route("/transcript", get(transcript))
        .route("/file/{file_id}", get(file))
        .route("/events", get(events))
        .route("/events.json", get(events_json))
        .route("/traffic", get(traffic))
        .route("/traffic.json", get(traffic_json))
        .route("/calls", get(calls))
        .route("/flood", get(async |State(sim): State<Sim>| Json(sim.flood())))
}

#[derive(Deserialize)]
struct MessagesQuery {
    chat_id: i64,
    thread_id: Option<i64>,
}

#[derive(Serialize)]
struct Messages {
    messages: Vec<Arc<SimMessage>>,
}

async fn messages(State(sim): State<Sim>, query: Asked<MessagesQuery>) -> Result<Json<Messages>, SimError> {
    let query = query?;
    Ok(Json(Messages { messages: sim.messages(query.chat_id, query.thread_id) }))
}

#[derive(Deserialize)]
struct HistoryQuery {
    chat_id: i64,
    message_id: i64,
}

#[derive(Serialize)]
struct History {
    revisions: Vec<Revision>,
}

async fn history(State(sim): State<Sim>, query: Asked<HistoryQuery>) -> Result<Json<History>, SimError> {
    let query = query?;
    Ok(Json(History { revisions: sim.history(query.chat_id, query.message_id)? }))
}

#[derive(Deserialize)]
struct TranscriptQuery {
    chat_id: Option<i64>,
}

async fn transcript(
    State(sim): State<Sim>,
    query: Asked<TranscriptQuery>,
) -> Result<Json<Transcript>, SimError> {
    Ok(Json(sim.transcript(query?.chat_id)))
}

async fn file(State(sim): State<Sim>, Path(file_id): Path<String>) -> Result<Response, SimError> {
    let (name, bytes) = sim.file(&file_id).await?;
    Ok(attachment(bytes, name.as_deref()))
}

#[derive(Deserialize)]
struct NewsQuery {
    after: Option<u64>,
    wait_ms: Option<u64>,
}

impl NewsQuery {
    fn after(&self) -> u64 {
        self.after.unwrap_or(0)
    }

    fn wait(&self) -> Duration {
        Duration::from_millis(self.wait_ms.unwrap_or(0).min(LONGEST_WAIT_MS))
    }
}

async fn events(
    State(sim): State<Sim>,
    headers: HeaderMap,
    query: Asked<NewsQuery>,
) -> Result<impl IntoResponse, SimError> {
    let after = stream::resume_point(&headers, query?.after);
    Ok(stream::live(sim, after, stream::events_after))
}

async fn events_json(
    State(sim): State<Sim>,
    query: Asked<NewsQuery>,
) -> Result<Json<Vec<SimEvent>>, SimError> {
    let query = query?;
    Ok(Json(sim.wait_event_for(query.after(), query.wait()).await))
}

async fn traffic(
    State(sim): State<Sim>,
    headers: HeaderMap,
    query: Asked<NewsQuery>,
) -> Result<impl IntoResponse, SimError> {
    let after = stream::resume_point(&headers, query?.after);
    Ok(stream::live(sim, after, stream::traffic_after))
}

async fn traffic_json(State(sim): State<Sim>, query: Asked<NewsQuery>) -> Result<Response, SimError> {
    let query = query?;
    let news = tokio::time::timeout(query.wait(), sim.wait_traffic(query.after())).await.unwrap_or_default();
    let entries: Vec<String> = news.into_iter().map(|(_, json)| json).collect();
    Ok(([(header::CONTENT_TYPE, "application/json")], format!("[{}]", entries.join(","))).into_response())
}

#[derive(Deserialize)]
struct CallsQuery {
    after: Option<u64>,
}

async fn calls(State(sim): State<Sim>, query: Asked<CallsQuery>) -> Result<Json<CallPage>, SimError> {
    Ok(Json(sim.calls(query?.after.unwrap_or(0))))
}
