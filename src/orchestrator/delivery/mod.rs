//! The way out: every chat has a lane of its own, and every lane its own task, so that no chat waits for another.
//!
//! Rows of the outbox come in after they are committed; each is marked delivered before the lane goes on.

mod courier;
mod lane;
mod recorder;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::domain::delivery::{Delivery, Subject};
use crate::domain::ids::{ApprovalId, ChatId, Place};
use crate::domain::message::Message;
use crate::ports::Chat;
use crate::store::Store;
use crate::telemetry::Metrics;

use super::clock::Clock;
use courier::Courier;
use lane::Lane;
use recorder::Recorder;

/// How long calls that are under way get to end when Adjutant goes down.
const LAST_CALL: Duration = Duration::from_secs(1);

/// What the lanes tell the rest of the orchestrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LaneNews {
    /// An approval could not be shown in full; nobody can answer it.
    Undeliverable(ApprovalId),
    /// A chat has a new id.
    Migrated {
        /// The old one.
        from: ChatId,
        /// The new one.
        to: ChatId,
    },
}

/// All lanes.
#[derive(Clone)]
pub(super) struct Lanes {
    shared: Arc<Shared>,
}

/// What the lanes have in common.
pub(super) struct Shared {
    chat: Arc<dyn Chat>,
    store: Store,
    recorder: Recorder,
    metrics: Arc<Metrics>,
    news: mpsc::UnboundedSender<LaneNews>,
    tasks: TaskTracker,
    /// Nothing new leaves any more.
    abandoned: CancellationToken,
    /// Nor is what is under way waited for.
    dropped: CancellationToken,
    chats: Mutex<Chats>,
    edits: Mutex<EditBudget>,
}

/// The lane of each chat.
#[derive(Default)]
struct Chats {
    lanes: HashMap<ChatId, Arc<LaneCell>>,
    /// Chats that got a new id: rows for the old one may still come in.
    moved: HashMap<ChatId, ChatId>,
}

/// A lane with what wakes its task.
pub(super) struct LaneCell {
    state: Mutex<LaneState>,
    changed: Notify,
}

struct LaneState {
    lane: Lane,
    /// Whether a task works on it.
    attended: bool,
}

impl LaneCell {
    /// The lock is held for moments only, never over an await.
    fn lock(&self) -> MutexGuard<'_, LaneState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lanes {
    /// Lanes that deliver to `chat` and keep books in `store`.
    pub(super) fn new(
        chat: Arc<dyn Chat>,
        store: Store,
        clock: Clock,
        metrics: Arc<Metrics>,
        news: mpsc::UnboundedSender<LaneNews>,
    ) -> Self {
        let tasks = TaskTracker::new();
        let recorder = Recorder::start(store.clone(), clock);
        Self {
            shared: Arc::new(Shared {
                chat,
                store,
                recorder,
                metrics,
                news,
                tasks,
                abandoned: CancellationToken::new(),
                dropped: CancellationToken::new(),
                chats: Mutex::default(),
                edits: Mutex::new(EditBudget::new(Instant::now())),
            }),
        }
    }

    /// Delivers committed rows.
    pub(super) fn deliver(&self, deliveries: Vec<Delivery>) {
        let mut deliveries = deliveries.into_iter().peekable();
        while let Some(mut delivery) = deliveries.next() {
            let chat = delivery.what.place.chat;
            let (cell, now) = self.shared.cell(chat);
            let mut overtaken = Vec::new();
            {
                let mut state = cell.lock();
                // Together, so that none is delivered before one that must fail with it is known.
                loop {
                    delivery.what.place.chat = now;
                    overtaken.extend(state.lane.push(delivery));
                    match deliveries.next_if(|next| next.what.place.chat == chat) {
                        Some(next) => delivery = next,
                        None => break,
                    }
                }
            }
            self.shared.recorder.overtaken(overtaken);
            self.attend(&cell);
        }
    }

    /// Shows how a task at work looks now. Overtaken by the next call for the same subject.
    pub(super) fn show(&self, place: Place, subject: Subject, message: Message) {
        let (cell, chat) = self.shared.cell(place.chat);
        cell.lock().lane.show(Place { chat, ..place }, subject, message);
        self.attend(&cell);
    }

    /// The bot may, or may no longer, write to a chat.
    pub(super) fn set_reachable(&self, chat: ChatId, reachable: bool) {
        let (cell, _) = self.shared.cell(chat);
        if reachable {
            cell.lock().lane.reopen();
            self.attend(&cell);
        } else {
            cell.lock().lane.close();
        }
    }

    /// Lets everything that waits for a chat wait for its new id instead. The rows have been changed already.
    pub(super) fn migrate(&self, from: ChatId, to: ChatId) {
        let old = {
            let mut chats = self.shared.chats();
            if from != to {
                chats.moved.insert(from, to);
            }
            chats.lanes.remove(&from)
        };
        // What is drained is addressed to the old id, which leads to the new one from now on.
        let waiting = old.map(|cell| cell.lock().lane.drain()).unwrap_or_default();
        self.deliver(waiting);
    }

    /// Forgets the lanes of chats in which nothing has gone on for a while.
    pub(super) fn forget_idle(&self) {
        let now = Instant::now();
        // A lane that somebody else holds is about to get something.
        self.shared
            .chats()
            .lanes
            .retain(|_, cell| Arc::strong_count(cell) > 1 || !cell.lock().lane.is_forgettable(now));
    }

    /// Waits until nothing is left that can be delivered now. Lanes that must wait for long are not waited for by the
    /// caller, who sets a limit.
    pub(super) async fn drained(&self) {
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }

    /// Lets go of everything that is still to be delivered: it is in the store, and leaves after the next start. A call
    /// that is under way gets a moment more: what the chat service has taken, but we have not booked, it gets twice.
    pub(super) async fn abandon(&self) {
        self.shared.abandoned.cancel();
        if tokio::time::timeout(LAST_CALL, self.shared.tasks.wait()).await.is_err() {
            tracing::warn!("some messages are under way and may arrive twice");
        }
        self.shared.dropped.cancel();
        self.shared.tasks.wait().await;
    }

    fn attend(&self, cell: &Arc<LaneCell>) {
        let mut state = cell.lock();
        if state.attended {
            drop(state);
            cell.changed.notify_one();
            return;
        }
        if state.lane.is_empty() {
            return;
        }
        state.attended = true;
        drop(state);
        let courier = Courier { shared: Arc::clone(&self.shared), cell: Arc::clone(cell) };
        let dropped = self.shared.dropped.clone();
        self.shared.tasks.spawn(dropped.run_until_cancelled_owned(courier.run()));
    }
}

impl Shared {
    /// The lock is held for moments only, never over an await.
    fn chats(&self) -> MutexGuard<'_, Chats> {
        self.chats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lane of a chat, and the id that the chat has by now.
    fn cell(&self, chat: ChatId) -> (Arc<LaneCell>, ChatId) {
        let mut chats = self.chats();
        let chat = chats.moved.get(&chat).copied().unwrap_or(chat);
        let cell = chats.lanes.entry(chat).or_insert_with(|| {
            Arc::new(LaneCell {
                state: Mutex::new(LaneState {
                    lane: Lane::new(self.chat.pace(chat), Instant::now()),
                    attended: false,
                }),
                changed: Notify::new(),
            })
        });
        (Arc::clone(cell), chat)
    }
}

/// Edits of cards in all chats together: Telegram takes about 30 messages a second from one bot, and whatever a
/// person waits for must find room among them.
#[derive(Debug)]
struct EditBudget {
    next: Instant,
}

/// Between two edits, over all chats: 20 a second.
const EDIT_SPACING: Duration = Duration::from_millis(50);

impl EditBudget {
    fn new(now: Instant) -> Self {
        Self { next: now }
    }

    /// Takes a slot if one is free now; else says when to ask again.
    fn take(&mut self, now: Instant) -> Result<(), Instant> {
        if self.next > now {
            return Err(self.next);
        }
        self.next = now + EDIT_SPACING;
        Ok(())
    }
}
