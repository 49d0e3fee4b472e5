//! The log of what went between the playground and the bot: calls and updates in one order.
//!
//! It keeps JSON text, because thousands of calls a second are written and few are ever read. It knows nothing of
//! what a call does.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::world::QueuedUpdate;

/// Bytes that are remembered, and the newest entry in any case.
const BYTES_KEPT: usize = 1024 * 1024;
/// Bytes of a result that are shown.
const RESULT_SHOWN: usize = 2 * 1024;

/// One call of the Bot API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Ascending, without reuse; updates take numbers from the same row.
    pub n: u64,
    /// When it was answered, Unix milliseconds.
    pub at: i64,
    /// Telegram's spelling of the method.
    pub method: String,
    /// What came with it: values as text, as Telegram has it; a file is `{"file": name, "size": bytes}`.
    pub params: Map<String, Value>,
    /// The chat it named.
    pub chat_id: Option<i64>,
    /// Whether it succeeded.
    pub ok: bool,
    /// JSON of the result, cut when it is long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// Telegram's error code; 0 when the connection was cut.
    pub error_code: Option<u16>,
    /// Telegram's error text.
    pub description: Option<String>,
    /// How long it took, milliseconds.
    pub ms: u64,
}

/// Calls after a given one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallPage {
    /// Oldest first.
    pub calls: Vec<CallRecord>,
    /// What to pass as `after` next time.
    pub next: u64,
}

/// What went between the playground and the bot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Traffic {
    /// An update was put into the bot's queue.
    Update {
        /// Ascending, without reuse; calls take numbers from the same row.
        n: u64,
        /// When, Unix milliseconds.
        at: i64,
        /// As the bot receives it.
        update: Value,
    },
    /// A call was answered.
    Call(CallRecord),
}

struct Entry {
    n: u64,
    is_call: bool,
    json: Box<str>,
}

/// The log, bounded in size.
#[derive(Default)]
pub(crate) struct TrafficLog {
    entries: VecDeque<Entry>,
    bytes: usize,
    newest: u64,
}

impl TrafficLog {
    /// Number of the newest entry.
    pub(crate) fn newest(&self) -> u64 {
        self.newest
    }

    /// Remembers a call; `n` is filled in.
    pub(crate) fn call(&mut self, mut call: CallRecord) {
        call.n = self.newest + 1;
        // Writing JSON into memory cannot fail for types without maps of odd keys.
        self.push(true, serde_json::to_string(&Traffic::Call(call)).unwrap_or_default());
    }

    /// Remembers an update that was queued.
    pub(crate) fn update(&mut self, at: i64, update: &QueuedUpdate) {
        let (n, body) = (self.newest + 1, update.body.get());
        self.push(false, format!("{{\"kind\":\"update\",\"n\":{n},\"at\":{at},\"update\":{body}}}"));
    }

    fn push(&mut self, is_call: bool, json: String) {
        self.newest += 1;
        self.bytes += json.len();
        self.entries.push_back(Entry { n: self.newest, is_call, json: json.into() });
        while self.bytes > BYTES_KEPT && self.entries.len() > 1 {
            let forgotten = self.entries.pop_front();
            self.bytes -= forgotten.map_or(0, |entry| entry.json.len());
        }
    }

    /// JSON of the entries after the `n`-th, with their numbers.
    pub(crate) fn after(&self, n: u64) -> Vec<(u64, String)> {
        self.since(n).map(|entry| (entry.n, entry.json.to_string())).collect()
    }

    /// JSON of the calls after the `n`-th entry.
    pub(crate) fn calls_after(&self, n: u64) -> Vec<Box<str>> {
        self.since(n).filter(|entry| entry.is_call).map(|entry| entry.json.clone()).collect()
    }

    fn since(&self, n: u64) -> impl Iterator<Item = &Entry> {
        let from = self.entries.partition_point(|entry| entry.n <= n);
        self.entries.range(from..)
    }
}

/// A result as the log shows it.
pub(crate) fn shown(result: &str) -> String {
    result[..result.floor_char_boundary(RESULT_SHOWN)].to_owned()
}

#[cfg(test)]
mod tests;
