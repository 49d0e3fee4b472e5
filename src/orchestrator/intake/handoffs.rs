//! Results passed on: by the handoffs of an agent's file, or to whom a person chooses; and shown once more.

use std::sync::Arc;

use crate::domain::agent::AgentSpec;
use crate::domain::card::{Card, Notice};
use crate::domain::dialogue::AgentRef;
use crate::domain::handoff::handoff_prompt;
use crate::domain::ids::TaskId;
use crate::domain::press::NameKey;
use crate::domain::task::Task;
use crate::domain::toast::Toast;
use crate::store::StoreError;

use super::super::chains::handed;
use super::super::core::Setup;
use super::{Intake, Speaker};

impl Intake<'_> {
    /// Hands a task's result on, as its agent's file offers.
    pub(super) async fn hand_off(
        &mut self,
        who: &Speaker,
        id: TaskId,
        key: NameKey,
    ) -> Result<Option<Toast>, StoreError> {
        let Some(task) = self.task_here(who, id).await? else { return Ok(Some(Toast::UnknownTask)) };
        let agents = self.agents.within(&task.workspace);
        let Some(from) = agents.named(&task.agent) else {
            return Ok(Some(Toast::AgentGone { agent: task.agent }));
        };
        let Some(handoff) = from.handoffs.iter().find(|handoff| NameKey::of(&handoff.label) == key) else {
            return Ok(Some(Toast::UnknownButton));
        };
        let Ok(to) = agents.find(&AgentRef::Name(handoff.agent.clone())) else {
            return Ok(Some(Toast::AgentGone { agent: handoff.agent.clone() }));
        };
        self.hand(who, task, &to, &handoff.prompt).await
    }

    /// Asks to whom a result shall be handed on; turning its pages changes the same message.
    pub(super) async fn ask_pass_on(
        &mut self,
        who: &Speaker,
        id: TaskId,
        page: u16,
    ) -> Result<Option<Toast>, StoreError> {
        match self.task_here(who, id).await? {
            None => Ok(Some(Toast::UnknownTask)),
            Some(task) if task.ended_at.is_none() => Ok(Some(Toast::NotEnded)),
            Some(task) => {
                let page = self.agents.within(&task.workspace).page(page);
                let turned = page.page > 0;
                let notice = Notice::PassOnPicker { task: id, page };
                self.panel(who, &format!("pass on {id}"), notice, turned).await
            }
        }
    }

    /// Hands a result on to the agent that a person chose.
    pub(super) async fn pass_to(
        &mut self,
        who: &Speaker,
        id: TaskId,
        agent: NameKey,
    ) -> Result<Option<Toast>, StoreError> {
        let Some(task) = self.task_here(who, id).await? else { return Ok(Some(Toast::UnknownTask)) };
        match self.agents.within(&task.workspace).find(&AgentRef::Key(agent)) {
            Ok(to) => self.hand(who, task, &to, "").await,
            Err(_) => Ok(Some(Toast::UnknownButton)),
        }
    }

    /// Files the task that goes on with a result, in the same workspace; the conversation goes on with its agent.
    async fn hand(
        &mut self,
        who: &Speaker,
        task: Task,
        to: &Arc<AgentSpec>,
        wanted: &str,
    ) -> Result<Option<Toast>, StoreError> {
        if task.ended_at.is_none() {
            return Ok(Some(Toast::NotEnded));
        }
        let handed = handed(self.tx, task.agent.clone(), task.id).await?;
        let prompt = handoff_prompt(&task.prompt, &handed, wanted);
        let twin = Task { agent: to.name.clone(), prompt, resume: None, ..task };
        if let Some(already) = self.unfinished_twin(&twin).await? {
            return Ok(Some(Toast::AlreadyHandedOn(already)));
        }
        let mut conversation = self.tx.conversation(twin.place).await?;
        let setup = self.core.setup(&conversation, to);
        let workspace = to.workspace.clone().unwrap_or_else(|| twin.workspace.clone());
        let asker = Speaker { place: twin.place, message: twin.request, ..who.clone() };
        if !self.begin(&asker, to, Setup { workspace, ..setup }, twin.prompt, None).await? {
            return Ok(None);
        }
        // Where an agent is bound, calling another one is for once.
        if !conversation.bound {
            conversation.agent = Some(to.name.clone());
            self.tx.save_conversation(&conversation, self.now).await?;
        }
        Ok(Some(Toast::HandedOn { agent: to.name.clone() }))
    }

    /// Shows the answer of a task once more.
    pub(super) async fn show_answer(
        &mut self,
        who: &Speaker,
        id: TaskId,
    ) -> Result<Option<Toast>, StoreError> {
        let Some(task) = self.task_here(who, id).await? else { return Ok(Some(Toast::UnknownTask)) };
        match self.tx.answer(task.id).await? {
            Some(markdown) => {
                self.reply(who, &Card::Answer { task: id, markdown, handoffs: Vec::new(), rings: false })
                    .await
            }
            None => self.notice(who, Notice::NoAnswer { task: id }).await,
        }
    }
}
