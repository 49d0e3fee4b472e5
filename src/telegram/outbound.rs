//! Messages on their way out: [`Message`] to method calls. Does not wait, retry or put in order; it says what
//! happened, and the outbox decides.

mod document;

use serde::de::IgnoredAny;
use teloxide::payloads::{AnswerCallbackQuery, EditMessageCaption, EditMessageText, SendMessage};
use teloxide::types::{
    self, CallbackQueryId, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity,
    MessageEntityKind, ReplyMarkup, ReplyParameters, ThreadId,
};

use super::api::Api;
use super::{callback, refusal};
use crate::domain::ids::{ChatId, MessageId, Place};
use crate::domain::message::{Button, Entity, Message, RichText, Style};
use crate::ports::ChatError;

/// Sends a new message.
pub(super) async fn send(
    api: &Api,
    place: Place,
    reply_to: Option<MessageId>,
    message: &Message,
) -> Result<MessageId, ChatError> {
    // Only the id is read: whatever else the answer has, the message stands, and must not be sent again.
    let sent: types::MessageId = match &message.document {
        Some(document) => document::send(api, place, reply_to, message, document).await?,
        None => api.call(&new_text(place, reply_to, message)).await?,
    };
    Ok(MessageId(i64::from(sent.0)))
}

/// Changes a message of ours.
pub(super) async fn edit(
    api: &Api,
    chat: ChatId,
    target: MessageId,
    message: &Message,
) -> Result<(), ChatError> {
    // No message has such an id, so there is none to change.
    let target = message_id(target).ok_or(ChatError::TargetGone)?;
    let edited = match message.document {
        Some(_) => api.call::<_, IgnoredAny>(&changed_caption(chat, target, message)).await,
        None => api.call::<_, IgnoredAny>(&changed_text(chat, target, message)).await,
    };
    match edited {
        Err(error) if !refusal::not_modified(&error) => Err(error.into()),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Answers a press.
pub(super) async fn toast(api: &Api, query: &str, text: Option<String>) -> Result<(), ChatError> {
    let mut payload = AnswerCallbackQuery::new(CallbackQueryId(query.to_owned()));
    payload.text = text;
    match api.call::<_, IgnoredAny>(&payload).await {
        Err(error) if !refusal::too_late(&error) => Err(error.into()),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn new_text(place: Place, reply_to: Option<MessageId>, message: &Message) -> SendMessage {
    let mut payload = SendMessage::new(types::ChatId(place.chat.0), &message.body.text);
    payload.message_thread_id = thread(place);
    payload.entities = entities(&message.body);
    payload.link_preview_options = Some(no_preview());
    payload.disable_notification = message.silent.then_some(true);
    payload.reply_parameters = reply(reply_to);
    payload.reply_markup = keyboard(&message.buttons).map(ReplyMarkup::InlineKeyboard);
    payload
}

/// Without a keyboard of its own the message loses the one it had.
fn changed_text(chat: ChatId, target: types::MessageId, message: &Message) -> EditMessageText {
    let mut payload = EditMessageText::new(types::ChatId(chat.0), target, &message.body.text);
    payload.entities = entities(&message.body);
    payload.link_preview_options = Some(no_preview());
    payload.reply_markup = keyboard(&message.buttons);
    payload
}

fn changed_caption(chat: ChatId, target: types::MessageId, message: &Message) -> EditMessageCaption {
    let mut payload = EditMessageCaption::new(types::ChatId(chat.0), target);
    payload.caption = Some(message.body.text.clone());
    payload.caption_entities = entities(&message.body);
    payload.reply_markup = keyboard(&message.buttons);
    payload
}

fn thread(place: Place) -> Option<ThreadId> {
    place.topic.and_then(|topic| message_id(MessageId(topic.0))).map(ThreadId)
}

fn reply(to: Option<MessageId>) -> Option<ReplyParameters> {
    to.and_then(message_id).map(|to| ReplyParameters::new(to).allow_sending_without_reply())
}

/// Telegram's message ids have 31 bits.
fn message_id(id: MessageId) -> Option<types::MessageId> {
    i32::try_from(id.0).ok().map(types::MessageId)
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

fn keyboard(rows: &[Vec<Button>]) -> Option<InlineKeyboardMarkup> {
    let button =
        |button: &Button| InlineKeyboardButton::callback(&button.label, callback::encode(&button.press));
    let row = |row: &Vec<Button>| row.iter().map(button).collect::<Vec<_>>();
    (!rows.is_empty()).then(|| InlineKeyboardMarkup::new(rows.iter().map(row)))
}

fn entities(body: &RichText) -> Option<Vec<MessageEntity>> {
    let entities: Vec<_> = body.entities.iter().filter_map(entity).collect();
    (!entities.is_empty()).then_some(entities)
}

/// `None` for a link to nowhere: its text stays.
fn entity(entity: &Entity) -> Option<MessageEntity> {
    let kind = match &entity.style {
        Style::Bold => MessageEntityKind::Bold,
        Style::Italic => MessageEntityKind::Italic,
        Style::Strikethrough => MessageEntityKind::Strikethrough,
        Style::Code => MessageEntityKind::Code,
        Style::Pre(language) => MessageEntityKind::Pre { language: language.clone() },
        Style::Quote => MessageEntityKind::ExpandableBlockquote,
        Style::Link(url) => MessageEntityKind::TextLink { url: url.parse().ok()? },
    };
    Some(MessageEntity::new(kind, entity.offset, entity.length))
}

#[cfg(test)]
mod tests;
