//! What a program says on its standard error: read all the time, so that it never has to wait, and the end of it kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt};

use super::text::Decoder;

/// How many bytes are kept: the last ones.
const KEPT: usize = 64 * 1024;

/// The end of a program's standard error. Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub struct Stderr {
    ring: Arc<Mutex<VecDeque<u8>>>,
}

impl Stderr {
    /// Reads `from` until it ends.
    pub(super) fn follow(from: impl AsyncRead + Unpin + Send + 'static) -> Self {
        let stderr = Self::default();
        tokio::spawn(stderr.clone().read(from));
        stderr
    }

    async fn read(self, mut from: impl AsyncRead + Unpin) {
        let mut bytes = [0; 4096];
        // A pipe that cannot be read any more has nothing more to say.
        while let Ok(count @ 1..) = from.read(&mut bytes).await {
            let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
            ring.extend(&bytes[..count]);
            let excess = ring.len().saturating_sub(KEPT);
            ring.drain(..excess);
        }
    }

    /// What is kept, as text for a person.
    #[must_use]
    pub fn text(&self) -> String {
        let bytes: Vec<u8> =
            self.ring.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
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
}
