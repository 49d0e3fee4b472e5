//! Changing messages of the bot.

use std::sync::Arc;

use super::{Answer, Call};
use crate::playground::errors::ApiError;
use crate::playground::flood::Cost;
use crate::playground::keyboard;
use crate::playground::model::{Message, SimMessage};
use crate::playground::text::TEXT_LIMIT;
use crate::playground::text::rich::Rich;
use crate::playground::world::Change;

pub(super) fn edit_text(call: &mut Call<'_>) -> Answer {
    if let Some(rich) = call.rich()? {
        return edit_rich(call, rich);
    }
    let formatted = call.text()?;
    let keyboard = keyboard::read(call.params.text("reply_markup"))?;
    let old = editable(call)?;
    if old.text.is_none() {
        return Err(ApiError::NO_TEXT_TO_EDIT);
    }
    if formatted.len() > TEXT_LIMIT {
        return Err(ApiError::EDIT_TOO_LONG);
    }
    let mut new = old.message.clone();
    new.text = Some(formatted.text);
    new.entities = formatted.entities;
    new.rich_message = None;
    new.link_preview_options = call.link_preview()?;
    new.reply_markup = keyboard;
    new.edit_date = Some(call.now / 1_000);
    replace(call, &old, new)
}

fn edit_rich(call: &mut Call<'_>, rich: Rich) -> Answer {
    let keyboard = keyboard::read(call.params.text("reply_markup"))?;
    let old = editable(call)?;
    if old.text.is_none() {
        return Err(ApiError::NO_TEXT_TO_EDIT);
    }
    let mut new = old.message.clone();
    new.become_rich(rich);
    new.reply_markup = keyboard;
    new.edit_date = Some(call.now / 1_000);
    replace(call, &old, new)
}

pub(super) fn edit_caption(call: &mut Call<'_>) -> Answer {
    let caption = call.caption()?;
    let keyboard = keyboard::read(call.params.text("reply_markup"))?;
    let old = editable(call)?;
    if !old.has_file() {
        return Err(ApiError::NO_CAPTION_TO_EDIT);
    }
    let mut new = old.message.clone();
    new.caption = (!caption.text.is_empty()).then_some(caption.text);
    new.caption_entities = caption.entities;
    new.show_caption_above_media = new.if_photo(call.params.flag("show_caption_above_media"));
    new.reply_markup = keyboard;
    new.edit_date = Some(call.now / 1_000);
    replace(call, &old, new)
}

pub(super) fn edit_markup(call: &mut Call<'_>) -> Answer {
    let keyboard = keyboard::read(call.params.text("reply_markup"))?;
    let old = editable(call)?;
    let mut new = old.message.clone();
    new.reply_markup = keyboard;
    replace(call, &old, new)
}

/// The message that the call edits, when the bot may.
pub(super) fn editable(call: &Call<'_>) -> Result<Arc<SimMessage>, ApiError> {
    if call.params.text("chat_id").is_none() && call.params.int("message_id").unwrap_or(0) == 0 {
        // Messages sent via inline queries do not exist here.
        let inline = call.params.text("inline_message_id");
        return Err(inline.map_or(ApiError::MESSAGE_ID_MISSING, |_| ApiError::bad("MESSAGE_ID_INVALID")));
    }
    let chat_id = call.writable()?;
    let message = call.target(chat_id, "message to edit")?;
    let is_own = message.from.id == call.inner.world.bot.id;
    if !is_own || message.is_service() || message.forward_origin.is_some() {
        return Err(ApiError::CANT_EDIT);
    }
    Ok(message)
}

/// Puts the new version in the place of the old one, unless they are the same.
pub(super) fn replace(call: &mut Call<'_>, old: &SimMessage, new: Message) -> Answer {
    call.inner.flood_check(old.chat.id, Cost::Edit, call.now)?;
    let is_same = old.content() == new.content()
        && old.entities == new.entities
        && old.caption_entities == new.caption_entities
        && old.reply_markup == new.reply_markup
        && (&old.document, &old.photo, &old.voice) == (&new.document, &new.photo, &new.voice)
        && old.rich_message == new.rich_message
        && old.link_preview_options == new.link_preview_options;
    if is_same {
        return Err(ApiError::NOT_MODIFIED);
    }
    let message = Arc::new(SimMessage { message: new, ..old.clone() });
    call.inner.commit(call.now, Change::Edit(Arc::clone(&message)));
    call.shown(&message)
}
