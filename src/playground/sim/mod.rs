//! The people of the playground, and its switches: what `/sim` offers, as Rust.
//!
//! The HTTP handlers of `/sim` call these methods and do nothing else, so that a bench in process and a click on
//! the page are the same event.

mod changes;
mod gestures;
mod hearing;
mod http;
mod members;
mod observe;
mod people;
mod rooms;
mod stream;
mod topics;
mod verbs;
mod views;
mod wait;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use changes::{ChatAction, ChatChange, ChatChanged, NewChat};
pub(crate) use http::routes;
pub use verbs::{NewPerson, React, SendText, SendUpload, StopDraft, Tap};
pub use wait::{Found, Wait, WaitCall, WaitEvent, WaitMessage};

use super::dispatch::knows;
use super::faults::Fault;
use super::hub::Hub;
use super::world::Change;

/// The clock goes no further ahead at once.
const YEAR_MS: i64 = 366 * 24 * 60 * 60 * 1_000;

/// What was wrong with a request to `/sim`, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{error}")]
pub struct SimError {
    error: String,
}

impl SimError {
    pub(crate) fn new(error: impl Into<String>) -> Self {
        Self { error: error.into() }
    }
}

/// A handle on a playground: cheap to clone, usable after the playground stopped (then only to look back).
#[derive(Clone)]
pub struct Sim {
    hub: Arc<Hub>,
}

impl Sim {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    /// Puts an update into the bot's queue as it is, but for its id, which is returned.
    ///
    /// # Errors
    /// When it has no field.
    pub fn inject(&self, mut update: Map<String, Value>) -> Result<i64, SimError> {
        update.remove("update_id");
        if update.is_empty() {
            return Err(SimError::new("an update needs a field such as \"message\""));
        }
        self.hub.change(|inner, now| {
            let update = inner
                .world
                .raw_update(now, update)
                .ok_or_else(|| SimError::new("the update is not valid JSON"))?;
            let id = update.id;
            inner.commit(now, Change::Update(update));
            Ok(id)
        })
    }

    /// The playground's time, Unix milliseconds.
    pub fn clock(&self) -> i64 {
        self.hub.change(|_, now| now)
    }

    /// Puts the playground's clock ahead; returns its time. It never goes back, not over a restart either.
    ///
    /// # Errors
    /// When it would go back, or further ahead than a year.
    pub fn advance(&self, ms: i64) -> Result<i64, SimError> {
        if !(0..=YEAR_MS).contains(&ms) {
            return Err(SimError::new(format!("\"advance_ms\" is between 0 and {YEAR_MS}, a year")));
        }
        self.hub.change(|inner, now| {
            let ahead = inner.world.clock_ahead_ms.saturating_add(ms);
            inner.commit(now, Change::Clock(ahead));
            let now = now.saturating_add(ms);
            inner.drop_outdated(now);
            Ok(now)
        })
    }

    /// Orders calls to fail.
    ///
    /// # Errors
    /// When no call could ever meet the fault.
    pub fn fault(&self, fault: Fault) -> Result<(), SimError> {
        if fault.method != "*" && !knows(&fault.method) {
            let name = &fault.method;
            return Err(SimError::new(format!(
                "\"{name}\" is no method that the playground has; \"*\" is all"
            )));
        }
        if fault.times == Some(0) || fault.for_ms == Some(0) {
            return Err(SimError::new("a fault with \"times\" or \"for_ms\" 0 meets no call"));
        }
        self.hub.change(|inner, now| inner.faults.order(fault, now));
        Ok(())
    }

    /// Takes back all ordered faults and bans.
    pub fn clear_faults(&self) {
        self.hub.change(|inner, _| inner.faults.clear());
    }
}
