//! What a program says on its standard error: read all the time, so that it never has to wait, and the end of it kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::text::Decoder;

/// How many bytes are kept: the last ones.
const KEPT: usize = 64 * 1024;

/// How long the rest is waited for when the program is gone. It is there at once, unless a process of somebody else
/// holds the other end.
const REST: Duration = Duration::from_millis(200);

/// The end of a program's standard error. Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub struct Stderr {
    ring: Arc<Mutex<VecDeque<u8>>>,
    /// Cancelled when there is nothing more to read.
    ended: CancellationToken,
}

impl Stderr {
    /// Reads `from` until it ends.
    pub(super) fn follow(from: impl AsyncRead + Unpin + Send + 'static) -> Self {
        let stderr = Self::default();
        tokio::spawn(stderr.clone().read(from));
        stderr
    }

    async fn read(self, mut from: impl AsyncRead + Unpin) {
        let _ended = self.ended.clone().drop_guard();
        let mut bytes = [0; 4096];
        // A pipe that cannot be read any more has nothing more to say.
        while let Ok(count @ 1..) = from.read(&mut bytes).await {
            let mut ring = self.ring();
            ring.extend(&bytes[..count]);
            let excess = ring.len().saturating_sub(KEPT);
            ring.drain(..excess);
        }
    }

    /// Waits, for a program that is gone, until all it said has been read.
    pub(super) async fn ended(&self) {
        if timeout(REST, self.ended.cancelled()).await.is_err() {
            tracing::debug!("somebody else holds a program's standard error");
        }
    }

    /// What is kept, as text for a person.
    #[must_use]
    pub fn text(&self) -> String {
        let ring = self.ring();
        // What was thrown away may have ended within a character: three bytes of it at most are left.
        let rest = if ring.len() < KEPT {
            0
        } else {
            ring.iter().take(3).take_while(|byte| is_rest(**byte)).count()
        };
        let bytes: Vec<u8> = ring.iter().skip(rest).copied().collect();
        drop(ring);
        let mut decoder = Decoder::default();
        let text = decoder.decode(&bytes);
        text + &decoder.finish().unwrap_or_default()
    }

    /// The last line that says something, shortened; empty when there is none.
    #[must_use]
    pub fn last_line(&self) -> String {
        let text = self.text();
        let line = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
        line.trim().chars().take(300).collect()
    }

    fn ring(&self) -> MutexGuard<'_, VecDeque<u8>> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a byte is in UTF-8 never the first of a character.
fn is_rest(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}
