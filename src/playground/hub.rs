//! The one place where the world is locked, changed, journaled, and its watchers woken.
//!
//! Handlers and the `Sim` handle share it. Nothing is awaited under the lock.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::watch;
use tracing::error;

use super::errors::ApiError;
use super::event::{CallPage, CallRecord};
use super::faults::Faults;
use super::files::Files;
use super::flood::{Cost, Flood};
use super::journal::Journal;
use super::model::ChatKind;
use super::world::{Change, World};

/// Calls that `/sim/calls` remembers.
const CALLS_KEPT: usize = 20_000;

/// What stands behind the lock.
pub(crate) struct Inner {
    pub(crate) world: World,
    pub(crate) faults: Faults,
    journal: Option<Journal>,
    flood: Option<Flood>,
    calls: VecDeque<CallRecord>,
    next_call: u64,
}

impl Inner {
    /// Writes a change down and lets it happen.
    pub(crate) fn commit(&mut self, now: i64, change: Change) {
        if let Some(journal) = &mut self.journal {
            journal.push(now, &change);
        }
        self.world.apply(now, change);
    }

    /// Puts an update into the bot's queue, if it asked for the kind.
    pub(crate) fn queue<T: serde::Serialize>(&mut self, now: i64, kind: &str, payload: &T) {
        if let Some(update) = self.world.update(now, kind, payload) {
            self.commit(now, Change::Update(update));
        }
    }

    /// Lets a sending or editing call pass, or refuses it for flood.
    pub(crate) fn flood_check(&mut self, chat_id: i64, cost: Cost, now: i64) -> Result<(), ApiError> {
        let Some(flood) = &mut self.flood else { return Ok(()) };
        let is_group = self.world.chats.get(&chat_id).is_some_and(|chat| chat.info.kind != ChatKind::Private);
        flood.check(chat_id, is_group, cost, now).map_err(ApiError::too_many)
    }

    /// Remembers a call for `/sim/calls`; `n` is filled in.
    pub(crate) fn record(&mut self, mut call: CallRecord) {
        call.n = self.next_call;
        self.next_call += 1;
        self.calls.push_back(call);
        if self.calls.len() > CALLS_KEPT {
            self.calls.pop_front();
        }
    }

    /// Calls after the `n`-th.
    pub(crate) fn calls_after(&self, n: u64) -> CallPage {
        let from = self.calls.partition_point(|call| call.n <= n);
        CallPage { calls: self.calls.range(from..).cloned().collect(), next: self.next_call - 1 }
    }
}

/// The shared heart of a playground.
pub(crate) struct Hub {
    inner: Mutex<Inner>,
    pub(crate) token: String,
    pub(crate) files: Files,
    /// What the page shows as the folder.
    pub(crate) label: Option<String>,
    pub(crate) flood: bool,
    /// Sequence number of the newest event.
    pub(crate) newest: watch::Sender<u64>,
    /// The id that the next update will get.
    pub(crate) queued: watch::Sender<i64>,
    /// Counts `getUpdates` calls: the newest one ends all others.
    pub(crate) pollers: watch::Sender<u64>,
    /// Turns true when the playground stops.
    pub(crate) closing: watch::Sender<bool>,
}

/// What a hub is made of.
pub(crate) struct HubParts {
    pub(crate) world: World,
    pub(crate) journal: Option<Journal>,
    pub(crate) token: String,
    pub(crate) folder: Option<PathBuf>,
    pub(crate) label: Option<String>,
    pub(crate) flood: bool,
}

impl Hub {
    pub(crate) fn new(parts: HubParts) -> Self {
        let newest = watch::Sender::new(parts.world.seq);
        let queued = watch::Sender::new(parts.world.next_update_id);
        let files = Files::new(parts.folder, parts.world.next_file());
        let inner = Inner {
            world: parts.world,
            faults: Faults::default(),
            journal: parts.journal,
            flood: parts.flood.then(Flood::new),
            calls: VecDeque::new(),
            next_call: 1,
        };
        Self {
            inner: Mutex::new(inner),
            token: parts.token,
            files,
            label: parts.label,
            flood: parts.flood,
            newest,
            queued,
            pollers: watch::Sender::new(0),
            closing: watch::Sender::new(false),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic under the lock leaves the world as far as it got, which is no worse than a crash.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the world.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Inner) -> T) -> T {
        look(&self.lock())
    }

    /// Runs an operation on the world at the present time; what it changed is in the journal when this returns.
    pub(crate) fn change<T>(&self, operate: impl FnOnce(&mut Inner, i64) -> T) -> T {
        let mut inner = self.lock();
        let result = operate(&mut inner, now_ms());
        if let Some(Err(problem)) = inner.journal.as_mut().map(Journal::flush) {
            error!("the playground's history is no longer kept: {problem}");
            inner.journal = None;
        }
        let (seq, next_update) = (inner.world.seq, inner.world.next_update_id);
        drop(inner);
        // Two operations may get here in the other order: watched numbers only grow.
        self.newest.send_if_modified(|known| seq > std::mem::replace(known, seq.max(*known)));
        self.queued.send_if_modified(|known| next_update > std::mem::replace(known, next_update.max(*known)));
        result
    }

    /// Completes when the playground stops.
    pub(crate) async fn closed(&self) {
        let mut closing = self.closing.subscribe();
        // The sender lives in `self`, so this ends only by the value.
        let _ = closing.wait_for(|closing| *closing).await;
    }
}

/// The present time, Unix milliseconds.
pub(crate) fn now_ms() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}
