//! Where a run's program comes from: one that was kept, or a new one that continues the session, or begins one.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;

use super::super::files::real_directory;
use super::super::link::{Halt, Link};
use super::super::program::Program;
use super::super::refusal::{Refusal, no_such_model};
use super::super::sessions::{Living, SessionKey, Sessions};
use super::live::{Live, Setup};
use super::refusals::Trouble;
use super::turn::{End, Turn};
use super::{flags, prompt};
use crate::domain::agent::AgentSpec;
use crate::domain::event::EngineEvent;
use crate::domain::ids::SessionId;
use crate::domain::policy::Policy;
use crate::ports::RunRequest;

/// A run before and after its turn.
pub(super) struct Run {
    program: Program,
    sessions: Sessions,
    link: Link,
    agent: Arc<AgentSpec>,
    policy: Arc<Policy>,
    setup: Setup,
    /// Without symbolic links, so that what is shown is where things happen.
    workspace: PathBuf,
    /// Whether the program may be kept.
    lasting: bool,
    prompt: String,
    content: Value,
}

impl Run {
    /// Runs a request to its end.
    pub(super) async fn play(
        program: Program,
        sessions: Sessions,
        request: RunRequest,
        link: Link,
    ) -> Result<(), Halt> {
        let RunRequest { agent, policy, prompt, attachments, workspace, lasting, resume, .. } = request;
        flags::check(&agent, &program.command, program.mode.as_deref()).map_err(Halt::Failed)?;
        let workspace = real_directory(&workspace).map_err(Halt::Failed)?;
        let content = prompt::content(&prompt, &attachments).await;
        let setup = Setup::new(&program, flags::arguments(&agent, &policy, program.mode.as_deref()));
        let mut run =
            Self { program, sessions, link, agent, policy, setup, workspace, lasting, prompt, content };
        let resume = run.continuable(resume).await?;
        run.begin(resume).await
    }

    /// The session to continue. What is no name of Claude Code's would be looked for among titles.
    async fn continuable(&mut self, resume: Option<SessionId>) -> Result<Option<SessionId>, Halt> {
        match resume {
            Some(session) if Uuid::try_parse(&session.0).is_err() => {
                self.link.emit(EngineEvent::SessionLost).await?;
                Ok(None)
            }
            resume => Ok(resume),
        }
    }

    async fn begin(&mut self, mut resume: Option<SessionId>) -> Result<(), Halt> {
        if let Some(session) = &resume
            && let Some((mut live, living)) = self.sessions.take::<Live>(&self.key(session.clone()))
            && live.is_alive()
        {
            // One that turns out to be dead, without having taken up the prompt, is as good as none.
            if let Some(ended) = self.with(live, living, true).await? {
                return self.finish(ended);
            }
        }
        loop {
            let living = self.sessions.admit();
            let live = Live::start(&self.program, &self.setup, &self.workspace, resume.as_ref())
                .map_err(|error| Halt::Failed(Refusal::Launch(error).to_string()))?;
            match self.with(live, living, false).await? {
                Some(Err(Trouble::SessionLost)) if resume.is_some() => {
                    resume = None;
                    self.link.emit(EngineEvent::SessionLost).await?;
                }
                Some(Err(Trouble::NoSuchModel)) if flags::model(&self.agent).is_some() => {
                    self.without_model().await?;
                }
                ended => return self.finish(ended.unwrap_or(Ok(()))),
            }
        }
    }

    /// The agent's model is not there: the person is told, and the program takes its own.
    async fn without_model(&mut self) -> Result<(), Halt> {
        let text = no_such_model(&self.program.name, flags::model(&self.agent).unwrap_or_default());
        self.link.emit(EngineEvent::Warning(text)).await?;
        self.agent = Arc::new(AgentSpec { model: None, ..AgentSpec::clone(&self.agent) });
        let arguments = flags::arguments(&self.agent, &self.policy, self.program.mode.as_deref());
        self.setup = Setup::new(&self.program, arguments);
        Ok(())
    }

    /// Plays the turn with a program, and keeps the program if it is good for more; `None` when a `kept` one was gone
    /// before it began.
    async fn with(
        &mut self,
        mut live: Live,
        living: Living,
        kept: bool,
    ) -> Result<Option<Result<(), Trouble>>, Halt> {
        let workspace = self.workspace.to_string_lossy().into_owned();
        let turn = Turn::new(&mut self.link, &mut live, &self.policy, &workspace);
        match turn.play(&self.prompt, &self.content).await {
            Ok(End::Over(Ok(()))) => {
                match live.decoder.session().cloned().filter(|_| self.lasting) {
                    Some(session) => self.sessions.keep(self.key(session), live, living),
                    None => live.stop().await,
                }
                Ok(Some(Ok(())))
            }
            Ok(End::Over(outcome) | End::Stuck(outcome)) => {
                live.stop().await;
                Ok(Some(outcome))
            }
            Ok(End::Gone { begun: false }) if kept => {
                live.stop().await;
                Ok(None)
            }
            Ok(End::Gone { .. }) => Err(Halt::Failed(live.why(&self.program).await.to_string())),
            Err(halt) => {
                live.interrupt(|event| self.link.mention(event)).await;
                live.stop().await;
                Err(halt)
            }
        }
    }

    fn finish(&self, ended: Result<(), Trouble>) -> Result<(), Halt> {
        if let (Err(Trouble::MaxTurns), Some(excess)) = (&ended, self.policy.limits.outran(u32::MAX)) {
            return Err(Halt::Failed(excess.to_string()));
        }
        ended.map_err(|trouble| Halt::Failed(trouble.reason(&self.program, flags::model(&self.agent))))
    }

    fn key(&self, session: SessionId) -> SessionKey {
        SessionKey {
            engine: self.program.name.clone(),
            session,
            workspace: self.workspace.clone(),
            setup: self.setup.fingerprint(),
        }
    }
}
