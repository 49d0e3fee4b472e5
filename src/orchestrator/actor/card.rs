//! The card pump of one task: how it looks now, not more often than it is worth.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::card::{Card, WorkingCard, WorkingState};
use crate::domain::delivery::Subject;
use crate::domain::task::{Part, Phase};

use super::super::advance::summary;
use super::super::compose::compose;
use super::Actor;

/// While nothing else changes, the elapsed time moves on this often.
const IDLE_INTERVAL: Duration = Duration::from_secs(10);

impl Actor {
    /// Something worth showing soon.
    pub(super) fn card_changed(&mut self) {
        let interval = self.core.limits.card_interval;
        let due = self.card_shown_at.map_or_else(Instant::now, |shown| shown + interval);
        self.next_card = Some(self.next_card.map_or(due, |next| next.min(due)));
    }

    /// Something that can wait for the next picture.
    pub(super) fn card_stale(&mut self) {
        let interval = self.core.limits.card_interval * 2;
        let due = self.card_shown_at.map_or_else(Instant::now, |shown| shown + interval);
        self.next_card = Some(self.next_card.map_or(due, |next| next.min(due)));
    }

    /// Hands the newest picture to the chat's lane, which shows it when its pace allows.
    pub(super) fn show_card(&mut self) {
        let now = Instant::now();
        self.card_shown_at = Some(now);
        self.next_card = Some(now + IDLE_INTERVAL);
        let Some(state) = self.working_state() else { return };
        if let Part::Runner(_) = self.task.part {
            // The race's card shows it.
            return;
        }
        let card = Card::Working(WorkingCard {
            task: summary(&self.task),
            state,
            elapsed: self.task.started_at.map_or(Duration::ZERO, |at| self.core.clock.now().since(at)),
            steps: self.progress.steps,
            usage: self.progress.usage,
            plan: self.progress.plan.clone(),
            actions: self.progress.recent.iter().cloned().collect(),
            thought: self.progress.thought.clone(),
            output: self.progress.output.clone(),
            steered: self.steering.latest(),
            detail: self.settings.detail,
        });
        if let Some(message) = compose(&*self.core.chat, &card).pop() {
            self.core.lanes.show(self.task.place, Subject::card_of(&self.task), message);
        }
    }

    fn working_state(&self) -> Option<WorkingState> {
        match &self.task.phase {
            Phase::Queued | Phase::Finished(_) => None,
            Phase::Starting { .. } => Some(WorkingState::Starting),
            Phase::Running { .. } if self.questions.open() => Some(WorkingState::AwaitingAnswer),
            Phase::Running { .. } => Some(WorkingState::Working),
            Phase::AwaitingApproval { .. } => Some(WorkingState::AwaitingApproval),
            Phase::Stopping { .. } => Some(WorkingState::Stopping),
        }
    }
}
