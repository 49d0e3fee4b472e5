//! Ended tasks, taken up again: the request anew, or the agent where it left off. Always as a new task.

use crate::domain::ids::TaskId;
use crate::domain::task::Task;
use crate::domain::toast::Toast;
use crate::store::StoreError;

use super::super::advance::kept_session;
use super::super::core::Setup;
use super::{Intake, Speaker};

/// What an agent is told that goes on after a restart.
const GO_ON: &str = "Continue where you left off. You were interrupted by a restart; \
    check what is already done before you repeat anything.";

impl Intake<'_> {
    /// Runs a finished task's prompt once more, as a new task.
    pub(super) async fn retry(&mut self, who: &Speaker, id: TaskId) -> Result<Option<Toast>, StoreError> {
        let Some(task) = self.task_here(who, id).await? else {
            return Ok(Some(Toast::UnknownTask));
        };
        if task.ended_at.is_none() {
            return Ok(Some(Toast::NotEnded));
        }
        let Some(agent) = self.agents.within(&task.workspace).named(&task.agent) else {
            return Ok(Some(Toast::AgentGone { agent: task.agent }));
        };
        if let Some(again) = self.unfinished_twin(&task).await? {
            return Ok(Some(Toast::AlreadyRetrying(again)));
        }
        let conversation = self.tx.conversation(task.place).await?;
        let setup = match task.resume {
            // A session is one of just this engine and workspace.
            Some(_) => Setup { engine: task.engine, workspace: task.workspace },
            None => self.core.setup(&conversation, &agent),
        };
        self.files = task.files;
        let asker = Speaker { place: task.place, message: task.request, ..who.clone() };
        let begun = self.begin(&asker, &agent, setup, task.prompt, task.resume).await?;
        Ok(begun.then_some(Toast::Retrying))
    }

    /// Lets the agent of an interrupted task go on in that very session, as a new task.
    pub(super) async fn go_on(&mut self, who: &Speaker, id: TaskId) -> Result<Option<Toast>, StoreError> {
        let Some(task) = self.task_here(who, id).await? else {
            return Ok(Some(Toast::UnknownTask));
        };
        let session = kept_session(self.tx, self.core, &task).await?;
        // As it is now: who takes an agent's file away, or some of its tools, takes them from this task, too.
        let agent = self.agents.within(&task.workspace).named(&task.agent);
        let (Some(session), Some(agent)) = (session, agent) else {
            return Ok(Some(Toast::CannotContinue));
        };
        let wanted = Task { prompt: GO_ON.to_owned(), resume: Some(session), ..task };
        if let Some(already) = self.unfinished_twin(&wanted).await? {
            return Ok(Some(Toast::AlreadyContinuing(already)));
        }
        let asker = Speaker { place: wanted.place, message: wanted.request, ..who.clone() };
        let setup = Setup { engine: wanted.engine, workspace: wanted.workspace };
        let begun = self.begin(&asker, &agent, setup, wanted.prompt, wanted.resume).await?;
        Ok(begun.then_some(Toast::Continuing))
    }

    /// A task for the same request that waits or runs: the button was pressed twice, or on two messages.
    pub(super) async fn unfinished_twin(&mut self, task: &Task) -> Result<Option<TaskId>, StoreError> {
        let running = self.core.scheduler().active(task.place);
        for id in self.tx.queued(task.place).await?.into_iter().chain(running) {
            let Some(other) = self.tx.task(id).await? else { continue };
            let twin = (&other.agent, &other.prompt, other.request, &other.resume)
                == (&task.agent, &task.prompt, task.request, &task.resume);
            if twin && other.ended_at.is_none() {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }
}
