//! Going on with an earlier session, those begun elsewhere too.

use std::sync::Arc;

use crate::domain::access::Role;
use crate::domain::agent::AgentSpec;
use crate::domain::card::{Card, Notice, SessionSearch};
use crate::domain::conversation::{Conversation, Session};
use crate::domain::delivery::{NewDelivery, Priority};
use crate::domain::event::Usage;
use crate::domain::press::NameKey;
use crate::domain::session::KnownSession;
use crate::domain::toast::Toast;
use crate::store::StoreError;

use super::super::compose::compose;
use super::super::core::{FollowUp, Setup};
use super::super::sessions::{OFFERED, Search};
use super::{Intake, Speaker};

impl Intake<'_> {
    /// Shows the sessions of the workspace: at once those that we know, and later those that the engine tells of. What
    /// other conversations and terminals have said is for owners only.
    pub(super) async fn pick_session(&mut self, who: &Speaker) -> Result<Option<Toast>, StoreError> {
        let Some(asked) = who.message else { return Ok(None) };
        let conversation = self.tx.conversation(who.place).await?;
        let agent = match self.agent_for(&conversation, None) {
            Ok(agent) => agent,
            Err(notice) => return self.notice(who, notice).await,
        };
        let setup = self.core.setup(&conversation, &agent);
        if let Some(reason) = self.missing(&setup) {
            return self.notice(who, Notice::SessionUnusable { reason }).await;
        }
        let owner = self.is_owner(who);
        let place = (!owner).then_some(who.place);
        let sessions = self.tx.sessions(&setup.engine, &setup.workspace, place, OFFERED).await?;
        let current = conversation.session_for(&agent.name, &setup.engine, &setup.workspace);
        let search = Search { place: who.place, asked, setup, current };
        let stage = if owner { SessionSearch::Looking } else { SessionSearch::Done };
        let card = Card::Notice(search.picker(&sessions, stage, self.now));
        if let Some(message) = compose(&*self.core.chat, &card).pop() {
            let list = NewDelivery::message(who.place, who.reply_to(), Priority::Message, message);
            self.deliver(&list.about(search.subject())).await?;
        }
        if owner {
            self.after.push(FollowUp::Search(search));
        }
        Ok(None)
    }

    /// From now on the conversation goes on with this session.
    pub(super) async fn continue_session(
        &mut self,
        who: &Speaker,
        key: NameKey,
    ) -> Result<Option<Toast>, StoreError> {
        let Some(session) = self.tx.session(key).await? else { return Ok(Some(Toast::SessionGone)) };
        let used_here = session.ours.as_ref().is_some_and(|ours| ours.place == who.place);
        if !used_here && !self.is_owner(who) {
            return Ok(Some(Toast::NotYours));
        }
        let mut conversation = self.tx.conversation(who.place).await?;
        let agent = match self.agent_of(&session, &conversation) {
            Ok(agent) => agent,
            Err(notice) => return self.notice(who, notice).await,
        };
        if let Some(reason) = self.goes_on_with(&session, &mut conversation, &agent) {
            return self.notice(who, Notice::SessionUnusable { reason }).await;
        }
        conversation.renewed_at = Some(self.now);
        self.tx.save_conversation(&conversation, self.now).await?;
        let agent = agent.name.clone();
        self.notice(who, Notice::Continuing { title: session.title, agent }).await
    }

    /// The agent that used the session last, if it is still there; else the conversation's own.
    fn agent_of(
        &self,
        session: &KnownSession,
        conversation: &Conversation,
    ) -> Result<Arc<AgentSpec>, Notice> {
        let agents = self.agents.within(&session.workspace);
        let used_by = session.ours.as_ref().and_then(|ours| agents.named(&ours.agent));
        used_by.map_or_else(|| self.agent_for(conversation, None), Ok)
    }

    /// Changes the conversation so that its next message goes to the session, or says why that cannot be.
    fn goes_on_with(
        &self,
        session: &KnownSession,
        conversation: &mut Conversation,
        agent: &AgentSpec,
    ) -> Option<String> {
        let wanted = Setup { engine: session.engine.clone(), workspace: session.workspace.clone() };
        if let Some(reason) = self.missing(&wanted) {
            return Some(reason);
        }
        // Only what the conversation has chosen otherwise is changed.
        if self.core.setup(conversation, agent).engine != wanted.engine {
            conversation.engine = Some(wanted.engine.clone());
        }
        if self.core.setup(conversation, agent).workspace != wanted.workspace {
            conversation.workspace = Some(wanted.workspace.clone());
        }
        let setup = self.core.setup(conversation, agent);
        if setup != wanted {
            let Setup { engine, workspace } = setup;
            return Some(format!(
                "the file of {} names {engine} in {workspace}, and the session is one of {} in {}. \
                 Choose another agent first: /agent",
                agent.name, wanted.engine, wanted.workspace
            ));
        }
        if let Some(reason) = self.core.engines.named(&wanted.engine).and_then(|port| port.check(agent).err())
        {
            return Some(reason);
        }
        // The next words go there, whatever they went to before.
        conversation.bound &= conversation.agent.as_deref() == Some(agent.name.as_str());
        conversation.agent = Some(agent.name.clone());
        let Setup { engine, workspace } = wanted;
        let (id, agent) = (session.id.clone(), agent.name.clone());
        conversation.remember(Session { id, agent, engine, workspace, usage: Usage::default() });
        None
    }

    /// What is not configured.
    fn missing(&self, setup: &Setup) -> Option<String> {
        let Setup { engine, workspace } = setup;
        if self.core.engines.named(engine).is_none() {
            return Some(format!("the engine {engine} is not configured. See /engine."));
        }
        if self.core.workspaces.named(workspace).is_none() {
            return Some(format!("the workspace {workspace} is not configured. See /workspace."));
        }
        None
    }

    pub(super) fn is_owner(&self, who: &Speaker) -> bool {
        self.core.access.role(who.user(), who.place.chat) == Role::Owner
    }
}
