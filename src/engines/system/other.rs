//! Processes of systems without `/proc`.

use std::fmt;
use std::str::FromStr;

use rustix::io;
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

/// A process group, by its leader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::engines) struct Process {
    leader: Pid,
}

impl Process {
    /// The group that this process leads.
    pub(in crate::engines) fn of(pid: Pid) -> Option<Self> {
        Some(Self { leader: pid })
    }

    /// Its leader's number.
    pub(in crate::engines) fn pid(self) -> Pid {
        self.leader
    }

    /// Sends a signal to every process of the group.
    ///
    /// # Errors
    /// `SRCH` when it is empty, `PERM` when it belongs to somebody else.
    pub(in crate::engines) fn signal(self, signal: Signal) -> io::Result<()> {
        kill_process_group(self.leader, signal)
    }
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.leader.as_raw_nonzero())
    }
}

impl FromStr for Process {
    type Err = ();

    /// Never: without its start time, a number may be another process's by now.
    fn from_str(_: &str) -> Result<Self, ()> {
        Err(())
    }
}

/// The process group that `leader` leads, while there is anyone in it.
pub(in crate::engines) fn descendants(leader: Pid) -> Vec<Process> {
    with_descendants(&[Process { leader }])
}

/// Those groups in which there is anyone.
pub(in crate::engines) fn with_descendants(roots: &[Process]) -> Vec<Process> {
    roots.iter().copied().filter(|group| test_kill_process_group(group.leader).is_ok()).collect()
}

/// None: other processes' environment is not to be seen.
pub(in crate::engines) fn marked(_variables: &[String]) -> Vec<Process> {
    Vec::new()
}

/// Nothing: recorded processes are not found again anyway.
pub(in crate::engines) fn boot() -> String {
    String::new()
}
