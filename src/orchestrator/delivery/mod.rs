//! The way out: every chat has a lane of its own, and every lane its own task, so that no chat waits for another.
//!
//! Rows of the outbox come in after they are committed; each is marked delivered before the lane goes on.

mod courier;
mod lane;
mod recorder;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    abandoned: CancellationToken,
    lanes: Mutex<HashMap<ChatId, Arc<LaneCell>>>,
    edits: Mutex<EditBudget>,
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
                lanes: Mutex::new(HashMap::new()),
                edits: Mutex::new(EditBudget::new(Instant::now())),
            }),
        }
    }

    /// Delivers committed rows.
    pub(super) fn deliver(&self, deliveries: Vec<Delivery>) {
        for delivery in deliveries {
            let cell = self.shared.cell(delivery.what.place.chat);
            let overtaken = cell.lock().lane.push(delivery);
            self.shared.recorder.overtaken(overtaken);
            self.attend(&cell);
        }
    }

    /// Shows how a task at work looks now. Overtaken by the next call for the same subject.
    pub(super) fn show(&self, place: Place, subject: Subject, message: Message) {
        let cell = self.shared.cell(place.chat);
        cell.lock().lane.show(place, subject, message);
        self.attend(&cell);
    }

    /// The bot may, or may no longer, write to a chat.
    pub(super) fn set_reachable(&self, chat: ChatId, reachable: bool) {
        let cell = self.shared.cell(chat);
        if reachable {
            cell.lock().lane.reopen();
            self.attend(&cell);
        } else {
            cell.lock().lane.close();
        }
    }

    /// Lets everything that waits for a chat wait for its new id instead. The rows have been changed already.
    pub(super) fn migrate(&self, from: ChatId, to: ChatId) {
        let waiting = self.shared.cell(from).lock().lane.drain();
        self.deliver(
            waiting
                .into_iter()
                .map(|mut delivery| {
                    delivery.what.place.chat = to;
                    delivery
                })
                .collect(),
        );
    }

    /// Waits until nothing is left that can be delivered now. Lanes that must wait for long are not waited for by the
    /// caller, who sets a limit.
    pub(super) async fn drained(&self) {
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }

    /// Lets go of everything that is still to be delivered: it is in the store, and leaves after the next start.
    pub(super) async fn abandon(&self) {
        self.shared.abandoned.cancel();
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
        let abandoned = self.shared.abandoned.clone();
        self.shared.tasks.spawn(abandoned.run_until_cancelled_owned(courier.run()));
    }
}

impl Shared {
    fn cell(&self, chat: ChatId) -> Arc<LaneCell> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = lanes.entry(chat).or_insert_with(|| {
            Arc::new(LaneCell {
                state: Mutex::new(LaneState {
                    lane: Lane::new(self.chat.pace(chat), Instant::now()),
                    attended: false,
                }),
                changed: Notify::new(),
            })
        });
        Arc::clone(cell)
    }
}

/// Edits of cards in all chats together: Telegram takes about 30 messages a second from one bot, and whatever a
/// person waits for must find room among them.
#[derive(Debug)]
struct EditBudget {
    next: Instant,
}

/// Between two edits, over all chats: 20 a second.
const EDIT_SPACING: std::time::Duration = std::time::Duration::from_millis(50);

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
