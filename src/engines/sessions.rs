//! Programs that stay up between two runs, so that the next message of a conversation finds its session warm.
//!
//! Owns how many live and for how long they may be idle; all engines share one. Knows no protocol: what is kept is
//! whatever an engine needs to go on.

use std::any::Any;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::ids::SessionId;
use crate::ports::BoxFuture;

/// Which session a program holds, and for what it was started. Another agent's definition needs another program.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionKey {
    /// The engine's name.
    pub engine: String,
    /// The session.
    pub session: SessionId,
    /// Where it works.
    pub workspace: PathBuf,
    /// A fingerprint of whatever the program was started with.
    pub setup: String,
}

/// A program that can be kept between two runs.
pub trait Idle: Any + Send {
    /// Ends the program politely, with all its processes.
    fn close(self: Box<Self>) -> BoxFuture<'static, ()>;
}

/// How long and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// How long a program may be idle.
    pub idle: Duration,
    /// How many programs may live, idle or not. Running ones are never ended for it.
    pub living: usize,
}

/// The programs that live. Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub struct Sessions {
    limits: SessionLimits,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Longest idle first.
    idle: Vec<Entry>,
    /// How many live, idle ones included.
    living: usize,
    /// Names the next entry.
    next: u64,
    closed: bool,
}

struct Entry {
    name: u64,
    key: SessionKey,
    program: Box<dyn Idle>,
    living: Living,
}

/// Counts one living program; to be dropped with it.
#[derive(Debug)]
#[must_use]
pub struct Living {
    state: Arc<Mutex<State>>,
}

impl Drop for Living {
    fn drop(&mut self) {
        lock(&self.state).living -= 1;
    }
}

impl Sessions {
    /// Nothing lives yet.
    #[must_use]
    pub fn new(limits: SessionLimits) -> Self {
        Self { limits, state: Arc::default() }
    }

    /// Counts a program that is about to be started; the longest idle one makes room for it when too many live.
    pub fn admit(&self) -> Living {
        let superfluous = {
            let mut state = lock(&self.state);
            state.living += 1;
            let full = state.living > self.limits.living && !state.idle.is_empty();
            full.then(|| state.idle.remove(0))
        };
        if let Some(entry) = superfluous {
            tokio::spawn(entry.close());
        }
        Living { state: Arc::clone(&self.state) }
    }

    /// Takes out the program that holds a session, if it is there.
    #[must_use]
    pub fn take<T: Idle>(&self, key: &SessionKey) -> Option<(T, Living)> {
        let entry = {
            let mut state = lock(&self.state);
            let at = state.idle.iter().position(|entry| entry.key == *key)?;
            state.idle.remove(at)
        };
        let program: Box<dyn Any> = entry.program;
        program.downcast().ok().map(|program| (*program, entry.living))
    }

    /// Keeps a program until it is taken, is idle for too long, or has to make room.
    pub fn keep<T: Idle>(&self, key: SessionKey, program: T, living: Living) {
        let entry = Entry { name: 0, key, program: Box::new(program), living };
        let (name, superfluous) = {
            let mut state = lock(&self.state);
            let name = state.next;
            state.next += 1;
            if state.closed {
                (name, Some(entry))
            } else {
                state.idle.push(Entry { name, ..entry });
                let full = state.living > self.limits.living;
                (name, full.then(|| state.idle.remove(0)))
            }
        };
        if let Some(entry) = superfluous {
            tokio::spawn(entry.close());
        }
        let sessions = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(sessions.limits.idle).await;
            if let Some(entry) = sessions.remove(name) {
                entry.close().await;
            }
        });
    }

    /// Closes all that are idle, and from now on keeps none.
    pub async fn close_all(&self) {
        let idle = {
            let mut state = lock(&self.state);
            state.closed = true;
            std::mem::take(&mut state.idle)
        };
        let closing: Vec<_> = idle.into_iter().map(|entry| tokio::spawn(entry.close())).collect();
        for closed in closing {
            if let Err(error) = closed.await {
                tracing::warn!(%error, "an idle session broke while it was closed");
            }
        }
    }

    fn remove(&self, name: u64) -> Option<Entry> {
        let mut state = lock(&self.state);
        let at = state.idle.iter().position(|entry| entry.name == name)?;
        Some(state.idle.remove(at))
    }
}

impl Entry {
    async fn close(self) {
        let Self { key, program, living, .. } = self;
        tracing::debug!(engine = key.engine, "closing an idle session");
        program.close().await;
        drop(living);
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("living", &self.living).field("idle", &self.idle.len()).finish()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
