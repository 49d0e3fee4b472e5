//! What a pressed button answers at once, as meaning: `view` finds the words.

use super::approval::{ApprovalStatus, Refusal};
use super::chain::ChainRejected;
use super::ids::TaskId;
use super::transition::Rejected;

/// The short answer to a press.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Toast {
    /// A run was told to end.
    Stopping,
    /// A queued task was taken out of the queue.
    Dropped,
    /// A queued task goes next.
    RunsNext,
    /// A queued task's words are on their way into the running turn of this task.
    Steering(TaskId),
    /// Nothing that works here takes the words of this queued task.
    CannotSteer,
    /// A task whose engine is silent is waited for.
    WaitingOn,
    /// The session is not known any more.
    SessionGone,
    /// A task's prompt runs once more.
    Retrying,
    /// A task's prompt waits or runs once more already.
    AlreadyRetrying(TaskId),
    /// An interrupted task's agent goes on.
    Continuing,
    /// It goes on already, as this task.
    AlreadyContinuing(TaskId),
    /// An interrupted task's agent cannot go on: its session, or what held it, is not there any more.
    CannotContinue,
    /// An approval has this status now.
    Approval(ApprovalStatus),
    /// A press on an approval changed nothing.
    Refused(Refusal),
    /// A task could not do what was asked.
    Rejected(Rejected),
    /// Only the requester or an owner may.
    NotYours,
    /// No such task in this chat.
    UnknownTask,
    /// The task has begun, or ended.
    NotQueued,
    /// The task has not ended yet.
    NotEnded,
    /// The task's agent is not there any more.
    AgentGone {
        /// Its name.
        agent: String,
    },
    /// A step of a chain is carried out once more.
    RetryingStep,
    /// A chain goes on without a step.
    Skipped,
    /// A chain has ended as a person wanted.
    ChainStopped,
    /// A chain did not do what was asked.
    ChainRejected(ChainRejected),
    /// A result is handed on to this agent.
    HandedOn {
        /// Its name.
        agent: String,
    },
    /// It is handed on to that agent already, as this task.
    AlreadyHandedOn(TaskId),
    /// Work in a worktree is being kept.
    Keeping,
    /// Work in a worktree is being thrown away.
    Discarding,
    /// A kept branch is being merged.
    Merging,
    /// It has been decided already.
    AlreadyDecided,
    /// A race has ended already.
    RaceOver,
    /// Plain text goes to this agent from now on.
    Bound {
        /// Its name.
        agent: String,
    },
    /// Plain text goes to whichever agent was used last.
    Released,
    /// An agent's changed version counts from now on.
    VersionUsed,
    /// An agent stays as it was.
    VersionKept,
    /// This change does not wait for anybody any more.
    VersionSettled,
    /// Only an owner may.
    OwnersOnly,
    /// Nothing runs here.
    NothingToStop,
    /// A question can no longer be answered.
    QuestionGone,
    /// The presser is on no list.
    Stranger,
    /// The button belongs to nothing that we know.
    UnknownButton,
    /// Something went wrong on our side; nothing was done.
    Trouble,
}
