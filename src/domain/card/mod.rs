//! What a chat shows, as meaning: `view` turns a card into text, entities and buttons.

use std::path::PathBuf;
use std::time::Duration;

use super::approval::{Approval, Moot};
use super::conversation::Detail;
use super::event::{PlanEntry, Usage};
use super::history::HistoryEntry;
use super::ids::{ChainId, TaskId, Timestamp};
use super::progress::ActionLine;
use super::task::{Outcome, Task};

mod agents;
mod notice;
mod team;

pub use agents::{
    AgentBrowser, AgentChange, AgentDetail, AgentFate, AgentLine, AgentPage, AgentsChanged, BrokenChange,
    ChangeStage,
};
pub use notice::{
    AgentEngine, EngineChange, EngineLine, Notice, SessionLine, SessionPicker, SessionSearch, Status,
    TaskDetail, TaskLine, TeamMistake, TeamUsage, UsageReport,
};
pub use team::{ChainCard, HandoffButton, RaceCard, RunnerLine, StepLine, WorkCard};

/// Something to show.
#[derive(Debug, Clone, PartialEq)]
pub enum Card {
    /// A task that waits for its turn.
    Queued {
        /// The task.
        task: TaskSummary,
        /// Its place in the conversation's queue, counted from 1; 0 when only the limit of running tasks holds it.
        place: usize,
        /// Whether its words can go into the running turn instead.
        steer: bool,
    },
    /// A task at work.
    Working(WorkingCard),
    /// An ended task, folded to one line.
    Folded {
        /// The task.
        task: TaskSummary,
        /// Its outcome.
        outcome: Outcome,
        /// What it did.
        totals: Totals,
    },
    /// The final answer, in Markdown.
    Answer {
        /// The task.
        task: TaskId,
        /// The answer; may be empty.
        markdown: String,
        /// To whom it can be handed on.
        handoffs: Vec<HandoffButton>,
        /// Whether it rings.
        rings: bool,
    },
    /// An outcome other than success.
    Unsuccessful {
        /// The task.
        task: TaskSummary,
        /// Its outcome.
        outcome: Outcome,
        /// What it had said until then, in Markdown.
        partial: String,
        /// Whether its agent can go on in its session.
        continues: bool,
        /// The chain that waits because of it.
        chain: Option<ChainId>,
        /// Whether it rings.
        rings: bool,
    },
    /// A question whether an action may happen.
    Approval(ApprovalCard),
    /// A question of the agent.
    Question(QuestionCard),
    /// An engine gives no sign of life.
    Silence(SilenceCard),
    /// A chain of tasks.
    Chain(ChainCard),
    /// A race while it runs.
    Race(RaceCard),
    /// A race that has ended, compared.
    Comparison(RaceCard),
    /// What a task has left in a worktree of its own.
    Work(WorkCard),
    /// A file from the agent.
    File {
        /// Where it is.
        path: PathBuf,
        /// The task.
        task: TaskId,
    },
    /// A task's log.
    Log {
        /// The task.
        task: Box<Task>,
        /// What happened, oldest first.
        history: Vec<(Timestamp, HistoryEntry)>,
    },
    /// An answer of the bot itself.
    Notice(Notice),
}

/// The few words that name a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskSummary {
    /// Its number.
    pub id: TaskId,
    /// Its agent.
    pub agent: String,
    /// Its engine.
    pub engine: String,
}

/// What a task has done and used.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// How long its run took.
    pub elapsed: Duration,
    /// How many actions it took.
    pub steps: u32,
    /// What it used.
    pub usage: Usage,
}

/// A task at work.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkingCard {
    /// The task.
    pub task: TaskSummary,
    /// What it is doing.
    pub state: WorkingState,
    /// For how long it has run.
    pub elapsed: Duration,
    /// How many actions have begun.
    pub steps: u32,
    /// What it has used so far.
    pub usage: Usage,
    /// The plan, if any.
    pub plan: Vec<PlanEntry>,
    /// The last actions, oldest first.
    pub actions: Vec<ActionLine>,
    /// The latest thought.
    pub thought: Option<String>,
    /// The end of the latest output.
    pub output: String,
    /// The latest words that went into the running turn.
    pub steered: Option<String>,
    /// How much to show.
    pub detail: Detail,
}

/// What a task at work is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkingState {
    /// Its engine is being started.
    Starting,
    /// It works.
    Working,
    /// It waits for an approval.
    AwaitingApproval,
    /// It waits for an answer to a question.
    AwaitingAnswer,
    /// It was told to stop.
    Stopping,
}

/// An approval as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ApprovalCard {
    /// The approval. Its action is shown whole.
    pub approval: Approval,
    /// The workspace's name.
    pub workspace: String,
    /// What the card offers.
    pub stage: ApprovalStage,
    /// Whether it rings.
    pub rings: bool,
}

/// What an approval's card offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalStage {
    /// Allow, Always…, Deny.
    Main,
    /// The lasting choices.
    Lasting,
    /// Nothing any more: see its status.
    Closed,
}

/// A question as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionCard {
    /// The task that asks.
    pub task: TaskSummary,
    /// Which of its questions, counted from 1.
    pub number: u32,
    /// What it asks.
    pub text: String,
    /// Answers to choose from.
    pub options: Vec<String>,
    /// The answer given; the options disappear.
    pub answer: Option<String>,
    /// Why it can no longer be answered.
    pub closed: Option<Moot>,
    /// Whether it rings.
    pub rings: bool,
}

/// An engine that gives no sign of life, as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilenceCard {
    /// The task.
    pub task: TaskSummary,
    /// How long it had been silent when it was told.
    pub silent: Duration,
    /// What came of it.
    pub stage: SilenceStage,
    /// Whether it rings.
    pub rings: bool,
}

/// What came of an engine's silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SilenceStage {
    /// It lasts: stop, or wait?
    Asking,
    /// A person waits on.
    Waiting,
    /// It is over.
    Over,
    /// The task has ended.
    Ended,
}
