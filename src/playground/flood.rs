//! Telegram's flood rules, as far as they are known from the field.
//!
//! Pure: time comes in as Unix milliseconds. A chat that sends too fast is banned for a while; calls during
//! the ban are refused and prolong nothing.

use std::collections::HashMap;

use super::meter::{ChatMeter, FloodLimits};

/// What a call costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cost {
    Send,
    Edit,
}

/// A bucket of tokens that refills steadily.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    capacity: f64,
    per_second: f64,
    tokens: f64,
    filled_at: i64,
}

impl Bucket {
    const fn new(capacity: f64, per_second: f64) -> Self {
        Self { capacity, per_second, tokens: capacity, filled_at: i64::MIN }
    }

    fn refill(&mut self, now: i64) {
        if self.filled_at != i64::MIN {
            let seconds = Self::seconds(now - self.filled_at);
            self.tokens = (self.tokens + seconds * self.per_second).min(self.capacity);
        }
        self.filled_at = now;
    }

    #[allow(clippy::cast_precision_loss, reason = "spans of time are far below 2^52 ms")]
    fn seconds(ms: i64) -> f64 {
        ms.max(0) as f64 / 1_000.0
    }

    fn is_empty(&self) -> bool {
        self.tokens < 1.0
    }

    /// Whole tokens that would be there now, and whether it would be full.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the capacity")]
    fn level(mut self, now: i64) -> (u32, bool) {
        self.refill(now);
        (self.tokens as u32, self.tokens >= self.capacity)
    }
}

/// The limits of one chat.
#[derive(Debug, Clone)]
struct ChatLimits {
    sends: Bucket,
    edits: Bucket,
    /// Groups: everything together.
    group: Option<Bucket>,
    banned_until: i64,
}

impl ChatLimits {
    /// What is left to the chat; `None` when that is everything.
    fn meter(&self, chat_id: i64, now: i64) -> Option<ChatMeter> {
        let (messages_left, all_messages) = self.sends.level(now);
        let (edits_left, all_edits) = self.edits.level(now);
        let minute = self.group.map(|group| group.level(now));
        let wait_ms = left(self.banned_until, now);
        let is_full = all_messages && all_edits && minute.is_none_or(|(_, is_full)| is_full) && wait_ms == 0;
        let minute_left = minute.map(|(left, _)| left);
        (!is_full).then_some(ChatMeter { chat_id, messages_left, edits_left, minute_left, wait_ms })
    }
}

/// Messages per second to one chat, with a burst of five.
const SENDS: Bucket = Bucket::new(5.0, 1.0);
/// Edits per second in one chat, with a burst of ten.
const EDITS: Bucket = Bucket::new(10.0, 1.0);
/// Twenty messages and edits a minute in one group.
const GROUP: Bucket = Bucket::new(20.0, 20.0 / 60.0);
/// Thirty a second over all chats.
const OVERALL: Bucket = Bucket::new(30.0, 30.0);
/// Seconds of ban for a private chat that was too fast.
const PRIVATE_BAN: i64 = 3;
/// Seconds of ban for a group that was too fast.
const GROUP_BAN: i64 = 20;
/// Seconds of ban when all chats together were too fast.
const OVERALL_BAN: i64 = 1;

/// The limits of the bot.
#[derive(Debug)]
pub(crate) struct Flood {
    chats: HashMap<i64, ChatLimits>,
    overall: Bucket,
    overall_banned_until: i64,
}

impl Flood {
    pub(crate) fn new() -> Self {
        Self { chats: HashMap::new(), overall: OVERALL, overall_banned_until: i64::MIN }
    }

    /// Lets a call pass, or says after how many seconds it may be repeated.
    pub(crate) fn check(&mut self, chat_id: i64, is_group: bool, cost: Cost, now: i64) -> Result<(), u64> {
        let limits = self.chats.entry(chat_id).or_insert_with(|| ChatLimits {
            sends: SENDS,
            edits: EDITS,
            group: is_group.then_some(GROUP),
            banned_until: i64::MIN,
        });
        refuse_until(limits.banned_until, now)?;
        refuse_until(self.overall_banned_until, now)?;

        let own = match cost {
            Cost::Send => &mut limits.sends,
            Cost::Edit => &mut limits.edits,
        };
        own.refill(now);
        self.overall.refill(now);
        let mut group_is_empty = false;
        if let Some(group) = &mut limits.group {
            group.refill(now);
            group_is_empty = group.is_empty();
        }
        if own.is_empty() || group_is_empty {
            let seconds = if is_group { GROUP_BAN } else { PRIVATE_BAN };
            limits.banned_until = now + seconds * 1_000;
            return refuse_until(limits.banned_until, now);
        }
        if self.overall.is_empty() {
            self.overall_banned_until = now + OVERALL_BAN * 1_000;
            return refuse_until(self.overall_banned_until, now);
        }
        own.tokens -= 1.0;
        self.overall.tokens -= 1.0;
        if let Some(group) = &mut limits.group {
            group.tokens -= 1.0;
        }
        Ok(())
    }

    /// What the rules allow at once when nothing was used.
    pub(crate) fn limits() -> FloodLimits {
        FloodLimits {
            overall: OVERALL.level(0).0,
            messages: SENDS.level(0).0,
            edits: EDITS.level(0).0,
            minute: GROUP.level(0).0,
        }
    }

    /// Calls that may be made at once over all chats, and how long a ban of all lasts.
    pub(crate) fn overall(&self, now: i64) -> (u32, u64) {
        (self.overall.level(now).0, left(self.overall_banned_until, now))
    }

    /// The chats that are not at full.
    pub(crate) fn meters(&self, now: i64) -> Vec<ChatMeter> {
        let mut meters: Vec<ChatMeter> =
            self.chats.iter().filter_map(|(id, limits)| limits.meter(*id, now)).collect();
        meters.sort_by_key(|meter| meter.chat_id);
        meters
    }
}

/// Milliseconds until a moment; 0 when it has passed.
pub(crate) fn left(until: i64, now: i64) -> u64 {
    u64::try_from(until.saturating_sub(now)).unwrap_or(0)
}

/// Refuses while a ban lasts, with the whole seconds that are left of it.
pub(crate) fn refuse_until(until: i64, now: i64) -> Result<(), u64> {
    if until <= now {
        return Ok(());
    }
    Err(left(until, now).div_ceil(1_000))
}

#[cfg(test)]
mod tests;
