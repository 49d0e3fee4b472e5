//! The journal: every lasting change, one JSON line each, written before the call is answered.
//!
//! It lets a playground that was killed come back as it was. It does not sync to the disk: it survives the
//! process, not the machine. It knows how lines are framed, not what a change means.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

use super::world::{Change, World};

/// From so many lines on, a start replaces the journal by one line that holds the whole world.
const COMPACT_FROM: usize = 2_000;

/// How every line begins.
const LINE_BEGIN: &[u8] = b"{\"";
/// How long a start waits for the playground before it to be gone: a child process that is just being started holds the
/// lock of one that was killed for a moment.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);
const LOCK_RETRY: Duration = Duration::from_millis(20);

/// A line that is read.
#[derive(Deserialize)]
enum Line {
    World(Box<World>),
    Change { at: i64, change: Change },
}

/// A line that is written.
#[derive(Serialize)]
enum LineRef<'a> {
    World(&'a World),
    Change { at: i64, change: &'a Change },
}

/// What went wrong with the journal, and where.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JournalError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("{path}: another playground uses it; give this one a file of its own")]
    InUse { path: PathBuf },
    #[error("{path} is no history of a playground; name another file")]
    Foreign { path: PathBuf },
    #[error("{path}, line {line}: {source}; remove the file to begin anew")]
    Line { path: PathBuf, line: usize, source: serde_json::Error },
}

/// An open journal.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    path: PathBuf,
    /// Lines of the operation in progress, so that they reach the file in one write.
    pending: Vec<u8>,
}

impl Journal {
    /// Opens the journal at `path` and brings `world` to where it left off. Returns whether there was one.
    pub(crate) async fn open(path: &Path, world: &mut World) -> Result<(Self, bool), JournalError> {
        let path = path.to_owned();
        let in_path = |source| JournalError::Io { path: path.clone(), source };
        let mut file = lock(&path).await?;
        let lines = replay(&path, &file, world)?;
        if lines.lines > COMPACT_FROM {
            compact(&path, world).map_err(in_path)?;
            // What was locked is no longer what has the name.
            file = lock(&path).await?;
        } else {
            // A torn last line would otherwise be glued to the next one.
            file.set_len(lines.whole_bytes).map_err(in_path)?;
        }
        Ok((Self { file, path, pending: Vec::new() }, lines.lines > 0))
    }

    /// Adds a change to the operation in progress.
    pub(crate) fn push(&mut self, at: i64, change: &Change) {
        if change.is_lasting() {
            // Writing JSON into memory cannot fail for types without maps of odd keys.
            let written = serde_json::to_writer(&mut self.pending, &LineRef::Change { at, change });
            debug_assert!(written.is_ok(), "{written:?}");
            self.pending.push(b'\n');
        }
    }

    /// Writes the operation in progress.
    pub(crate) fn flush(&mut self) -> Result<(), JournalError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let written = self.file.write_all(&self.pending);
        self.pending.clear();
        written.map_err(|source| JournalError::Io { path: self.path.clone(), source })
    }
}

/// Opens the file, made when missing, for this playground alone.
async fn lock(path: &Path) -> Result<File, JournalError> {
    let in_path = |source| JournalError::Io { path: path.to_owned(), source };
    let file = OpenOptions::new().create(true).read(true).append(true).open(path).map_err(in_path)?;
    let patience = Instant::now() + LOCK_PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < patience => sleep(LOCK_RETRY).await,
            Err(TryLockError::WouldBlock) => return Err(JournalError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(in_path(source)),
        }
    }
}

struct Replayed {
    lines: usize,
    /// Bytes up to the end of the last whole line.
    whole_bytes: u64,
}

fn replay(path: &Path, file: &File, world: &mut World) -> Result<Replayed, JournalError> {
    let mut reader = BufReader::new(file);
    let mut done = Replayed { lines: 0, whole_bytes: 0 };
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader
            .read_until(b'\n', &mut line)
            .map_err(|source| JournalError::Io { path: path.to_owned(), source })?;
        if line.last() != Some(&b'\n') {
            // The beginning of a line of ours, or a file of somebody's that must not be cut.
            let is_ours = line.iter().zip(LINE_BEGIN).all(|(found, wanted)| found == wanted);
            return if is_ours { Ok(done) } else { Err(JournalError::Foreign { path: path.to_owned() }) };
        }
        match serde_json::from_slice(&line) {
            Ok(Line::World(whole)) => *world = *whole,
            Ok(Line::Change { at, change }) => world.apply(at, change),
            Err(source) => {
                return Err(JournalError::Line { path: path.to_owned(), line: done.lines + 1, source });
            }
        }
        done.lines += 1;
        done.whole_bytes += u64::try_from(read).unwrap_or(u64::MAX);
    }
}

/// Replaces the journal by one line. A crash leaves either the old or the new file.
fn compact(path: &Path, world: &World) -> io::Result<()> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    let mut line = serde_json::to_vec(&LineRef::World(world))?;
    line.push(b'\n');
    std::fs::write(&fresh, line)?;
    std::fs::rename(fresh, path)
}
