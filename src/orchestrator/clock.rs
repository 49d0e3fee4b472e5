//! Where the orchestrator gets the time from. The core is told; only this asks.

#[cfg(test)]
use std::sync::{Arc, atomic::AtomicI64};

use crate::domain::ids::Timestamp;

/// The wall clock.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// How far a test has put it ahead, in milliseconds.
    #[cfg(test)]
    pub(super) ahead: Arc<AtomicI64>,
}

impl Clock {
    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let now = jiff::Timestamp::now().as_millisecond();
        #[cfg(test)]
        let now = now + self.ahead.load(std::sync::atomic::Ordering::Relaxed);
        Timestamp(now)
    }
}
