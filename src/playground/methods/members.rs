//! Asking about members; leaving.

use serde_json::{Value, json};

use super::{Answer, Call, done};
use crate::playground::errors::ApiError;
use crate::playground::model::{ChatKind, User};
use crate::playground::world::{BotStatus, Chat};

pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let id = call.readable("chat_id")?;
    let user_id = call.params.int("user_id").ok_or_else(|| ApiError::bad("invalid user_id specified"))?;
    let user = call.inner.world.user(user_id).ok_or(ApiError::USER_NOT_FOUND)?;
    let bot_id = call.inner.world.bot.id;
    done(&member(call.chat(id)?, &user, bot_id))
}

pub(super) fn administrators(call: &mut Call<'_>) -> Answer {
    let id = call.readable("chat_id")?;
    let chat = call.chat(id)?;
    if chat.info.kind == ChatKind::Private {
        return Err(ApiError::NO_ADMINISTRATORS);
    }
    let bot_id = call.inner.world.bot.id;
    let people = chat.info.members.iter().copied().chain([bot_id]).filter_map(|id| call.inner.world.user(id));
    let administrators: Vec<Value> = people
        .map(|user| member(chat, &user, bot_id))
        .filter(|member| member["status"] == "creator" || member["status"] == "administrator")
        .collect();
    done(&administrators)
}

/// How many are in the chat, the bot included.
pub(super) fn count(call: &mut Call<'_>) -> Answer {
    let id = call.readable("chat_id")?;
    let chat = call.chat(id)?;
    let bots = usize::from(chat.bot == BotStatus::Member || chat.info.kind == ChatKind::Private);
    done(&(chat.info.members.len() + bots))
}

pub(super) fn leave(call: &mut Call<'_>) -> Answer {
    let id = call.readable("chat_id")?;
    let chat = call.chat(id)?;
    match (chat.info.kind, chat.bot) {
        (ChatKind::Private, _) => return Err(ApiError::CANT_LEAVE),
        (_, BotStatus::Member) => {}
        (_, BotStatus::Kicked | BotStatus::Left) => return Err(ApiError::NOT_IN_GROUP),
    }
    let bot = call.inner.world.bot.clone();
    call.announce(id, None, "left_chat_member", json!(bot))?;
    call.inner.set_bot(call.now, id, &bot, BotStatus::Left);
    done(&true)
}

/// A `ChatMember`. The first member of a group is its owner; the bot administers topics in forums.
pub(crate) fn member(chat: &Chat, user: &User, bot_id: i64) -> Value {
    let is_group = chat.info.kind != ChatKind::Private;
    let is_bot = user.id == bot_id;
    if is_bot && chat.bot == BotStatus::Kicked {
        return json!({ "status": "kicked", "user": user, "until_date": 0 });
    }
    if is_bot && chat.bot == BotStatus::Left {
        return json!({ "status": "left", "user": user });
    }
    if is_bot && chat.info.is_forum {
        return json!({
            "status": "administrator", "user": user, "can_be_edited": false, "is_anonymous": false,
            "can_manage_chat": true, "can_delete_messages": false, "can_manage_video_chats": false,
            "can_restrict_members": false, "can_promote_members": false, "can_change_info": false,
            "can_invite_users": false, "can_post_stories": false, "can_edit_stories": false,
            "can_delete_stories": false, "can_pin_messages": true, "can_manage_topics": true,
        });
    }
    if is_group && chat.info.members.first() == Some(&user.id) {
        return json!({ "status": "creator", "user": user, "is_anonymous": false });
    }
    let is_member = is_bot || chat.info.members.contains(&user.id);
    json!({ "status": if is_member { "member" } else { "left" }, "user": user })
}
