//! Topics of forums.

use serde_json::json;

use super::{Answer, Call, done};
use crate::playground::cast::SimTopic;
use crate::playground::errors::ApiError;
use crate::playground::world::Change;

/// Characters of a topic's name; what is longer is cut.
const NAME_LIMIT: usize = 128;
/// The colour of Telegram's first topic icon.
const ICON_COLOR: i64 = 7_322_096;

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let chat_id = forum(call)?;
    let name = name(call).ok_or(ApiError::TOPIC_NAME_EMPTY)?;
    let icon_color = call.params.int("icon_color").unwrap_or(ICON_COLOR);
    let bot = call.inner.world.bot.clone();
    let opened = call.inner.open_topic(chat_id, &bot, &name, call.now).ok_or(ApiError::CHAT_NOT_FOUND)?;
    done(&json!({ "message_thread_id": opened.message_id, "name": name, "icon_color": icon_color }))
}

pub(super) fn edit(call: &mut Call<'_>) -> Answer {
    let chat_id = forum(call)?;
    let id = topic_id(call, chat_id)?;
    let Some(name) = name(call) else { return done(&true) };
    let known = call.chat(chat_id)?.topic(id).cloned().ok_or(ApiError::TOPIC_ID_INVALID)?;
    let topic = SimTopic { name, ..known };
    if call.chat(chat_id)?.info.topics.contains(&topic) {
        return Err(ApiError::TOPIC_NOT_MODIFIED);
    }
    call.inner.commit(call.now, Change::Topic { chat_id, topic });
    done(&true)
}

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let chat_id = forum(call)?;
    let topic_id = topic_id(call, chat_id)?;
    call.inner.commit(call.now, Change::TopicGone { chat_id, topic_id });
    done(&true)
}

fn forum(call: &Call<'_>) -> Result<i64, ApiError> {
    let chat_id = call.writable()?;
    if call.chat(chat_id)?.info.is_forum { Ok(chat_id) } else { Err(ApiError::NOT_A_FORUM) }
}

fn topic_id(call: &Call<'_>, chat_id: i64) -> Result<i64, ApiError> {
    let id = call.params.int("message_thread_id").unwrap_or(0);
    // General can be neither renamed here nor deleted.
    if id > 1 && call.chat(chat_id)?.has_topic(id) { Ok(id) } else { Err(ApiError::TOPIC_ID_INVALID) }
}

fn name(call: &Call<'_>) -> Option<String> {
    let name: String = call.params.text("name")?.trim().chars().take(NAME_LIMIT).collect();
    (!name.is_empty()).then_some(name)
}
