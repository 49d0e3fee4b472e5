//! Agents, as people look for them, look at them and choose them: the picker, the list, one in full, and the binding.

use std::sync::Arc;

use crate::domain::agent::{AgentSpec, command_of};
use crate::domain::card::{AgentBrowser, AgentDetail, Notice};
use crate::domain::conversation::{Browsing, Conversation};
use crate::domain::dialogue::{AgentRef, Dialogue, VersionChoice};
use crate::domain::press::NameKey;
use crate::domain::toast::Toast;
use crate::store::StoreError;

use super::super::agents::Agents;
use super::super::core::{FollowUp, Setup};
use super::super::roster::Unknown;
use super::{Intake, Speaker};

/// How many agents are named to someone who has chosen none.
const EXAMPLES: usize = 5;

/// So many broken files are named.
const BROKEN: usize = 3;

/// So many tasks of an agent are shown.
const RECENT: usize = 3;

/// Among so many of the place's latest tasks are they looked for.
const LOOKED_THROUGH: u32 = 100;

/// The longest search, in characters: it is stored, and shown above each page.
const SEARCH: usize = 100;

/// What the list's panel is called.
const PANEL: &str = "browser";

impl Intake<'_> {
    /// The agents that can be called in a conversation.
    pub(super) fn agents_in(&self, conversation: &Conversation) -> Arc<Agents> {
        self.agents.within(self.core.workspace_of(conversation))
    }

    /// The agent that is meant: the one named, or the conversation's.
    pub(super) fn agent_for(
        &self,
        conversation: &Conversation,
        wanted: Option<&AgentRef>,
    ) -> Result<Arc<AgentSpec>, Notice> {
        let agents = self.agents_in(conversation);
        if agents.list.is_empty() {
            return Err(Notice::NoAgents);
        }
        if let Some(wanted) = wanted {
            return agents.find(wanted).map_err(|unknown| self.not_found(unknown));
        }
        match &conversation.agent {
            Some(name) => agents.named(name).ok_or_else(|| {
                let unknown = Unknown { wanted: name.clone(), nearest: Vec::new() };
                match self.not_found(unknown) {
                    Notice::UnknownAgent { wanted, .. } if conversation.bound => {
                        Notice::BoundAgentGone { agent: wanted }
                    }
                    notice => notice,
                }
            }),
            None => agents.only().ok_or_else(|| Notice::NoAgentChosen {
                agents: agents.list.iter().take(EXAMPLES).map(|agent| agent.name.clone()).collect(),
            }),
        }
    }

    /// Why there is no such agent here.
    fn not_found(&self, unknown: Unknown) -> Notice {
        let Unknown { wanted, nearest } = unknown;
        match self.agents.home_of(&wanted) {
            Some(home) => {
                let workspace = home.to_owned();
                Notice::AgentElsewhere { agent: wanted, workspace }
            }
            None => Notice::UnknownAgent { wanted, nearest },
        }
    }

    /// Asks what an agent shall do; the answer is this person's next message here.
    pub(super) async fn ask_prompt(
        &mut self,
        who: &Speaker,
        agent: &AgentRef,
    ) -> Result<Option<Toast>, StoreError> {
        let conversation = self.tx.conversation(who.place).await?;
        match self.agents_in(&conversation).find(agent) {
            Ok(agent) => {
                let waiting = Dialogue::AwaitingPrompt { agent: agent.name.clone() };
                self.tx.save_dialogue(who.place, who.user(), &waiting, self.now).await?;
                let AgentSpec { name, description, argument_hint: hint, .. } = agent.as_ref().clone();
                self.notice(who, Notice::AskPrompt { agent: name, description, hint }).await
            }
            Err(unknown) => {
                self.forget_dialogue(who).await?;
                let notice = self.not_found(unknown);
                self.notice(who, notice).await
            }
        }
    }

    pub(super) async fn pick_agent(
        &mut self,
        who: &Speaker,
        page: u16,
        change: bool,
    ) -> Result<Option<Toast>, StoreError> {
        let conversation = self.tx.conversation(who.place).await?;
        let agents = self.agents_in(&conversation);
        if agents.list.is_empty() {
            return self.notice(who, Notice::NoAgents).await;
        }
        self.panel(who, "agents", Notice::AgentPicker(agents.page(page)), change).await
    }

    /// Opens the list at its first page.
    pub(super) async fn browse_agents(
        &mut self,
        who: &Speaker,
        search: String,
    ) -> Result<Option<Toast>, StoreError> {
        let search = search.chars().take(SEARCH).collect();
        self.open_browser(who, Browsing { search, page: 0 }, false).await
    }

    /// Turns the list to a page; what was searched for stays.
    pub(super) async fn turn_browser(
        &mut self,
        who: &Speaker,
        page: u16,
    ) -> Result<Option<Toast>, StoreError> {
        let search = self.tx.conversation(who.place).await?.browsing.search;
        self.open_browser(who, Browsing { search, page }, true).await
    }

    async fn open_browser(
        &mut self,
        who: &Speaker,
        browsing: Browsing,
        change: bool,
    ) -> Result<Option<Toast>, StoreError> {
        let mut conversation = self.tx.conversation(who.place).await?;
        let found = self.agents_in(&conversation).with_words(&browsing.search);
        let page = found.page(browsing.page);
        if conversation.browsing != browsing {
            conversation.browsing = Browsing { page: page.page, ..browsing };
            self.tx.save_conversation(&conversation, self.now).await?;
        }
        let named = if self.is_owner(who) { BROKEN } else { 0 };
        let browser = AgentBrowser {
            page,
            search: conversation.browsing.search,
            found: found.list.len(),
            broken: found.broken.len(),
            broken_files: found.broken.iter().take(named).map(|mistake| mistake.path.clone()).collect(),
        };
        self.panel(who, PANEL, Notice::AgentBrowser(Box::new(browser)), change).await
    }

    /// Shows an agent in the place of the list.
    pub(super) async fn show_agent(
        &mut self,
        who: &Speaker,
        agent: &AgentRef,
    ) -> Result<Option<Toast>, StoreError> {
        let conversation = self.tx.conversation(who.place).await?;
        match self.agents_in(&conversation).find(agent) {
            Ok(agent) => self.show(who, &conversation, agent).await,
            Err(_) => Ok(Some(Toast::UnknownButton)),
        }
    }

    async fn show(
        &mut self,
        who: &Speaker,
        conversation: &Conversation,
        agent: Arc<AgentSpec>,
    ) -> Result<Option<Toast>, StoreError> {
        let Setup { engine, workspace } = self.core.setup(conversation, &agent);
        let command = command_of(&agent.name)
            .filter(|command| self.agents_in(conversation).called_by(command).len() == 1)
            .filter(|command| !crate::domain::command::is_ours(command));
        let tasks = self.tx.tasks_page(Some(who.place), None, LOOKED_THROUGH).await?;
        let own = tasks.iter().filter(|record| record.task.agent == agent.name).take(RECENT);
        let detail = AgentDetail {
            engine,
            workspace,
            command,
            recent: own.map(|record| self.line(&record.task)).collect(),
            bound: conversation.bound && conversation.agent.as_deref() == Some(agent.name.as_str()),
            page: conversation.browsing.page,
            agent,
        };
        self.panel(who, PANEL, Notice::AgentDetail(Box::new(detail)), true).await
    }

    /// From now on plain text here goes to this agent, also after another one was called.
    pub(super) async fn use_agent(
        &mut self,
        who: &Speaker,
        agent: &AgentRef,
    ) -> Result<Option<Toast>, StoreError> {
        let mut conversation = self.tx.conversation(who.place).await?;
        let Ok(agent) = self.agents_in(&conversation).find(agent) else {
            return Ok(Some(Toast::UnknownButton));
        };
        conversation.agent = Some(agent.name.clone());
        conversation.bound = true;
        self.tx.save_conversation(&conversation, self.now).await?;
        self.after.push(FollowUp::Menu(who.place.chat));
        let toast = Toast::Bound { agent: agent.name.clone() };
        self.show(who, &conversation, agent).await?;
        Ok(Some(toast))
    }

    /// Plain text goes to the agent that was used last, as if none had been bound.
    pub(super) async fn release_agent(
        &mut self,
        who: &Speaker,
        agent: &AgentRef,
    ) -> Result<Option<Toast>, StoreError> {
        let mut conversation = self.tx.conversation(who.place).await?;
        let meant = |name: &String| match agent {
            AgentRef::Key(key) => NameKey::of(name) == *key,
            AgentRef::Name(wanted) => wanted == name,
        };
        if !conversation.bound || !conversation.agent.as_ref().is_some_and(meant) {
            return Ok(Some(Toast::UnknownButton));
        }
        conversation.bound = false;
        let agent = self.agents_in(&conversation).find(agent);
        if agent.is_err() {
            conversation.agent = None;
        }
        self.tx.save_conversation(&conversation, self.now).await?;
        if let Ok(agent) = agent {
            self.show(who, &conversation, agent).await?;
        }
        Ok(Some(Toast::Released))
    }

    /// What shall become of a changed agent: for owners. It happens once this is committed.
    pub(super) fn choose_version(&mut self, who: &Speaker, key: NameKey, choice: VersionChoice) -> Toast {
        if !self.is_owner(who) {
            return Toast::OwnersOnly;
        }
        if !self.core.versions.waits(key) {
            return Toast::VersionSettled;
        }
        let by = who.person.name.clone();
        self.after.push(FollowUp::Version { key, choice, by });
        match choice {
            VersionChoice::Use => Toast::VersionUsed,
            VersionChoice::Keep => Toast::VersionKept,
        }
    }
}
