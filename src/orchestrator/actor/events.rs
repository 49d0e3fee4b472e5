//! What the engine reports, taken in.

use std::path::Path;

use tokio::time::Instant;

use crate::domain::card::Card;
use crate::domain::delivery::{NewDelivery, Priority};
use crate::domain::event::{ActionState, ActionUpdate, Ending, EngineEvent, TaskEvent};
use crate::domain::history::HistoryEntry;
use crate::domain::ids::SessionId;
use crate::domain::progress::Weight;
use crate::domain::task::Phase;

use super::super::advance::AdvanceError;
use super::{Actor, HISTORY_INTERVAL};

impl Actor {
    pub(super) async fn reported(&mut self, event: EngineEvent) -> Result<(), AdvanceError> {
        let weight = self.progress.fold(&event);
        self.keep_output(&event);
        if let Phase::Starting { .. } = self.task.phase
            && !matches!(event, EngineEvent::SessionOpened(_) | EngineEvent::Ended(_))
        {
            self.step(TaskEvent::Running { run: self.run }).await?;
        }
        match event {
            EngineEvent::SessionOpened(session) => self.session_opened(session).await?,
            EngineEvent::ApprovalRequested { request, action } => self.asked(request, action).await?,
            EngineEvent::Question { request, text, options } => self.question(request, text, options).await?,
            EngineEvent::File(path) => self.file(&path).await?,
            EngineEvent::Ended(ending) => return self.ended(ending).await,
            EngineEvent::Action(update) => self.milestone(action_entry(update)),
            EngineEvent::Plan(plan) => self.milestone(HistoryEntry::Plan { plan }),
            EngineEvent::Text(_)
            | EngineEvent::Thought(_)
            | EngineEvent::Output { .. }
            | EngineEvent::Usage(_) => {}
        }
        match weight {
            Weight::Milestone => self.card_changed(),
            Weight::Chatter => self.card_stale(),
        }
        Ok(())
    }

    fn milestone(&mut self, entry: HistoryEntry) {
        self.history.push(entry);
        self.history_due.get_or_insert(Instant::now() + HISTORY_INTERVAL);
    }

    /// Keeps the beginning and the end of what each action prints, until the action has ended.
    fn keep_output(&mut self, event: &EngineEvent) {
        match event {
            EngineEvent::Output { action, chunk } => match self.outputs.get_mut(action) {
                Some(output) => output.push(chunk),
                None => self.outputs.entry(action.clone()).or_default().push(chunk),
            },
            EngineEvent::Action(ActionUpdate {
                id,
                state: ActionState::Done | ActionState::Failed { .. },
                ..
            }) => {
                if let Some(entry) = self.outputs.remove(id).and_then(|output| output.entry(id.clone())) {
                    self.milestone(entry);
                }
            }
            EngineEvent::Ended(_) => {
                for (id, output) in std::mem::take(&mut self.outputs) {
                    if let Some(entry) = output.entry(id) {
                        self.milestone(entry);
                    }
                }
            }
            EngineEvent::Action(_)
            | EngineEvent::SessionOpened(_)
            | EngineEvent::Text(_)
            | EngineEvent::Thought(_)
            | EngineEvent::Plan(_)
            | EngineEvent::ApprovalRequested { .. }
            | EngineEvent::Question { .. }
            | EngineEvent::File(_)
            | EngineEvent::Usage(_) => {}
        }
    }

    /// The session is committed at once: the next message, perhaps after a restart, continues it.
    async fn session_opened(&mut self, session: SessionId) -> Result<(), AdvanceError> {
        let mut tx = self.begin().await?;
        if let Phase::Starting { .. } = self.task.phase {
            let running = self.step_in(&mut tx, TaskEvent::Running { run: self.run }).await?;
            if let Some(advanced) = running.advanced {
                self.task = advanced.task;
            }
        }
        let opened = self.step_in(&mut tx, TaskEvent::SessionOpened { run: self.run, session }).await?;
        opened.commit(self, tx).await
    }

    async fn file(&mut self, path: &Path) -> Result<(), AdvanceError> {
        let card = Card::File { path: path.to_owned(), task: self.task.id };
        let mut tx = self.begin().await?;
        let now = self.core.clock.now();
        let mut rows = Vec::new();
        for message in self.core.chat.compose(&card) {
            let place = self.task.place;
            let delivery = NewDelivery::message(place, self.task.request, Priority::Message, message);
            rows.push(tx.enqueue(&delivery, now).await?);
        }
        let entry = HistoryEntry::File { path: path.display().to_string() };
        tx.append_history(self.task.id, now, &[entry]).await?;
        tx.commit().await?;
        self.core.lanes.deliver(rows);
        Ok(())
    }

    /// The engine ended.
    pub(super) async fn ended(&mut self, ending: Ending) -> Result<(), AdvanceError> {
        self.end_by(TaskEvent::Ended { run: self.run, ending }).await
    }

    /// Ends the task. Whatever still waits for a person is closed with it.
    pub(super) async fn end_by(&mut self, event: TaskEvent) -> Result<(), AdvanceError> {
        let mut tx = self.begin().await?;
        let questions = self.close_questions(&mut tx).await?;
        let taken = self.step_in(&mut tx, event).await?;
        let stuck = taken.advanced.is_none();
        taken.commit(self, tx).await?;
        self.core.lanes.deliver(questions);
        if stuck {
            // The task ended without us (a shutdown, say); what is stored is what happened.
            self.reload().await?;
        }
        Ok(())
    }
}

fn action_entry(update: ActionUpdate) -> HistoryEntry {
    HistoryEntry::Action { update }
}
