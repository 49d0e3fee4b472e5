//! A race: the same task by several agents side by side, each in a worktree of its own, and one to be kept.

use serde::{Deserialize, Serialize};

use super::ids::{MessageId, Place, RaceId, TaskId, UserId};

/// How many agents can run a race.
pub const RUNNERS: std::ops::RangeInclusive<usize> = 2..=4;

/// One race.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Race {
    /// Its number.
    pub id: RaceId,
    /// Where it was asked for.
    pub place: Place,
    /// Who asked.
    pub requester: UserId,
    /// The message that asked.
    pub request: Option<MessageId>,
    /// What shall be done.
    pub prompt: String,
    /// The workspace whose worktrees they work in.
    pub workspace: String,
    /// Who runs.
    pub runners: Vec<Runner>,
    /// Where it stands.
    pub state: RaceState,
}

/// One who runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runner {
    /// The agent.
    pub agent: String,
    /// The engine.
    pub engine: String,
    /// The task; `None` until the race begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
}

/// Where a race stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RaceState {
    /// The repository is being looked at.
    Preparing,
    /// They run.
    Running {
        /// The commit that all begin with.
        base: String,
        /// Whether the workspace has changes that are not committed, which are no part of it.
        dirty: bool,
    },
    /// All have ended: a person decides which work is kept.
    Deciding {
        /// Whether the workspace had changes that were no part of it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        dirty: bool,
    },
    /// A person kept one.
    Kept {
        /// Whose work.
        task: TaskId,
    },
    /// Nothing is kept: a person wanted none, or nobody has changed anything.
    NoneKept,
    /// It could not begin, or was stopped before it did.
    Refused {
        /// Why.
        reason: String,
    },
}

impl RaceState {
    /// Whether nothing will happen any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        match self {
            Self::Preparing | Self::Running { .. } | Self::Deciding { .. } => false,
            Self::Kept { .. } | Self::NoneKept | Self::Refused { .. } => true,
        }
    }
}

impl Race {
    /// The tasks of those who run.
    pub fn tasks(&self) -> impl Iterator<Item = TaskId> + '_ {
        self.runners.iter().filter_map(|runner| runner.task)
    }
}
