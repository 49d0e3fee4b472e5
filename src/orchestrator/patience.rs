//! Waiting for a store that is busy or full: what has happened must not get lost because the disk is full for a while.

use std::time::Duration;

use super::advance::AdvanceError;
use super::core::Core;

/// Between two tries.
const RETRY: Duration = Duration::from_millis(500);

/// How one piece of work waits. Says once that it does, and once that it is over.
pub(super) struct Patience<'a> {
    core: &'a Core,
    what: &'static str,
    waiting: bool,
}

impl<'a> Patience<'a> {
    /// For work that the log calls `what`.
    pub(super) fn new(core: &'a Core, what: &'static str) -> Self {
        Self { core, what, waiting: false }
    }

    /// After a failure: waits until it is time for the next try.
    ///
    /// # Errors
    /// The failure, when another try would end no better, or Adjutant goes down: the next start finds in the store
    /// whatever is missing.
    pub(super) async fn after(&mut self, error: AdvanceError) -> Result<(), AdvanceError> {
        if !matches!(&error, AdvanceError::Store(store) if store.is_temporary()) {
            return Err(error);
        }
        if !self.waiting {
            tracing::error!(%error, what = self.what, "the database takes nothing; trying again");
            self.waiting = true;
        }
        tokio::select! {
            () = tokio::time::sleep(RETRY) => Ok(()),
            () = self.core.stopping.cancelled() => Err(error),
        }
    }

    /// It has worked.
    pub(super) fn over(&self) {
        if self.waiting {
            tracing::info!(what = self.what, "the database works again");
        }
    }
}
