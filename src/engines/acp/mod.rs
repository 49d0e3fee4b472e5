//! The `acp` engine: any agent that speaks the Agent Client Protocol on its standard input and output.
//!
//! `run` is one run. It starts a program (`peer`), or takes one that was `kept`, opens a `session` in it and takes one
//! `turn`. What the program tells becomes events in `updates` and `calls`; what it wants of us is dealt with in
//! `requests`, with `permission`, `elicitation`, `exchange` (files) and `shell` (terminals).

mod attachments;
mod calls;
mod connection;
mod diff;
mod elicitation;
mod exchange;
mod kept;
mod login;
mod peer;
mod permission;
mod refusals;
mod replies;
mod requests;
mod run;
mod session;
mod settings;
mod shell;
mod terminals;
mod turn;
mod updates;
mod uses;
mod waiting;
mod watch;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use self::peer::Peer;
use self::session::Wanted;
use super::files;
use super::link;
use super::program::{Probe, Program};
use super::refusal::Refusal;
use super::sessions::Sessions;
use crate::domain::agent::AgentSpec;
use crate::ports::{BoxFuture, Engine, RunHandle, RunRequest, SessionSummary};

/// Runs agents by a program that speaks this protocol.
#[derive(Debug, Clone)]
pub struct AcpEngine {
    program: Program,
    sessions: Sessions,
}

impl AcpEngine {
    /// An engine that runs `program`, and keeps its idle processes in `sessions`.
    #[must_use]
    pub fn new(program: Program, sessions: Sessions) -> Self {
        Self { program, sessions }
    }

    async fn listed(&self, workspace: &Path) -> Result<Vec<SessionSummary>, String> {
        let workspace = files::real_directory(workspace)?;
        let _living = self.sessions.admit();
        let mut peer = Peer::start(&self.program, &workspace).await.map_err(|error| error.to_string())?;
        let listed = async {
            peer.introduce(&self.program).await?;
            session::list(&mut peer, &self.program, &workspace).await
        };
        let listed = match listed.await {
            Ok(listed) => Ok(listed),
            Err(trouble) => Err(trouble.at_start(&self.program, &mut peer.wire).await.to_string()),
        };
        peer.stop().await;
        listed
    }
}

impl Engine for AcpEngine {
    fn kind(&self) -> &'static str {
        "acp"
    }

    fn check(&self, _agent: &AgentSpec) -> Result<(), String> {
        Ok(())
    }

    fn start(&self, request: RunRequest) -> RunHandle {
        let engine = self.clone();
        link::start(|link| run::run(engine, request, link))
    }

    fn sessions(&self, workspace: PathBuf) -> BoxFuture<'_, Result<Vec<SessionSummary>, String>> {
        Box::pin(async move { self.listed(&workspace).await })
    }
}

/// Starts the program in `directory` as a run would, asks it who it is, begins a session, and ends it without a prompt.
///
/// # Errors
/// Why a run would fail, as far as can be told without a prompt.
pub async fn probe(program: &Program, directory: &Path) -> Result<Probe, Refusal> {
    let mut peer = Peer::start(program, directory).await?;
    let answers = async {
        peer.introduce(program).await?;
        // Without a session it would not say that it wants a login.
        let wanted =
            Wanted { workspace: directory, model: None, plans: false, instructions: None, resume: None };
        session::open(&mut peer, program, wanted, &mut |_| {}).await
    };
    let probed = match answers.await {
        Ok(_) => Ok(Probe {
            version: peer.info.as_ref().map(|info| info.version.clone()),
            remarks: remarks(&peer),
        }),
        Err(trouble) => Err(trouble.at_start(program, &mut peer.wire).await),
    };
    peer.stop().await;
    probed
}

/// What a person may want to know of the program before using it.
fn remarks(peer: &Peer) -> Vec<String> {
    let mut remarks = Vec::new();
    if peer.capabilities.session_capabilities.resume.is_none() && !peer.capabilities.load_session {
        remarks.push("It cannot take up a session again after it has ended.".to_owned());
    }
    if !peer.capabilities.prompt_capabilities.image {
        remarks.push("It takes no images.".to_owned());
    }
    remarks
}
