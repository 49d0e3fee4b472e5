//! `/sim` over HTTP: parse, call [`Sim`], write the answer.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, FromRef, Multipart, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::verbs::{ChatChange, ChatChanged, SendText, SendUpload, Tap};
use super::{Sim, SimError, stream};
use crate::playground::event::{CallPage, SimEvent, Transcript};
use crate::playground::faults::Fault;
use crate::playground::files::BODY_LIMIT;
use crate::playground::hub::Hub;
use crate::playground::model::SimMessage;
use crate::playground::server::attachment;

/// The longest wait of `events.json`, milliseconds.
const LONGEST_WAIT_MS: u64 = 60_000;

impl FromRef<Arc<Hub>> for Sim {
    fn from_ref(hub: &Arc<Hub>) -> Self {
        Self::new(Arc::clone(hub))
    }
}

impl IntoResponse for SimError {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(self)).into_response()
    }
}

impl From<JsonRejection> for SimError {
    fn from(rejection: JsonRejection) -> Self {
        Self::new(format!(
            "{}; send a JSON object with \"Content-Type: application/json\"",
            rejection.body_text()
        ))
    }
}

impl From<QueryRejection> for SimError {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(rejection.body_text())
    }
}

type Answer = Result<Json<Value>, SimError>;
type Body<T> = Result<Json<T>, JsonRejection>;
type Asked<T> = Result<Query<T>, QueryRejection>;

pub(crate) fn routes() -> Router<Arc<Hub>> {
    Router::new()
        .route("/state", get(async |State(sim): State<Sim>| Json(sim.state())))
        .route("/messages", get(messages))
        .route("/events", get(events))
        .route("/events.json", get(events_json))
        .route("/send", post(send))
        .route("/edit", post(edit))
        .route("/tap", post(tap))
        .route("/upload", post(upload).layer(DefaultBodyLimit::max(BODY_LIMIT)))
        .route("/file/{file_id}", get(file))
        .route("/delete", post(delete))
        .route("/update", post(update))
        .route("/chat", post(chat))
        .route("/fault", post(fault).delete(clear_faults))
        .route("/transcript", get(transcript))
        .route("/calls", get(calls))
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
    let Query(query) = query?;
    Ok(Json(Messages { messages: sim.messages(query.chat_id, query.thread_id) }))
}

#[derive(Deserialize)]
struct EventsQuery {
    after: Option<u64>,
    wait_ms: Option<u64>,
}

async fn events(
    State(sim): State<Sim>,
    headers: HeaderMap,
    query: Asked<EventsQuery>,
) -> Result<impl IntoResponse, SimError> {
    let after = stream::resume_point(&headers, query?.after).unwrap_or(0);
    Ok(stream::events(sim, after))
}

async fn events_json(
    State(sim): State<Sim>,
    query: Asked<EventsQuery>,
) -> Result<Json<Vec<SimEvent>>, SimError> {
    let Query(query) = query?;
    let wait = Duration::from_millis(query.wait_ms.unwrap_or(0).min(LONGEST_WAIT_MS));
    Ok(Json(sim.wait_event_for(query.after.unwrap_or(0), wait).await))
}

async fn send(State(sim): State<Sim>, body: Body<SendText>) -> Answer {
    let ids = sim.send(&body?.0)?;
    Ok(Json(json!({ "message_ids": ids })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditBody {
    user_id: i64,
    chat_id: i64,
    message_id: i64,
    text: String,
}

async fn edit(State(sim): State<Sim>, body: Body<EditBody>) -> Answer {
    let Json(body) = body?;
    sim.edit(body.user_id, body.chat_id, body.message_id, &body.text)?;
    Ok(Json(json!({})))
}

async fn tap(State(sim): State<Sim>, body: Body<Tap>) -> Answer {
    let query_id = sim.tap(&body?.0)?;
    Ok(Json(json!({ "query_id": query_id })))
}

async fn upload(State(sim): State<Sim>, parts: Multipart) -> Answer {
    let ids = sim.upload(read_upload(parts).await?).await?;
    Ok(Json(json!({ "message_ids": ids })))
}

async fn read_upload(mut parts: Multipart) -> Result<SendUpload, SimError> {
    let broken = |error: axum::extract::multipart::MultipartError| SimError::new(error.body_text());
    let (mut user_id, mut chat_id, mut thread_id, mut caption, mut file) = (None, None, None, None, None);
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let field = part.name().unwrap_or("").to_owned();
        let (name, mime) = (part.file_name().map(str::to_owned), part.content_type().map(str::to_owned));
        let bytes = part.bytes().await.map_err(broken)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        match field.as_str() {
            "user_id" => user_id = text.trim().parse().ok(),
            "chat_id" => chat_id = text.trim().parse().ok(),
            "thread_id" => thread_id = text.trim().parse().ok(),
            "caption" => caption = Some(text),
            "file" => file = Some((name.unwrap_or_else(|| "file".to_owned()), mime, bytes)),
            other => return Err(SimError::new(format!("unknown field \"{other}\""))),
        }
    }
    let (Some(user_id), Some(chat_id), Some((file_name, mime_type, bytes))) = (user_id, chat_id, file) else {
        return Err(SimError::new("an upload needs the fields user_id, chat_id and file"));
    };
    Ok(SendUpload { user_id, chat_id, thread_id, caption, file_name, mime_type, bytes })
}

async fn file(State(sim): State<Sim>, Path(file_id): Path<String>) -> Result<Response, SimError> {
    let (name, bytes): (Option<String>, Bytes) = sim.file(&file_id).await?;
    Ok(attachment(bytes, name.as_deref()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeleteBody {
    chat_id: i64,
    message_id: i64,
}

async fn delete(State(sim): State<Sim>, body: Body<DeleteBody>) -> Answer {
    let Json(body) = body?;
    sim.delete(body.chat_id, body.message_id)?;
    Ok(Json(json!({})))
}

async fn update(State(sim): State<Sim>, body: Body<Map<String, Value>>) -> Answer {
    let update_id = sim.inject(body?.0)?;
    Ok(Json(json!({ "update_id": update_id })))
}

async fn chat(State(sim): State<Sim>, body: Body<ChatChange>) -> Result<Json<ChatChanged>, SimError> {
    Ok(Json(sim.chat(&body?.0)?))
}

async fn fault(State(sim): State<Sim>, body: Body<Fault>) -> Answer {
    sim.fault(body?.0);
    Ok(Json(json!({})))
}

async fn clear_faults(State(sim): State<Sim>) -> Answer {
    sim.clear_faults();
    Ok(Json(json!({})))
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

#[derive(Deserialize)]
struct CallsQuery {
    after: Option<u64>,
}

async fn calls(State(sim): State<Sim>, query: Asked<CallsQuery>) -> Result<Json<CallPage>, SimError> {
    Ok(Json(sim.calls(query?.after.unwrap_or(0))))
}
