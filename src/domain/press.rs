//! What pressing a button means. Knows nothing of how a chat service encodes it.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::conversation::{Detail, Rings};
use super::ids::{ApprovalId, ChainId, RaceId, TaskId};

/// The meaning of a button.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Press {
    /// End a running task.
    Stop(TaskId),
    /// Run a finished task's prompt once more, as a new task.
    Retry(TaskId),
    /// Let the agent of an interrupted task go on in its session, as a new task.
    Continue(TaskId),
    /// Send a task's log as a document.
    Log(TaskId),
    /// Let a queued task go before the others of its conversation.
    RunNext(TaskId),
    /// Take a queued task out of the queue.
    Drop(TaskId),
    /// Pass a queued task's words into the running turn.
    Steer(TaskId),
    /// Go on waiting for a task whose engine gives no sign of life.
    Wait(TaskId),
    /// Continue a session, by its [key](super::session::KnownSession::key).
    PickSession(NameKey),
    /// Answer, or open the choices of, an approval.
    Approval {
        /// Which approval.
        id: ApprovalId,
        /// The secret that only this approval's own card carries.
        nonce: Nonce,
        /// What was chosen.
        choice: Choice,
    },
    /// Choose an option of a question.
    Answer {
        /// Whose question.
        task: TaskId,
        /// Which of the task's questions, counted from 1.
        question: u32,
        /// Which option, counted from 0.
        option: u8,
    },
    /// Choose an agent in the picker.
    PickAgent(NameKey),
    /// See at once what an agent does, without a wish of one's own.
    TryAgent(NameKey),
    /// Turn the agent picker to a page, counted from 0.
    AgentsPage(u16),
    /// Turn the list of agents to a page, counted from 0.
    BrowseAgents(u16),
    /// Show what there is to know of an agent.
    ShowAgent(NameKey),
    /// Let plain text go to this agent.
    UseAgent(NameKey),
    /// No longer.
    ReleaseAgent(NameKey),
    /// Let new tasks use a changed agent that may do more than before.
    UseVersion(NameKey),
    /// Leave it as it was before the change.
    KeepVersion(NameKey),
    /// Choose a workspace.
    PickWorkspace(NameKey),
    /// Choose an engine; the agent's own when `None`.
    PickEngine(Option<NameKey>),
    /// Show tasks older than this one.
    TasksBefore(TaskId),
    /// Show one task.
    ShowTask(TaskId),
    /// How much the card shows.
    SetDetail(Detail),
    /// What rings.
    SetRings(Rings),
    /// Carry out once more the step of a chain that this task could not do.
    RetryStep(TaskId),
    /// Go on without the step of a chain that this task could not do.
    SkipStep(TaskId),
    /// End a chain.
    StopChain(ChainId),
    /// Stop all who run a race.
    StopRace(RaceId),
    /// Keep what a task has left in its worktree; in a race, and nothing of the others.
    Keep(TaskId),
    /// Throw away what a task has left in its worktree.
    Discard(TaskId),
    /// Make the kept branch of a task part of the workspace.
    Merge(TaskId),
    /// Keep nothing of a race.
    KeepNone(RaceId),
    /// Hand a task's result on, as its agent's file offers.
    HandOff {
        /// The task.
        task: TaskId,
        /// The [key](NameKey::of) of the handoff's label.
        handoff: NameKey,
    },
    /// Show a page, counted from 0, of the agents that a task's result can be handed on to.
    PassOn {
        /// The task.
        task: TaskId,
        /// The page.
        page: u16,
    },
    /// Hand a task's result on to an agent.
    PassTo {
        /// The task.
        task: TaskId,
        /// The agent.
        agent: NameKey,
    },
    /// Show the answer of a task once more.
    ShowAnswer(TaskId),
}

/// A choice on an approval's card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Allow this once.
    Allow,
    /// Show the choices of a lasting permission.
    AlwaysMenu,
    /// Allow this exact action for the rest of the task.
    AlwaysExact,
    /// Allow commands of this pattern for the rest of the task.
    AlwaysPattern,
    /// Back from the lasting choices.
    Back,
    /// Do not allow it.
    Deny,
}

/// A random value that ties a button to the card that carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nonce(pub u32);

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// A short stand-in for a name, since a button carries at most 64 bytes and a name may be longer.
/// It stays the same across restarts; a name that is gone simply matches nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NameKey(pub u64);

impl NameKey {
    /// The key of a name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let digest = Sha256::digest(name.as_bytes());
        Self(digest.iter().take(8).fold(0, |key, byte| (key << 8) | u64::from(*byte)))
    }
}
