//! Making messages: what every message has, and how the bot sees it.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::World;
use crate::playground::model::{Message, User};

impl World {
    /// The next message of a chat, without content; `None` when there is no such chat.
    pub(crate) fn blank(&self, chat_id: i64, from: User, now: i64) -> Option<Message> {
        let chat = self.chats.get(&chat_id)?;
        let newest = chat.messages.last_key_value().map(|(_, stored)| &stored.message);
        Some(Message {
            message_id: chat.next_message_id,
            date: now / 1_000,
            chat: shared(newest.map(|newest| &newest.chat), chat.reference(self.users.get(&chat_id))),
            from: shared(newest.map(|newest| &newest.from), from),
            message_thread_id: None,
            is_topic_message: None,
            text: None,
            entities: Vec::new(),
            caption: None,
            caption_entities: Vec::new(),
            document: None,
            photo: Vec::new(),
            voice: None,
            has_media_spoiler: None,
            show_caption_above_media: None,
            media_group_id: None,
            rich_message: None,
            quote: None,
            link_preview_options: None,
            has_protected_content: None,
            effect_id: None,
            reply_to_message: None,
            reply_markup: None,
            edit_date: None,
            forward_origin: None,
            service: Map::new(),
        })
    }

    /// A message as the Bot API shows it: in a topic, a message that answers nothing is shown as an answer to
    /// the service message that opened the topic. The page is spared this.
    pub(crate) fn for_bot<'m>(&self, message: &'m Message) -> Cow<'m, Message> {
        let opening = message
            .message_thread_id
            .filter(|topic| message.reply_to_message.is_none() && *topic != message.message_id)
            .and_then(|topic| self.chats.get(&message.chat.id)?.live(topic));
        let mut shown = Cow::Borrowed(message);
        if let Some(opening) = opening {
            shown.to_mut().reply_to_message = Some(Box::new(opening.message.without_reply()));
        }
        let answered = shown.reply_to_message.as_ref();
        if message.rich_message.is_some() || answered.is_some_and(|answered| answered.rich_message.is_some())
        {
            let shown = shown.to_mut();
            shown.hide_rich_text();
            if let Some(answered) = &mut shown.reply_to_message {
                answered.hide_rich_text();
            }
        }
        if message.service.get("pinned_message").is_some_and(|pinned| pinned.get("rich_message").is_some())
            && let Some(Value::Object(pinned)) = shown.to_mut().service.get_mut("pinned_message")
        {
            pinned.remove("text");
            pinned.remove("entities");
        }
        shown
    }

    /// A number for a new album.
    pub(crate) fn album_id(&self, now: i64) -> String {
        format!("{}", now.wrapping_mul(1_000).wrapping_add(i64::try_from(self.seq % 1_000).unwrap_or(0)))
    }
}

/// What is there already, if it is the same: the messages of a chat have much in common.
fn shared<T: PartialEq>(known: Option<&Arc<T>>, fresh: T) -> Arc<T> {
    known.filter(|known| ***known == fresh).map_or_else(|| Arc::new(fresh), Arc::clone)
}

impl Message {
    /// The text of a rich message is for the page; Telegram shows a bot the blocks alone.
    fn hide_rich_text(&mut self) {
        if self.rich_message.is_some() {
            (self.text, self.entities) = (None, Vec::new());
        }
    }

    /// The message without what it answers, as Telegram nests it.
    pub(crate) fn without_reply(&self) -> Self {
        Self { reply_to_message: None, ..self.clone() }
    }

    /// Makes it a service message that tells one thing.
    pub(crate) fn telling(mut self, field: &str, value: Value) -> Self {
        self.service.insert(field.to_owned(), value);
        self
    }
}
