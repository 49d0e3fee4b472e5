//! Cards of several tasks together, chains and races, and of what a task leaves in a worktree of its own.

use std::path::PathBuf;

use super::Totals;
use crate::domain::chain::{ChainState, StepState};
use crate::domain::ids::{ChainId, RaceId, TaskId};
use crate::domain::press::NameKey;
use crate::domain::race::RaceState;
use crate::domain::task::Outcome;
use crate::domain::worktree::{Changes, TestResult, WorktreeState};

/// A chain.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainCard {
    /// Which.
    pub id: ChainId,
    /// What shall be done.
    pub prompt: String,
    /// Where it stands.
    pub state: ChainState,
    /// Its steps, in order.
    pub steps: Vec<StepLine>,
}

/// A step of a chain.
#[derive(Debug, Clone, PartialEq)]
pub struct StepLine {
    /// Its agent.
    pub agent: String,
    /// How far it is.
    pub state: StepState,
    /// Its task.
    pub task: Option<TaskId>,
    /// What that did, once it has ended.
    pub totals: Option<Totals>,
}

/// A race.
#[derive(Debug, Clone, PartialEq)]
pub struct RaceCard {
    /// Which.
    pub id: RaceId,
    /// What shall be done.
    pub prompt: String,
    /// Where it stands.
    pub state: RaceState,
    /// Who runs.
    pub runners: Vec<RunnerLine>,
    /// Whether it rings.
    pub rings: bool,
}

/// One who runs a race.
#[derive(Debug, Clone, PartialEq)]
pub struct RunnerLine {
    /// The agent.
    pub agent: String,
    /// The task.
    pub task: Option<TaskId>,
    /// The name of the task's phase.
    pub state: String,
    /// Its outcome, when it has ended.
    pub outcome: Option<Outcome>,
    /// What it did, when it has ended.
    pub totals: Option<Totals>,
    /// What has become of its worktree, when it got one.
    pub worktree: Option<WorktreeState>,
    /// What it has changed, when that is known.
    pub changes: Option<Changes>,
    /// How the workspace's test went, if there is one.
    pub test: Option<TestResult>,
}

/// What a task has left in a worktree of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkCard {
    /// The task.
    pub task: TaskId,
    /// Its agent.
    pub agent: String,
    /// What was changed.
    pub changes: Changes,
    /// What has become of it.
    pub state: WorktreeState,
    /// The branch.
    pub branch: String,
    /// The directory.
    pub path: PathBuf,
    /// Whether the branch can become part of the workspace at once.
    pub merges: bool,
    /// What went wrong with what a person wanted done with it.
    pub problem: Option<String>,
    /// Whether it rings.
    pub rings: bool,
}

/// A button by which a result is handed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoffButton {
    /// What it says.
    pub label: String,
    /// What stands for it.
    pub key: NameKey,
}
