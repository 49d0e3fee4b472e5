//! Telegram's frame around results and errors.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::errors::ApiError;

#[derive(Serialize)]
struct Refusal<'a> {
    ok: bool,
    error_code: u16,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<Parameters>,
}

#[derive(Serialize)]
struct Parameters {
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    migrate_to_chat_id: Option<i64>,
}

/// The answer to a call that succeeded; `result` is JSON.
pub(crate) fn result(result: &str) -> Response {
    json(StatusCode::OK, format!("{{\"ok\":true,\"result\":{result}}}"))
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let has_parameters = self.retry_after.is_some() || self.migrate_to_chat_id.is_some();
        let parameters = has_parameters.then_some(Parameters {
            retry_after: self.retry_after,
            migrate_to_chat_id: self.migrate_to_chat_id,
        });
        let body = Refusal { ok: false, error_code: self.code, description: &self.description, parameters };
        let status = StatusCode::from_u16(self.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = json(status, serde_json::to_string(&body).unwrap_or_default());
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn json(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
