//! Making messages: what every message has, and how the bot sees it.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::World;
use crate::playground::model::{Message, User};

impl World {
    /// The next message of a chat, without content; `None` when there is no such chat.
    pub(crate) fn blank(&self, chat_id: i64, from: User, now: i64) -> Option<Message> {
        let chat = self.chats.get(&chat_id)?;
        Some(Message {
            message_id: chat.next_message_id,
            date: now / 1_000,
            chat: chat.reference(self.users.get(&chat_id)),
            from,
            message_thread_id: None,
            is_topic_message: None,
            text: None,
            entities: Vec::new(),
            caption: None,
            caption_entities: Vec::new(),
            document: None,
            photo: Vec::new(),
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
        match opening {
            Some(opening) => {
                let reply_to_message = Some(Box::new(opening.message.without_reply()));
                Cow::Owned(Message { reply_to_message, ..message.clone() })
            }
            None => Cow::Borrowed(message),
        }
    }
}

impl Message {
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
