//! What people do to messages: send, edit, press, upload, delete.

use std::sync::Arc;

use serde_json::json;

use super::verbs::{SendText, SendUpload, Tap};
use super::{Sim, SimError};
use crate::playground::files::{FileKind, Upload};
use crate::playground::hub::Inner;
use crate::playground::keyboard::DATA_LIMIT;
use crate::playground::model::{ChatKind, Entity, Message, SimMessage, User};
use crate::playground::text::{self, Formatted, TEXT_LIMIT};
use crate::playground::world::{BotStatus, Change};

impl Sim {
    /// A person sends text; returns the ids of the messages that it became.
    ///
    /// # Errors
    /// When the person, chat or topic does not exist, or the text is blank.
    pub fn send(&self, send: &SendText) -> Result<Vec<i64>, SimError> {
        let parts = split(&send.text, send.entities.as_deref())?;
        self.hub.change(|inner, now| {
            let mut ids = Vec::with_capacity(parts.len());
            for part in parts {
                let place = Place { user_id: send.user_id, chat_id: send.chat_id, thread_id: send.thread_id };
                let mut message = place.message(inner, now, send.reply_to_message_id)?;
                message.text = Some(part.text);
                message.entities = part.entities;
                if let Some(author) = send.forward_from_user_id {
                    let author = inner.world.user(author).ok_or_else(|| no_user(author))?;
                    let origin = json!({ "type": "user", "date": message.date, "sender_user": author });
                    message.forward_origin = Some(Box::new(origin));
                }
                ids.push(inner.say(message, now));
            }
            Ok(ids)
        })
    }

    /// A person sends plain text; the shortest form of [`Sim::send`].
    ///
    /// # Errors
    /// As [`Sim::send`].
    pub fn say(&self, user_id: i64, chat_id: i64, text: &str) -> Result<Vec<i64>, SimError> {
        self.send(&SendText::new(user_id, chat_id, text))
    }

    /// A person sends a file; returns the id of its message.
    ///
    /// # Errors
    /// When the person, chat or topic does not exist, or the file cannot be kept.
    pub async fn upload(&self, upload: SendUpload) -> Result<Vec<i64>, SimError> {
        let caption = text::finish(upload.caption.as_deref().unwrap_or(""), Vec::new())
            .map_err(|error| SimError::new(error.description))?;
        let file = Upload { name: Some(upload.file_name), mime: upload.mime_type, bytes: upload.bytes };
        let file = self.hub.files.keep(file, FileKind::Document).await;
        let file = file.map_err(|error| SimError::new(format!("the file cannot be kept: {error}")))?;
        let kept = file.clone();
        let sent = self.hub.change(|inner, now| {
            let place =
                Place { user_id: upload.user_id, chat_id: upload.chat_id, thread_id: upload.thread_id };
            let mut message = place.message(inner, now, None)?;
            message.document = Some(Box::new(file.as_document()));
            message.caption = (!caption.text.is_empty()).then_some(caption.text);
            message.caption_entities = caption.entities;
            inner.commit(now, Change::File(file));
            Ok(vec![inner.say(message, now)])
        });
        if sent.is_err() {
            self.hub.files.forget(&kept).await;
        }
        sent
    }

    /// A person edits a message of theirs.
    ///
    /// # Errors
    /// When it is not theirs, is gone, or the text is blank or too long.
    pub fn edit(&self, user_id: i64, chat_id: i64, message_id: i64, new_text: &str) -> Result<(), SimError> {
        let formatted =
            text::finish(new_text, Vec::new()).map_err(|error| SimError::new(error.description))?;
        if formatted.text.is_empty() || formatted.len() > TEXT_LIMIT {
            return Err(SimError::new("an edited message needs 1 to 4096 characters"));
        }
        self.hub.change(|inner, now| {
            let old = inner.message(chat_id, message_id)?;
            if old.from.id != user_id || old.text.is_none() {
                return Err(SimError::new("a person can edit only a text message of their own"));
            }
            let mut message = old.message.clone();
            message.text = Some(formatted.text);
            message.entities = formatted.entities;
            message.edit_date = Some(now / 1_000);
            let message = Arc::new(SimMessage { message, ..(*old).clone() });
            inner.commit(now, Change::Edit(Arc::clone(&message)));
            inner.tell_bot(now, "edited_message", &message);
            Ok(())
        })
    }

    /// A person presses a button; returns the id that the bot answers to.
    ///
    /// # Errors
    /// When there is no such button, or the person is not in the chat.
    pub fn tap(&self, tap: &Tap) -> Result<String, SimError> {
        self.hub.change(|inner, now| {
            let user = Place { user_id: tap.user_id, chat_id: tap.chat_id, thread_id: None }.person(inner)?;
            let data = match (&tap.data, &tap.label) {
                (Some(data), _) => data.clone(),
                (None, Some(label)) => button_data(&*inner.message(tap.chat_id, tap.message_id)?, label)?,
                (None, None) => return Err(SimError::new("a tap needs \"label\" or \"data\"")),
            };
            if data.is_empty() || data.len() > DATA_LIMIT {
                return Err(SimError::new("a button's data has 1 to 64 bytes"));
            }
            Ok(inner.press(now, tap, &user, data))
        })
    }

    /// A person deletes a message, theirs or the bot's. Telegram does not tell the bot.
    ///
    /// # Errors
    /// When there is no such message.
    pub fn delete(&self, chat_id: i64, message_id: i64) -> Result<(), SimError> {
        self.hub.change(|inner, now| {
            inner.message(chat_id, message_id)?;
            inner.commit(now, Change::Delete { chat_id, message_id });
            Ok(())
        })
    }
}

pub(super) fn no_user(id: i64) -> SimError {
    SimError::new(format!("there is no user {id}; /sim/state lists the users"))
}

pub(super) fn no_chat(id: i64) -> SimError {
    SimError::new(format!("there is no chat {id}; /sim/state lists the chats"))
}

pub(super) fn no_topic(id: i64) -> SimError {
    SimError::new(format!("there is no topic {id} in this chat; /sim/state lists the topics"))
}

pub(super) fn not_in_chat(user_id: i64, chat_id: i64) -> SimError {
    SimError::new(format!("user {user_id} is not in chat {chat_id}; /sim/state lists the members"))
}

pub(super) fn no_message(chat_id: i64, message_id: i64) -> SimError {
    SimError::new(format!("there is no message {message_id} in chat {chat_id}; /sim/messages lists them"))
}

pub(super) fn upgraded(to: i64) -> SimError {
    SimError::new(format!("the group was upgraded; it goes on as {to}"))
}

fn button_data(message: &Message, label: &str) -> Result<String, SimError> {
    let button = message.buttons().find(|button| button.text == label).ok_or_else(|| {
        let labels: Vec<&str> = message.buttons().map(|button| button.text.as_str()).collect();
        SimError::new(format!("no button \"{label}\"; the message has {labels:?}"))
    })?;
    button
        .callback_data
        .clone()
        .ok_or_else(|| SimError::new(format!("the button \"{label}\" does not call the bot")))
}

/// Cuts text into messages as clients do: at 4096 UTF-16 units, wherever that is.
fn split(text: &str, entities: Option<&[Entity]>) -> Result<Vec<Formatted>, SimError> {
    let mut parts = Vec::new();
    let mut rest = text;
    let mut done_units = 0;
    while !rest.is_empty() {
        let mut units = 0;
        let cut = rest
            .char_indices()
            .find(|(_, c)| {
                units += c.len_utf16();
                units > TEXT_LIMIT
            })
            .map_or(rest.len(), |(at, _)| at);
        let (part, tail) = rest.split_at(cut);
        let part_units = text::utf16_len(part);
        let formatted = match entities {
            Some(entities) => text::exact(part, window(entities, done_units, part_units)),
            None => text::finish(part, Vec::new()),
        };
        let formatted = formatted.map_err(|error| SimError::new(error.description))?;
        if !formatted.text.is_empty() {
            parts.push(formatted);
        }
        done_units += part_units;
        rest = tail;
    }
    if parts.is_empty() {
        Err(SimError::new("the text is blank; Telegram's clients do not send it"))
    } else {
        Ok(parts)
    }
}

/// The parts of entities that lie in a window, relative to it.
fn window(entities: &[Entity], from: usize, length: usize) -> Vec<Entity> {
    let clip = |at: usize| at.clamp(from, from + length) - from;
    entities
        .iter()
        .map(|entity| {
            let offset = clip(entity.offset);
            Entity { offset, length: clip(entity.end()) - offset, ..entity.clone() }
        })
        .filter(|entity| entity.length > 0)
        .collect()
}

/// Where a person acts.
pub(super) struct Place {
    pub(super) user_id: i64,
    pub(super) chat_id: i64,
    pub(super) thread_id: Option<i64>,
}

impl Place {
    /// The person, when they are in the chat and may act there.
    pub(super) fn person(&self, inner: &Inner) -> Result<User, SimError> {
        let user = inner.world.users.get(&self.user_id).ok_or_else(|| no_user(self.user_id))?;
        let chat = inner.world.chats.get(&self.chat_id).ok_or_else(|| no_chat(self.chat_id))?;
        if !chat.info.members.contains(&self.user_id) {
            return Err(not_in_chat(self.user_id, self.chat_id));
        }
        if let Some(to) = chat.migrated_to {
            return Err(upgraded(to));
        }
        if chat.info.kind == ChatKind::Private && chat.bot == BotStatus::Kicked {
            return Err(SimError::new("the bot is blocked here; unblock it first"));
        }
        Ok(user.as_user())
    }

    /// A message from the person, without content.
    fn message(&self, inner: &Inner, now: i64, reply_to: Option<i64>) -> Result<Message, SimError> {
        let user = self.person(inner)?;
        let chat = inner.world.chats.get(&self.chat_id).ok_or_else(|| no_chat(self.chat_id))?;
        let mut thread_id = self.thread_id.filter(|topic| chat.info.is_forum && *topic > 1);
        if let Some(topic) = thread_id.filter(|topic| !chat.has_topic(*topic)) {
            return Err(no_topic(topic));
        }
        let mut message = inner.world.blank(self.chat_id, user, now).ok_or_else(|| no_chat(self.chat_id))?;
        if let Some(id) = reply_to {
            let target = inner.message(self.chat_id, id)?;
            thread_id = thread_id.or(target.message_thread_id);
            message.reply_to_message = Some(Box::new(target.message.without_reply()));
        }
        let topic = chat.topic(thread_id.unwrap_or(1)).filter(|topic| topic.closed);
        if topic.is_some() && chat.info.members.first() != Some(&self.user_id) {
            return Err(SimError::new(
                "the topic is closed; reopen it first, or write as the owner of the chat",
            ));
        }
        message.message_thread_id = thread_id;
        message.is_topic_message = thread_id.map(|_| true);
        Ok(message)
    }
}
