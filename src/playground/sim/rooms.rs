//! What happens to chats as a whole: block, kick, add, migrate; people and topics have files of their own.

use std::sync::Arc;

use serde_json::{Value, json};

use super::changes::{ChatAction, ChatChange, ChatChanged};
use super::people::{no_chat, no_user, not_in_chat, upgraded};
use super::{Sim, SimError};
use crate::playground::cast::{SimChat, SimTopic};
use crate::playground::hub::Inner;
use crate::playground::methods::member;
use crate::playground::model::{ChatKind, SimMessage, User};
use crate::playground::world::{BotStatus, Change, Chat};

/// Supergroups that groups become get ids below this.
const MIGRATED_IDS: i64 = -1_002_000_000_000;

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
        if change.action == ChatAction::Create {
            return self.create_chat(now, change);
        }
        let id = change.chat_id.ok_or_else(|| SimError::new("say which chat with \"chat_id\""))?;
        let chat = self.world.chats.get(&id).ok_or_else(|| no_chat(id))?;
        if let Some(to) = chat.migrated_to {
            return Err(upgraded(to));
        }
        let (kind, standing) = (chat.info.kind, chat.bot);
        let actor = self.actor(chat, change)?;
        let needs = |is_right: bool, what: &str| if is_right { Ok(()) } else { Err(SimError::new(what)) };
        let in_private = "only a private chat can do this; its id is the person's id";
        let in_group = "only a group can do this";
        match change.action {
            ChatAction::Block | ChatAction::Unblock => {
                needs(kind == ChatKind::Private, in_private)?;
                let blocks = change.action == ChatAction::Block;
                needs(blocks != (standing == BotStatus::Kicked), "the bot is so already")?;
                self.set_bot(now, id, &actor, if blocks { BotStatus::Kicked } else { BotStatus::Member });
            }
            ChatAction::Kick => {
                needs(kind != ChatKind::Private, in_group)?;
                needs(standing == BotStatus::Member, "the bot is not in the group")?;
                let bot = json!(self.world.bot);
                self.set_bot(now, id, &actor, BotStatus::Kicked);
                self.service(now, id, None, &actor, "left_chat_member", bot);
            }
            ChatAction::Add => {
                needs(kind != ChatKind::Private, in_group)?;
                needs(standing != BotStatus::Member, "the bot is in the group already")?;
                self.set_bot(now, id, &actor, BotStatus::Member);
                let bot = json!([self.world.bot]);
                self.service(now, id, None, &actor, "new_chat_members", bot);
            }
            ChatAction::Join | ChatAction::Leave => {
                needs(kind != ChatKind::Private, in_group)?;
                self.change_members(now, id, change)?;
            }
            ChatAction::Migrate => {
                needs(kind == ChatKind::Group, "only a plain group can be upgraded")?;
                return self.migrate(now, id, &actor);
            }
            _ => {
                needs(chat.info.is_forum, "only a forum has topics")?;
                return self.change_topic(now, id, change, &actor);
            }
        }
        Ok(ChatChanged::default())
    }

    /// Who does it: the person that is named, who has to be in the chat unless they join, or its first member.
    fn actor(&self, chat: &Chat, change: &ChatChange) -> Result<User, SimError> {
        let id = change.user_id.or_else(|| chat.info.members.first().copied()).unwrap_or(chat.info.id);
        let actor = self.world.user(id).ok_or_else(|| no_user(id))?;
        if change.action != ChatAction::Join && !chat.info.members.contains(&id) {
            return Err(not_in_chat(id, chat.info.id));
        }
        Ok(actor)
    }

    /// Opens a topic with the service message that gives it its id.
    pub(crate) fn open_topic(
        &mut self,
        chat_id: i64,
        by: &User,
        (name, icon_color): (&str, i64),
        now: i64,
    ) -> Option<Arc<SimMessage>> {
        let blank = self.world.blank(chat_id, by.clone(), now)?;
        let mut message =
            blank.telling("forum_topic_created", json!({ "name": name, "icon_color": icon_color }));
        message.message_thread_id = Some(message.message_id);
        message.is_topic_message = Some(true);
        let topic = SimTopic::new(message.message_id, name);
        let message = Arc::new(SimMessage { message, silent: true, at_ms: now, reactions: Vec::new() });
        self.commit(now, Change::Topic { chat_id, topic });
        self.commit(now, Change::Message(Arc::clone(&message)));
        Some(message)
    }

    /// Puts a service message into a chat, and tells the bot if it is there.
    pub(super) fn service(
        &mut self,
        now: i64,
        chat_id: i64,
        thread_id: Option<i64>,
        by: &User,
        field: &str,
        told: Value,
    ) {
        let Some(blank) = self.world.blank(chat_id, by.clone(), now) else { return };
        let mut message = blank.telling(field, told);
        message.message_thread_id = thread_id;
        message.is_topic_message = thread_id.map(|_| true);
        let message = Arc::new(SimMessage { message, silent: true, at_ms: now, reactions: Vec::new() });
        self.commit(now, Change::Message(Arc::clone(&message)));
        self.tell_bot(now, "message", &message);
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
        self.tell_standing(now, chat_id, by, &old);
    }

    /// Tells the bot how it stands to a chat from now on.
    pub(super) fn tell_standing(&mut self, now: i64, chat_id: i64, by: &User, old: &Value) {
        let Some(chat) = self.world.chats.get(&chat_id) else { return };
        let update = json!({
            "chat": chat.reference(self.world.users.get(&chat_id)), "from": by, "date": now / 1_000,
            "old_chat_member": old, "new_chat_member": member(chat, &self.world.bot, self.world.bot.id),
        });
        self.queue(now, "my_chat_member", &update);
    }

    fn migrate(&mut self, now: i64, from: i64, by: &User) -> Result<ChatChanged, SimError> {
        let chat = self.world.chats.get(&from).ok_or_else(|| no_chat(from))?;
        let status = chat.bot;
        let to = self.free_id(MIGRATED_IDS);
        let info = SimChat { id: to, kind: ChatKind::Supergroup, ..chat.info.clone() };
        self.commit(now, Change::Chat(info));
        if status != BotStatus::Member {
            self.commit(now, Change::BotStatus { chat_id: to, status });
        }
        self.service(now, from, None, by, "migrate_to_chat_id", json!(to));
        self.commit(now, Change::Migrated { from, to });
        self.service(now, to, None, by, "migrate_from_chat_id", json!(from));
        Ok(ChatChanged { new_chat_id: Some(to), ..ChatChanged::default() })
    }

    /// The first id below `start` that no chat has.
    pub(super) fn free_id(&self, start: i64) -> i64 {
        let mut id = start - 1;
        while self.world.chats.contains_key(&id) {
            id -= 1;
        }
        id
    }
}
