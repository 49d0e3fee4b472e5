//! Faults that a test orders: error answers, cut connections, delays, bans.
//!
//! Pure: decides which fault meets a call; the server carries it out.

use serde::{Deserialize, Serialize};

use super::flood::{left, refuse_until};
use super::meter::FaultView;

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Refused with `retry_after`.
    #[serde(rename = "429")]
    TooMany,
    /// An internal error of Telegram; nothing is applied.
    #[serde(rename = "500")]
    Internal,
    /// The connection is cut and nothing is applied.
    ResetBefore,
    /// The call is applied, then the connection is cut.
    ResetAfter,
    /// The call takes longer.
    Delay,
}

/// An order to let calls fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Method name in any case, or `*` for all.
    pub method: String,
    /// Only calls that name this chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat_id: Option<i64>,
    /// How they fail.
    pub kind: FaultKind,
    /// Seconds that a 429 tells the bot to wait; 1 by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// How long a delay takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// How many calls fail; 1 by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// All calls fail for this long, instead of a number of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_ms: Option<u64>,
}

impl Fault {
    /// A fault of the next call of a method (`*`: of any).
    pub fn next(method: &str, kind: FaultKind) -> Self {
        Self {
            method: method.to_owned(),
            chat_id: None,
            kind,
            retry_after: None,
            delay_ms: None,
            times: None,
            for_ms: None,
        }
    }

    /// A ban of a chat: every call that names it is refused for so long.
    pub fn ban(chat_id: i64, for_ms: u64) -> Self {
        Self { chat_id: Some(chat_id), for_ms: Some(for_ms), ..Self::next("*", FaultKind::TooMany) }
    }

    /// The same, for one chat.
    pub fn in_chat(self, chat_id: i64) -> Self {
        Self { chat_id: Some(chat_id), ..self }
    }

    /// The same, for the next so many calls.
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }
}

/// What the server has to do to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mishap {
    TooMany { seconds: u64 },
    Internal,
    ResetBefore,
    ResetAfter,
    Delay { ms: u64 },
}

#[derive(Debug)]
struct Order {
    fault: Fault,
    left: u32,
    until: Option<i64>,
}

impl Order {
    fn waits(&self, now: i64) -> bool {
        self.until.map_or(self.left > 0, |until| until > now)
    }

    fn view(&self, now: i64) -> FaultView {
        FaultView {
            method: self.fault.method.clone(),
            kind: self.fault.kind,
            chat_id: self.fault.chat_id,
            times_left: self.until.is_none().then_some(self.left),
            ms_left: self.until.map(|until| left(until, now)),
        }
    }
}

/// All orders that still wait for their calls.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    orders: Vec<Order>,
}

impl Faults {
    pub(crate) fn order(&mut self, fault: Fault, now: i64) {
        let until = fault.for_ms.map(|ms| now.saturating_add_unsigned(ms));
        self.orders.push(Order { left: fault.times.unwrap_or(1), until, fault });
    }

    pub(crate) fn clear(&mut self) {
        self.orders.clear();
    }

    /// The orders that still wait for calls.
    pub(crate) fn waiting(&self, now: i64) -> Vec<FaultView> {
        self.orders.iter().filter(|order| order.waits(now)).map(|order| order.view(now)).collect()
    }

    /// The fault that meets this call, which is thereby used up.
    pub(crate) fn meet(&mut self, method: &str, chat_id: Option<i64>, now: i64) -> Option<Mishap> {
        self.orders.retain(|order| order.waits(now));
        let order = self.orders.iter_mut().find(|order| {
            let fault = &order.fault;
            (fault.method == "*" || fault.method.eq_ignore_ascii_case(method))
                && (fault.chat_id.is_none() || fault.chat_id == chat_id)
        })?;
        if order.until.is_none() {
            order.left -= 1;
        }
        Some(match order.fault.kind {
            FaultKind::TooMany => Mishap::TooMany {
                seconds: order
                    .fault
                    .retry_after
                    .or_else(|| order.until.and_then(|until| refuse_until(until, now).err()))
                    .unwrap_or(1),
            },
            FaultKind::Internal => Mishap::Internal,
            FaultKind::ResetBefore => Mishap::ResetBefore,
            FaultKind::ResetAfter => Mishap::ResetAfter,
            FaultKind::Delay => Mishap::Delay { ms: order.fault.delay_ms.unwrap_or(1_000) },
        })
    }
}

#[cfg(test)]
mod tests;
