//! What happens to chats as a whole: block, kick, add, migrate, topics.

use std::sync::Arc;

use serde_json::{Value, json};

use super::people::{no_chat, no_user};
use super::verbs::{ChatAction, ChatChange, ChatChanged};
use super::{Sim, SimError};
use crate::playground::cast::{SimChat, SimTopic};
use crate::playground::hub::Inner;
use crate::playground::methods::member;
use crate::playground::model::{ChatKind, SimMessage, User};
use crate::playground::world::{BotStatus, Change, Chat};

/// Supergroups that groups become get ids below this.
const MIGRATED_IDS: i64 = -1_002_000_000_000;
/// The colour of Telegram's first topic icon.
const ICON_COLOR: i64 = 7_322_096;

impl Sim {
    /// Something happens to a chat; the bot is told what Telegram would tell it.
    ///
    /// # Errors
    /// When the chat, person or topic does not exist, or the chat is of the wrong kind for it.
    pub fn chat(&self, change: &ChatChange) -> Result<ChatChanged, SimError> {
        self.hub.change(|inner, now| inner.change_chat(now, change))
    }
}

impl Inner {
    fn change_chat(&mut self, now: i64, change: &ChatChange) -> Result<ChatChanged, SimError> {
        let id = change.chat_id;
        let chat = self.world.chats.get(&id).ok_or_else(|| no_chat(id))?;
        let kind = chat.info.kind;
        let actor = change.user_id.or_else(|| chat.info.members.first().copied()).unwrap_or(id);
        let actor = self.world.user(actor).ok_or_else(|| no_user(actor))?;
        let needs = |is_right: bool, what: &str| if is_right { Ok(()) } else { Err(SimError::new(what)) };
        let in_private = "only a private chat can do this; its id is the person's id";
        let in_group = "only a group can do this";
        match change.action {
            ChatAction::Block | ChatAction::Unblock => {
                needs(kind == ChatKind::Private, in_private)?;
                let blocks = change.action == ChatAction::Block;
                self.set_bot(now, id, &actor, if blocks { BotStatus::Kicked } else { BotStatus::Member });
            }
            ChatAction::Kick => {
                needs(kind != ChatKind::Private, in_group)?;
                let bot = json!(self.world.bot);
                self.service(now, id, &actor, "left_chat_member", bot, false);
                self.set_bot(now, id, &actor, BotStatus::Kicked);
            }
            ChatAction::Add => {
                needs(kind != ChatKind::Private, in_group)?;
                self.set_bot(now, id, &actor, BotStatus::Member);
                let bot = json!([self.world.bot]);
                self.service(now, id, &actor, "new_chat_members", bot, true);
            }
            ChatAction::Migrate => {
                needs(kind == ChatKind::Group, "only a plain group can be upgraded")?;
                return self.migrate(now, id, &actor);
            }
            ChatAction::CreateTopic | ChatAction::DeleteTopic => {
                needs(chat.info.is_forum, "only a forum has topics")?;
                return self.change_topic(now, change, &actor);
            }
        }
        Ok(ChatChanged::default())
    }

    fn change_topic(&mut self, now: i64, change: &ChatChange, actor: &User) -> Result<ChatChanged, SimError> {
        let chat_id = change.chat_id;
        if change.action == ChatAction::CreateTopic {
            let name = change.name.as_deref().unwrap_or("").trim();
            if name.is_empty() {
                return Err(SimError::new("a new topic needs \"name\""));
            }
            let opened = self.open_topic(chat_id, actor, name, now).ok_or_else(|| no_chat(chat_id))?;
            self.queue(now, "message", &opened.message);
            return Ok(ChatChanged { thread_id: Some(opened.message_id), ..ChatChanged::default() });
        }
        let topic_id = change.thread_id.unwrap_or(0);
        let has_topic = self.world.chats.get(&chat_id).is_some_and(|chat| chat.has_topic(topic_id));
        if topic_id <= 1 || !has_topic {
            return Err(SimError::new("\"thread_id\" has to be a topic of the chat other than General"));
        }
        self.commit(now, Change::TopicGone { chat_id, topic_id });
        Ok(ChatChanged::default())
    }

    /// Opens a topic with the service message that gives it its id.
    pub(crate) fn open_topic(
        &mut self,
        chat_id: i64,
        by: &User,
        name: &str,
        now: i64,
    ) -> Option<Arc<SimMessage>> {
        let blank = self.world.blank(chat_id, by.clone(), now)?;
        let mut message =
            blank.telling("forum_topic_created", json!({ "name": name, "icon_color": ICON_COLOR }));
        message.message_thread_id = Some(message.message_id);
        message.is_topic_message = Some(true);
        let topic = SimTopic::new(message.message_id, name);
        let message = Arc::new(SimMessage { message, silent: true, at_ms: now, reactions: Vec::new() });
        self.commit(now, Change::Topic { chat_id, topic });
        self.commit(now, Change::Message(Arc::clone(&message)));
        Some(message)
    }

    /// Puts a service message into a chat; returns its id.
    fn service(&mut self, now: i64, chat_id: i64, by: &User, field: &str, told: Value, to_bot: bool) -> i64 {
        let Some(blank) = self.world.blank(chat_id, by.clone(), now) else { return 0 };
        let message = blank.telling(field, told);
        let message = Arc::new(SimMessage { message, silent: true, at_ms: now, reactions: Vec::new() });
        self.commit(now, Change::Message(Arc::clone(&message)));
        if to_bot {
            self.queue(now, "message", &message.message);
        }
        message.message_id
    }

    /// Changes how the bot stands to a chat, and tells it.
    pub(crate) fn set_bot(&mut self, now: i64, chat_id: i64, by: &User, status: BotStatus) {
        let bot = self.world.bot.clone();
        let standing = |chat: &Chat| member(chat, &bot, bot.id);
        let Some(chat) = self.world.chats.get(&chat_id) else { return };
        if chat.bot == status {
            return;
        }
        let old = standing(chat);
        self.commit(now, Change::BotStatus { chat_id, status });
        let Some(chat) = self.world.chats.get(&chat_id) else { return };
        let update = json!({
            "chat": chat.reference(self.world.users.get(&chat_id)), "from": by, "date": now / 1_000,
            "old_chat_member": old, "new_chat_member": standing(chat),
        });
        self.queue(now, "my_chat_member", &update);
    }

    fn migrate(&mut self, now: i64, from: i64, by: &User) -> Result<ChatChanged, SimError> {
        let chat = self.world.chats.get(&from).ok_or_else(|| no_chat(from))?;
        if let Some(to) = chat.migrated_to {
            return Err(SimError::new(format!("the group was already upgraded to {to}")));
        }
        let lowest = self.world.chats.keys().next().copied().unwrap_or(0);
        let to = lowest.min(MIGRATED_IDS) - 1;
        let info = SimChat { id: to, kind: ChatKind::Supergroup, ..chat.info.clone() };
        self.commit(now, Change::Chat(info));
        self.service(now, from, by, "migrate_to_chat_id", json!(to), true);
        self.commit(now, Change::Migrated { from, to });
        self.service(now, to, by, "migrate_from_chat_id", json!(from), true);
        Ok(ChatChanged { new_chat_id: Some(to), ..ChatChanged::default() })
    }
}
