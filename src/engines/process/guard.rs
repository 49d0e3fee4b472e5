//! What programs are started with: the guard that answers for all of their processes.

use std::path::{Path, PathBuf};

use super::super::record::Mark;
use super::Ledger;

/// How an engine's programs are guarded. Cheap to clone; all engines share one.
#[derive(Debug, Clone)]
pub struct Guard {
    program: PathBuf,
    ledger: Option<Ledger>,
}

impl Guard {
    /// Guards with `program`: this very program, see [`crate::engines::guard::program`].
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self { program, ledger: None }
    }

    /// The same, with each living tree recorded in `ledger`.
    #[must_use]
    pub fn recording(self, ledger: Ledger) -> Self {
        Self { ledger: Some(ledger), ..self }
    }

    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    /// Where the tree with this mark is recorded.
    pub(super) fn record(&self, mark: Mark) -> Option<PathBuf> {
        self.ledger.as_ref().map(|ledger| ledger.record(mark))
    }
}
