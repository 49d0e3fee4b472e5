//! HTTP: which path leads where, and Telegram's answers to paths that lead nowhere.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Router, middleware};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tracing::warn;

use super::dispatch::{self, Outcome};
use super::errors::ApiError;
use super::files::{BODY_LIMIT, DOWNLOAD_LIMIT, picture_type};
use super::hub::Hub;
use super::wire::{Doorway, Scissors};
use super::{assets, guard, reply, sim};

/// Serves until the hub closes.
pub(crate) fn spawn(hub: Arc<Hub>, listener: TcpListener) -> JoinHandle<()> {
    let app = router(Arc::clone(&hub)).into_make_service_with_connect_info::<Scissors>();
    tokio::spawn(async move {
        let closed = async move { hub.closed().await };
        if let Err(problem) = axum::serve(Doorway(listener), app).with_graceful_shutdown(closed).await {
            warn!("the playground stopped serving: {problem}");
        }
    })
}

fn router(hub: Arc<Hub>) -> Router {
    let guard = middleware::from_fn_with_state(Arc::clone(&hub), guard::check);
    Router::new()
        .route("/", get(assets::index))
        .route("/assets/{name}", get(assets::asset))
        .nest("/sim", sim::routes())
        .route("/{bot}/{method}", any(bot_api).layer(DefaultBodyLimit::max(BODY_LIMIT)))
        .route("/file/{bot}/{*path}", get(download))
        .fallback(async || ApiError::NOT_FOUND)
        .layer(guard)
        .with_state(hub)
}

/// Whether a path segment is `bot` and the token.
fn is_bot(hub: &Hub, segment: &str) -> Result<(), ApiError> {
    let token = segment.strip_prefix("bot").ok_or(ApiError::NOT_FOUND)?;
    if token == hub.token { Ok(()) } else { Err(ApiError::UNAUTHORIZED) }
}

async fn bot_api(
    State(hub): State<Arc<Hub>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    Path((bot, method)): Path<(String, String)>,
    request: Request,
) -> Response {
    if let Err(error) = is_bot(&hub, &bot) {
        return error.into_response();
    }
    match dispatch::call(&hub, &method, request).await {
        Outcome::Answer(Ok(json)) => reply::result(&json),
        Outcome::Answer(Err(error)) => error.into_response(),
        Outcome::Cut => {
            scissors.cut();
            StatusCode::OK.into_response()
        }
    }
}

async fn download(
    State(hub): State<Arc<Hub>>,
    Path((bot, path)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    is_bot(&hub, &bot)?;
    let record = hub.read(|inner| inner.world.files.values().find(|file| file.path == path).cloned());
    let record = record.filter(|file| file.size <= DOWNLOAD_LIMIT).ok_or(ApiError::NOT_FOUND)?;
    let bytes = hub.files.bytes(&record).await.map_err(|_| ApiError::NOT_FOUND)?;
    Ok(attachment(bytes, None))
}

/// Bytes for download. Only pictures are named as what they are, and shown in place: nothing a person or bot
/// uploads may run in the page's own origin.
pub(crate) fn attachment(bytes: Bytes, name: Option<&str>) -> Response {
    let safe: String = name
        .unwrap_or("file")
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\') { c } else { '_' })
        .collect();
    let picture = picture_type(&bytes);
    let handling = if picture.is_some() { "inline" } else { "attachment" };
    let disposition = HeaderValue::from_str(&format!("{handling}; filename=\"{safe}\""))
        .unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static(picture.unwrap_or("application/octet-stream"));
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
