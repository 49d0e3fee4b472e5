//! A message that carries a file: read, checked, sent as a form.
//!
//! The form is written here, since teloxide writes one only for calls that it makes itself.

use std::io;
use std::path::Path;
use std::time::Duration;

use reqwest::multipart::{Form, Part};
use serde::Serialize;
use teloxide::payloads::SendDocument;
use teloxide::types;

use super::super::api::Api;
use super::{entities, keyboard, reply, thread};
use crate::domain::ids::{MessageId, Place};
use crate::domain::message::{Document, DocumentContent, Message};
use crate::ports::ChatError;

/// The largest file that a bot may send: 50 MB.
const LIMIT: u64 = 50 << 20;
/// The slowest upload that is waited for, in bytes a second, and what the call may take besides.
const SLOWEST: u64 = 64 << 10;
const BESIDES: Duration = Duration::from_secs(30);

pub(super) async fn send(
    api: &Api,
    place: Place,
    reply_to: Option<MessageId>,
    message: &Message,
    document: &Document,
) -> Result<types::MessageId, ChatError> {
    let (part, length) = part(document).await?;
    let form = form(place, reply_to, message).part("document", part);
    Ok(api.upload::<SendDocument, _>(form, BESIDES + Duration::from_secs(length / SLOWEST)).await?)
}

/// The file and its length in bytes.
async fn part(document: &Document) -> Result<(Part, u64), ChatError> {
    let name = &document.name;
    let (part, length) = match &document.content {
        DocumentContent::Text(text) => {
            let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
            let part = Part::text(text.clone());
            (part.mime_str("text/plain; charset=utf-8").map_err(|e| refused(name, &e.to_string()))?, length)
        }
        DocumentContent::File(path) => file(path).await.map_err(|error| refused(name, &error.to_string()))?,
    };
    match length {
        0 => Err(refused(name, "it is empty")),
        1..=LIMIT => Ok((part.file_name(name.clone()), length)),
        _ => Err(refused(
            name,
            &format!("it has {} MB, and Telegram takes 50 MB at most", length.div_ceil(1 << 20)),
        )),
    }
}

/// Opens a file, to be read while it is sent.
async fn file(path: &Path) -> io::Result<(Part, u64)> {
    let found = tokio::fs::metadata(path).await?;
    if !found.is_file() {
        // Opening a pipe would wait for ever.
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file"));
    }
    Ok((Part::file(path).await?, found.len()))
}

fn refused(name: &str, why: &str) -> ChatError {
    ChatError::Refused(format!("the file {name} cannot be sent: {why}"))
}

fn form(place: Place, reply_to: Option<MessageId>, message: &Message) -> Form {
    let mut form = Form::new().text("chat_id", place.chat.to_string());
    if !message.body.text.is_empty() {
        form = form.text("caption", message.body.text.clone());
    }
    if message.silent {
        form = form.text("disable_notification", "true");
    }
    form = field(form, "message_thread_id", thread(place));
    form = field(form, "caption_entities", entities(&message.body));
    form = field(form, "reply_parameters", reply(reply_to));
    field(form, "reply_markup", keyboard(&message.buttons))
}

/// Fields that are no plain text are JSON.
fn field(form: Form, name: &'static str, value: Option<impl Serialize>) -> Form {
    match value {
        Some(value) => form.text(name, serde_json::json!(value).to_string()),
        None => form,
    }
}
