//! Asking about chats; showing that the bot is busy.

use serde_json::{Value, json};

use super::{Answer, Call, done};
use crate::playground::errors::ApiError;
use crate::playground::model::ChatKind;
use crate::playground::world::Change;

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
    let id = call.readable("chat_id")?;
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
    if let Some(pinned) = chat.pinned.last().and_then(|id| chat.live(*id)) {
        let pinned = pinned.message.without_reply();
        full["pinned_message"] = json!(call.inner.world.for_bot(&pinned));
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
