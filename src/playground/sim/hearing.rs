//! What the bot hears of what people do, and how it is told.

use std::sync::Arc;

use serde_json::json;

use super::SimError;
use super::people::{no_chat, no_message};
use super::verbs::Tap;
use crate::playground::hub::Inner;
use crate::playground::model::{ChatKind, Message, SimMessage, User};
use crate::playground::world::{BotStatus, Change, Chat, Press};

impl Inner {
    /// A message that is there.
    pub(super) fn message(&self, chat_id: i64, message_id: i64) -> Result<Arc<SimMessage>, SimError> {
        let chat = self.world.chats.get(&chat_id).ok_or_else(|| no_chat(chat_id))?;
        let message = chat.live(message_id).cloned();
        message.ok_or_else(|| no_message(chat_id, message_id))
    }

    /// Puts a person's message into its chat and tells the bot, if it may hear it.
    pub(super) fn say(&mut self, message: Message, now: i64) -> i64 {
        let id = message.message_id;
        let message = Arc::new(SimMessage { message, silent: false, at_ms: now, reactions: Vec::new() });
        self.commit(now, Change::Message(Arc::clone(&message)));
        self.tell_bot(now, "message", &message);
        id
    }

    pub(super) fn tell_bot(&mut self, now: i64, kind: &str, message: &Message) {
        if self.bot_hears(message) {
            let shown = self.world.for_bot(message).into_owned();
            self.queue(now, kind, &shown);
        }
    }

    /// Privacy mode: in groups the bot hears commands, mentions of it, answers to it, and service messages. Where it is an
    /// administrator it hears everything.
    fn bot_hears(&self, message: &Message) -> bool {
        if message.chat.kind == ChatKind::Private || self.bot_administers(message.chat.id) {
            return true;
        }
        let is_member =
            self.world.chats.get(&message.chat.id).is_some_and(|chat| chat.bot == BotStatus::Member);
        let bot = &self.world.bot;
        let is_bot = |name: &str| bot.username.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name));
        let text = message.content();
        let entities = if message.text.is_some() { &message.entities } else { &message.caption_entities };
        let is_called = entities.iter().any(|entity| {
            let shown = entity.slice(text);
            match entity.kind.as_str() {
                "bot_command" => shown.split_once('@').is_none_or(|(_, name)| is_bot(name)),
                "mention" => is_bot(shown.trim_start_matches('@')),
                _ => false,
            }
        });
        let is_answer = message.reply_to_message.as_ref().is_some_and(|target| target.from.id == bot.id);
        is_member && (is_called || is_answer || message.is_service())
    }

    pub(super) fn press(&mut self, now: i64, tap: &Tap, user: &User, data: String) -> String {
        let id = self.world.next_press.to_string();
        let chat = self.world.chats.get(&tap.chat_id);
        let message = match chat.and_then(|chat| chat.live(tap.message_id)) {
            Some(message) => json!(*self.world.for_bot(message)),
            // What Telegram shows of a message that is gone.
            None => json!({
                "chat": chat.map(|chat| chat.reference(self.world.users.get(&tap.chat_id))),
                "message_id": tap.message_id, "date": 0,
            }),
        };
        let instance = chat.map(Chat::instance).unwrap_or_default();
        let query =
            json!({ "id": id, "from": user, "message": message, "chat_instance": instance, "data": data });
        let press = Press {
            id: id.clone(),
            user_id: tap.user_id,
            chat_id: tap.chat_id,
            message_id: tap.message_id,
            data,
            at: now,
        };
        self.commit(now, Change::Press(press));
        self.queue(now, "callback_query", &query);
        id
    }
}
