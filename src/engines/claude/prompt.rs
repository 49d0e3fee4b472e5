//! A prompt with its files, as the content of a message.

use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::ports::Attachment;

/// Pictures that the models see.
const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// The largest picture that is sent along, in bytes. The models take no more than 5 MB in base64.
const MAX_PICTURE: u64 = 3_700_000;

/// The largest text that is sent along, in bytes. It fills the context.
const MAX_TEXT: u64 = 200_000;

/// The content of a message: just the text, or blocks for the text and each file.
pub(super) async fn content(prompt: &str, attachments: &[Attachment]) -> Value {
    if attachments.is_empty() {
        return prompt.into();
    }
    let mut blocks = Vec::new();
    if !prompt.trim().is_empty() {
        blocks.push(text(prompt));
    }
    for attachment in attachments {
        blocks.push(block(attachment).await);
    }
    Value::Array(blocks)
}

async fn block(attachment: &Attachment) -> Value {
    let Attachment { path, name, media_type } = attachment;
    if PICTURES.contains(&media_type.as_str())
        && let Some(bytes) = read(path, MAX_PICTURE).await
    {
        let data = BASE64_STANDARD.encode(bytes);
        return json!({ "type": "image", "source": { "type": "base64", "media_type": media_type, "data": data } });
    }
    if !media_type.starts_with("image/")
        && let Some(bytes) = read(path, MAX_TEXT).await
        && let Ok(content) = String::from_utf8(bytes)
        && !content.contains('\0')
    {
        return text(&format!("The file `{name}`:\n\n{content}"));
    }
    text(&format!("The file `{name}` ({media_type}) is at {}", path.display()))
}

/// A file of at most so many bytes. One that cannot be read is only named: reading it again will say why.
async fn read(path: &Path, most: u64) -> Option<Vec<u8>> {
    let size = tokio::fs::metadata(path).await.ok()?.len();
    if size > most {
        return None;
    }
    tokio::fs::read(path).await.ok()
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

#[cfg(test)]
mod tests;
