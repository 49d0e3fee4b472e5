//! What people do without words: react, stop a draft.

use serde_json::{Value, json};

use super::people::Place;
use super::verbs::{React, StopDraft};
use super::{Sim, SimError};
use crate::playground::methods::allowed_reaction;
use crate::playground::model::ChatKind;
use crate::playground::world::Change;

/// Reactions that one person may have on a message; more than one needs Telegram Premium.
const REACTIONS_LIMIT: usize = 3;

impl Sim {
    /// A person reacts to a message; the bot is told where it may know.
    ///
    /// # Errors
    /// When there is no such message or emoji, or the person is not in the chat.
    pub fn react(&self, react: &React) -> Result<(), SimError> {
        let mut emoji: Vec<String> = Vec::new();
        for wanted in &react.emoji {
            let known = allowed_reaction(wanted).ok_or_else(|| {
                SimError::new(format!("\"{wanted}\" is no reaction; take one of Telegram's, such as 👍 or ❤"))
            })?;
            if !emoji.iter().any(|emoji| emoji == known) {
                emoji.push(known.to_owned());
            }
        }
        if emoji.len() > REACTIONS_LIMIT {
            return Err(SimError::new("a person has at most 3 reactions on a message"));
        }
        self.hub.change(|inner, now| {
            let (chat_id, message_id) = (react.chat_id, react.message_id);
            let user = Place { user_id: react.user_id, chat_id, thread_id: None }.person(inner)?;
            let message = inner.message(chat_id, message_id)?;
            let reactions = message.with_reactions_of(user.id, &emoji);
            if reactions == message.reactions {
                return Ok(());
            }
            inner.commit(now, Change::Reactions { chat_id, message_id, reactions });
            if message.chat.kind == ChatKind::Private || inner.bot_administers(chat_id) {
                let told = |emoji: &str| json!({ "type": "emoji", "emoji": emoji });
                let old: Vec<Value> = message.reactions_of(user.id).map(told).collect();
                let new: Vec<Value> = emoji.iter().map(|emoji| told(emoji)).collect();
                let update = json!({
                    "chat": message.chat, "message_id": message_id, "user": user, "date": now / 1_000,
                    "old_reaction": old, "new_reaction": new,
                });
                inner.queue(now, "message_reaction", &update);
            }
            Ok(())
        })
    }

    /// A person stops a draft that allows it.
    ///
    /// # Errors
    /// When the bot shows no such draft there, or it has no stop button.
    pub fn stop_draft(&self, stop: &StopDraft) -> Result<(), SimError> {
        self.hub.change(|inner, now| {
            let (chat_id, draft_id) = (stop.chat_id, stop.draft_id);
            Place { user_id: stop.user_id, chat_id, thread_id: None }.person(inner)?;
            let draft = inner.world.open_draft(chat_id, draft_id, now).ok_or_else(|| {
                SimError::new(format!("the bot shows no draft {draft_id} in chat {chat_id} now"))
            })?;
            if !draft.can_stop {
                return Err(SimError::new(
                    "the draft has no stop button; the bot sends \"can_stop\" for one",
                ));
            }
            let chat = inner.world.chats.get(&chat_id);
            let mut update = json!({
                "chat": chat.map(|chat| chat.reference(inner.world.users.get(&chat_id))),
                "draft_id": draft_id,
            });
            if let Some(thread_id) = draft.thread_id {
                update["message_thread_id"] = thread_id.into();
            }
            inner.commit(now, Change::DraftStopped { chat_id, draft_id });
            inner.queue(now, "stopped_message_generation", &update);
            Ok(())
        })
    }
}
