//! `forwardMessage`, `copyMessage`.

use serde_json::json;

use super::messages::{Envelope, post};
use super::{Answer, Call, done};
use crate::playground::errors::ApiError;
use crate::playground::model::{Message, SimMessage};

pub(super) fn forward(call: &mut Call<'_>) -> Answer {
    let source = source(call, "message to forward")?;
    let mut message = Envelope::open(call)?.message(call)?;
    take_content(&mut message, &source);
    message.reply_markup = None;
    let origin = json!({ "type": "user", "date": source.date, "sender_user": source.from });
    message.forward_origin = Some(source.forward_origin.clone().unwrap_or_else(|| Box::new(origin)));
    let message = post(call, message);
    call.shown(&message)
}

pub(super) fn copy(call: &mut Call<'_>) -> Answer {
    let source = source(call, "message to copy")?;
    let caption = call.params.has("caption").then(|| call.caption()).transpose()?;
    let mut message = Envelope::open(call)?.message(call)?;
    take_content(&mut message, &source);
    if let Some(caption) = caption.filter(|_| source.text.is_none()) {
        message.caption = (!caption.text.is_empty()).then_some(caption.text);
        message.caption_entities = caption.entities;
        message.show_caption_above_media = message.if_photo(call.params.flag("show_caption_above_media"));
    }
    let message = post(call, message);
    done(&json!({ "message_id": message.message_id }))
}

fn source(call: &Call<'_>, role: &str) -> Result<std::sync::Arc<SimMessage>, ApiError> {
    call.params.required("from_chat_id")?;
    let from_chat = call.readable("from_chat_id")?;
    let source = call.target(from_chat, role)?;
    if source.is_service() {
        let verb = if role.ends_with("copy") { "copied" } else { "forwarded" };
        return Err(ApiError::bad(&format!("the message can't be {verb}")));
    }
    Ok(source)
}

fn take_content(message: &mut Message, source: &SimMessage) {
    message.text.clone_from(&source.text);
    message.entities.clone_from(&source.entities);
    message.caption.clone_from(&source.caption);
    message.caption_entities.clone_from(&source.caption_entities);
    message.document.clone_from(&source.document);
    message.photo.clone_from(&source.photo);
    message.voice.clone_from(&source.voice);
    message.has_media_spoiler = source.has_media_spoiler;
    message.show_caption_above_media = source.show_caption_above_media;
    message.rich_message.clone_from(&source.rich_message);
}
