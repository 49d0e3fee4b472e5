//! What the person has set: process environment, `.env` and `adjutant.yaml` -> one checked [`Config`].
//!
//! Owns every default and every check of a value, wraps the secrets, and finds the agent programs there are. Opens no
//! database, socket or agent file, and starts nothing.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::domain::access::Access;

mod engine;
mod environment;
mod file;
mod load;
mod problem;
mod profile;
mod reader;
mod search;
mod secret;
mod value;

pub use engine::{EngineConfig, EngineKind};
pub use environment::Environment;
pub use load::load;
pub use problem::{ConfigError, Origin, Problem};
pub use profile::{Profile, known_programs};
pub use secret::Secret;

/// Everything that Adjutant is told before it starts. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Config {
    /// The bot's token; only `serve` needs it, see [`Config::require_token`].
    pub token: Option<Secret>,
    /// The Bot API server, without a slash at its end.
    pub api_url: String,
    /// The proxy for the Bot API, with its credentials if it has any.
    pub proxy: Option<Secret>,
    /// Where tasks are kept.
    pub database: Database,
    /// Directories of agent files, in order of precedence.
    pub agent_dirs: Vec<PathBuf>,
    /// Where agents may work, as ordered in the file; the first is the default. Never empty.
    pub workspaces: Vec<Workspace>,
    /// Engines as ordered in the file, or those found on `PATH` when it names none. Always holds `script`.
    pub engines: Vec<EngineConfig>,
    /// The name of the engine for agents that name none: the first unless the file says otherwise.
    pub default_engine: String,
    /// Who may use the bot.
    pub access: Access,
    /// How much and how long.
    pub limits: Limits,
    /// Where metrics and health are served; nowhere when absent.
    pub listen: Option<SocketAddr>,
    /// How the log is written.
    pub log: LogFormat,
    /// What the log shows, in `RUST_LOG`'s syntax.
    pub log_filter: Option<String>,
}

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A file, created when missing.
    File(PathBuf),
    /// In memory, gone when the program ends.
    Memory,
}

/// A named directory in which agents work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// The name that people choose it by.
    pub name: String,
    /// The directory; absolute when the current directory is.
    pub path: PathBuf,
    /// The shell command that tells whether work in it is good; run in the worktrees of a race.
    pub test: Option<String>,
    /// Whether agents that are defined so may act here without questions.
    pub allow_bypass: bool,
    /// Where it was set.
    pub origin: Origin,
}

/// How much and how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Tasks that run at the same time; further ones wait.
    pub running_tasks: usize,
    /// How long a task may take.
    pub task_timeout: Duration,
    /// How long an approval waits for an answer.
    pub approval_timeout: Duration,
    /// How long an engine may say nothing before the chat is told.
    pub stall_timeout: Duration,
    /// How many agent programs stay up, at work or not; those at work are never ended for it.
    pub living_sessions: usize,
    /// How long an agent program stays up without work.
    pub idle_session: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            running_tasks: 4,
            task_timeout: Duration::from_secs(30 * 60),
            approval_timeout: Duration::from_secs(15 * 60),
            stall_timeout: Duration::from_secs(10 * 60),
            living_sessions: 8,
            idle_session: Duration::from_secs(15 * 60),
        }
    }
}

/// How the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Pretty,
    /// For machines: one object per line.
    Json,
}

impl Config {
    /// The token, for the commands that talk to Telegram.
    ///
    /// # Errors
    /// When none is set.
    pub fn require_token(&self) -> Result<&Secret, ConfigError> {
        self.token.as_ref().ok_or_else(|| {
            let text =
                "TELOXIDE_TOKEN: expected the bot's token from @BotFather (also in .env), found nothing";
            Problem::new(Origin::Environment, text).into()
        })
    }

    /// Checks that every workspace is a directory, for the commands in which agents work.
    ///
    /// # Errors
    /// One problem per workspace that is not.
    pub fn check_workspaces(&self) -> Result<(), ConfigError> {
        let problems: Vec<Problem> = self
            .workspaces
            .iter()
            .filter(|workspace| !workspace.path.is_dir())
            .map(|Workspace { name, path, origin, .. }| {
                let text =
                    format!("workspaces.{name}.path: expected a directory, found none at {}", path.display());
                Problem::new(origin.clone(), text)
            })
            .collect();
        if problems.is_empty() { Ok(()) } else { Err(ConfigError { problems }) }
    }

    /// The engine of exactly this name.
    #[must_use]
    pub fn engine(&self, name: &str) -> Option<&EngineConfig> {
        self.engines.iter().find(|engine| engine.name == name)
    }

    /// The workspace for conversations that have chosen none.
    #[must_use]
    pub fn default_workspace(&self) -> Option<&Workspace> {
        self.workspaces.first()
    }
}

#[cfg(test)]
mod tests;
