//! What the engine reports, taken in.

use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::approval::{ApprovalStatus, Moot};
use crate::domain::card::{Card, SilenceStage};
use crate::domain::delivery::{NewDelivery, Priority};
use crate::domain::event::{Ending, EngineEvent, TaskEvent};
use crate::domain::history::HistoryEntry;
use crate::domain::progress::Weight;
use crate::domain::task::Phase;

use super::super::advance::AdvanceError;
use super::super::compose::compose;
use super::{Actor, HISTORY_BATCH, HISTORY_INTERVAL, USAGE_INTERVAL};

impl Actor {
    /// Whether this report is the first sign of life.
    pub(super) fn begins_with(&self, event: &EngineEvent) -> bool {
        matches!(self.task.phase, Phase::Starting { .. })
            && !matches!(event, EngineEvent::SessionOpened(_) | EngineEvent::Ended(_))
    }

    /// Takes in, once, what is kept in mind of a report.
    pub(super) fn note(&mut self, event: &EngineEvent) {
        self.silence.heard();
        let weight = self.progress.fold(event);
        for output in self.outputs.take(event) {
            self.milestone(output);
        }
        match event {
            EngineEvent::Action(update) => self.milestone(HistoryEntry::Action { update: update.clone() }),
            EngineEvent::Plan(plan) => self.milestone(HistoryEntry::Plan { plan: plan.clone() }),
            EngineEvent::Usage(_) => {
                let due = Instant::now() + USAGE_INTERVAL;
                self.history_due.get_or_insert(due);
            }
            EngineEvent::SessionOpened(_)
            | EngineEvent::Text(_)
            | EngineEvent::Thought(_)
            | EngineEvent::Output { .. }
            | EngineEvent::ApprovalRequested { .. }
            | EngineEvent::Question { .. }
            | EngineEvent::File(_)
            | EngineEvent::Withdrawn { .. }
            | EngineEvent::Steered { .. }
            | EngineEvent::Offers(_)
            | EngineEvent::Titled(_)
            | EngineEvent::SessionLost
            | EngineEvent::Warning(_)
            | EngineEvent::Ended(_) => {}
        }
        match weight {
            Weight::Milestone => self.card_changed(),
            Weight::Chatter => self.card_stale(),
        }
    }

    /// Does what a report asks for. May be tried again.
    pub(super) async fn reported(&mut self, event: &EngineEvent) -> Result<(), AdvanceError> {
        match event {
            EngineEvent::SessionOpened(session) => self.session_opened(session).await,
            EngineEvent::ApprovalRequested { request, action, tool } => {
                self.asked(request, action, tool).await
            }
            EngineEvent::Question { request, text, options } => self.question(request, text, options).await,
            EngineEvent::File(path) => self.file(path).await,
            EngineEvent::Withdrawn { request } => self.withdrawn(request).await,
            EngineEvent::Offers(offers) => {
                self.offered(offers).await?;
                self.commands_offered(&offers.commands).await
            }
            EngineEvent::Titled(_) => self.titled().await,
            EngineEvent::SessionLost => self.session_lost().await,
            EngineEvent::Warning(text) => self.warned(text).await,
            EngineEvent::Steered { request } => self.steered(request).await,
            EngineEvent::Ended(ending) => self.ended(ending.clone()).await,
            EngineEvent::Action(_)
            | EngineEvent::Plan(_)
            | EngineEvent::Text(_)
            | EngineEvent::Thought(_)
            | EngineEvent::Output { .. } => Ok(()),
            EngineEvent::Usage(_) => {
                self.spent();
                Ok(())
            }
        }
    }

    fn milestone(&mut self, entry: HistoryEntry) {
        self.history.push(entry);
        // Many at once are committed early, so that they do not pile up.
        let wait = if self.history.len() < HISTORY_BATCH { HISTORY_INTERVAL } else { Duration::ZERO };
        let due = Instant::now() + wait;
        self.history_due = Some(self.history_due.map_or(due, |earlier| earlier.min(due)));
    }

    /// The engine took a request back: whichever it was, nobody needs to answer it any more.
    async fn withdrawn(&mut self, request: &str) -> Result<(), AdvanceError> {
        match self.waiting_for(request) {
            Some(approval) => {
                let at = self.core.clock.now();
                let status = ApprovalStatus::Superseded { at, why: Moot::Withdrawn };
                self.close_unanswered(approval, status).await
            }
            None => self.question_withdrawn(request).await,
        }
    }

    async fn file(&mut self, path: &Path) -> Result<(), AdvanceError> {
        let card = Card::File { path: path.to_owned(), task: self.task.id };
        let mut tx = self.begin().await?;
        let now = self.core.clock.now();
        let mut rows = Vec::new();
        for message in compose(&*self.core.chat, &card) {
            let place = self.task.place;
            let delivery = NewDelivery::message(place, self.task.request, Priority::Message, message);
            rows.push(tx.enqueue(&delivery, now).await?);
        }
        let entry = HistoryEntry::File { path: path.display().to_string() };
        tx.append_history(self.task.id, now, &[entry]).await?;
        self.commit(tx).await?;
        self.core.lanes.deliver(rows);
        Ok(())
    }

    /// Stops a run that has used more than the agent's definition allows.
    fn spent(&mut self) {
        let excess = self.policy.limits.overspent(&self.progress.usage);
        if self.overspent.is_none() && excess.is_some() {
            self.overspent = excess;
            self.stop_engine();
        }
    }

    /// The engine ended.
    pub(super) async fn ended(&mut self, ending: Ending) -> Result<(), AdvanceError> {
        let ending = match &self.overspent {
            Some(excess) => Ending::Failed { reason: excess.to_string() },
            None => ending,
        };
        self.end_by(TaskEvent::Ended { run: self.run, ending }).await
    }

    /// Ends the task. Whatever still waits for a person is closed with it.
    pub(super) async fn end_by(&mut self, event: TaskEvent) -> Result<(), AdvanceError> {
        let mut tx = self.begin().await?;
        let mut asked = self.close_questions(&mut tx).await?;
        asked.extend(self.close_silence(&mut tx, SilenceStage::Ended).await?);
        let taken = self.step_in(&mut tx, event).await?;
        let stuck = taken.advanced.is_none();
        taken.commit(self, tx).await?;
        self.questions.close();
        self.silence.close();
        self.core.lanes.deliver(asked);
        if stuck {
            // The task ended without us (a shutdown, say); what is stored is what happened.
            self.reload().await?;
        }
        Ok(())
    }
}
