//! Ends what is left of trees whose guards do not do it: someone stopped them, or killed them.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use rustix::process::{Signal, getpid};
use tokio::time::{Instant, sleep};

use super::super::record::Mark;
use super::super::system::{Process, marked, with_descendants};

/// Trees, as far as they can be known from outside.
#[derive(Debug, Clone, Default)]
pub(super) struct Remains {
    /// The variables that their processes carry.
    pub(super) marks: Vec<String>,
    /// Processes that are known to be theirs.
    pub(super) known: Vec<Process>,
    /// Their guards.
    pub(super) guards: Vec<Process>,
    /// Their records.
    pub(super) records: Vec<PathBuf>,
}

impl Remains {
    /// The remains of one tree.
    pub(super) fn of(mark: Mark, guard: Option<Process>, record: Option<PathBuf>) -> Self {
        Self {
            marks: vec![mark.variable()],
            known: Vec::new(),
            guards: guard.into_iter().collect(),
            records: record.into_iter().collect(),
        }
    }

    /// For a guard that does not do its work, because someone stopped or killed it.
    pub(super) async fn end_over_guard(&self) {
        match self.end(Duration::from_secs(1)).await {
            Ok(0) => {}
            Ok(processes) => tracing::warn!(processes, "ended a tree whose guard did not do its work"),
            Err(processes) => {
                tracing::error!(processes, "a tree whose guard did not do its work cannot be ended")
            }
        }
    }

    /// Kills all that is left, guards included, and removes the records. Says how many processes there were.
    ///
    /// # Errors
    /// How many are still there after `patience`; then the records stay.
    pub(super) async fn end(&self, patience: Duration) -> Result<usize, usize> {
        // A single look can miss a process that moves in the tree meanwhile, and what was killed takes a moment to go.
        let (begun, mut empty_looks, mut killed) = (Instant::now(), 0, HashSet::new());
        while empty_looks < 3 && begun.elapsed() < patience {
            let left = self.left();
            empty_looks = if left.is_empty() { empty_looks + 1 } else { 0 };
            // Gone already, or not ours to kill, is what cannot be signalled.
            killed.extend(left.into_iter().filter(|process| process.signal(Signal::KILL).is_ok()));
            sleep(Duration::from_millis(10)).await;
        }
        // Last, for until then they adopt whoever is left alone, and may still do the work themselves.
        let guards =
            with_descendants(&self.guards).into_iter().filter(|process| self.guards.contains(process));
        killed.extend(guards.filter(|guard| guard.signal(Signal::KILL).is_ok()));
        let left = self.left().len();
        if left > 0 {
            return Err(left);
        }
        for record in &self.records {
            // Its guard may have done so just now; and one that stays is looked at in vain, once.
            let _ = fs::remove_file(record);
        }
        Ok(killed.len())
    }

    /// Every living process of the trees, without the guards.
    fn left(&self) -> Vec<Process> {
        let mut roots = marked(&self.marks);
        roots.extend(self.known.iter().chain(&self.guards));
        let mut left = with_descendants(&roots);
        // Adjutant itself may have been started from such a tree.
        left.retain(|process| !self.guards.contains(process) && process.pid() != getpid());
        left
    }
}
