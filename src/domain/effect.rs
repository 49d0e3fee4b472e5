//! What a transition of a task asks to be done, as data. Performed only after the new state is committed.

use super::ids::{ApprovalId, RunId, SessionId};
use super::task::{Outcome, StopReason};

/// Something to be done because a task changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Start the engine.
    StartEngine {
        /// For this run.
        run: RunId,
    },
    /// Tell the engine to end.
    StopEngine {
        /// Which run.
        run: RunId,
        /// Why.
        why: StopReason,
    },
    /// Remember the session for the conversation's next message.
    RememberSession {
        /// The engine's name for it.
        session: SessionId,
    },
    /// Close approvals that nobody needs to answer any more.
    SupersedeApprovals {
        /// Which.
        approvals: Vec<ApprovalId>,
    },
    /// Show the task's card as it is now.
    ShowCard,
    /// Tell the chat the outcome, fold the card, and let the next task begin.
    Conclude {
        /// The outcome.
        outcome: Outcome,
    },
}
