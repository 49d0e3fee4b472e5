//! The configuration's engines: as the orchestrator runs them, as the program's commands examine them, and as agents of
//! their own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::config::{Config, EngineConfig, EngineKind};
use crate::domain::agent::{AgentSpec, Dialect, Source};
use crate::engines::acp::{self, AcpEngine};
use crate::engines::claude::{self, ClaudeEngine};
use crate::engines::process::Guard;
use crate::engines::program::{Probe, Program};
use crate::engines::refusal::Refusal;
use crate::engines::script::ScriptEngine;
use crate::engines::sessions::{SessionLimits, Sessions};
use crate::ports::Engine;

/// What all engines of one Adjutant share.
#[derive(Debug, Clone)]
pub(crate) struct Workshop {
    /// What guards their processes.
    pub(crate) guard: Guard,
    /// Between two pieces of an answer that a script says.
    pub(crate) chunk_delay: Duration,
    /// The programs that stay up between two runs.
    pub(crate) sessions: Sessions,
}

impl Workshop {
    /// With no program up yet.
    pub(crate) fn of(config: &Config, guard: Guard, chunk_delay: Duration) -> Self {
        let limits =
            SessionLimits { idle: config.limits.idle_session, living: config.limits.living_sessions };
        Self { guard, chunk_delay, sessions: Sessions::new(limits) }
    }

    /// The engine that the configuration describes.
    pub(crate) fn engine(&self, engine: &EngineConfig) -> Arc<dyn Engine> {
        match engine.kind {
            EngineKind::Script => Arc::new(ScriptEngine::new(self.guard.clone(), self.chunk_delay)),
            EngineKind::Claude => {
                Arc::new(ClaudeEngine::new(program(engine, &self.guard), self.sessions.clone()))
            }
            EngineKind::Acp => Arc::new(AcpEngine::new(program(engine, &self.guard), self.sessions.clone())),
        }
    }
}

/// Starts an engine's program, asks it who it is, and ends it.
///
/// # Errors
/// Why a run would fail, as far as can be told without a prompt.
pub(crate) async fn probe(engine: &EngineConfig, guard: &Guard, directory: &Path) -> Result<Probe, Refusal> {
    match engine.kind {
        EngineKind::Script => Ok(Probe::default()),
        EngineKind::Claude => claude::probe(&program(engine, guard), directory).await,
        EngineKind::Acp => acp::probe(&program(engine, guard), directory).await,
    }
}

fn program(engine: &EngineConfig, guard: &Guard) -> Program {
    let env = engine.env.iter().map(|(name, value)| (name.clone(), value.expose().to_owned()));
    Program {
        name: engine.name.clone(),
        command: engine.command.clone(),
        env: env.collect(),
        mode: engine.mode.clone(),
        install: engine.install.clone(),
        login: engine.login.clone(),
        guard: guard.clone(),
    }
}

/// Every engine with a model as an agent of its own name, so that nobody needs an agent file to begin.
pub(crate) fn agents(config: &Config) -> impl Iterator<Item = AgentSpec> {
    config.engines.iter().filter(|engine| engine.is_real()).map(|engine| {
        let source = Source { path: PathBuf::new(), dialect: Dialect::BuiltIn };
        let description = format!("{}, as it is.", engine.title);
        let agent = AgentSpec::new(engine.name.clone(), description, source);
        AgentSpec { engine: Some(engine.name.clone()), ..agent }
    })
}
