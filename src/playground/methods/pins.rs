//! Pinning messages. Pins stand in the order in which they were made, the newest last.

use std::sync::Arc;

use serde_json::json;

use super::{Answer, Call, done};
use crate::playground::errors::ApiError;
use crate::playground::model::SimMessage;
use crate::playground::world::Change;

pub(super) fn pin(call: &mut Call<'_>) -> Answer {
    let chat_id = call.writable()?;
    let message = call.target(chat_id, "message to pin")?;
    if message.is_service() {
        return Err(ApiError::SERVICE_PINNED);
    }
    let mut pinned = call.chat(chat_id)?.pinned.clone();
    if pinned.last() != Some(&message.message_id) {
        pinned.retain(|id| *id != message.message_id);
        pinned.push(message.message_id);
        call.inner.commit(call.now, Change::Pinned { chat_id, pinned });
        let told = json!(message.message.without_reply());
        call.announce(chat_id, message.message_thread_id, "pinned_message", told)?;
    }
    done(&true)
}

pub(super) fn unpin(call: &mut Call<'_>) -> Answer {
    let chat_id = call.writable()?;
    let message_id = if call.params.int("message_id").unwrap_or(0) == 0 {
        call.chat(chat_id)?.pinned.last().copied().ok_or(ApiError::NOTHING_TO_UNPIN)?
    } else {
        call.target(chat_id, "message to unpin")?.message_id
    };
    keep(call, chat_id, |message| message.message_id != message_id)
}

pub(super) fn unpin_all(call: &mut Call<'_>) -> Answer {
    let chat_id = call.writable()?;
    keep(call, chat_id, |_| false)
}

pub(super) fn unpin_all_of_topic(call: &mut Call<'_>) -> Answer {
    let chat_id = call.forum()?;
    let topic = call.named_topic(chat_id)?;
    keep(call, chat_id, |message| message.message_thread_id != Some(topic.id))
}

pub(super) fn unpin_all_of_general(call: &mut Call<'_>) -> Answer {
    let chat_id = call.forum()?;
    keep(call, chat_id, |message| message.message_thread_id.is_some())
}

/// Unpins all messages but those to keep.
fn keep(call: &mut Call<'_>, chat_id: i64, stays: impl Fn(&Arc<SimMessage>) -> bool) -> Answer {
    let chat = call.chat(chat_id)?;
    let pinned: Vec<i64> =
        chat.pinned.iter().copied().filter(|id| chat.live(*id).is_some_and(&stays)).collect();
    if pinned != chat.pinned {
        call.inner.commit(call.now, Change::Pinned { chat_id, pinned });
    }
    done(&true)
}
