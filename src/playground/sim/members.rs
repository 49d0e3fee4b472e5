//! Who there is, and who is in which group: new people, new groups, joining and leaving.

use serde_json::{Value, json};

use super::changes::{ChatAction, ChatChange, ChatChanged, NewChat};
use super::people::{no_chat, no_user, not_in_chat};
use super::verbs::NewPerson;
use super::{Sim, SimError};
use crate::playground::cast::{SimChat, SimUser};
use crate::playground::hub::Inner;
use crate::playground::methods::member;
use crate::playground::model::{ChatKind, User};
use crate::playground::world::Change;

/// Supergroups that people make get ids below this, plain groups below the other.
const SUPERGROUP_IDS: i64 = -1_001_000_000_100;
const GROUP_IDS: i64 = -1_000_000;
/// Ids of people are below this, as Telegram promises.
const PERSON_IDS_END: i64 = 1 << 52;
/// Characters of a person's or chat's name.
const NAME_LIMIT: usize = 128;

impl Sim {
    /// A new person, with a private chat; returns their id.
    ///
    /// # Errors
    /// When a name is not one, or id or user name are taken.
    pub fn person(&self, person: &NewPerson) -> Result<i64, SimError> {
        let first_name = name(&person.first_name, "first_name")?;
        let username = person.username.as_deref().map(|name| name.trim_start_matches('@').to_owned());
        if username.as_deref().is_some_and(|name| !is_username(name)) {
            return Err(SimError::new("a user name has 1 to 32 letters, digits and underscores"));
        }
        self.hub.change(|inner, now| {
            let world = &inner.world;
            let newest = world.users.keys().next_back().copied().unwrap_or(1_000);
            let id = person.id.unwrap_or(newest + 1);
            let is_one = person.id.is_none_or(|id| (1..PERSON_IDS_END).contains(&id));
            if !is_one || world.user(id).is_some() {
                return Err(SimError::new(format!(
                    "the id {id} is taken, or not above 0 and below 2^52; leave it out"
                )));
            }
            let bot = world.bot.username.iter();
            let mut known = world.users.values().filter_map(|user| user.username.as_ref()).chain(bot);
            if known.any(|known| username.as_ref().is_some_and(|new| new.eq_ignore_ascii_case(known))) {
                return Err(SimError::new("the user name is taken; choose another"));
            }
            let role_hint = person.role_hint.clone().unwrap_or_else(|| "stranger".to_owned());
            let user = SimUser { id, first_name, username, role_hint };
            let private = SimChat::private(&user);
            inner.commit(now, Change::User(user));
            inner.commit(now, Change::Chat(private));
            Ok(id)
        })
    }
}

impl Inner {
    /// A group that a person makes with the bot in it.
    pub(super) fn create_chat(&mut self, now: i64, change: &ChatChange) -> Result<ChatChanged, SimError> {
        if change.chat_id.is_some() {
            return Err(SimError::new("a new chat gets its \"chat_id\" here; leave it out"));
        }
        let kind = change.kind.ok_or_else(|| SimError::new("\"kind\" is group, supergroup or forum"))?;
        let title = name(change.name.as_deref().unwrap_or(""), "name")?;
        let mut members: Vec<i64> = change.user_id.into_iter().collect();
        for id in &change.members {
            if !members.contains(id) {
                members.push(*id);
            }
        }
        if let Some(id) = members.iter().find(|id| !self.world.users.contains_key(id)) {
            return Err(no_user(*id));
        }
        let owner = members.first().and_then(|id| self.world.user(*id));
        let owner = owner.ok_or_else(|| SimError::new("a chat needs \"members\", its owner first"))?;
        let id = self.free_id(if kind == NewChat::Group { GROUP_IDS } else { SUPERGROUP_IDS });
        let info = match kind {
            NewChat::Group => SimChat::group(id, &title, &members),
            NewChat::Supergroup => {
                SimChat { kind: ChatKind::Supergroup, ..SimChat::group(id, &title, &members) }
            }
            NewChat::Forum => SimChat::forum(id, &title, &members, &[]),
        };
        self.commit(now, Change::Chat(info));
        let bot = self.world.bot.clone();
        self.tell_standing(now, id, &owner, &json!({ "status": "left", "user": bot }));
        // A plain group is made with the bot; into a supergroup it comes afterwards.
        let (field, told) = match kind {
            NewChat::Group => ("group_chat_created", json!(true)),
            NewChat::Supergroup | NewChat::Forum => ("new_chat_members", json!([bot])),
        };
        self.service(now, id, None, &owner, field, told);
        Ok(ChatChanged { new_chat_id: Some(id), ..ChatChanged::default() })
    }

    /// A person joins or leaves a group.
    pub(super) fn change_members(
        &mut self,
        now: i64,
        chat_id: i64,
        change: &ChatChange,
    ) -> Result<(), SimError> {
        let user_id = change.user_id.ok_or_else(|| SimError::new("say who with \"user_id\""))?;
        let user = self.world.users.get(&user_id).ok_or_else(|| no_user(user_id))?.as_user();
        let chat = self.world.chats.get(&chat_id).ok_or_else(|| no_chat(chat_id))?;
        let mut members = chat.info.members.clone();
        let is_in = members.contains(&user_id);
        if change.action == ChatAction::Join {
            if is_in {
                return Err(SimError::new(format!("user {user_id} is in chat {chat_id} already")));
            }
            members.push(user_id);
        } else if !is_in {
            return Err(not_in_chat(user_id, chat_id));
        } else if members.len() == 1 {
            return Err(SimError::new("the last person cannot leave; somebody has to join first"));
        } else {
            members.retain(|id| *id != user_id);
        }
        let old = self.standing(chat_id, &user);
        self.commit(now, Change::Members { chat_id, members });
        match change.action {
            ChatAction::Join => self.service(now, chat_id, None, &user, "new_chat_members", json!([user])),
            _ => self.service(now, chat_id, None, &user, "left_chat_member", json!(user)),
        }
        if self.bot_administers(chat_id) {
            let update = json!({
                "chat": self.world.chats.get(&chat_id).map(|chat| chat.reference(None)),
                "from": user, "date": now / 1_000,
                "old_chat_member": old, "new_chat_member": self.standing(chat_id, &user),
            });
            self.queue(now, "chat_member", &update);
        }
        Ok(())
    }

    /// A `ChatMember`; nothing when there is no such chat.
    fn standing(&self, chat_id: i64, user: &User) -> Value {
        self.world.chats.get(&chat_id).map_or(Value::Null, |chat| member(chat, user, self.world.bot.id))
    }

    /// Whether Telegram tells the bot of members, reactions and all talk there.
    pub(super) fn bot_administers(&self, chat_id: i64) -> bool {
        self.standing(chat_id, &self.world.bot)["status"] == "administrator"
    }
}

fn name(text: &str, field: &str) -> Result<String, SimError> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > NAME_LIMIT {
        return Err(SimError::new(format!("\"{field}\" needs 1 to {NAME_LIMIT} characters")));
    }
    Ok(name.to_owned())
}

fn is_username(name: &str) -> bool {
    (1..=32).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
