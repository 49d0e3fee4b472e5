//! A program that speaks a protocol of lines on its standard input and output.
//!
//! Knows lines and their limit, nothing of what they mean.

use std::io;
use std::process::Stdio;

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio::process::{ChildStdin, ChildStdout};
use tokio_util::codec::{FramedRead, FramedWrite, LinesCodec, LinesCodecError};

use super::guarded::{self, Guarded};
use super::{Guard, Launch, LaunchError, Stderr};

/// How long a line may be, in bytes. Of a longer one nothing is kept.
pub const LINE_LIMIT: usize = 8 * 1024 * 1024;

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A whole line, without its end.
    Text(String),
    /// A line longer than [`LINE_LIMIT`], or one that is not UTF-8: dropped.
    Unreadable,
}

/// A running program with all of its descendants. Dropping it kills them all.
#[derive(Debug)]
pub struct Wire {
    guarded: Guarded,
    stderr: Stderr,
}

/// The program's standard output, line by line. Ends with the program.
pub struct LineReader {
    lines: FramedRead<ChildStdout, LinesCodec>,
}

/// The program's standard input, line by line. Dropping it closes the input.
pub struct LineWriter {
    lines: FramedWrite<ChildStdin, LinesCodec>,
}

impl Wire {
    /// Starts a program below the guard.
    ///
    /// # Errors
    /// See [`LaunchError`]. A program that does not exist is none: it ends with code 127 and says so on its standard
    /// error.
    pub fn spawn(guard: &Guard, launch: &Launch) -> Result<(Self, LineReader, LineWriter), LaunchError> {
        let mut command = guarded::command(guard, launch)?;
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::Error::other("a pipe is missing").into());
        };
        let wire = Self { guarded: Guarded::new(child), stderr: Stderr::follow(stderr) };
        let reader =
            LineReader { lines: FramedRead::new(stdout, LinesCodec::new_with_max_length(LINE_LIMIT)) };
        let writer = LineWriter { lines: FramedWrite::new(stdin, LinesCodec::new()) };
        Ok((wire, reader, writer))
    }

    /// What it said on its standard error.
    #[must_use]
    pub fn stderr(&self) -> &Stderr {
        &self.stderr
    }

    /// Whether the program has not ended yet.
    pub fn is_alive(&mut self) -> bool {
        self.guarded.is_alive()
    }

    /// Waits until the whole tree is gone; 128 and the signal's number when a signal ended the program, 127 when there
    /// is no such program.
    pub async fn exit_code(&mut self) -> i32 {
        self.guarded.exit_code().await
    }

    /// Ends the tree: politely first, with force after [`super::super::guard::GRACE`]. Returns when nothing is left of
    /// it.
    pub async fn stop(self) {
        self.guarded.stop().await;
    }
}

impl LineReader {
    /// The next line; `None` when there will be none any more. Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Line> {
        match self.lines.next().await? {
            Ok(text) => Some(Line::Text(text)),
            Err(LinesCodecError::MaxLineLengthExceeded) => Some(Line::Unreadable),
            Err(LinesCodecError::Io(_)) => None,
        }
    }

    /// The same as a stream; what cannot be read is left out.
    pub fn into_stream(self) -> impl Stream<Item = String> + Send {
        futures_util::stream::unfold(self, |mut reader| async move {
            loop {
                match reader.next().await? {
                    Line::Text(text) => return Some((text, reader)),
                    Line::Unreadable => tracing::warn!("a line was dropped: too long, or not text"),
                }
            }
        })
    }
}

impl LineWriter {
    /// Writes one line.
    ///
    /// # Errors
    /// When the program does not read any more.
    pub async fn send(&mut self, line: &str) -> io::Result<()> {
        self.lines.send(line).await.map_err(codec_error)
    }

    /// The same as a sink.
    pub fn into_sink(self) -> impl Sink<String, Error = io::Error> + Send {
        SinkExt::<String>::sink_map_err(self.lines, codec_error)
    }
}

fn codec_error(error: LinesCodecError) -> io::Error {
    match error {
        LinesCodecError::Io(error) => error,
        LinesCodecError::MaxLineLengthExceeded => io::Error::other(error),
    }
}
