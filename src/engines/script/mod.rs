//! The `script` engine: goes through the steps that stand in an agent's file. No model, no key, no network; it never
//! pretends to think. It is for trying Adjutant out, for fixed chores, and for the tests of everything around engines.
//!
//! Owns the script language and its execution. Knows nothing of chats, and of processes only that they are trees.

mod command;
mod parse;
mod run;
mod scope;
mod steps;
mod template;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::Duration;

use self::run::Run;
use self::steps::Script;
use super::link::{self, Halt, Link};
use super::process::Guard;
use crate::domain::agent::AgentSpec;
use crate::ports::{BoxFuture, Engine, RunHandle, RunRequest, SessionSummary};

/// Runs agents whose file holds a script.
#[derive(Debug, Clone)]
pub struct ScriptEngine {
    guard: Guard,
    chunk_delay: Duration,
}

impl ScriptEngine {
    /// How long it usually waits after each piece of an answer, so that a person can see it grow.
    pub const CHUNK_DELAY: Duration = Duration::from_millis(30);

    /// An engine that starts commands through `guard` and waits `chunk_delay` after
    /// each piece of an answer.
    #[must_use]
    pub fn new(guard: Guard, chunk_delay: Duration) -> Self {
        Self { guard, chunk_delay }
    }
}

impl Engine for ScriptEngine {
    fn kind(&self) -> &'static str {
        "script"
    }

    fn check(&self, agent: &AgentSpec) -> Result<(), String> {
        Script::parse(&agent.instructions).map(drop)
    }

    fn start(&self, request: RunRequest) -> RunHandle {
        let engine = self.clone();
        link::start(|link| engine.play(request, link))
    }

    /// None: a script's session is nothing but the number of its turns.
    fn sessions(&self, _workspace: PathBuf) -> BoxFuture<'_, Result<Vec<SessionSummary>, String>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

impl ScriptEngine {
    async fn play(self, request: RunRequest, link: Link) -> Result<(), Halt> {
        let script = Script::parse(&request.agent.instructions).map_err(Halt::Failed)?;
        Run::new(self, request, link)?.play(script).await
    }
}
