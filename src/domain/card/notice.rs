//! What the bot itself has to say: answers to commands, lists, pickers, settings.

use std::path::PathBuf;
use std::time::Duration;

use super::Totals;
use super::agents::{AgentBrowser, AgentDetail, AgentPage, AgentsChanged};
use crate::domain::access::Role;
use crate::domain::approval::{Approval, ApprovalStatus};
use crate::domain::conversation::{Detail, Rings};
use crate::domain::event::Usage;
use crate::domain::ids::{TaskId, UserId};
use crate::domain::press::NameKey;
use crate::domain::task::Outcome;
use crate::domain::usage::{Used, Window};

/// An answer of the bot itself.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// Hello, and the first thing to try.
    Welcome {
        /// The person's first name.
        name: String,
        /// An agent to try.
        example: Option<String>,
    },
    /// What there is.
    Help {
        /// The slash commands that the session offers besides ours, without slashes.
        offered: Vec<String>,
    },
    /// Someone on no list: their id, and what to do.
    Refused {
        /// Who.
        user: UserId,
    },
    /// A command we do not know.
    UnknownCommand {
        /// As written.
        command: String,
        /// A command that was perhaps meant.
        nearest: Option<String>,
    },
    /// A command with a wrong argument.
    WrongArgument {
        /// As written.
        command: String,
        /// What would have been right.
        expected: String,
    },
    /// An edited message: edits are not carried out.
    EditIgnored,
    /// A forwarded command: not carried out.
    ForwardIgnored,
    /// A message without text.
    Unsupported,
    /// A file that is too big to be fetched.
    FileTooBig {
        /// Its name.
        name: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// A file came with words that have no use for one.
    FileUnused,
    /// A prompt with nothing in it.
    EmptyPrompt,
    /// A prompt longer than we take.
    PromptTooLong {
        /// Its length in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// Plain text, but no agent has been chosen here.
    NoAgentChosen {
        /// The agents there are, first few.
        agents: Vec<String>,
    },
    /// There are no agents at all.
    NoAgents,
    /// No agent of that name.
    UnknownAgent {
        /// As written.
        wanted: String,
        /// The nearest names.
        nearest: Vec<String>,
    },
    /// The agent's file says more than this chat can do.
    AgentUnusable {
        /// The agent.
        agent: String,
        /// Why, and what to do.
        reason: String,
    },
    /// The agents, to choose one from that a result is handed on to.
    PassOnPicker {
        /// The task whose result it is.
        task: TaskId,
        /// The agents.
        page: AgentPage,
    },
    /// What `/chain` takes, with the reason when what was written was wrong.
    ChainUsage(TeamUsage),
    /// What `/race` takes, with the reason when what was written was wrong.
    RaceUsage(TeamUsage),
    /// A task without an answer of its own was to be shown.
    NoAnswer {
        /// Which.
        task: TaskId,
    },
    /// What shall the agent do?
    AskPrompt {
        /// The agent.
        agent: String,
        /// What it is for.
        description: String,
        /// What to write, as its file hints.
        hint: Option<String>,
    },
    /// The agents, to choose from by buttons.
    AgentPicker(AgentPage),
    /// The agents, to look at.
    AgentBrowser(Box<AgentBrowser>),
    /// One agent.
    AgentDetail(Box<AgentDetail>),
    /// The agent lies in the directory of another workspace.
    AgentElsewhere {
        /// Its name.
        agent: String,
        /// Where it can be called.
        workspace: String,
    },
    /// Plain text goes to an agent that is not there any more.
    BoundAgentGone {
        /// Its name.
        agent: String,
    },
    /// Several agents have the same short command.
    AmbiguousCommand {
        /// As written.
        command: String,
        /// Their names.
        agents: Vec<String>,
    },
    /// Agent files were changed.
    AgentsChanged(Box<AgentsChanged>),
    /// The session was forgotten.
    NewSession {
        /// The agent that plain text continues with.
        agent: Option<String>,
    },
    /// Nothing runs here.
    NothingToStop,
    /// Only the requester or an owner may.
    NotYours,
    /// No task of that number here.
    UnknownTask {
        /// As written.
        task: Option<TaskId>,
    },
    /// Earlier tasks.
    TaskList {
        /// One page of them, latest first.
        tasks: Vec<TaskLine>,
        /// Where the next page begins.
        older: Option<TaskId>,
    },
    /// One task.
    TaskDetail(Box<TaskDetail>),
    /// What goes on.
    Status(Box<Status>),
    /// What was used.
    Usage(Box<UsageReport>),
    /// The session that was to be continued is gone.
    SessionLost,
    /// Something is not as the agent's definition wants it, and its task goes on without it.
    Warning {
        /// The task.
        task: TaskId,
        /// In words.
        text: String,
    },
    /// Open approvals.
    OpenApprovals {
        /// Each with what is left of its time.
        approvals: Vec<(Approval, Duration)>,
    },
    /// Workspaces to choose from.
    WorkspacePicker {
        /// Names and paths.
        workspaces: Vec<(String, PathBuf)>,
        /// The current one.
        current: String,
        /// The agent that plain text always goes to here.
        bound: Option<String>,
    },
    /// A workspace was chosen.
    WorkspaceChosen {
        /// Its name.
        name: String,
        /// Its path.
        path: PathBuf,
        /// The agent that plain text always goes to here.
        bound: Option<String>,
    },
    /// No workspace of that name.
    UnknownWorkspace {
        /// As written.
        wanted: String,
        /// The ones there are.
        names: Vec<String>,
    },
    /// Sessions to continue.
    SessionPicker(SessionPicker),
    /// A session was chosen.
    Continuing {
        /// What it is about; may be empty.
        title: String,
        /// The agent that goes on with it.
        agent: String,
    },
    /// The session cannot be continued here.
    SessionUnusable {
        /// Why, and what to do.
        reason: String,
    },
    /// Engines to choose from.
    EnginePicker {
        /// The engines.
        engines: Vec<EngineLine>,
        /// The chosen one, if any.
        chosen: Option<String>,
        /// The one used when none is chosen and the agent names none.
        default: String,
        /// What runs the conversation's agent now, if it has one.
        used: Option<AgentEngine>,
    },
    /// An engine was chosen.
    EngineChosen(Box<EngineChange>),
    /// No engine of that name.
    UnknownEngine {
        /// As written.
        wanted: String,
        /// The ones there are.
        names: Vec<String>,
    },
    /// The settings, to change by buttons.
    Settings {
        /// How much the card shows.
        detail: Detail,
        /// What rings.
        rings: Rings,
    },
    /// Who they are.
    Whoami {
        /// Their id.
        user: UserId,
        /// The chat, and topic if any, as `/whoami` prints it.
        place: String,
        /// Their role here.
        role: Role,
    },
    /// A question can no longer be answered.
    QuestionGone,
    /// Something went wrong on our side; nothing was done.
    Trouble,
}

/// Why several agents were not started together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamUsage {
    /// What was wrong.
    pub wrong: TeamMistake,
    /// Two agents that there are, to show how it is written.
    pub example: Vec<String>,
}

/// What was wrong about a list of agents and a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TeamMistake {
    /// Nothing: it was asked how it is written.
    Nothing,
    /// A name means no agent, or several.
    Unknown {
        /// As written; empty when there is none.
        wanted: String,
        /// Names that may have been meant.
        nearest: Vec<String>,
    },
    /// There is no request.
    NoRequest,
    /// Too few agents, or too many.
    Count {
        /// How many there are.
        given: usize,
        /// The least, and the most.
        range: (usize, usize),
    },
    /// The same agent twice.
    Twice {
        /// Its name.
        agent: String,
    },
}

/// An engine in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineLine {
    /// Its name.
    pub name: String,
    /// Its kind, as the configuration calls it.
    pub kind: String,
}

/// An agent and what runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentEngine {
    /// The agent.
    pub agent: String,
    /// The engine.
    pub engine: String,
}

/// What choosing an engine has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineChange {
    /// The chosen one; `None` means the agent's own.
    pub name: Option<String>,
    /// What now runs the conversation's agent, if it has one.
    pub used: Option<AgentEngine>,
    /// Why that engine cannot run the agent.
    pub problem: Option<String>,
    /// Whether the agent's session with that engine is continued.
    pub continues: bool,
    /// The engine whose session was set aside.
    pub aside: Option<String>,
}

/// Sessions to continue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionPicker {
    /// The engine that holds them.
    pub engine: String,
    /// The workspace that they work in.
    pub workspace: String,
    /// The sessions, latest first.
    pub sessions: Vec<SessionLine>,
    /// Whether the engine may tell of more.
    pub search: SessionSearch,
}

/// A session in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLine {
    /// What its button carries.
    pub key: NameKey,
    /// What it is about; may be empty.
    pub title: String,
    /// How long ago it was last used, where that is known.
    pub age: Option<Duration>,
    /// Whether the next message goes there anyway.
    pub current: bool,
}

/// How far the engine was asked for more sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionSearch {
    /// It is being asked.
    Looking,
    /// It has told of its own.
    Done,
    /// It could not tell.
    Failed {
        /// Why.
        reason: String,
    },
}

/// A task in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskLine {
    /// Its number.
    pub id: TaskId,
    /// Its agent.
    pub agent: String,
    /// What it was asked, whole or shortened.
    pub prompt: String,
    /// Its phase's name, or its outcome's.
    pub state: String,
    /// How long ago it was asked for.
    pub age: Duration,
}

/// One task in full.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskDetail {
    /// The line of the list.
    pub line: TaskLine,
    /// Its engine.
    pub engine: String,
    /// Its workspace.
    pub workspace: String,
    /// Who asked.
    pub requester: UserId,
    /// Its outcome, when it has ended.
    pub outcome: Option<Outcome>,
    /// Whether its agent can go on in its session.
    pub continues: bool,
    /// Whether it has an answer that can be shown, and handed on.
    pub answered: bool,
    /// What it did, when it ran.
    pub totals: Option<Totals>,
    /// The approvals it asked for: what, and how each ended.
    pub approvals: Vec<(String, ApprovalStatus)>,
}

/// What goes on, here and in all.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// The conversation's agent.
    pub agent: Option<String>,
    /// Whether plain text always goes to it.
    pub bound: bool,
    /// The conversation's engine, or the default.
    pub engine: String,
    /// The conversation's workspace.
    pub workspace: String,
    /// Whether the next message continues a session.
    pub session: bool,
    /// What that session is about, where that is known.
    pub title: Option<String>,
    /// What that session's ended tasks have used.
    pub used: Usage,
    /// The task at work here.
    pub running: Option<(TaskId, Duration)>,
    /// Whether that task waits for an answer to a question.
    pub asks: bool,
    /// Tasks queued here.
    pub queued: usize,
    /// Tasks at work in all chats.
    pub running_everywhere: usize,
    /// The limit of running tasks.
    pub limit: usize,
    /// Open approvals here.
    pub approvals: usize,
}

/// What was used, in times of several lengths that end now.
#[derive(Debug, Clone, PartialEq)]
pub struct UsageReport {
    /// Whether it is that of all chats, not only of this one.
    pub everywhere: bool,
    /// Each time, the shortest first, with what was used in it.
    pub windows: Vec<(Window, Vec<Used>)>,
}
