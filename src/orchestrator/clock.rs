//! Where the orchestrator gets the time from. The core is told; only this asks.

use crate::domain::ids::Timestamp;

/// The wall clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock;

impl Clock {
    /// Now.
    #[must_use]
    pub fn now(self) -> Timestamp {
        Timestamp(jiff::Timestamp::now().as_millisecond())
    }
}
