//! The chat page's files, built into the program, and how they go over the wire: packed, and only when they
//! have changed.
//!
//! Knows nothing of what is in them.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use miniz_oxide::deflate::compress_to_vec_zlib;
use sha2::{Digest, Sha256};

/// What the page may load: from here only.
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; \
    frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// How hard the packing tries, of 10. It happens once.
const EFFORT: u8 = 9;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("assets/", $name)))),*]
    };
}

const FILES: &[(&str, &str)] = files![
    "api.js",
    "app.js",
    "commands.js",
    "composer.js",
    "controls.css",
    "conversation.js",
    "dom.js",
    "drops.js",
    "entities.js",
    "faults.js",
    "files.js",
    "flood.js",
    "gestures.js",
    "hint.js",
    "history.js",
    "icon.svg",
    "index.html",
    "message.js",
    "messages.css",
    "overlays.js",
    "panel.css",
    "panel.js",
    "passing.js",
    "pattern.svg",
    "people.js",
    "preview.js",
    "reactions.js",
    "sidebar.js",
    "state.js",
    "style.css",
    "suggestions.js",
    "taps.js",
    "theme.js",
    "traffic.js",
    "unread.js",
    "welcome.js",
];

struct Packed {
    name: &'static str,
    plain: &'static str,
    bytes: Bytes,
    /// The same for the plain and the packed form, hence weak.
    tag: String,
}

static PACKED: LazyLock<Vec<Packed>> = LazyLock::new(|| {
    let pack = |(name, plain): &(&'static str, &'static str)| Packed {
        name,
        plain,
        bytes: compress_to_vec_zlib(plain.as_bytes(), EFFORT).into(),
        tag: format!("W/\"{:.16}\"", format!("{:x}", Sha256::digest(plain))),
    };
    FILES.iter().map(pack).collect()
});

pub(crate) async fn index(request: HeaderMap) -> Response {
    file("index.html", &request)
}

pub(crate) async fn asset(Path(name): Path<String>, request: HeaderMap) -> Response {
    file(&name, &request)
}

fn file(name: &str, request: &HeaderMap) -> Response {
    let Some(packed) = PACKED.iter().find(|packed| packed.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, kind(name)),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-cache"),
        (header::ETAG, &packed.tag),
        (header::VARY, "accept-encoding"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    if listed(request, &header::IF_NONE_MATCH, &packed.tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    if !listed(request, &header::ACCEPT_ENCODING, "deflate") {
        return (headers, packed.plain).into_response();
    }
    let mut response = (headers, packed.bytes.clone()).into_response();
    response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("deflate"));
    response
}

/// Whether a header's list has this word. A word with a weight does not count: such a client gets the plain form.
fn listed(request: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let lines = request.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|item| item.trim() == word)
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "html")) => "text/html; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        _ => "image/svg+xml",
    }
}

#[cfg(test)]
mod tests {
    use miniz_oxide::inflate::decompress_to_vec_zlib;

    use super::*;

    /// Names in quotes that begin with one of the page's two ways to write them.
    fn mentioned(body: &str) -> impl Iterator<Item = &str> {
        body.split(['"', '\'']).filter_map(|word| word.strip_prefix("/assets/").or(word.strip_prefix("./")))
    }

    fn asking(headers: &[(HeaderName, &str)]) -> Response {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
        file("app.js", &headers.collect())
    }

    #[test]
    fn every_file_that_the_page_names_is_built_in() {
        for (name, body) in FILES {
            for other in mentioned(body) {
                assert!(FILES.iter().any(|(known, _)| *known == other), "{name} names {other}");
            }
        }
    }

    #[test]
    fn every_file_that_is_built_in_is_named() {
        for (name, _) in FILES.iter().filter(|(name, _)| *name != "index.html") {
            assert!(FILES.iter().any(|(_, body)| mentioned(body).any(|other| other == *name)), "{name}");
        }
    }

    #[test]
    fn the_whole_page_is_at_most_100_kb_over_the_wire() {
        let sum: usize = PACKED.iter().map(|packed| packed.bytes.len()).sum();
        assert!(sum <= 100_000, "{sum} bytes");
    }

    #[test]
    fn packed_files_are_the_same_files() {
        for packed in PACKED.iter() {
            assert_eq!(
                decompress_to_vec_zlib(&packed.bytes).unwrap(),
                packed.plain.as_bytes(),
                "{}",
                packed.name
            );
        }
    }

    #[test]
    fn a_browser_gets_the_packed_form_and_a_client_that_cannot_unpack_the_plain_one() {
        let packed = asking(&[(header::ACCEPT_ENCODING, "gzip, deflate, br")]);
        assert_eq!(packed.headers()[header::CONTENT_ENCODING], "deflate");
        let plain = asking(&[(header::ACCEPT_ENCODING, "gzip, deflate;q=0")]);
        assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
        assert_eq!(plain.headers()[header::ETAG], packed.headers()[header::ETAG]);
    }

    #[test]
    fn a_file_that_the_browser_has_is_not_sent_again() {
        let tag = asking(&[]).headers()[header::ETAG].to_str().unwrap().to_owned();
        assert_eq!(asking(&[(header::IF_NONE_MATCH, &tag)]).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(asking(&[(header::IF_NONE_MATCH, "W/\"older\"")]).status(), StatusCode::OK);
    }
}
