//! A program of an engine with all of its descendants: started through the guard, read as text, ended as a whole.
//!
//! Knows processes only, nothing of tasks, approvals or what the text means.

mod environment;
mod guard;
mod guarded;
mod ledger;
mod lines;
mod remains;
mod stderr;
mod text;
mod wire;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;

use self::guarded::{Guarded, Start};
use self::text::Decoder;

pub use self::environment::{PASSED_ON, inherited, is_passed_on, is_withheld};
pub use self::guard::Guard;
pub use self::ledger::Ledger;
pub use self::lines::{LINE_LIMIT, Line, LineReader, LineWriter};
pub use self::stderr::Stderr;
pub use self::wire::Wire;

/// How many bytes a chunk of output has at most.
pub const MAX_CHUNK: usize = 8 * 1024;

/// How many bytes are read at once: decoding can make three of one, and has up to three left from before.
const MAX_READ: usize = MAX_CHUNK / 3 - 3;

/// How long a program may take to stop in its own way, when its protocol has one, before its tree is ended. Together
/// with the guard's grace and its kill it leaves nothing of the tree within three seconds.
pub const CANCEL_GRACE: Duration = Duration::from_millis(1_800);

/// How many bytes one variable may have, its name included. Linux ends at 128 KiB.
pub const MAX_VARIABLE: usize = 100_000;

/// What to start.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The program: a path, or a name to look for in `PATH`.
    pub program: OsString,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// The directory it works in.
    pub cwd: PathBuf,
    /// Variables it gets besides the [inherited] ones. It gets no others.
    pub env: Vec<(String, String)>,
}

/// Why a program could not be started.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The directory to work in does not exist.
    #[error("the workspace {} is not there any more; choose another with /workspace", .0.display())]
    WorkspaceGone(PathBuf),
    /// A value is too long for a variable.
    #[error("{name} is too long to be given to a command: {bytes} bytes of at most {MAX_VARIABLE}")]
    ValueTooLong {
        /// The variable.
        name: String,
        /// Its length with its name.
        bytes: usize,
    },
    /// The system refused.
    #[error("a process could not be started: {0}")]
    System(#[from] io::Error),
}

/// A running program with all of its descendants. Dropping it kills them all.
#[derive(Debug)]
pub struct ProcessTree {
    guarded: Guarded,
    /// Standard output and standard error, in the order in which they were written.
    output: pipe::Receiver,
    decoder: Decoder,
    /// The program's exit code, once the whole tree is gone.
    code: Option<i32>,
}

impl ProcessTree {
    /// Starts a program below the guard, with nothing on its standard input.
    ///
    /// # Errors
    /// See [`LaunchError`]. A program that does not exist is none: it ends with code 127 and says so in its output.
    pub fn spawn(guard: &Guard, launch: &Launch) -> Result<Self, LaunchError> {
        let mut start = Start::new(guard, launch)?;
        let (output, writer) = io::pipe()?;
        start.command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
        let output = pipe::Receiver::from_owned_fd(output.into())?;
        let (guarded, _) = start.spawn()?;
        Ok(Self { guarded, output, decoder: Decoder::default(), code: None })
    }

    /// The next piece of output, of at most [`MAX_CHUNK`] bytes; `None` when the program has ended and nothing of its
    /// tree is left. What is not read keeps the program waiting. Nothing is lost when the future is dropped.
    pub async fn next_chunk(&mut self) -> Option<String> {
        let mut bytes = [0; MAX_READ];
        loop {
            let count = if self.code.is_some() {
                // The guard is gone. Whoever still holds the other end is none of ours and is not waited for.
                self.output.try_read(&mut bytes).unwrap_or(0)
            } else {
                tokio::select! {
                    biased;
                    read = self.output.read(&mut bytes) => match read {
                        Ok(0) | Err(_) => {
                            self.exit_code().await;
                            0
                        }
                        Ok(count) => count,
                    },
                    code = self.guarded.exit_code() => {
                        self.code = Some(code);
                        continue;
                    }
                }
            };
            if count == 0 {
                return self.decoder.finish();
            }
            let text = self.decoder.decode(&bytes[..count]);
            if !text.is_empty() {
                return Some(text);
            }
        }
    }

    /// Waits until the whole tree is gone; 128 and the signal's number when a signal ended the program.
    pub async fn exit_code(&mut self) -> i32 {
        match self.code {
            Some(code) => code,
            None => *self.code.insert(self.guarded.exit_code().await),
        }
    }

    /// Ends the tree: politely first, with force after [`super::guard::GRACE`]. Returns when nothing is left of it.
    pub async fn stop(self) {
        self.guarded.stop().await;
    }
}

/// Checks that values can be given to a program as variables.
///
/// # Errors
/// [`LaunchError::ValueTooLong`] for the first that is too long.
pub fn check_variables(env: &[(String, String)]) -> Result<(), LaunchError> {
    let size = |(name, value): &(String, String)| name.len() + value.len() + 1;
    match env.iter().find(|variable| size(variable) > MAX_VARIABLE) {
        Some(variable) => Err(LaunchError::ValueTooLong { name: variable.0.clone(), bytes: size(variable) }),
        None => Ok(()),
    }
}
