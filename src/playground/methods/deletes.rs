//! Removing messages, by the bot.

use serde_json::Value;

use super::{Answer, Call, done};
use crate::playground::errors::ApiError;
use crate::playground::model::{ChatKind, Message};
use crate::playground::world::Change;

/// A bot may delete messages that are younger than this.
const DELETE_WITHIN_S: i64 = 48 * 60 * 60;
/// Messages that one call may delete.
const SEVERAL_LIMIT: usize = 100;

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    if call.params.text("chat_id").is_none() {
        return Err(ApiError::bad("chat identifier is not specified"));
    }
    if call.params.int("message_id").unwrap_or(0) == 0 {
        return Err(ApiError::MESSAGE_ID_MISSING);
    }
    let chat_id = call.writable()?;
    let message = call.target(chat_id, "message to delete")?;
    if !may_delete(call, &message) {
        return Err(ApiError::CANT_DELETE);
    }
    call.inner.commit(call.now, Change::Delete { chat_id, message_id: message.message_id });
    done(&true)
}

/// Messages that are not there are skipped.
pub(super) fn delete_several(call: &mut Call<'_>) -> Answer {
    let ids = message_ids(call)?;
    let chat_id = call.writable()?;
    let chat = call.chat(chat_id)?;
    let found: Vec<_> = ids.into_iter().filter_map(|id| chat.live(id)).collect();
    if !found.iter().all(|message| may_delete(call, message)) {
        return Err(ApiError::CANT_DELETE);
    }
    let ids: Vec<i64> = found.iter().map(|message| message.message_id).collect();
    for message_id in ids {
        call.inner.commit(call.now, Change::Delete { chat_id, message_id });
    }
    done(&true)
}

fn message_ids(call: &Call<'_>) -> Result<Vec<i64>, ApiError> {
    let value: Option<Value> = call.params.json("message_ids", "message_ids")?;
    let value = value.ok_or(ApiError::MESSAGE_IDS_MISSING)?;
    let ids = value.as_array().ok_or_else(|| ApiError::bad("expected an Array of message identifiers"))?;
    if ids.len() > SEVERAL_LIMIT {
        return Err(ApiError::MESSAGE_IDS_TOO_MANY);
    }
    if ids.is_empty() {
        return Err(ApiError::MESSAGE_IDS_MISSING);
    }
    ids.iter().map(message_id).collect()
}

fn message_id(value: &Value) -> Result<i64, ApiError> {
    let id = match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => return Err(ApiError::bad("message identifier must be a Number")),
    };
    let id = id.ok_or_else(|| ApiError::bad("can't parse message identifier as a Number"))?;
    if id > 0 { Ok(id) } else { Err(ApiError::bad("invalid message identifier specified")) }
}

fn may_delete(call: &Call<'_>, message: &Message) -> bool {
    let is_own = message.from.id == call.inner.world.bot.id;
    let is_private = message.chat.kind == ChatKind::Private;
    let is_young = call.now / 1_000 - message.date < DELETE_WITHIN_S;
    is_young && (is_own || is_private)
}
