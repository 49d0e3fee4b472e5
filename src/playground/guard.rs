//! Who may talk to the playground: programs on this machine that call it by a loopback name, and its own page.
//!
//! The checks keep a web page in the user's browser from reaching in by a foreign name or a foreign form. A
//! playground that others may reach takes any name, but still no changes from foreign pages.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::hub::Hub;
use super::sim::SimError;

/// Refuses foreign `Host` names, and what comes from foreign pages but to look at the page: changes through `/sim`, and
/// every call of a bot, for which a link or a picture would be enough.
pub(crate) async fn check(State(hub): State<Arc<Hub>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = text(headers, header::HOST).filter(|host| hub.allow_remote || is_loopback(host));
    let Some(host) = host else {
        return refuse(
            "the playground answers only to 127.0.0.1, localhost and [::1]; open it by one of these",
        );
    };
    let path = request.uri().path();
    let changes = request.method() != Method::GET && path.starts_with("/sim/");
    let is_bots = path.starts_with("/bot") || path.starts_with("/file/");
    let origin = text(headers, header::ORIGIN);
    let is_foreign = origin.is_some_and(|origin| origin != format!("http://{host}"))
        || headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    if (changes || is_bots) && is_foreign {
        return refuse(
            "a page of another origin may not change the playground; use the playground's own page",
        );
    }
    next.run(request).await
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(""),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    let is_address = |name: &str| name.parse().is_ok_and(|ip: IpAddr| ip.to_canonical().is_loopback());
    name.eq_ignore_ascii_case("localhost") || is_address(name)
}

fn refuse(why: &str) -> Response {
    (StatusCode::FORBIDDEN, axum::Json(SimError::new(why))).into_response()
}
