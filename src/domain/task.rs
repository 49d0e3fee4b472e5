//! A task: one request of a user, carried out by one agent. It has exactly one outcome.

use serde::{Deserialize, Serialize};

use super::ids::{
    ApprovalId, ChainId, MessageId, Place, RaceId, RunId, SessionId, TaskId, Timestamp, UserId,
};
use super::input::SentFile;

/// One task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its number.
    pub id: TaskId,
    /// Where it was asked for, and where its result goes.
    pub place: Place,
    /// Who asked.
    pub requester: UserId,
    /// The message that asked; replies refer to it.
    pub request: Option<MessageId>,
    /// The agent.
    pub agent: String,
    /// The engine.
    pub engine: String,
    /// The workspace.
    pub workspace: String,
    /// What the agent shall do.
    pub prompt: String,
    /// Files that came with it.
    pub files: Vec<SentFile>,
    /// The session that it continues, whatever its place has come to when it starts; the place's own when `None`.
    pub resume: Option<SessionId>,
    /// What it is part of, if anything.
    pub part: Part,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When its run began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Where it stands.
    pub phase: Phase,
}

/// What a task is part of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    /// Nothing: it was asked for by itself.
    #[default]
    Alone,
    /// A step of a chain.
    Step(ChainId),
    /// One of those that run a race.
    Runner(RaceId),
}

/// Where a task stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Waits for its turn.
    Queued,
    /// Its engine is being started.
    Starting {
        /// The run.
        run: RunId,
    },
    /// Its engine works.
    Running {
        /// The run.
        run: RunId,
    },
    /// Its engine waits for a person. An engine may ask several things at once; never empty.
    AwaitingApproval {
        /// The run.
        run: RunId,
        /// What is asked, oldest first.
        approvals: Vec<ApprovalId>,
    },
    /// Its engine was told to end.
    Stopping {
        /// The run.
        run: RunId,
        /// Why.
        why: StopReason,
    },
    /// It ended.
    Finished(Outcome),
}

/// Why a run was told to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// A person wanted it.
    User,
    /// It took too long.
    Timeout,
}

/// How a task ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The agent did what it was asked.
    Succeeded,
    /// It could not; the reason is for a person.
    Failed {
        /// Why.
        reason: String,
    },
    /// A person stopped it.
    Stopped,
    /// It took too long.
    TimedOut,
    /// Adjutant stopped or crashed while it ran.
    Interrupted,
    /// It never ran: its words went into the running turn of another task.
    PassedOn {
        /// Which task.
        to: TaskId,
    },
}

impl Outcome {
    /// The outcome's name in the store, in metrics and in lists.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed { .. } => "failed",
            Self::Stopped => "stopped",
            Self::TimedOut => "timed_out",
            Self::Interrupted => "interrupted",
            Self::PassedOn { .. } => "passed_on",
        }
    }
}

impl Phase {
    /// The run that the phase belongs to.
    #[must_use]
    pub fn run(&self) -> Option<RunId> {
        match self {
            Self::Starting { run }
            | Self::Running { run }
            | Self::AwaitingApproval { run, .. }
            | Self::Stopping { run, .. } => Some(*run),
            Self::Queued | Self::Finished(_) => None,
        }
    }

    /// The phase's name in the store, in metrics and in lists.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Starting { .. } => "starting",
            Self::Running { .. } => "running",
            Self::AwaitingApproval { .. } => "awaiting_approval",
            Self::Stopping { .. } => "stopping",
            Self::Finished(_) => "finished",
        }
    }
}
