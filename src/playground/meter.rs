//! How near the bot is to its limits, as `/sim/flood` tells it: names and types, no behaviour.

use serde::{Deserialize, Serialize};

use super::faults::FaultKind;

/// How near a chat is to the flood rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMeter {
    /// Which chat.
    pub chat_id: i64,
    /// Messages that may be sent at once.
    pub messages_left: u32,
    /// Edits that may be made at once.
    pub edits_left: u32,
    /// Groups: both together, of the minute.
    pub minute_left: Option<u32>,
    /// How long the ban lasts; 0 without one.
    pub wait_ms: u64,
}

/// A fault that still waits for its calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultView {
    /// The method, or `*`.
    pub method: String,
    /// How its calls fail.
    pub kind: FaultKind,
    /// Only calls that name this chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat_id: Option<i64>,
    /// How many calls it meets yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times_left: Option<u32>,
    /// How long it meets all calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ms_left: Option<u64>,
}

/// What the flood rules allow at once when nothing was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloodLimits {
    /// Messages and edits over all chats.
    pub overall: u32,
    /// Messages of a chat.
    pub messages: u32,
    /// Edits of a chat.
    pub edits: u32,
    /// Groups: both together, in a minute.
    pub minute: u32,
}

/// How near the bot is to the flood rules, and what waits for its calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloodState {
    /// Whether Telegram's flood rules apply.
    pub on: bool,
    /// What they allow.
    pub limits: FloodLimits,
    /// Messages and edits that may go out at once over all chats.
    pub overall_left: u32,
    /// How long a ban of all chats lasts; 0 without one.
    pub overall_wait_ms: u64,
    /// Chats that are not at full.
    pub chats: Vec<ChatMeter>,
    /// Ordered faults, oldest first.
    pub faults: Vec<FaultView>,
}
