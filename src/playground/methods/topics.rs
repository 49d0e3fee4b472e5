//! Topics of forums. The General topic is 1, and has methods of its own.

use serde_json::{Value, json};

use super::{Answer, Call, done};
use crate::playground::cast::{GENERAL, ICON_COLOR, SimTopic};
use crate::playground::errors::ApiError;
use crate::playground::world::Change;

/// Characters of a topic's name; what is longer is cut.
const NAME_LIMIT: usize = 128;

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let chat_id = call.forum()?;
    let name = name(call).ok_or(ApiError::TOPIC_NAME_EMPTY)?;
    let icon_color = call.params.int("icon_color").filter(|color| *color != 0).unwrap_or(ICON_COLOR);
    if !(0..=0xff_ffff).contains(&icon_color) {
        return Err(ApiError::ICON_COLOR_INVALID);
    }
    let bot = call.inner.world.bot.clone();
    let opened = call.inner.open_topic(chat_id, &bot, (&name, icon_color), call.now);
    let opened = opened.ok_or(ApiError::CHAT_NOT_FOUND)?;
    call.inner.queue(call.now, "message", &opened.message);
    done(&json!({ "message_thread_id": opened.message_id, "name": name, "icon_color": icon_color }))
}

pub(super) fn edit(call: &mut Call<'_>) -> Answer {
    let chat_id = call.forum()?;
    let topic = call.named_topic(chat_id)?;
    rename(call, chat_id, &topic)
}

pub(super) fn edit_general(call: &mut Call<'_>) -> Answer {
    let chat_id = call.forum()?;
    let topic = general(call, chat_id)?;
    rename(call, chat_id, &topic)
}

pub(super) fn close(call: &mut Call<'_>) -> Answer {
    let chat_id = call.forum()?;
    let topic = SimTopic { closed: true, ..call.named_topic(chat_id)? };
    change(call, chat_id, topic, "forum_topic_closed", json!({}))
}

pub(super) fn reopen(call: &mut Call<'_>) -> Answer {
    let chat_id = call.forum()?;
    let topic = SimTopic { closed: false, ..call.named_topic(chat_id)? };
    change(call, chat_id, topic, "forum_topic_reopened", json!({}))
}

pub(super) fn close_general(call: &mut Call<'_>) -> Answer {
    let chat_id = call.forum()?;
    let topic = SimTopic { closed: true, ..general(call, chat_id)? };
    change(call, chat_id, topic, "forum_topic_closed", json!({}))
}

/// Opening General shows it, too.
pub(super) fn reopen_general(call: &mut Call<'_>) -> Answer {
    let chat_id = call.forum()?;
    let topic = SimTopic { closed: false, hidden: false, ..general(call, chat_id)? };
    change(call, chat_id, topic, "forum_topic_reopened", json!({}))
}

/// Hiding General closes it.
pub(super) fn hide_general(call: &mut Call<'_>) -> Answer {
    let chat_id = call.forum()?;
    let topic = SimTopic { closed: true, hidden: true, ..general(call, chat_id)? };
    change(call, chat_id, topic, "general_forum_topic_hidden", json!({}))
}

pub(super) fn unhide_general(call: &mut Call<'_>) -> Answer {
    let chat_id = call.forum()?;
    let topic = SimTopic { hidden: false, ..general(call, chat_id)? };
    change(call, chat_id, topic, "general_forum_topic_unhidden", json!({}))
}

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let chat_id = call.forum()?;
    let topic_id = call.named_topic(chat_id)?.id;
    call.inner.commit(call.now, Change::TopicGone { chat_id, topic_id });
    done(&true)
}

/// The playground has no custom emoji.
pub(super) fn icon_stickers(_: &mut Call<'_>) -> Answer {
    done(&json!([]))
}

impl Call<'_> {
    /// The chat of the call, when it is a forum.
    pub(super) fn forum(&self) -> Result<i64, ApiError> {
        let chat_id = self.writable()?;
        if self.chat(chat_id)?.info.is_forum { Ok(chat_id) } else { Err(ApiError::NOT_A_FORUM) }
    }

    /// The topic of the call. General can be neither renamed here nor deleted.
    pub(super) fn named_topic(&self, chat_id: i64) -> Result<SimTopic, ApiError> {
        let id = self.params.int("message_thread_id").unwrap_or(0);
        if id <= 0 {
            return Err(ApiError::FORUM_TOPIC_ID_INVALID);
        }
        let topic = self.chat(chat_id)?.topic(id).filter(|topic| topic.id != GENERAL);
        topic.cloned().ok_or(ApiError::TOPIC_ID_INVALID)
    }
}

fn general(call: &Call<'_>, chat_id: i64) -> Result<SimTopic, ApiError> {
    call.chat(chat_id)?.topic(GENERAL).cloned().ok_or(ApiError::TOPIC_ID_INVALID)
}

fn rename(call: &mut Call<'_>, chat_id: i64, topic: &SimTopic) -> Answer {
    // Without a name only the icon changes, which is not simulated.
    let Some(name) = name(call) else { return done(&true) };
    let told = json!({ "name": name });
    change(call, chat_id, SimTopic { name, ..topic.clone() }, "forum_topic_edited", told)
}

/// Puts a topic in the place of the one with its id, with a service message.
fn change(call: &mut Call<'_>, chat_id: i64, topic: SimTopic, field: &str, told: Value) -> Answer {
    if call.chat(chat_id)?.info.topics.contains(&topic) {
        return Err(ApiError::TOPIC_NOT_MODIFIED);
    }
    let thread_id = (topic.id != GENERAL).then_some(topic.id);
    call.inner.commit(call.now, Change::Topic { chat_id, topic });
    call.announce(chat_id, thread_id, field, told)?;
    done(&true)
}

fn name(call: &Call<'_>) -> Option<String> {
    let name: String = call.params.text("name")?.trim().chars().take(NAME_LIMIT).collect();
    (!name.is_empty()).then_some(name)
}
