//! From a wish to a task: which agent, engine, workspace and session; at once, or after those before it.

use std::sync::Arc;

use crate::domain::agent::AgentSpec;
use crate::domain::card::Notice;
use crate::domain::delivery::{NewDelivery, Priority, Subject};
use crate::domain::dialogue::AgentRef;
use crate::domain::ids::{SessionId, TaskId};
use crate::domain::task::Part;
use crate::domain::toast::Toast;
use crate::store::{NewTask, StoreError};

use super::super::compose::compose;
use super::super::core::{FollowUp, Setup};
use super::super::queue::first_card;
use super::{Intake, Speaker};

/// The longest prompt that is taken, in bytes.
pub(super) const PROMPT_LIMIT: usize = 256 * 1024;

impl Intake<'_> {
    /// Runs an agent, or says why not.
    pub(super) async fn run(
        &mut self,
        who: &Speaker,
        agent: Option<&AgentRef>,
        prompt: String,
    ) -> Result<Option<Toast>, StoreError> {
        if prompt.len() > PROMPT_LIMIT {
            let notice = Notice::PromptTooLong { bytes: prompt.len(), limit: PROMPT_LIMIT };
            return self.notice(who, notice).await;
        }
        let mut conversation = self.tx.conversation(who.place).await?;
        let agent = match self.agent_for(&conversation, agent) {
            Ok(agent) => agent,
            Err(notice) => return self.notice(who, notice).await,
        };
        // Where an agent is bound, calling another one is for once.
        if !conversation.bound && conversation.agent.as_deref() != Some(agent.name.as_str()) {
            conversation.agent = Some(agent.name.clone());
            self.tx.save_conversation(&conversation, self.now).await?;
        }
        let setup = self.core.setup(&conversation, &agent);
        self.begin(who, &agent, setup, prompt, None).await?;
        Ok(None)
    }

    /// Files a task for an agent, or says why that cannot be. A session given here is the one that it continues,
    /// whatever the conversation has come to when its turn comes.
    pub(super) async fn begin(
        &mut self,
        who: &Speaker,
        agent: &Arc<AgentSpec>,
        setup: Setup,
        prompt: String,
        resume: Option<SessionId>,
    ) -> Result<bool, StoreError> {
        if let Some(reason) = self.problem(agent, &setup) {
            self.notice(who, Notice::AgentUnusable { agent: agent.name.clone(), reason }).await?;
            return Ok(false);
        }
        let Setup { engine, workspace } = setup;
        let files = std::mem::take(&mut self.files);
        self.file_task(&NewTask {
            place: who.place,
            requester: who.user(),
            request: who.message,
            agent: Arc::clone(agent),
            engine,
            workspace,
            prompt,
            files,
            resume,
            part: Part::Alone,
            created_at: self.now,
        })
        .await?;
        Ok(true)
    }

    /// Why an agent cannot be run with these, in words for a person.
    pub(super) fn problem(&self, agent: &AgentSpec, setup: &Setup) -> Option<String> {
        let Setup { engine, workspace } = setup;
        match self.core.engines.named(engine) {
            None => Some(format!("It wants the engine {engine}, which is not configured. See /engine.")),
            Some(_) if self.core.workspaces.named(workspace).is_none() => {
                Some(format!("It wants the workspace {workspace}, which is not configured. See /workspace."))
            }
            Some(port) => port.check(agent).err(),
        }
    }

    /// Stores a task with its card, and lets it wait for its turn.
    async fn file_task(&mut self, new: &NewTask) -> Result<TaskId, StoreError> {
        let ahead = self.tx.queued(new.place).await?.len();
        let task = self.tx.insert_task(new).await?;
        let card = first_card(self.core, self.tx, &task, ahead).await?;
        if let Some(message) = compose(&*self.core.chat, &card).pop() {
            let delivery = NewDelivery::message(task.place, task.request, Priority::Message, message)
                .about(Subject::card_of(&task));
            self.deliver(&delivery).await?;
        }
        self.after.push(FollowUp::Enqueue(task.place, task.id));
        self.after.push(FollowUp::Menu(task.place.chat));
        Ok(task.id)
    }
}
