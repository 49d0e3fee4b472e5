//! What people do with tasks: stop, reorder, drop, look at, read the log of; and answer their questions.

use crate::domain::card::{Card, Notice};
use crate::domain::dialogue::Answer;
use crate::domain::effect::Effect;
use crate::domain::event::TaskEvent;
use crate::domain::ids::TaskId;
use crate::domain::race::RaceState;
use crate::domain::task::{Phase, Task};
use crate::domain::toast::Toast;
use crate::store::StoreError;

use super::super::actor::ActorMessage;
use super::super::advance::{AdvanceError, advance};
use super::super::core::FollowUp;
use super::super::queue::redraw;
use super::{Intake, Speaker};

impl Intake<'_> {
    /// Stops a task; without a number, the one at work in this place.
    pub(super) async fn stop(
        &mut self,
        who: &Speaker,
        wanted: Option<TaskId>,
    ) -> Result<Option<Toast>, StoreError> {
        let active = self.core.scheduler().active(who.place);
        let id = match wanted.or(active) {
            Some(id) => Some(id),
            None => self.tx.queued(who.place).await?.first().copied(),
        };
        let Some(id) = id else {
            // Those who run a race are at work beside the place's own task.
            for race in self.tx.races_here(who.place).await?.into_iter().rev() {
                let state = self.tx.race(race).await?.map(|race| race.state);
                if matches!(state, Some(RaceState::Preparing | RaceState::Running { .. })) {
                    return self.stop_race(who, race).await;
                }
            }
            return self.say(who, Notice::NothingToStop, Toast::NothingToStop).await;
        };
        let Some(task) = self.task_here(who, id).await? else {
            return self.say(who, Notice::UnknownTask { task: wanted }, Toast::UnknownTask).await;
        };
        if !self.core.access.may_control(who.user(), who.place.chat, task.requester) {
            return self.say(who, Notice::NotYours, Toast::NotYours).await;
        }
        self.stop_task(who, &task).await
    }

    pub(super) async fn stop_task(
        &mut self,
        who: &Speaker,
        task: &Task,
    ) -> Result<Option<Toast>, StoreError> {
        let event = TaskEvent::StopRequested;
        let advanced = match advance(self.tx, self.core, task.id, event, self.now, None).await {
            Ok(advanced) => advanced,
            Err(AdvanceError::Store(error)) => return Err(error),
            Err(AdvanceError::Rejected(rejected)) => {
                return self.say(who, Notice::NothingToStop, Toast::Rejected(rejected)).await;
            }
            Err(AdvanceError::Unknown(_)) => return Ok(Some(Toast::UnknownTask)),
        };
        self.after.extend(advanced.deliveries.into_iter().map(FollowUp::Deliver));
        self.after.extend(advanced.follow_ups);
        for effect in &advanced.effects {
            match effect {
                Effect::StopEngine { .. } => self.after.push(FollowUp::Tell(task.id, ActorMessage::Stop)),
                Effect::Conclude { outcome } => {
                    self.after.push(FollowUp::TaskEnded(outcome.name()));
                    self.after.push(FollowUp::Remove(task.place, task.id));
                }
                Effect::StartEngine { .. }
                | Effect::RememberSession { .. }
                | Effect::SupersedeApprovals { .. }
                | Effect::ShowCard => {}
            }
        }
        if task.phase == Phase::Queued {
            self.redraw(task).await?;
        }
        Ok(Some(Toast::Stopping))
    }

    /// Takes a task out of the queue.
    pub(super) async fn drop_queued(
        &mut self,
        who: &Speaker,
        id: TaskId,
    ) -> Result<Option<Toast>, StoreError> {
        match self.queued_task(who, id).await? {
            Ok(task) => {
                self.stop_task(who, &task).await?;
                Ok(Some(Toast::Dropped))
            }
            Err(toast) => Ok(Some(toast)),
        }
    }

    /// Lets a queued task go before the others of its place.
    pub(super) async fn run_next(&mut self, who: &Speaker, id: TaskId) -> Result<Option<Toast>, StoreError> {
        match self.queued_task(who, id).await? {
            Ok(task) => {
                self.tx.put_first(&task).await?;
                self.after.push(FollowUp::PutFirst(task.place, task.id));
                self.redraw(&task).await?;
                Ok(Some(Toast::RunsNext))
            }
            Err(toast) => Ok(Some(toast)),
        }
    }

    pub(super) async fn queued_task(
        &mut self,
        who: &Speaker,
        id: TaskId,
    ) -> Result<Result<Task, Toast>, StoreError> {
        let Some(task) = self.task_here(who, id).await? else {
            return Ok(Err(Toast::UnknownTask));
        };
        if !self.core.access.may_control(who.user(), who.place.chat, task.requester) {
            return Ok(Err(Toast::NotYours));
        }
        Ok(if task.phase == Phase::Queued { Ok(task) } else { Err(Toast::NotQueued) })
    }

    /// The cards of a place's queue say their new places.
    async fn redraw(&mut self, changed: &Task) -> Result<(), StoreError> {
        let rows = redraw(self.core, self.tx, changed.place, usize::MAX, self.now).await?;
        self.after.extend(rows.into_iter().map(FollowUp::Deliver));
        Ok(())
    }

    /// Sends a task's log as a document.
    pub(super) async fn log(&mut self, who: &Speaker, id: TaskId) -> Result<Option<Toast>, StoreError> {
        let Some(task) = self.task_here(who, id).await? else {
            return Ok(Some(Toast::UnknownTask));
        };
        let history = self.tx.history(id).await?;
        let card = Card::Log { task: Box::new(task), history };
        self.reply(who, &card).await?;
        Ok(None)
    }

    /// Passes an answer on to the task that asked.
    pub(super) async fn answer(
        &mut self,
        who: &Speaker,
        id: TaskId,
        question: u32,
        answer: Answer,
    ) -> Result<Option<Toast>, StoreError> {
        let Some(task) = self.task_here(who, id).await?.filter(|task| task.ended_at.is_none()) else {
            return self.say(who, Notice::QuestionGone, Toast::QuestionGone).await;
        };
        if !self.core.access.may_control(who.user(), who.place.chat, task.requester) {
            return self.say(who, Notice::NotYours, Toast::NotYours).await;
        }
        self.after.push(FollowUp::Tell(id, ActorMessage::Answered { question, answer }));
        Ok(None)
    }

    /// A task of this chat.
    pub(super) async fn task_here(&mut self, who: &Speaker, id: TaskId) -> Result<Option<Task>, StoreError> {
        Ok(self.tx.task(id).await?.filter(|task| task.place.chat == who.place.chat))
    }

    /// Says the same to one who wrote, as a message, and to one who pressed, as a toast.
    pub(super) async fn say(
        &mut self,
        who: &Speaker,
        notice: Notice,
        toast: Toast,
    ) -> Result<Option<Toast>, StoreError> {
        if who.message.is_some() {
            return self.notice(who, notice).await;
        }
        Ok(Some(toast))
    }
}
