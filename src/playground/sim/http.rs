//! `/sim` over HTTP, what is done: parse, call [`Sim`], write the answer. Looking is next door, in `views`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, FromRef, Multipart, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::changes::{ChatChange, ChatChanged};
use super::verbs::{NewPerson, React, SendText, SendUpload, StopDraft, Tap};
use super::views::{self, LONGEST_WAIT_MS};
use super::wait::Wait;
use super::{Sim, SimError};
use crate::playground::faults::Fault;
use crate::playground::files::BODY_LIMIT;
use crate::playground::hub::Hub;

/// How long `/sim/wait` waits when it is not told, milliseconds.
const USUAL_WAIT_MS: u64 = 5_000;

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

pub(super) type Answer = Result<Json<Value>, SimError>;
type Body<T> = Result<Json<T>, JsonRejection>;
pub(super) type Asked<T> = Result<Query<T>, QueryRejection>;

pub(crate) fn routes() -> Router<Arc<Hub>> {
    views::routes()
        .route("/send", post(send))
        .route("/edit", post(edit))
        .route("/tap", post(tap))
        .route("/upload", post(upload).layer(DefaultBodyLimit::max(BODY_LIMIT)))
        .route("/delete", post(delete))
        .route("/update", post(update))
        .route("/chat", post(chat))
        .route("/person", post(person))
        .route("/react", post(react))
        .route("/stop_draft", post(stop_draft))
        .route("/clock", get(async |State(sim): State<Sim>| now(sim.clock())).post(advance))
        .route("/wait", post(wait))
        .route("/fault", post(fault).delete(clear_faults))
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

async fn upload(
    State(sim): State<Sim>,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<Json<Value>, Refusal> {
    let parts = parts.map_err(|rejection| Refusal::from(SimError::new(rejection.body_text())))?;
    let ids = sim.upload(read_upload(parts).await?).await?;
    Ok(Json(json!({ "message_ids": ids })))
}

/// A refusal with a status of its own: an upload may be too large.
struct Refusal(StatusCode, SimError);

impl From<SimError> for Refusal {
    fn from(error: SimError) -> Self {
        Self(StatusCode::BAD_REQUEST, error)
    }
}

impl From<MultipartError> for Refusal {
    fn from(error: MultipartError) -> Self {
        Self(error.status(), SimError::new(error.body_text()))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(self.1)).into_response()
    }
}

async fn read_upload(mut parts: Multipart) -> Result<SendUpload, Refusal> {
    let (mut user_id, mut chat_id, mut thread_id, mut caption, mut file) = (None, None, None, None, None);
    while let Some(part) = parts.next_field().await? {
        let field = part.name().unwrap_or("").to_owned();
        let (name, mime) = (part.file_name().map(str::to_owned), part.content_type().map(str::to_owned));
        let bytes = part.bytes().await?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        match field.as_str() {
            "user_id" => user_id = text.trim().parse().ok(),
            "chat_id" => chat_id = text.trim().parse().ok(),
            "thread_id" => thread_id = text.trim().parse().ok(),
            "caption" => caption = Some(text),
            "file" => file = Some((name.unwrap_or_else(|| "file".to_owned()), mime, bytes)),
            other => return Err(SimError::new(format!("unknown field \"{other}\"")).into()),
        }
    }
    let (Some(user_id), Some(chat_id), Some((file_name, mime_type, bytes))) = (user_id, chat_id, file) else {
        return Err(SimError::new("an upload needs the fields user_id, chat_id and file").into());
    };
    Ok(SendUpload { user_id, chat_id, thread_id, caption, file_name, mime_type, bytes })
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

async fn person(State(sim): State<Sim>, body: Body<NewPerson>) -> Answer {
    let user_id = sim.person(&body?.0)?;
    Ok(Json(json!({ "user_id": user_id })))
}

async fn react(State(sim): State<Sim>, body: Body<React>) -> Answer {
    sim.react(&body?.0)?;
    Ok(Json(json!({})))
}

async fn stop_draft(State(sim): State<Sim>, body: Body<StopDraft>) -> Answer {
    sim.stop_draft(&body?.0)?;
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdvanceBody {
    advance_ms: i64,
}

fn now(now_ms: i64) -> Json<Value> {
    Json(json!({ "now_ms": now_ms }))
}

async fn advance(State(sim): State<Sim>, body: Body<AdvanceBody>) -> Answer {
    sim.advance(body?.advance_ms).map(now)
}

async fn wait(State(sim): State<Sim>, body: Body<Wait>) -> Result<Response, SimError> {
    let Json(wait) = body?;
    let timeout_ms = wait.timeout_ms.unwrap_or(USUAL_WAIT_MS).min(LONGEST_WAIT_MS);
    match timeout(Duration::from_millis(timeout_ms), sim.wait(&wait)).await {
        Ok(found) => Ok(Json(found?).into_response()),
        Err(_) => {
            let wanted = json!(Wait { timeout_ms: None, ..wait.clone() });
            let told = format!("waited {timeout_ms} ms in vain for {wanted}: {}", sim.instead(&wait));
            Ok((StatusCode::REQUEST_TIMEOUT, Json(SimError::new(told))).into_response())
        }
    }
}

async fn fault(State(sim): State<Sim>, body: Body<Fault>) -> Answer {
    sim.fault(body?.0)?;
    Ok(Json(json!({})))
}

async fn clear_faults(State(sim): State<Sim>) -> Answer {
    sim.clear_faults();
    Ok(Json(json!({})))
}
