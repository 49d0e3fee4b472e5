//! The `acp` engine: any agent that speaks the Agent Client Protocol on its standard input and output.

use std::path::{Path, PathBuf};

use super::link::{self, Halt};
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
}

impl Engine for AcpEngine {
    fn kind(&self) -> &'static str {
        "acp"
    }

    fn check(&self, _agent: &AgentSpec) -> Result<(), String> {
        Ok(())
    }

    fn start(&self, _request: RunRequest) -> RunHandle {
        let reason = format!("{} cannot be run yet.", self.program.name);
        tracing::debug!(sessions = ?self.sessions, "not built yet");
        link::start(|_| async { Err(Halt::Failed(reason)) })
    }

    fn sessions(&self, _workspace: PathBuf) -> BoxFuture<'_, Result<Vec<SessionSummary>, String>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

/// Starts the program in `directory` as a run would, asks it who it is, and ends it.
///
/// # Errors
/// Why a run would fail, as far as can be told without a prompt.
pub async fn probe(program: &Program, _directory: &Path) -> Result<Probe, Refusal> {
    Err(Refusal::Crashed { name: program.name.clone(), code: 1, said: String::new() })
}
