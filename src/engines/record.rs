//! What is known of a tree of processes outside of its guard: its mark, and the file that stands as long as it does.
//!
//! The guard writes the file before there is a tree and removes it when nothing is left. One that is found without its
//! guard tells that the guard was killed, and whom it left behind. Knows nothing of engines.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, getpid};
use uuid::Uuid;

use super::system::{Process, boot};

/// A tree's name, which all of its processes carry in their environment unless they wipe it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engines) struct Mark(Uuid);

impl Mark {
    /// The variable that holds it.
    pub(in crate::engines) const VARIABLE: &str = "ADJUTANT_TREE";

    /// One that no other tree has.
    pub(in crate::engines) fn new() -> Self {
        Self(Uuid::new_v4())
    }

    /// The mark of the tree with such a file.
    pub(in crate::engines) fn of_file(path: &Path) -> Option<Self> {
        Uuid::try_parse(path.file_name()?.to_str()?).ok().map(Self)
    }

    /// As it stands in the environment.
    pub(in crate::engines) fn variable(self) -> String {
        format!("{}={self}", Self::VARIABLE)
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

/// A tree's file, from the guard's side: removed when it is dropped.
#[derive(Debug)]
pub(in crate::engines) struct Record {
    path: PathBuf,
}

impl Record {
    /// Begins it with this process, the guard.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub(in crate::engines) fn begin(path: PathBuf) -> io::Result<Self> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        let record = Self { path };
        writeln!(file, "{}", boot())?;
        record.add(getpid())?;
        Ok(record)
    }

    /// Adds a process of the tree.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(in crate::engines) fn add(&self, pid: Pid) -> io::Result<()> {
        let process = Process::of(pid).map(|process| format!("{process}\n")).unwrap_or_default();
        OpenOptions::new().append(true).open(&self.path)?.write_all(process.as_bytes())
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        // One that stays is looked at in vain, once.
        let _ = fs::remove_file(&self.path);
    }
}

/// The recorded processes of a file's text, the guard first: none when the system was started anew since. What cannot
/// be read is left out.
pub(in crate::engines) fn processes(text: &str) -> Vec<Process> {
    let mut lines = text.lines();
    match lines.next() {
        Some(line) if line == boot() => lines.filter_map(|line| line.parse().ok()).collect(),
        Some(_) | None => Vec::new(),
    }
}
