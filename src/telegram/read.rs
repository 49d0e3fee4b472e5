//! An update's JSON to [`Incoming`]: what it says, and whether it is meant for us.
//!
//! teloxide's types read it first. They lose what they do not know: a message with a newer kind of entity or
//! button parses as an empty one, a newer chat type spoils the whole update. Then [`raw`] picks the few fields
//! that matter out of the JSON itself. Both ways end in [`seen`], which alone judges.

mod raw;
mod seen;
mod typed;

use serde_json::Value;
use teloxide::types::Update;

use super::Me;
use crate::domain::input::Incoming;

/// Reads one update.
pub(super) fn read(update: &str, me: &Me) -> Incoming {
    let typed = serde_json::from_str::<Update>(update).ok();
    if let Some(incoming) = typed.and_then(|update| typed::read(&update, me)) {
        return incoming;
    }
    match serde_json::from_str::<Value>(update) {
        Ok(update) => raw::read(&update, me),
        Err(_) => Incoming::Ignored("not JSON"),
    }
}

#[cfg(test)]
mod tests;
