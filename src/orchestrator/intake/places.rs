//! What a place has chosen: its workspace, session and settings.

use crate::domain::card::Notice;
use crate::domain::conversation::Settings;
use crate::domain::dialogue::Named;
use crate::domain::toast::Toast;
use crate::store::StoreError;

use super::super::actor::ActorMessage;
use super::super::core::FollowUp;
use super::super::roster::choose;
use super::{Intake, Speaker};

impl Intake<'_> {
    /// Forgets the session: the next message begins afresh with the same agent.
    pub(super) async fn new_session(&mut self, who: &Speaker) -> Result<Option<Toast>, StoreError> {
        let mut conversation = self.tx.conversation(who.place).await?;
        conversation.forget_sessions();
        conversation.renewed_at = Some(self.now);
        self.tx.save_conversation(&conversation, self.now).await?;
        self.notice(who, Notice::NewSession { agent: conversation.agent }).await
    }

    pub(super) async fn pick_workspace(&mut self, who: &Speaker) -> Result<Option<Toast>, StoreError> {
        let conversation = self.tx.conversation(who.place).await?;
        let list = &self.core.workspaces;
        let notice = Notice::WorkspacePicker {
            current: self.core.workspace_of(&conversation).to_owned(),
            bound: conversation.bound.then_some(conversation.agent).flatten(),
            workspaces: list.list.iter().map(|w| (w.name.clone(), w.path.clone())).collect(),
        };
        self.panel(who, "workspaces", notice, false).await
    }

    pub(super) async fn use_workspace(
        &mut self,
        who: &Speaker,
        named: &Named,
    ) -> Result<Option<Toast>, StoreError> {
        let names = self.core.workspaces.names();
        let chosen = choose(&names, named).map(|name| self.core.workspaces.named(&name).cloned());
        let workspace = match chosen {
            Ok(Some(workspace)) => workspace,
            Ok(None) => return Ok(None),
            Err(unknown) => {
                return self.notice(who, Notice::UnknownWorkspace { wanted: unknown.wanted, names }).await;
            }
        };
        let mut conversation = self.tx.conversation(who.place).await?;
        conversation.workspace = Some(workspace.name.clone());
        self.tx.save_conversation(&conversation, self.now).await?;
        let bound = conversation.bound.then_some(conversation.agent).flatten();
        self.after.push(FollowUp::Menu(who.place.chat));
        let notice = Notice::WorkspaceChosen { name: workspace.name, path: workspace.path, bound };
        self.panel(who, "workspaces", notice, who.message.is_none()).await
    }

    /// Shows the settings; after a press, in the message that was pressed.
    pub(super) async fn settings(
        &mut self,
        who: &Speaker,
        change: bool,
    ) -> Result<Option<Toast>, StoreError> {
        let Settings { detail, rings } = self.tx.conversation(who.place).await?.settings;
        self.panel(who, "settings", Notice::Settings { detail, rings }, change).await
    }

    pub(super) async fn set(
        &mut self,
        who: &Speaker,
        change: impl FnOnce(&mut Settings),
    ) -> Result<Option<Toast>, StoreError> {
        let mut conversation = self.tx.conversation(who.place).await?;
        change(&mut conversation.settings);
        self.tx.save_conversation(&conversation, self.now).await?;
        if let Some(task) = self.core.scheduler().active(who.place) {
            self.after.push(FollowUp::Tell(task, ActorMessage::Settings(conversation.settings)));
        }
        self.settings(who, true).await
    }
}
