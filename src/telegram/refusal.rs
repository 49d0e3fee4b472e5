//! Telegram's refusals by what can be done about them. The only place that knows Telegram's error texts.
//!
//! Read from the texts as they are, not through teloxide's `ApiError`: that compares whole texts, some of
//! which Telegram words differently today ("query ID is invalid", "Forbidden: bot can't initiate …"), and
//! does not know topics.

use super::api::{CallError, Refusal};
use crate::domain::ids::ChatId;
use crate::ports::ChatError;

/// The message to change is not there, or is not one that can be changed.
const TARGET_GONE: &[&str] = &[
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",
    "there is no caption in the message to edit",
];
/// The topic is not there, or is closed to the bot.
const TOPIC_GONE: &[&str] =
    &["message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid", "topic not found"];
/// The bot may not write there. (Not "not enough rights to send documents": texts still get through.)
const CLOSED: &[&str] = &[
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user_is_blocked",
    "user is deactivated",
    "input_user_deactivated",
    "group is deactivated",
    "group chat was deactivated",
    "group chat was deleted",
    "bot was blocked",
    "bot was kicked",
    "bot is not a member",
    "can't initiate conversation",
    "have no rights to send a message",
    "not enough rights to send text messages",
    "need administrator rights in the channel",
    "chat_write_forbidden",
    "chat_admin_required",
    "chat_restricted",
    "chat_send_plain_forbidden",
    "channel_private",
];
const NOT_MODIFIED: &[&str] = &["message is not modified", "message_not_modified"];
const TOO_LATE: &[&str] = &["query is too old", "query id is invalid", "query_id_invalid"];

impl From<CallError> for ChatError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Unreachable(why) => Self::Unreachable(why),
            CallError::Flood(wait) => Self::RetryAfter(wait),
            CallError::Refused(refusal) => refused(refusal),
        }
    }
}

fn refused(refusal: Refusal) -> ChatError {
    if let Some(chat) = refusal.migrated_to {
        return ChatError::Migrated(ChatId(chat));
    }
    match refusal.code {
        // Also what a blocked or removed bot gets in words that are not in the list.
        403 => ChatError::Closed(refusal.description),
        // The token: no fault of the message, which shall go out once there is a token again.
        401 | 404 => ChatError::Unreachable(refusal.to_string()),
        _ if refusal.says(TARGET_GONE) => ChatError::TargetGone,
        _ if refusal.says(TOPIC_GONE) => ChatError::TopicGone,
        _ if refusal.says(CLOSED) => ChatError::Closed(refusal.description),
        _ => ChatError::Refused(refusal.to_string()),
    }
}

/// Whether an edit was refused because the message already reads so.
pub(super) fn not_modified(error: &CallError) -> bool {
    matches!(error, CallError::Refused(refusal) if refusal.says(NOT_MODIFIED))
}

/// Whether an answer to a press came too late to show.
pub(super) fn too_late(error: &CallError) -> bool {
    matches!(error, CallError::Refused(refusal) if refusal.says(TOO_LATE))
}

impl Refusal {
    fn says(&self, texts: &[&str]) -> bool {
        let description = self.description.to_ascii_lowercase();
        texts.iter().any(|text| description.contains(text))
    }
}

#[cfg(test)]
mod tests;
