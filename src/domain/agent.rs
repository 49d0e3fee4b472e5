//! What an agent is: its definition, whatever the dialect of its file, with the place in the file of everything that counts.
//! Knows no files and no engine; what a definition permits is worked out by the policy.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

mod change;
mod names;
mod permission;

pub use change::{Difference, Mistake, differences, unasked};
pub use names::{TOUR, command_of, folded, matching, nearest};
pub use permission::{PermissionMode, PermissionRule, Verdict};

/// An agent as its file defines it, with what it takes from its bases and skills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentSpec {
    /// What people call it.
    pub name: String,
    /// When to use it; never empty.
    pub description: String,
    /// The text that the engine works by: those of its bases, its own, and those of its skills.
    pub instructions: String,
    /// What it is in a team, such as `engineer`.
    pub role: Option<String>,
    /// The engine that runs it; the configured default when absent.
    pub engine: Option<String>,
    /// The workspace it works in; the conversation's when absent.
    pub workspace: Option<String>,
    /// The model as the file writes it, which may be an alias or a label; the engine's default when absent.
    pub model: Option<String>,
    /// How much the model shall think, in the engine's words.
    pub effort: Option<String>,
    /// The only tools it may use, as written, such as `Bash(git *)`; all when absent.
    pub tools: Option<Vec<String>>,
    /// Tools it may not use, whatever `tools` says.
    pub disallowed_tools: Vec<String>,
    /// Tools it may use without a question; they restrict nothing.
    pub allowed_tools: Vec<String>,
    /// Its permission rules; of those that match, the last one counts.
    pub permission: Vec<PermissionRule>,
    /// How it acts where no rule decides.
    pub permission_mode: Option<PermissionMode>,
    /// How many turns a run may take.
    pub max_turns: Option<u32>,
    /// How long a task may take, if shorter than the configured limit.
    pub timeout: Option<Duration>,
    /// What a task may use.
    pub budget: Option<Budget>,
    /// Where it works within the workspace.
    pub isolation: Isolation,
    /// The skills whose text is part of its instructions.
    pub skills: Vec<String>,
    /// Directories outside of the workspace that it may read: the `references` of its skills.
    pub references: Vec<PathBuf>,
    /// To whom it can hand its result on.
    pub handoffs: Vec<Handoff>,
    /// What to write after its name, as a hint.
    pub argument_hint: Option<String>,
    /// The workspace whose own directory holds the file: elsewhere nobody can call it. Every workspace when absent.
    pub home: Option<String>,
    /// Names of keys in the file that have no meaning here, in the order of the file.
    pub extras: Vec<String>,
    /// Where the definition comes from.
    pub source: Source,
    /// The files that it extends, the next one first.
    pub bases: Vec<PathBuf>,
    /// Where each field comes from, for those that a file sets.
    pub origins: BTreeMap<Field, Origin>,
}

impl AgentSpec {
    /// An agent of which nothing else is said.
    #[must_use]
    pub fn new(name: impl Into<String>, description: impl Into<String>, source: Source) -> Self {
        Self {
            name: name.into(),
            description: description.into(),
            instructions: String::new(),
            role: None,
            engine: None,
            workspace: None,
            model: None,
            effort: None,
            tools: None,
            disallowed_tools: Vec::new(),
            allowed_tools: Vec::new(),
            permission: Vec::new(),
            permission_mode: None,
            max_turns: None,
            timeout: None,
            budget: None,
            isolation: Isolation::None,
            skills: Vec::new(),
            references: Vec::new(),
            handoffs: Vec::new(),
            argument_hint: None,
            home: None,
            extras: Vec::new(),
            source,
            bases: Vec::new(),
            origins: BTreeMap::new(),
        }
    }
}

/// Where a definition comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The file; empty when there is none.
    pub path: PathBuf,
    /// How the file is written.
    pub dialect: Dialect,
}

/// The ways of defining agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// A Claude Code subagent: Markdown with frontmatter. Ours is this with a few keys more, as are trusty-mpm's.
    ClaudeCode,
    /// A skill: `SKILL.md` in a folder of its own.
    Skill,
    /// An OpenCode agent.
    OpenCode,
    /// A subagent of Gemini CLI.
    Gemini,
    /// A Copilot agent: `*.agent.md`.
    Copilot,
    /// A Codex agent: TOML.
    Codex,
    /// No file: an engine as it is, offered as an agent of its name.
    BuiltIn,
}

/// A field of a definition that can tell where it was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// [`AgentSpec::name`].
    Name,
    /// [`AgentSpec::description`].
    Description,
    /// [`AgentSpec::role`].
    Role,
    /// [`AgentSpec::engine`].
    Engine,
    /// [`AgentSpec::workspace`].
    Workspace,
    /// [`AgentSpec::model`].
    Model,
    /// [`AgentSpec::effort`].
    Effort,
    /// [`AgentSpec::tools`].
    Tools,
    /// [`AgentSpec::disallowed_tools`].
    DisallowedTools,
    /// [`AgentSpec::allowed_tools`].
    AllowedTools,
    /// [`AgentSpec::permission`].
    Permission,
    /// [`AgentSpec::permission_mode`].
    PermissionMode,
    /// [`AgentSpec::max_turns`].
    MaxTurns,
    /// [`AgentSpec::timeout`].
    Timeout,
    /// [`AgentSpec::budget`].
    Budget,
    /// [`AgentSpec::isolation`].
    Isolation,
    /// [`AgentSpec::skills`].
    Skills,
    /// [`AgentSpec::handoffs`].
    Handoffs,
    /// [`AgentSpec::argument_hint`].
    ArgumentHint,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The file.
    pub path: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
}

impl Origin {
    /// The line in short, such as `reviewer.md:7`.
    #[must_use]
    pub fn label(&self) -> String {
        let file = self.path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        format!("{file}:{}", self.line)
    }
}

/// What a task may use; it ends when it has used more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// In millionths of a US dollar.
    pub microdollars: Option<u64>,
    /// Tokens in and out.
    pub tokens: Option<u64>,
}

/// Where an agent works within its workspace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    /// In the workspace itself.
    #[default]
    None,
    /// In a git worktree of its own.
    Worktree,
}

/// An agent to whom a result can be handed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handoff {
    /// What the button says.
    pub label: String,
    /// The agent's name.
    pub agent: String,
    /// What that agent shall do with the result; may be empty.
    pub prompt: String,
}
