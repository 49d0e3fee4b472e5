//! The one place where the world is locked, changed, journaled, and its watchers woken.
//!
//! Handlers and the `Sim` handle share it. Nothing is awaited under the lock.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::watch;
use tracing::error;

use super::errors::ApiError;
use super::faults::Faults;
use super::files::Files;
use super::flood::{Cost, Flood};
use super::journal::Journal;
use super::model::ChatKind;
use super::traffic::TrafficLog;
use super::world::{Change, World};

/// What stands behind the lock.
pub(crate) struct Inner {
    pub(crate) world: World,
    pub(crate) faults: Faults,
    journal: Option<Journal>,
    pub(crate) flood: Option<Flood>,
    pub(crate) traffic: TrafficLog,
}

impl Inner {
    /// The playground's time, Unix milliseconds: the system's, and what the clock was put ahead.
    fn now(&self) -> i64 {
        system_ms().saturating_add(self.world.clock_ahead_ms)
    }

    /// Writes a change down and lets it happen.
    pub(crate) fn commit(&mut self, now: i64, change: Change) {
        if let Some(journal) = &mut self.journal {
            journal.push(now, &change);
        }
        if let Change::Update(update) = &change {
            self.traffic.update(now, update);
        }
        self.world.apply(now, change);
    }

    /// Forgets the updates that Telegram keeps no longer.
    pub(crate) fn drop_outdated(&mut self, now: i64) {
        if let Some(up_to) = self.world.outdated(now) {
            self.commit(now, Change::Confirmed(up_to));
        }
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
}

/// The shared heart of a playground.
pub(crate) struct Hub {
    inner: Mutex<Inner>,
    pub(crate) token: String,
    pub(crate) files: Files,
    /// What the page shows as the folder.
    pub(crate) label: Option<String>,
    pub(crate) flood: bool,
    /// Whether it may be called by any name.
    pub(crate) allow_remote: bool,
    /// Sequence number of the newest event.
    pub(crate) newest: watch::Sender<u64>,
    /// Number of the newest entry of the traffic log.
    pub(crate) traffic: watch::Sender<u64>,
    /// The id that the next update will get.
    pub(crate) queued: watch::Sender<i64>,
    /// How many updates wait to be confirmed.
    pub(crate) unconfirmed: watch::Sender<usize>,
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
    /// Where uploaded files are kept.
    pub(crate) files: Option<PathBuf>,
    pub(crate) label: Option<String>,
    pub(crate) flood: bool,
    pub(crate) allow_remote: bool,
}

impl Hub {
    pub(crate) fn new(parts: HubParts) -> Self {
        let newest = watch::Sender::new(parts.world.seq);
        let queued = watch::Sender::new(parts.world.next_update_id);
        let unconfirmed = watch::Sender::new(parts.world.queue.len());
        let files = Files::new(parts.files, parts.world.next_file());
        let inner = Inner {
            world: parts.world,
            faults: Faults::default(),
            journal: parts.journal,
            flood: parts.flood.then(Flood::new),
            traffic: TrafficLog::default(),
        };
        Self {
            inner: Mutex::new(inner),
            token: parts.token,
            files,
            label: parts.label,
            flood: parts.flood,
            allow_remote: parts.allow_remote,
            newest,
            traffic: watch::Sender::new(0),
            queued,
            unconfirmed,
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
        let now = inner.now();
        let result = operate(&mut inner, now);
        if let Some(Err(problem)) = inner.journal.as_mut().map(Journal::flush) {
            error!("the playground's history is no longer kept: {problem}");
            inner.journal = None;
        }
        let (seq, next_update) = (inner.world.seq, inner.world.next_update_id);
        let (traffic, unconfirmed) = (inner.traffic.newest(), inner.world.queue.len());
        self.unconfirmed.send_if_modified(|known| unconfirmed != std::mem::replace(known, unconfirmed));
        drop(inner);
        raise(&self.newest, seq);
        raise(&self.queued, next_update);
        raise(&self.traffic, traffic);
        result
    }

    /// Completes when the playground stops.
    pub(crate) async fn closed(&self) {
        let mut closing = self.closing.subscribe();
        // The sender lives in `self`, so this ends only by the value.
        let _ = closing.wait_for(|closing| *closing).await;
    }
}

/// Tells watchers of a number that has grown. Two operations may get here in the other order.
fn raise<T: Copy + Ord>(watched: &watch::Sender<T>, number: T) {
    watched.send_if_modified(|known| number > std::mem::replace(known, number.max(*known)));
}

/// The system's time, Unix milliseconds.
fn system_ms() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}
