//! Which engine runs the agents of a place: shown, and chosen.

use crate::domain::card::{AgentEngine, EngineChange, EngineLine, Notice};
use crate::domain::conversation::Conversation;
use crate::domain::dialogue::Named;
use crate::domain::toast::Toast;
use crate::store::StoreError;

use super::super::roster::choose;
use super::{Intake, Speaker};

impl Intake<'_> {
    pub(super) async fn pick_engine(&mut self, who: &Speaker) -> Result<Option<Toast>, StoreError> {
        let conversation = self.tx.conversation(who.place).await?;
        let used = self.used(&conversation).map(|(used, _)| used);
        let engines = &self.core.engines;
        let lines = engines
            .list
            .iter()
            .map(|(name, port)| EngineLine { name: name.clone(), kind: port.kind().to_owned() })
            .collect();
        let (chosen, default) = (conversation.engine, engines.default.clone());
        let notice = Notice::EnginePicker { engines: lines, chosen, default, used };
        self.panel(who, "engines", notice, false).await
    }

    pub(super) async fn use_engine(
        &mut self,
        who: &Speaker,
        named: Option<&Named>,
    ) -> Result<Option<Toast>, StoreError> {
        let names = self.core.engines.names();
        let name = match named.map(|named| choose(&names, named)).transpose() {
            Ok(name) => name,
            Err(unknown) => {
                return self.notice(who, Notice::UnknownEngine { wanted: unknown.wanted, names }).await;
            }
        };
        let mut conversation = self.tx.conversation(who.place).await?;
        let before = self.used(&conversation);
        conversation.engine.clone_from(&name);
        self.tx.save_conversation(&conversation, self.now).await?;
        let change = self.change(&conversation, name, before);
        self.panel(who, "engines", Notice::EngineChosen(Box::new(change)), who.message.is_none()).await
    }

    /// What a choice means for the agent that the next message goes to.
    fn change(
        &self,
        conversation: &Conversation,
        name: Option<String>,
        before: Option<(AgentEngine, bool)>,
    ) -> EngineChange {
        let Some((used, continues)) = self.used(conversation) else {
            return EngineChange { name, used: None, problem: None, continues: false, aside: None };
        };
        let core = self.core;
        let agent = self.agents_in(conversation).named(&used.agent);
        let problem =
            core.engines.named(&used.engine).zip(agent).and_then(|(port, agent)| port.check(&agent).err());
        let left = before.filter(|(before, had_session)| *had_session && before.engine != used.engine);
        let aside = left.map(|(before, _)| before.engine);
        EngineChange { continues: continues && problem.is_none(), name, used: Some(used), problem, aside }
    }

    /// What runs the conversation's agent, and whether that continues a session.
    fn used(&self, conversation: &Conversation) -> Option<(AgentEngine, bool)> {
        let agent = self.agent_for(conversation, None).ok()?;
        let setup = self.core.setup(conversation, &agent);
        let session = conversation.session_for(&agent.name, &setup.engine, &setup.workspace);
        Some((AgentEngine { agent: agent.name.clone(), engine: setup.engine }, session.is_some()))
    }
}
