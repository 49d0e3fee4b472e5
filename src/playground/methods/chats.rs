//! Asking about chats and members; showing that the bot is busy.

use serde_json::{Value, json};

use super::{Answer, Call, done};
use crate::playground::errors::ApiError;
use crate::playground::model::{ChatKind, User};
use crate::playground::world::{BotStatus, Change, Chat};

const ACTIONS: [&str; 12] = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
    "cancel",
];

pub(super) fn send_action(call: &mut Call<'_>) -> Answer {
    let action = call
        .params
        .text("action")
        .map(str::to_ascii_lowercase)
        .filter(|name| ACTIONS.contains(&name.as_str()));
    let action = action.ok_or(ApiError::WRONG_ACTION)?;
    let chat_id = call.writable()?;
    let thread_id = call.params.int("message_thread_id").filter(|id| *id != 0);
    let chat = call.chat(chat_id)?;
    // Unlike for messages, 1 names the General topic here.
    if chat.info.is_forum && thread_id.is_some_and(|id| !chat.has_topic(id)) {
        return Err(ApiError::THREAD_NOT_FOUND);
    }
    call.inner.commit(call.now, Change::Action { chat_id, thread_id, action });
    done(&true)
}

pub(super) fn get_chat(call: &mut Call<'_>) -> Answer {
    let id = call.chat_id("chat_id")?;
    let chat = call.chat(id)?;
    let mut full = serde_json::to_value(chat.reference(call.inner.world.users.get(&id)))
        .map_err(|_| ApiError::INTERNAL)?;
    full["accent_color_id"] = json!(0);
    full["max_reaction_count"] = json!(11);
    full["accepted_gift_types"] = json!({
        "unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false, "premium_subscription": false,
        "gifts_from_channels": false,
    });
    if chat.info.kind != ChatKind::Private {
        full["permissions"] = permissions();
    }
    done(&full)
}

fn permissions() -> Value {
    let allowed = [
        "can_send_messages",
        "can_send_audios",
        "can_send_documents",
        "can_send_photos",
        "can_send_videos",
        "can_send_video_notes",
        "can_send_voice_notes",
        "can_send_polls",
        "can_send_other_messages",
        "can_add_web_page_previews",
        "can_change_info",
        "can_invite_users",
        "can_pin_messages",
        "can_manage_topics",
    ];
    allowed
        .iter()
        .map(|name| ((*name).to_owned(), Value::Bool(true)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

pub(super) fn get_member(call: &mut Call<'_>) -> Answer {
    let id = call.chat_id("chat_id")?;
    let user_id = call.params.int("user_id").ok_or_else(|| ApiError::bad("invalid user_id specified"))?;
    let user = call.inner.world.user(user_id).ok_or(ApiError::USER_NOT_FOUND)?;
    let bot_id = call.inner.world.bot.id;
    done(&member(call.chat(id)?, &user, bot_id))
}

pub(super) fn get_administrators(call: &mut Call<'_>) -> Answer {
    let id = call.chat_id("chat_id")?;
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

/// A `ChatMember`. The first member of a group is its owner; the bot administers topics in forums.
pub(crate) fn member(chat: &Chat, user: &User, bot_id: i64) -> Value {
    let is_group = chat.info.kind != ChatKind::Private;
    let is_bot = user.id == bot_id;
    if is_bot && chat.bot == BotStatus::Kicked {
        return json!({ "status": "kicked", "user": user, "until_date": 0 });
    }
    if is_bot && chat.info.is_forum {
        return json!({
            "status": "administrator", "user": user, "can_be_edited": false, "is_anonymous": false,
            "can_manage_chat": true, "can_delete_messages": false, "can_manage_video_chats": false,
            "can_restrict_members": false, "can_promote_members": false, "can_change_info": false,
            "can_invite_users": false, "can_post_stories": false, "can_edit_stories": false,
            "can_delete_stories": false, "can_pin_messages": false, "can_manage_topics": true,
        });
    }
    if is_group && chat.info.members.first() == Some(&user.id) {
        return json!({ "status": "creator", "user": user, "is_anonymous": false });
    }
    let is_member = is_bot || chat.info.members.contains(&user.id);
    json!({ "status": if is_member { "member" } else { "left" }, "user": user })
}
