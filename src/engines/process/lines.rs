//! A program's standard input and output, line by line. Keeps nothing of a line that is too long, and no more memory
//! than the line at hand.
//!
//! Knows lines and their limit, nothing of what they mean.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::{Sink, SinkExt, Stream};
use tokio::io::{AsyncBufReadExt, AsyncWrite, BufReader};
use tokio::process::{ChildStdin, ChildStdout};

/// How long a line may be, in bytes. Of a longer one nothing is kept.
pub const LINE_LIMIT: usize = 8 * 1024 * 1024;

/// How many bytes are read at once. Each living program has a buffer of this size.
const READ: usize = 16 * 1024;

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A whole line, without its end.
    Text(String),
    /// A line longer than [`LINE_LIMIT`], or one that is not UTF-8: dropped.
    Unreadable,
}

/// The program's standard output. Ends when nothing of the program's tree is left that could write to it.
#[derive(Debug)]
pub struct LineReader {
    from: BufReader<ChildStdout>,
    lines: Splitter,
}

impl LineReader {
    pub(super) fn new(stdout: ChildStdout) -> Self {
        Self { from: BufReader::with_capacity(READ, stdout), lines: Splitter::new(LINE_LIMIT) }
    }

    /// The next line; `None` when there will be none any more. Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Line> {
        loop {
            let (taken, line) = match self.from.fill_buf().await {
                Ok(bytes) if !bytes.is_empty() => self.lines.take(bytes),
                // A pipe that cannot be read any more has nothing more to say.
                Ok(_) | Err(_) => return self.lines.finish(),
            };
            self.from.consume(taken);
            if line.is_some() {
                return line;
            }
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

/// The program's standard input. Dropping it closes the input.
#[derive(Debug)]
pub struct LineWriter {
    to: ChildStdin,
    /// The line at hand, with its end.
    line: Vec<u8>,
    /// How much of it has been written.
    written: usize,
}

impl LineWriter {
    pub(super) fn new(stdin: ChildStdin) -> Self {
        Self { to: stdin, line: Vec::new(), written: 0 }
    }

    /// Writes one line, once the program has read enough of the earlier ones.
    ///
    /// A line whose future is dropped is written later as a whole, before the next, or not at all; never in part.
    ///
    /// # Errors
    /// When the program does not read any more.
    pub async fn send(&mut self, line: &str) -> io::Result<()> {
        SinkExt::send(self, line.to_owned()).await
    }

    /// The same as a sink.
    pub fn into_sink(self) -> impl Sink<String, Error = io::Error> + Send {
        self
    }
}

impl Sink<String> for LineWriter {
    type Error = io::Error;

    fn poll_ready(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(context)
    }

    fn start_send(mut self: Pin<&mut Self>, line: String) -> io::Result<()> {
        self.line = line.into_bytes();
        self.line.push(b'\n');
        self.written = 0;
        Ok(())
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self { to, line, written } = &mut *self;
        while *written < line.len() {
            match ready!(Pin::new(&mut *to).poll_write(context, &line[*written..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => *written += count,
            }
        }
        // Its memory too: a prompt may bring pictures along, and a session lives long.
        (*line, *written) = (Vec::new(), 0);
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(context)
    }
}

/// Cuts bytes into lines, however they come.
#[derive(Debug)]
pub(super) struct Splitter {
    limit: usize,
    /// The beginning of a line whose end has not come yet.
    pub(super) begun: Vec<u8>,
    /// Whether that line is too long already; then nothing of it is kept.
    too_long: bool,
}

impl Splitter {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, begun: Vec::new(), too_long: false }
    }

    /// Takes bytes up to the end of a line, if there is one: how many, and the line.
    pub(super) fn take(&mut self, bytes: &[u8]) -> (usize, Option<Line>) {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let piece = &bytes[..end.unwrap_or(bytes.len())];
        if self.too_long || self.begun.len() + piece.len() > self.limit {
            self.too_long = true;
            self.begun = Vec::new();
        } else {
            self.begun.extend_from_slice(piece);
        }
        match end {
            Some(end) => (end + 1, Some(self.ended())),
            None => (bytes.len(), None),
        }
    }

    /// What is left when there are no more bytes: a line without an end.
    pub(super) fn finish(&mut self) -> Option<Line> {
        (self.too_long || !self.begun.is_empty()).then(|| self.ended())
    }

    fn ended(&mut self) -> Line {
        let mut line = std::mem::take(&mut self.begun);
        if std::mem::take(&mut self.too_long) {
            return Line::Unreadable;
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        String::from_utf8(line).map_or(Line::Unreadable, Line::Text)
    }
}
