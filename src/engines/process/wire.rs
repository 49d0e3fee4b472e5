//! A program that speaks a protocol of lines on its standard input and output.

use std::io;
use std::process::Stdio;

use super::guarded::{Guarded, Start};
use super::{Guard, Launch, LaunchError, LineReader, LineWriter, Stderr};

/// A running program with all of its descendants. Dropping it kills them all.
#[derive(Debug)]
pub struct Wire {
    guarded: Guarded,
    stderr: Stderr,
}

impl Wire {
    /// Starts a program below the guard.
    ///
    /// # Errors
    /// See [`LaunchError`]. A program that does not exist is none: it ends with code 127 and says so on its standard
    /// error.
    pub fn spawn(guard: &Guard, launch: &Launch) -> Result<(Self, LineReader, LineWriter), LaunchError> {
        let mut start = Start::new(guard, launch)?;
        start.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let (guarded, streams) = start.spawn()?;
        let (Some(stdin), Some(stdout), Some(stderr)) = (streams.stdin, streams.stdout, streams.stderr)
        else {
            return Err(io::Error::other("a pipe is missing").into());
        };
        let wire = Self { guarded, stderr: Stderr::follow(stderr) };
        Ok((wire, LineReader::new(stdout), LineWriter::new(stdin)))
    }

    /// What it said on its standard error.
    #[must_use]
    pub fn stderr(&self) -> &Stderr {
        &self.stderr
    }

    /// Whether the program has not ended yet.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.guarded.is_alive()
    }

    /// Waits until the whole tree is gone, and all of its standard error has been read; 128 and the signal's number
    /// when a signal ended the program, 127 when there is no such program.
    pub async fn exit_code(&mut self) -> i32 {
        let code = self.guarded.exit_code().await;
        self.stderr.ended().await;
        code
    }

    /// Ends the tree: politely first, with force after [`super::super::guard::GRACE`]. Returns when nothing is left of
    /// it.
    pub async fn stop(self) {
        self.guarded.stop().await;
    }
}
