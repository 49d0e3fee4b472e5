//! What programs are started with: the guard that answers for all of their processes.

use std::path::{Path, PathBuf};

/// How an engine's programs are guarded. Cheap to clone; all engines share one.
#[derive(Debug, Clone)]
pub struct Guard {
    program: PathBuf,
}

impl Guard {
    /// Guards with `program`: this very program, see [`crate::engines::guard::program`].
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self { program }
    }

    pub(super) fn program(&self) -> &Path {
        &self.program
    }
}
