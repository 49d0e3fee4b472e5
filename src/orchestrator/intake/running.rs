//! What people do about the task at work: pass words into its running turn, wait on when it is silent.

use crate::domain::ids::TaskId;
use crate::domain::toast::Toast;
use crate::domain::transition::Rejected;
use crate::store::StoreError;

use super::super::actor::ActorMessage;
use super::super::core::FollowUp;
use super::super::queue::{steered, takes};
use super::{Intake, Speaker};

impl Intake<'_> {
    /// Passes a queued task's words into the running turn of its place. The task leaves the queue when the engine has
    /// them; should the run end before, it is the next to run as if nothing had been pressed.
    pub(super) async fn steer(&mut self, who: &Speaker, id: TaskId) -> Result<Option<Toast>, StoreError> {
        let queued = match self.queued_task(who, id).await? {
            Ok(task) => task,
            Err(toast) => return Ok(Some(toast)),
        };
        let running = steered(self.core, self.tx, queued.place).await?;
        let Some(running) = running.filter(|running| takes(running, &queued)) else {
            return Ok(Some(Toast::CannotSteer));
        };
        if !self.core.access.may_control(who.user(), who.place.chat, running.requester) {
            return Ok(Some(Toast::NotYours));
        }
        let order = ActorMessage::Steer { task: queued.id, text: queued.prompt };
        self.after.push(FollowUp::Tell(running.id, order));
        Ok(Some(Toast::Steering(running.id)))
    }

    /// Waits on for a task whose engine gives no sign of life.
    pub(super) async fn wait(&mut self, who: &Speaker, id: TaskId) -> Result<Option<Toast>, StoreError> {
        let Some(task) = self.task_here(who, id).await? else {
            return Ok(Some(Toast::UnknownTask));
        };
        if !self.core.access.may_control(who.user(), who.place.chat, task.requester) {
            return Ok(Some(Toast::NotYours));
        }
        if task.ended_at.is_some() {
            return Ok(Some(Toast::Rejected(Rejected::Finished)));
        }
        self.after.push(FollowUp::Tell(id, ActorMessage::Wait));
        Ok(Some(Toast::WaitingOn))
    }
}
