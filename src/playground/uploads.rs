//! The files that come with a call: they are kept before the method runs, because methods await nothing.
//!
//! Which field holds a file, and as what it is sent, is all that this knows of the methods.

use std::collections::HashMap;

use serde_json::Value;

use super::errors::ApiError;
use super::files::{FileKind, UPLOAD_LIMIT};
use super::hub::Hub;
use super::params::Params;
use super::world::FileRecord;

/// Files by what names them in the call: the field itself, or `attach://` and the field that holds the bytes.
pub(crate) type Uploads = HashMap<String, FileRecord>;

/// Keeps the files that a call brings. When one is refused, none stays.
pub(crate) async fn keep(hub: &Hub, method: &str, params: &mut Params) -> Result<Uploads, ApiError> {
    let mut kept = Uploads::new();
    for (name, kind) in named(method, params) {
        let field = name.strip_prefix("attach://").unwrap_or(&name);
        let Some(upload) = params.take_file(field) else { continue };
        let record = if upload.bytes.is_empty() {
            Err(ApiError::FILE_EMPTY)
        } else if upload.bytes.len() > UPLOAD_LIMIT {
            Err(ApiError::TOO_LARGE)
        } else {
            hub.files.keep(upload, kind).await.map_err(|_| ApiError::INTERNAL)
        };
        match record {
            Ok(record) => drop(kept.insert(name, record)),
            Err(error) => {
                forget(hub, &kept).await;
                return Err(error);
            }
        }
    }
    Ok(kept)
}

/// Forgets the files of a call that was refused.
pub(crate) async fn forget(hub: &Hub, kept: &Uploads) {
    for record in kept.values() {
        hub.files.forget(record).await;
    }
}

/// What may name a file in a call of this method.
fn named(method: &str, params: &Params) -> Vec<(String, FileKind)> {
    let (field, kind) = match method {
        "sendDocument" => ("document", FileKind::Document),
        "sendPhoto" => ("photo", FileKind::Photo),
        "sendVoice" => ("voice", FileKind::Voice),
        "sendMediaGroup" | "editMessageMedia" => return in_media(params),
        _ => return Vec::new(),
    };
    let attached = params.text(field).filter(|value| value.starts_with("attach://"));
    vec![(attached.unwrap_or(field).to_owned(), kind)]
}

/// The attachments that the items of `media` point to. What is wrong with the items, the method says.
fn in_media(params: &Params) -> Vec<(String, FileKind)> {
    let media: Option<Value> = params.text("media").and_then(|media| serde_json::from_str(media).ok());
    let items = match media {
        Some(Value::Array(items)) => items,
        Some(item) => vec![item],
        None => Vec::new(),
    };
    let attached = |item: &Value| {
        let name = item["media"].as_str().filter(|name| name.starts_with("attach://"))?;
        let kind = if item["type"] == "photo" { FileKind::Photo } else { FileKind::Document };
        Some((name.to_owned(), kind))
    };
    items.iter().filter_map(attached).collect()
}
