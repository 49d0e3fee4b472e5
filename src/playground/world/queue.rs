//! The bot's queue of updates: what goes in, what is confirmed, what is forgotten.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::World;

/// Telegram keeps an update for a day.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// Kinds that a bot gets only when it asks for them.
const NOT_BY_DEFAULT: [&str; 4] =
    ["chat_member", "message_reaction", "message_reaction_count", "stopped_message_generation"];

/// An update that the bot has not confirmed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct QueuedUpdate {
    pub(crate) id: i64,
    pub(crate) at: i64,
    /// The whole update as the bot receives it.
    pub(crate) body: Box<RawValue>,
}

impl World {
    /// Whether the bot wants this kind of update.
    pub(crate) fn wants(&self, kind: &str) -> bool {
        match &self.allowed {
            Some(kinds) => kinds.iter().any(|allowed| allowed == kind),
            None => !NOT_BY_DEFAULT.contains(&kind),
        }
    }

    /// The update that would tell the bot `payload`; `None` when it did not ask for the kind.
    pub(crate) fn update<T: Serialize>(&self, at: i64, kind: &str, payload: &T) -> Option<QueuedUpdate> {
        if !self.wants(kind) {
            return None;
        }
        let payload = serde_json::to_string(payload).ok()?;
        let id = self.next_update_id;
        let body = RawValue::from_string(format!("{{\"update_id\":{id},\"{kind}\":{payload}}}")).ok()?;
        Some(QueuedUpdate { id, at, body })
    }

    /// An update exactly as a test wrote it, but for its id.
    pub(crate) fn raw_update(
        &self,
        at: i64,
        mut fields: serde_json::Map<String, serde_json::Value>,
    ) -> Option<QueuedUpdate> {
        let id = self.next_update_id;
        fields.insert("update_id".to_owned(), id.into());
        Some(QueuedUpdate { id, at, body: to_raw_value(&fields).ok()? })
    }

    /// The highest id that `getUpdates` with this offset confirms, if any. A negative offset keeps that many
    /// of the newest updates and forgets the others.
    pub(crate) fn confirmed_by(&self, offset: i64) -> Option<i64> {
        let below = if offset < 0 {
            let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            let first_kept = self.queue.len().checked_sub(keep)?;
            self.queue.get(first_kept)?.id
        } else if offset > self.next_update_id {
            // An id that was never given out: Telegram then serves the queue from its beginning.
            return None;
        } else {
            offset
        };
        self.queue.iter().take_while(|update| update.id < below).last().map(|update| update.id)
    }

    /// Whether an update has become older than a day.
    pub(crate) fn outdated(&self, now: i64) -> Option<i64> {
        self.queue.iter().take_while(|update| update.at + KEPT_MS < now).last().map(|update| update.id)
    }

    pub(super) fn confirm(&mut self, up_to: i64) {
        while self.queue.front().is_some_and(|update| update.id <= up_to) {
            self.queue.pop_front();
        }
    }
}
