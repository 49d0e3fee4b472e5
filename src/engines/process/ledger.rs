//! The folder of all living trees' records: after a crash it says what may have been left, and that is ended.
//!
//! Guards die with Adjutant and take their trees along. This is for guards that were killed together with it.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::record::{Mark, processes};
use super::remains::Remains;

/// How long what was left may take to go.
const PATIENCE: Duration = Duration::from_secs(3);

/// Where the records of all living trees are. One folder belongs to one Adjutant at a time.
#[derive(Debug, Clone)]
pub struct Ledger {
    folder: PathBuf,
}

impl Ledger {
    /// The ledger in this folder, which is made when it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        // Guards work elsewhere, and are told the whole path.
        let folder = std::path::absolute(folder)?;
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        Ok(Self { folder })
    }

    pub(super) fn record(&self, mark: Mark) -> PathBuf {
        self.folder.join(mark.to_string())
    }

    /// Kills whatever is left of recorded trees, and says how many processes that were. To be called before a program
    /// is started.
    pub async fn sweep(&self) -> usize {
        let remains = self.read();
        if remains.records.is_empty() {
            return 0;
        }
        match remains.end(PATIENCE).await {
            Ok(processes) => {
                tracing::warn!(
                    trees = remains.records.len(),
                    processes,
                    "ended what an earlier run had left behind"
                );
                processes
            }
            Err(processes) => {
                tracing::error!(processes, "an earlier run left processes that cannot be ended");
                0
            }
        }
    }

    fn read(&self) -> Remains {
        let mut remains = Remains::default();
        for path in fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            let Some(mark) = Mark::of_file(&path) else { continue };
            let text = fs::read(&path).unwrap_or_else(|error| {
                tracing::warn!(%error, record = %path.display(), "a record cannot be read; its tree is found by its mark");
                Vec::new()
            });
            let mut recorded = processes(&String::from_utf8_lossy(&text)).into_iter();
            remains.marks.push(mark.variable());
            remains.guards.extend(recorded.next());
            remains.known.extend(recorded);
            remains.records.push(path);
        }
        remains
    }
}
