//! What happens to a task, and what an engine reports of its run.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::action::ProposedAction;
use super::ids::{ApprovalId, RunId, SessionId, TaskId};
use super::policy::ToolUse;

/// What happens to a task. Events that name a run move nothing unless it is the task's current one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum TaskEvent {
    /// Its turn has come: a run begins.
    Started {
        /// The new run.
        run: RunId,
    },
    /// The engine is up and works.
    Running {
        /// Which run.
        run: RunId,
    },
    /// The engine named the session that later messages can continue.
    SessionOpened {
        /// Which run.
        run: RunId,
        /// The engine's name for it.
        session: SessionId,
    },
    /// The engine waits for an approval.
    ApprovalRequested {
        /// Which run.
        run: RunId,
        /// The approval.
        approval: ApprovalId,
    },
    /// An approval was answered, or expired.
    ApprovalResolved {
        /// Which run.
        run: RunId,
        /// The approval.
        approval: ApprovalId,
    },
    /// Its words went into the running turn of another task.
    PassedOn {
        /// Which task.
        to: TaskId,
    },
    /// A person wants it to end.
    StopRequested,
    /// It ran for longer than allowed.
    TimedOut,
    /// Adjutant is going down, or found the run dead when it came up.
    Interrupted,
    /// The engine ended.
    Ended {
        /// Which run.
        run: RunId,
        /// How.
        ending: Ending,
    },
}

/// How an engine ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ending", rename_all = "snake_case")]
pub enum Ending {
    /// It did what it was asked.
    Completed,
    /// It could not; the reason is for a person.
    Failed {
        /// Why.
        reason: String,
    },
    /// It ended because it was told to.
    Stopped,
}

/// What an engine reports. A run reports exactly one `Ended`, always last.
#[derive(Debug, Clone, PartialEq)]
pub enum EngineEvent {
    /// The session that later messages can continue.
    SessionOpened(SessionId),
    /// A piece of the answer, in Markdown.
    Text(String),
    /// A thought; not part of the answer.
    Thought(String),
    /// The whole plan as it stands now.
    Plan(Vec<PlanEntry>),
    /// An action began, or changed.
    Action(ActionUpdate),
    /// A piece of an action's output.
    Output {
        /// The action.
        action: String,
        /// The piece.
        chunk: String,
    },
    /// An action waits for an answer.
    ApprovalRequested {
        /// The engine's name for the request; the answer carries it.
        request: String,
        /// The exact action.
        action: ProposedAction,
        /// The same as the use of a tool, for the policy.
        tool: ToolUse,
    },
    /// The agent asks something and waits.
    Question {
        /// The engine's name for the question; the answer carries it.
        request: String,
        /// What it asks.
        text: String,
        /// Answers to choose from; empty for free text only.
        options: Vec<String>,
    },
    /// An approval request or a question is no longer waited for: the engine took it back.
    Withdrawn {
        /// The engine's name for it.
        request: String,
    },
    /// The words of a [`Steer`](crate::ports::EngineOrder::Steer) order are with the program.
    Steered {
        /// Our name for them, from the order.
        request: String,
    },
    /// A file for the chat.
    File(PathBuf),
    /// What the run has used so far: of this run alone, even where the engine counts for the whole session.
    Usage(Usage),
    /// What the session offers as of now; replaces what was offered before.
    Offers(Offers),
    /// What the session is about, in a few words.
    Titled(String),
    /// The session that was to be continued is gone: the run began a new one, which knows nothing of it.
    SessionLost,
    /// Something is not as the agent's definition wants it, and the run goes on without it; in words for a person.
    Warning(String),
    /// The engine ended.
    Ended(Ending),
}

/// One line of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanEntry {
    /// What is to be done.
    pub text: String,
    /// How far it is.
    pub state: PlanState,
}

/// How far one line of a plan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    /// Not begun.
    Pending,
    /// Being done.
    Active,
    /// Done.
    Done,
}

/// An action's state, as the engine reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionUpdate {
    /// The engine's name for the action; later updates repeat it.
    pub id: String,
    /// What it is, in a few words; `None` keeps the earlier title.
    pub title: Option<String>,
    /// How far it is.
    pub state: ActionState,
}

/// How far an action is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ActionState {
    /// Being done.
    Running,
    /// Waiting for a person.
    Waiting,
    /// Done.
    Done,
    /// Tried, and failed; says how in a few words, such as `exit 1`.
    Failed {
        /// How.
        note: String,
    },
}

/// What a session offers besides answering.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offers {
    /// Whether a message can be passed into the running turn ([`crate::ports::EngineOrder::Steer`]).
    pub steer: bool,
    /// The session's own slash commands.
    pub commands: Vec<OfferedCommand>,
}

/// A slash command of a session. A prompt that begins with it means it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedCommand {
    /// Its name, without a slash.
    pub name: String,
    /// What it does.
    pub description: String,
}

/// What a run has used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Cost in US dollars, where the engine knows it.
    pub cost_usd: Option<f64>,
    /// Tokens in and out, where the engine knows them.
    pub tokens: Option<u64>,
}

impl Usage {
    /// More tokens than this no run uses: sums of them stay within what a database can count.
    const MOST_TOKENS: u64 = 1 << 50;

    /// Whether nothing is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.cost_usd.is_none() && self.tokens.is_none()
    }

    /// The usage without what cannot be: a cost below nothing, or one that is no number.
    #[must_use]
    pub fn plausible(self) -> Self {
        Self {
            cost_usd: self.cost_usd.filter(|cost| cost.is_finite() && *cost >= 0.0),
            tokens: self.tokens.map(|tokens| tokens.min(Self::MOST_TOKENS)),
        }
    }

    /// Both together; what one of them does not know counts as nothing.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            cost_usd: either(self.cost_usd, other.cost_usd, |a, b| a + b),
            tokens: either(self.tokens, other.tokens, u64::saturating_add),
        }
    }
}

fn either<T>(a: Option<T>, b: Option<T>, both: impl FnOnce(T, T) -> T) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(both(a, b)),
        (a, b) => a.or(b),
    }
}
