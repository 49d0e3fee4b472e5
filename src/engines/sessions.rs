//! Programs that stay up between two runs, so that the next message of a conversation finds its session warm.
//!
//! Owns how many live and for how long they may be idle; all engines share one. Knows no protocol: what is kept is
//! whatever an engine needs to go on.

use std::any::Any;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

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
    /// All that are being closed.
    closing: TaskTracker,
}

#[derive(Default)]
struct State {
    /// Longest idle first.
    idle: Vec<Entry>,
    /// How many live: running, idle, and being closed.
    living: usize,
    /// How many of them are being closed.
    leaving: usize,
    /// Names the next entry.
    next: u64,
    closed: bool,
}

struct Entry {
    name: u64,
    key: SessionKey,
    program: Box<dyn Idle>,
    living: Living,
    /// Ends the clock of its idle time.
    _clock: DropGuard,
}

/// Counts one living program; to be dropped with it.
#[derive(Debug)]
#[must_use]
pub struct Living {
    state: Arc<Mutex<State>>,
    /// Whether it is being closed.
    leaving: bool,
}

impl Drop for Living {
    fn drop(&mut self) {
        let mut state = lock(&self.state);
        state.living -= 1;
        state.leaving -= usize::from(self.leaving);
    }
}

impl Sessions {
    /// Nothing lives yet.
    #[must_use]
    pub fn new(limits: SessionLimits) -> Self {
        Self { limits, state: Arc::default(), closing: TaskTracker::new() }
    }

    /// Counts a program that is about to be started; the longest idle one makes room for it when too many live.
    pub fn admit(&self) -> Living {
        let superfluous = {
            let mut state = lock(&self.state);
            state.living += 1;
            state.superfluous(self.limits.living)
        };
        self.close(superfluous);
        Living { state: Arc::clone(&self.state), leaving: false }
    }

    /// Takes out the program that holds a session, if it is there. One that holds it for another setup is closed: what
    /// happens next in the session would be news to it.
    #[must_use]
    pub fn take<T: Idle>(&self, key: &SessionKey) -> Option<(T, Living)> {
        let (found, stale) = {
            let mut state = lock(&self.state);
            let at = state.idle.iter().position(|entry| entry.key == *key);
            (at.map(|at| state.idle.remove(at)), state.stale(key))
        };
        self.close(stale);
        let Entry { program, living, .. } = found?;
        let program: Box<dyn Any> = program;
        program.downcast().ok().map(|program| (*program, living))
    }

    /// Keeps a program until it is taken, is idle for too long, or has to make room.
    pub fn keep<T: Idle>(&self, key: SessionKey, program: T, living: Living) {
        let leaving = {
            let mut state = lock(&self.state);
            // Another run in the same session has been overtaken by this one.
            let mut leaving = state.stale(&key);
            let name = state.next;
            state.next += 1;
            let clock = self.start_clock(name);
            state.idle.push(Entry { name, key, program: Box::new(program), living, _clock: clock });
            leaving.extend(if state.closed { state.all() } else { state.superfluous(self.limits.living) });
            leaving
        };
        self.close(leaving);
    }

    /// Closes all that are idle, and from now on keeps none.
    pub async fn close_all(&self) {
        let idle = {
            let mut state = lock(&self.state);
            state.closed = true;
            state.all()
        };
        self.close(idle);
        self.closing.close();
        self.closing.wait().await;
    }

    /// Closes the entry of this name after the idle time, unless it is gone before.
    fn start_clock(&self, name: u64) -> DropGuard {
        let gone = CancellationToken::new();
        let (sessions, stopped) = (self.clone(), gone.clone());
        let idle_time = tokio::time::sleep(self.limits.idle);
        tokio::spawn(async move {
            if stopped.run_until_cancelled(idle_time).await.is_some() {
                let late = lock(&sessions.state).leave(|entry| entry.name == name);
                sessions.close(late);
            }
        });
        gone.drop_guard()
    }

    /// Not to be called with the state locked: a runtime that goes down drops what is spawned at once, and `Living`
    /// locks the state.
    fn close(&self, entries: Vec<Entry>) {
        for entry in entries {
            self.closing.spawn(entry.close());
        }
    }
}

/// What is taken out here is to be closed; there is room for others from now on.
impl State {
    fn leave(&mut self, which: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        let mut leaving: Vec<Entry> = self.idle.extract_if(.., |entry| which(entry)).collect();
        for entry in &mut leaving {
            entry.living.leaving = true;
        }
        self.leaving += leaving.len();
        leaving
    }

    fn all(&mut self) -> Vec<Entry> {
        self.leave(|_| true)
    }

    /// All that hold this session.
    fn stale(&mut self, key: &SessionKey) -> Vec<Entry> {
        self.leave(|entry| entry.key.engine == key.engine && entry.key.session == key.session)
    }

    /// The longest idle one, when more than `limit` live.
    fn superfluous(&mut self, limit: usize) -> Vec<Entry> {
        let first = self.idle.first().filter(|_| self.living - self.leaving > limit).map(|entry| entry.name);
        self.leave(|entry| Some(entry.name) == first)
    }
}

impl Entry {
    async fn close(self) {
        let Self { key, program, living, .. } = self;
        tracing::debug!(engine = key.engine, "closing an idle session");
        if AssertUnwindSafe(async { program.close().await }).catch_unwind().await.is_err() {
            tracing::error!(engine = key.engine, "an idle session broke while it was closed");
        }
        drop(living);
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("living", &self.living)
            .field("idle", &self.idle.len())
            .finish_non_exhaustive()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
