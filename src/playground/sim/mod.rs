//! The people of the playground, and its switches: what `/sim` offers, as Rust.
//!
//! The HTTP handlers of `/sim` call these methods and do nothing else, so that a test in process and a click on
//! the page are the same event.

mod hearing;
mod http;
mod observe;
mod people;
mod rooms;
mod stream;
mod verbs;
mod views;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(crate) use http::routes;
pub use verbs::{ChatAction, ChatChange, ChatChanged, SendText, SendUpload, Tap};

use super::faults::Fault;
use super::hub::Hub;
use super::world::Change;

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

    /// Orders calls to fail.
    pub fn fault(&self, fault: Fault) {
        self.hub.change(|inner, now| inner.faults.order(fault, now));
    }

    /// Takes back all ordered faults and bans.
    pub fn clear_faults(&self) {
        self.hub.change(|inner, _| inner.faults.clear());
    }
}
