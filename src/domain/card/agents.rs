//! What the chat tells of agents: lists of them, one in full, and what became of their files.

use std::path::PathBuf;
use std::sync::Arc;

use super::TaskLine;
use crate::domain::agent::{AgentSpec, Difference, Mistake};
use crate::domain::press::NameKey;

/// One page of the picker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentPage {
    /// The agents of this page.
    pub agents: Vec<AgentLine>,
    /// The page, counted from 0.
    pub page: u16,
    /// How many pages there are.
    pub pages: u16,
}

/// An agent in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentLine {
    /// Its name.
    pub name: String,
    /// Its description, whole.
    pub description: String,
}

/// The list of agents, to look at one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentBrowser {
    /// The page that is open.
    pub page: AgentPage,
    /// The words that were searched for; empty for all agents.
    pub search: String,
    /// How many agents there are with these words.
    pub found: usize,
    /// How many files could not be loaded.
    pub broken: usize,
    /// The first few of them; only for owners.
    pub broken_files: Vec<PathBuf>,
}

/// An agent in full.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentDetail {
    /// The agent.
    pub agent: Arc<AgentSpec>,
    /// The engine that would run it here.
    pub engine: String,
    /// The workspace that it would work in.
    pub workspace: String,
    /// The command that it has to itself, without its slash.
    pub command: Option<String>,
    /// Its latest tasks in this place, latest first.
    pub recent: Vec<TaskLine>,
    /// Whether plain text in this place goes to it.
    pub bound: bool,
    /// The page of the list to go back to.
    pub page: u16,
}

/// What became of the agents after their files were changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentsChanged {
    /// Each agent that changed; those that wait for somebody first.
    pub changes: Vec<AgentChange>,
    /// Files that cannot be loaded any more.
    pub mistakes: Vec<BrokenChange>,
}

/// What became of one agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentChange {
    /// The agent.
    pub agent: String,
    /// The workspace whose own it is.
    pub home: Option<String>,
    /// How it changed.
    pub how: AgentFate,
    /// Whether the change counts.
    pub stage: ChangeStage,
}

/// How an agent changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentFate {
    /// It is new, and does this without a question.
    New(Vec<Difference>),
    /// It is not there any more.
    Gone,
    /// It is another version; never without differences.
    Changed(Vec<Difference>),
}

/// Whether a change counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeStage {
    /// New tasks use it.
    Applied,
    /// It lets the agent do more: an owner decides.
    Waiting {
        /// What the buttons carry.
        key: NameKey,
    },
    /// This owner let new tasks use it.
    Used {
        /// Their name.
        by: String,
    },
    /// This owner left the agent as it was.
    Kept {
        /// Their name.
        by: String,
    },
    /// The file changed again before anybody had decided.
    Overtaken,
}

/// A file that cannot be loaded any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenChange {
    /// What is wrong with it.
    pub mistake: Mistake,
    /// Whether the agent goes on as it was before.
    pub still_in_force: bool,
}
