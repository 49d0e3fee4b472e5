//! A program of an engine with all of its descendants: started through the guard, read as text, ended as a whole.
//!
//! Knows processes only, nothing of tasks, approvals or what the text means.

mod environment;
mod text;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use self::text::Decoder;
use super::descendants::descendants;
use super::guard;

pub use self::environment::{PASSED_ON, inherited, is_passed_on};

/// How many bytes a chunk of output has at most.
pub const MAX_CHUNK: usize = 8 * 1024;

/// How many bytes are read at once: decoding can make three of one, and has up to three left from before.
const MAX_READ: usize = MAX_CHUNK / 3 - 3;

/// How many bytes one variable may have, its name included. Linux ends at 128 KiB.
pub const MAX_VARIABLE: usize = 100_000;

/// How long the guard may take, beyond its grace, before the tree is killed over its head.
const PATIENCE: Duration = Duration::from_secs(1);

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
    guard: Child,
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
    pub fn spawn(guard: &Path, launch: &Launch) -> Result<Self, LaunchError> {
        check_variables(&launch.env)?;
        if !launch.cwd.is_dir() {
            return Err(LaunchError::WorkspaceGone(launch.cwd.clone()));
        }
        let (output, writer) = io::pipe()?;
        let mut command = Command::new(guard);
        command
            .arg0("adjutant")
            .args(["guard", &std::process::id().to_string(), "--"])
            .arg(&launch.program)
            .args(&launch.args)
            .current_dir(&launch.cwd)
            .env_clear()
            .envs(inherited(std::env::vars_os()))
            .envs(launch.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            // Ctrl-C in a terminal is for Adjutant, which then ends the trees itself.
            .process_group(0);
        let output = pipe::Receiver::from_owned_fd(output.into())?;
        Ok(Self { guard: command.spawn()?, output, decoder: Decoder::default(), code: None })
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
                    status = self.guard.wait() => {
                        self.code = Some(code_of(&status));
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
            None => *self.code.insert(code_of(&self.guard.wait().await)),
        }
    }

    /// Ends the tree: politely first, with force after [`guard::GRACE`]. Returns when nothing is left of it.
    pub async fn stop(mut self) {
        self.tell_guard(Signal::TERM);
        if timeout(guard::GRACE + PATIENCE, self.guard.wait()).await.is_err() {
            self.kill_over_guard().await;
        }
    }

    /// For a guard that does not do its work, because someone stopped it.
    async fn kill_over_guard(&mut self) {
        let Some(pid) = self.guard_pid() else { return };
        // A single look can miss a process that moves in the tree meanwhile, and what was killed takes a moment to go.
        let (begun, mut empty_looks) = (Instant::now(), 0);
        while empty_looks < 3 && begun.elapsed() < PATIENCE {
            let found = descendants(pid);
            empty_looks = if found.is_empty() { empty_looks + 1 } else { 0 };
            for process in found {
                // Gone already, or not ours to kill.
                let _ = process.signal(Signal::KILL);
            }
            sleep(Duration::from_millis(10)).await;
        }
        self.tell_guard(Signal::KILL);
        // It was killed: that it cannot be waited for is no news.
        let _ = timeout(PATIENCE / 2, self.guard.wait()).await;
    }

    /// The guard, unless it is known to be gone. Its number cannot be another's before we have waited for it.
    fn guard_pid(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.guard.id()?).ok()?)
    }

    fn tell_guard(&self, signal: Signal) {
        if let Some(pid) = self.guard_pid() {
            // It may have ended just now.
            let _ = kill_process(pid, signal);
        }
    }
}

impl Drop for ProcessTree {
    fn drop(&mut self) {
        self.tell_guard(Signal::USR1);
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

fn code_of(status: &io::Result<std::process::ExitStatus>) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    let Ok(status) = status else { return -1 };
    status.code().or_else(|| status.signal().map(|number| 128 + number)).unwrap_or(-1)
}
