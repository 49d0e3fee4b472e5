//! Words passed into the running turn: offered by the engine, wanted by a person, done when the engine has them.
//!
//! Until then they wait as a task of their own, so that a run that ends in between loses none.

use std::collections::HashMap;

use crate::domain::event::{Offers, TaskEvent};
use crate::domain::history::HistoryEntry;
use crate::domain::ids::TaskId;
use crate::ports::EngineOrder;

use super::super::advance::{AdvanceError, advance};
use super::super::queue::{REDRAWN, redraw};
use super::Actor;

/// The words of one run that are passed on.
#[derive(Debug, Default)]
pub(super) struct Steering {
    offered: bool,
    /// With the engine, which has not said that it has them: by our name for them.
    under_way: HashMap<String, (TaskId, String)>,
    latest: Option<String>,
}

impl Steering {
    /// The latest words that were passed on.
    pub(super) fn latest(&self) -> Option<String> {
        self.latest.clone()
    }
}

impl Actor {
    /// The engine says what it can do. The cards of those that wait say so, too.
    pub(super) async fn offered(&mut self, offers: &Offers) -> Result<(), AdvanceError> {
        if offers.steer == self.steering.offered {
            return Ok(());
        }
        self.core.set_steers(self.task.id, offers.steer);
        let mut tx = self.begin().await?;
        let now = self.core.clock.now();
        let rows = redraw(&self.core, &mut tx, self.task.place, REDRAWN, now).await?;
        self.commit(tx).await?;
        self.steering.offered = offers.steer;
        self.core.lanes.deliver(rows);
        Ok(())
    }

    /// A person wants a queued task's words in the running turn.
    pub(super) fn steer(&mut self, task: TaskId, text: &str) {
        let request = task.to_string();
        let takes_words = self.steering.offered && self.stop_by.is_none();
        if !takes_words || self.steering.under_way.contains_key(&request) {
            return;
        }
        let order = EngineOrder::Steer { request: request.clone(), text: text.to_owned() };
        match self.handle.orders.try_send(order) {
            Ok(()) => {
                self.steering.under_way.insert(request, (task, text.to_owned()));
            }
            Err(error) => tracing::warn!(%task, %error, "the engine takes no words; they stay in the queue"),
        }
    }

    /// The engine has the words: the task that they were is done.
    pub(super) async fn steered(&mut self, request: &str) -> Result<(), AdvanceError> {
        let Some((task, text)) = self.steering.under_way.get(request).cloned() else { return Ok(()) };
        let (now, place) = (self.core.clock.now(), self.task.place);
        let mut tx = self.begin().await?;
        let passed_on = TaskEvent::PassedOn { to: self.task.id };
        let ended = match advance(&mut tx, &self.core, task, passed_on, now, None).await {
            Ok(advanced) => Some(advanced),
            Err(AdvanceError::Rejected(rejected)) => {
                tracing::debug!(%task, %rejected, "words were passed on of a task that had just ended");
                None
            }
            Err(error @ (AdvanceError::Unknown(_) | AdvanceError::Store(_))) => return Err(error),
        };
        let entry = HistoryEntry::Steered { task, text: text.clone() };
        tx.append_history(self.task.id, now, &[entry]).await?;
        let moved = redraw(&self.core, &mut tx, place, REDRAWN, now).await?;
        self.commit(tx).await?;
        self.steering.under_way.remove(request);
        self.steering.latest = Some(text);
        if let Some(ended) = ended {
            self.core.scheduler().remove(place, task);
            self.core.metrics.task_ended("passed_on", std::time::Duration::ZERO);
            self.core.lanes.deliver(ended.deliveries);
            self.core.perform(ended.follow_ups);
        }
        self.core.lanes.deliver(moved);
        self.card_changed();
        Ok(())
    }
}
