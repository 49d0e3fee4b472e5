//! A chain: a request that agents carry out one after the other, each with the result of the one before.
//!
//! Each step is an ordinary task. The chain knows which task carries out which step, and what comes next; what a step's
//! agent does is that task's business.

use serde::{Deserialize, Serialize};

use super::ids::{ChainId, MessageId, Place, TaskId, UserId};

mod transition;

pub use transition::{ChainEffect, ChainEvent, ChainRejected, Moved};

/// Most steps of a chain.
pub const MOST_STEPS: usize = 12;

/// One chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// Its number.
    pub id: ChainId,
    /// Where it was asked for.
    pub place: Place,
    /// Who asked.
    pub requester: UserId,
    /// The message that asked.
    pub request: Option<MessageId>,
    /// What shall be done.
    pub prompt: String,
    /// Its steps, in order; never empty.
    pub steps: Vec<Step>,
    /// Where it stands.
    pub state: ChainState,
}

/// One step of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The agent.
    pub agent: String,
    /// The engine.
    pub engine: String,
    /// The workspace.
    pub workspace: String,
    /// How far it is.
    pub state: StepState,
    /// The task that carries it out, or did so last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// It has not begun.
    Pending,
    /// Its task waits for its turn, or works.
    Running,
    /// It is done.
    Succeeded,
    /// It could not be done.
    Failed,
    /// It could not be done without what a person denied.
    Denied,
    /// It took too long.
    TimedOut,
    /// Adjutant stopped or crashed while it ran.
    Interrupted,
    /// A person stopped it.
    Stopped,
    /// A person went on without it.
    Skipped,
}

/// Where a chain stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChainState {
    /// A step is being carried out.
    Working,
    /// A step did not succeed: a person decides how to go on.
    Waiting,
    /// A person wants it to end; the step under way is being stopped.
    Stopping,
    /// All steps are done, or were skipped.
    Succeeded,
    /// A person ended it before that.
    Stopped,
}

impl ChainState {
    /// Whether nothing will happen any more.
    #[must_use]
    pub fn is_over(self) -> bool {
        match self {
            Self::Working | Self::Waiting | Self::Stopping => false,
            Self::Succeeded | Self::Stopped => true,
        }
    }
}

impl StepState {
    /// Whether the chain goes on behind it.
    #[must_use]
    pub fn is_done(self) -> bool {
        match self {
            Self::Succeeded | Self::Skipped => true,
            Self::Pending
            | Self::Running
            | Self::Failed
            | Self::Denied
            | Self::TimedOut
            | Self::Interrupted
            | Self::Stopped => false,
        }
    }
}

impl Chain {
    /// The step that the chain is at, counted from 0; `None` when all are done.
    #[must_use]
    pub fn at(&self) -> Option<usize> {
        self.steps.iter().position(|step| !step.state.is_done())
    }

    /// The last step before `at` that has a result.
    #[must_use]
    pub fn result_before(&self, at: usize) -> Option<&Step> {
        self.steps.iter().take(at).rev().find(|step| step.state == StepState::Succeeded)
    }

    /// Whether a task carries out its last step, so that its answer is the chain's.
    #[must_use]
    pub fn ends_with(&self, task: TaskId) -> bool {
        self.steps.last().is_some_and(|step| step.task == Some(task))
    }
}
