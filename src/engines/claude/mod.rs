//! The `claude` engine: Claude Code over stream-json on its standard input and output.
//!
//! Owns what is said on that line in either direction and where Claude Code keeps its sessions. Everything that can be
//! decided without a process is pure: `decoder`, `permission`, `questions`, `waiting` and what they use.

mod actions;
mod answer;
mod decoder;
mod flags;
mod heard;
mod history;
mod live;
mod message;
mod outgoing;
mod permission;
mod probe;
mod prompt;
mod questions;
mod refusals;
mod start;
mod title;
mod todo;
mod turn;
mod usage;
mod waiting;

use std::path::PathBuf;

use self::start::Run;
use super::files::real_directory;
use super::link;
use super::program::Program;
use super::sessions::Sessions;
use crate::domain::agent::AgentSpec;
use crate::ports::{BoxFuture, Engine, RunHandle, RunRequest, SessionSummary};

pub use self::probe::probe;

/// Runs agents by Claude Code.
#[derive(Debug, Clone)]
pub struct ClaudeEngine {
    program: Program,
    sessions: Sessions,
}

impl ClaudeEngine {
    /// An engine that runs `program`, and keeps its idle processes in `sessions`.
    #[must_use]
    pub fn new(program: Program, sessions: Sessions) -> Self {
        Self { program, sessions }
    }
}

impl Engine for ClaudeEngine {
    fn kind(&self) -> &'static str {
        "claude"
    }

    fn check(&self, agent: &AgentSpec) -> Result<(), String> {
        flags::check(agent, &self.program.command, self.program.mode.as_deref())
    }

    fn start(&self, request: RunRequest) -> RunHandle {
        let Self { program, sessions } = self.clone();
        link::start(|link| Run::play(program, sessions, request, link))
    }

    fn sessions(&self, workspace: PathBuf) -> BoxFuture<'_, Result<Vec<SessionSummary>, String>> {
        let home = history::home(&self.program.env);
        Box::pin(async move {
            let Some(home) = home else { return Ok(Vec::new()) };
            let list = move || {
                let workspace = real_directory(&workspace)?;
                history::sessions(&home, &workspace)
                    .map_err(|error| format!("The sessions in {} cannot be read: {error}.", home.display()))
            };
            tokio::task::spawn_blocking(list).await.map_err(|error| error.to_string())?
        })
    }
}
