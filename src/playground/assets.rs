//! The chat page's files, built into the program.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// What the page may load: from here only.
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; \
    frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

const FILES: [(&str, &str, &str); 23] = [
    ("api.js", "text/javascript; charset=utf-8", include_str!("assets/api.js")),
    ("app.js", "text/javascript; charset=utf-8", include_str!("assets/app.js")),
    ("composer.js", "text/javascript; charset=utf-8", include_str!("assets/composer.js")),
    ("controls.css", "text/css; charset=utf-8", include_str!("assets/controls.css")),
    ("conversation.js", "text/javascript; charset=utf-8", include_str!("assets/conversation.js")),
    ("dom.js", "text/javascript; charset=utf-8", include_str!("assets/dom.js")),
    ("entities.js", "text/javascript; charset=utf-8", include_str!("assets/entities.js")),
    ("files.js", "text/javascript; charset=utf-8", include_str!("assets/files.js")),
    ("gestures.js", "text/javascript; charset=utf-8", include_str!("assets/gestures.js")),
    ("hint.js", "text/javascript; charset=utf-8", include_str!("assets/hint.js")),
    ("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
    ("index.html", "text/html; charset=utf-8", include_str!("assets/index.html")),
    ("message.js", "text/javascript; charset=utf-8", include_str!("assets/message.js")),
    ("messages.css", "text/css; charset=utf-8", include_str!("assets/messages.css")),
    ("overlays.js", "text/javascript; charset=utf-8", include_str!("assets/overlays.js")),
    ("passing.js", "text/javascript; charset=utf-8", include_str!("assets/passing.js")),
    ("pattern.svg", "image/svg+xml", include_str!("assets/pattern.svg")),
    ("sidebar.js", "text/javascript; charset=utf-8", include_str!("assets/sidebar.js")),
    ("state.js", "text/javascript; charset=utf-8", include_str!("assets/state.js")),
    ("style.css", "text/css; charset=utf-8", include_str!("assets/style.css")),
    ("suggestions.js", "text/javascript; charset=utf-8", include_str!("assets/suggestions.js")),
    ("taps.js", "text/javascript; charset=utf-8", include_str!("assets/taps.js")),
    ("weather.js", "text/javascript; charset=utf-8", include_str!("assets/weather.js")),
];

pub(crate) async fn index() -> Response {
    file("index.html")
}

pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    file(&name)
}

fn file(name: &str) -> Response {
    match FILES.iter().find(|(known, _, _)| *known == name) {
        Some((_, kind, body)) => {
            let headers = [
                (header::CONTENT_TYPE, *kind),
                (header::CONTENT_SECURITY_POLICY, POLICY),
                (header::CACHE_CONTROL, "no-cache"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (header::REFERRER_POLICY, "no-referrer"),
            ];
            (headers, *body).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names in quotes that begin with one of the page's two ways to write them.
    fn mentioned(body: &str) -> impl Iterator<Item = &str> {
        body.split(['"', '\'']).filter_map(|word| word.strip_prefix("/assets/").or(word.strip_prefix("./")))
    }

    #[test]
    fn every_file_that_the_page_names_is_built_in() {
        for (name, _, body) in FILES {
            for other in mentioned(body) {
                assert!(FILES.iter().any(|(known, _, _)| *known == other), "{name} names {other}");
            }
        }
    }

    #[test]
    fn every_file_that_is_built_in_is_named() {
        for (name, _, _) in FILES.iter().filter(|(name, _, _)| *name != "index.html") {
            assert!(FILES.iter().any(|(_, _, body)| mentioned(body).any(|other| other == *name)), "{name}");
        }
    }
}
