//! The dialogue with one person in one place: what their next words or press will mean.

use serde::{Deserialize, Serialize};

use super::command::Command;
use super::conversation::{Detail, Rings};
use super::ids::{ChainId, RaceId, TaskId};
use super::press::{Choice, NameKey, Nonce, Press};

/// What an agent is asked that somebody only wants to see.
const FIRST_PROMPT: &str = "Show me around";

/// What we wait for from one person in one place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Dialogue {
    /// Nothing in particular.
    #[default]
    Idle,
    /// The picker is open: they choose an agent.
    PickingAgent,
    /// The choice of workspaces is open.
    PickingWorkspace,
    /// They chose an agent; their next words are its prompt.
    AwaitingPrompt {
        /// The agent.
        agent: String,
    },
    /// A task asked them something; their next words are the answer.
    Answering {
        /// Whose question.
        task: TaskId,
        /// Which of the task's questions, counted from 1.
        question: u32,
    },
    /// They are on no list and have been told so; they are not told again.
    Refused,
}

/// What a person did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Utterance {
    /// Sent a command.
    Command(Command),
    /// Sent a command of the session's own, as its words are.
    Offered(String),
    /// Wrote something that is no command.
    Text(String),
    /// Pressed a button.
    Press(Press),
}

/// What is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// Say hello.
    Welcome,
    /// Say what there is.
    Help,
    /// Open the list of agents; only those with these words, if any.
    BrowseAgents {
        /// The words.
        search: String,
    },
    /// Turn the open list of agents to a page.
    TurnBrowser {
        /// The page, counted from 0.
        page: u16,
    },
    /// Show what there is to know of an agent.
    ShowAgent(AgentRef),
    /// From now on plain text in this place goes to this agent.
    UseAgent(AgentRef),
    /// That is no longer so.
    ReleaseAgent(AgentRef),
    /// Open the picker at a page.
    PickAgent {
        /// The page, counted from 0.
        page: u16,
    },
    /// Turn an open picker to a page.
    TurnAgents {
        /// The page, counted from 0.
        page: u16,
    },
    /// Ask what an agent shall do. Whoever finds that agent sets the dialogue to [`Dialogue::AwaitingPrompt`]
    /// with its full name; a button carries only a key, and a typed name may be misspelt.
    AskPrompt {
        /// The agent.
        agent: AgentRef,
    },
    /// Run a task.
    Run {
        /// The agent; the conversation's own when `None`.
        agent: Option<AgentRef>,
        /// What it shall do.
        prompt: String,
    },
    /// Run agents one after the other.
    Chain {
        /// Which agents, and what they shall do, as written.
        wish: String,
    },
    /// Run agents side by side.
    Race {
        /// Which agents, and what they shall do, as written.
        wish: String,
    },
    /// Carry out once more the step of a chain that this task could not do.
    RetryStep(TaskId),
    /// Go on without it.
    SkipStep(TaskId),
    /// End a chain.
    StopChain(ChainId),
    /// Stop all who run a race.
    StopRace(RaceId),
    /// Keep what a task has left in its worktree.
    Keep(TaskId),
    /// Throw it away.
    Discard(TaskId),
    /// Make the kept branch of a task part of the workspace.
    Merge(TaskId),
    /// Keep nothing of a race.
    KeepNone(RaceId),
    /// Hand a task's result on, as its agent's file offers.
    HandOff {
        /// The task.
        task: TaskId,
        /// Stands for the handoff's label.
        handoff: NameKey,
    },
    /// Ask to whom a task's result shall be handed on.
    AskPassOn {
        /// The task.
        task: TaskId,
        /// The page of agents, counted from 0.
        page: u16,
    },
    /// Hand a task's result on to an agent that a person chose.
    PassTo {
        /// The task.
        task: TaskId,
        /// The agent.
        agent: NameKey,
    },
    /// Show the answer of a task once more.
    ShowAnswer(TaskId),
    /// There is nothing to run: say so.
    EmptyPrompt,
    /// Forget the session.
    NewSession,
    /// Show the sessions that can be continued.
    PickSession,
    /// Continue this session.
    ContinueSession(NameKey),
    /// Stop a task; the place's running one when `None`.
    Stop(Option<TaskId>),
    /// List tasks, older than one if given.
    ListTasks {
        /// Only older ones than this.
        before: Option<TaskId>,
    },
    /// Show a task; the latest one of the place when `None`.
    ShowTask(Option<TaskId>),
    /// Show what goes on.
    Status,
    /// Show open approvals.
    Approvals,
    /// Show what was used.
    Usage,
    /// Show the workspaces to choose from.
    PickWorkspace,
    /// Use this workspace.
    UseWorkspace(Named),
    /// Show the engines to choose from.
    PickEngine,
    /// Use this engine; the agent's own when `None`.
    UseEngine(Option<Named>),
    /// Show the settings.
    Settings,
    /// Change how much the card shows.
    SetDetail(Detail),
    /// Change what rings.
    SetRings(Rings),
    /// Say who they are to the bot.
    Whoami,
    /// Run a finished task's prompt once more.
    Retry(TaskId),
    /// Let an interrupted task's agent go on in its session.
    Continue(TaskId),
    /// Send a task's log.
    Log(TaskId),
    /// Let a queued task go first.
    RunNext(TaskId),
    /// Take a task out of the queue.
    Drop(TaskId),
    /// Pass a queued task's words into the running turn.
    Steer(TaskId),
    /// Go on waiting for a task whose engine gives no sign of life.
    Wait(TaskId),
    /// A press on an approval.
    Approval {
        /// Which.
        id: super::ids::ApprovalId,
        /// The secret that the button carried.
        nonce: Nonce,
        /// What was chosen.
        choice: Choice,
    },
    /// What shall become of a changed agent that may do more than before.
    Version {
        /// The key of the changed version.
        key: NameKey,
        /// What was chosen.
        choice: VersionChoice,
    },
    /// The answer to a task's question.
    Answer {
        /// Whose question.
        task: TaskId,
        /// Which question.
        question: u32,
        /// The answer.
        answer: Answer,
    },
}

/// An agent as a person named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentRef {
    /// By a button.
    Key(NameKey),
    /// By its name, perhaps misspelt.
    Name(String),
}

/// A workspace or an engine as a person named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// By a button.
    Key(NameKey),
    /// By its name, perhaps misspelt.
    Name(String),
}

/// What shall become of a changed agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionChoice {
    /// New tasks use it.
    Use,
    /// They do not, until its file changes again.
    Keep,
}

/// An answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// One of the options, counted from 0.
    Option(u8),
    /// Their own words.
    Words(String),
}

/// What the person's doing means, and what we wait for next.
///
/// A command that does something ends what was being waited for; one that only looks leaves it alone. A press leaves it alone, unless it is what was waited for, or
/// is made in a picker while nobody waits for a prompt or an answer.
#[must_use]
pub fn step(state: Dialogue, utterance: Utterance) -> (Dialogue, Intent) {
    match utterance {
        Utterance::Command(command) => on_command(state, command),
        Utterance::Offered(prompt) => (Dialogue::Idle, Intent::Run { agent: None, prompt }),
        Utterance::Text(text) => on_text(state, text),
        Utterance::Press(press) => on_press(state, &press),
    }
}

fn on_command(state: Dialogue, command: Command) -> (Dialogue, Intent) {
    let idle = |intent| (Dialogue::Idle, intent);
    match command {
        Command::Start => idle(Intent::Welcome),
        Command::Help => (state, Intent::Help),
        Command::Agents(search) => (state, Intent::BrowseAgents { search: search.unwrap_or_default() }),
        Command::Agent { name: None, prompt: _ } => (Dialogue::PickingAgent, Intent::PickAgent { page: 0 }),
        Command::Agent { name: Some(name), prompt: None } => {
            idle(Intent::AskPrompt { agent: AgentRef::Name(name) })
        }
        Command::Agent { name: Some(name), prompt: Some(prompt) } => {
            idle(Intent::Run { agent: Some(AgentRef::Name(name)), prompt })
        }
        Command::Chain(wish) => idle(Intent::Chain { wish }),
        Command::Race(wish) => idle(Intent::Race { wish }),
        Command::New => idle(Intent::NewSession),
        Command::Continue => idle(Intent::PickSession),
        Command::Stop(task) => idle(Intent::Stop(task)),
        Command::Tasks => (state, Intent::ListTasks { before: None }),
        Command::Task(task) => (state, Intent::ShowTask(task)),
        Command::Status => (state, Intent::Status),
        Command::Approvals => (state, Intent::Approvals),
        Command::Usage => (state, Intent::Usage),
        Command::Workspace(None) => (Dialogue::PickingWorkspace, Intent::PickWorkspace),
        Command::Workspace(Some(name)) => idle(Intent::UseWorkspace(Named::Name(name))),
        Command::Engine(None) => idle(Intent::PickEngine),
        Command::Engine(Some(name)) => idle(Intent::UseEngine(Some(Named::Name(name)))),
        Command::Settings => (state, Intent::Settings),
        Command::Whoami => (state, Intent::Whoami),
    }
}

fn on_text(state: Dialogue, text: String) -> (Dialogue, Intent) {
    if text.trim().is_empty() {
        return (state, Intent::EmptyPrompt);
    }
    match state {
        // With a picker open, one word is the name of what is picked, typed instead of tapped.
        Dialogue::PickingAgent if is_one_word(&text) => {
            (Dialogue::Idle, Intent::AskPrompt { agent: AgentRef::Name(text) })
        }
        Dialogue::PickingWorkspace if is_one_word(&text) => {
            (Dialogue::Idle, Intent::UseWorkspace(Named::Name(text)))
        }
        Dialogue::Idle | Dialogue::PickingAgent | Dialogue::PickingWorkspace | Dialogue::Refused => {
            (Dialogue::Idle, Intent::Run { agent: None, prompt: text })
        }
        Dialogue::AwaitingPrompt { agent } => {
            (Dialogue::Idle, Intent::Run { agent: Some(AgentRef::Name(agent)), prompt: text })
        }
        Dialogue::Answering { task, question } => {
            (Dialogue::Idle, Intent::Answer { task, question, answer: Answer::Words(text) })
        }
    }
}

/// Something with a slash is a command of the session, even where it is none that can be tapped.
fn is_one_word(text: &str) -> bool {
    text.split_whitespace().count() == 1 && !text.starts_with('/')
}

fn on_press(state: Dialogue, press: &Press) -> (Dialogue, Intent) {
    match *press {
        Press::Stop(task) => (state, Intent::Stop(Some(task))),
        Press::Retry(task) => (state, Intent::Retry(task)),
        Press::Continue(task) => (state, Intent::Continue(task)),
        Press::Log(task) => (state, Intent::Log(task)),
        Press::RunNext(task) => (state, Intent::RunNext(task)),
        Press::Drop(task) => (state, Intent::Drop(task)),
        Press::Steer(task) => (state, Intent::Steer(task)),
        Press::Wait(task) => (state, Intent::Wait(task)),
        Press::PickSession(key) => (state, Intent::ContinueSession(key)),
        Press::Approval { id, nonce, choice } => (state, Intent::Approval { id, nonce, choice }),
        Press::Answer { task, question, option } => {
            let waited_for = state == Dialogue::Answering { task, question };
            let next = if waited_for { Dialogue::Idle } else { state };
            (next, Intent::Answer { task, question, answer: Answer::Option(option) })
        }
        Press::PickAgent(key) => (state, Intent::AskPrompt { agent: AgentRef::Key(key) }),
        Press::TryAgent(key) => {
            let agent = Some(AgentRef::Key(key));
            (state, Intent::Run { agent, prompt: FIRST_PROMPT.to_owned() })
        }
        Press::AgentsPage(page) => (picking_agent(state), Intent::TurnAgents { page }),
        Press::BrowseAgents(page) => (state, Intent::TurnBrowser { page }),
        Press::ShowAgent(key) => (state, Intent::ShowAgent(AgentRef::Key(key))),
        Press::UseAgent(key) => (state, Intent::UseAgent(AgentRef::Key(key))),
        Press::ReleaseAgent(key) => (state, Intent::ReleaseAgent(AgentRef::Key(key))),
        Press::UseVersion(key) => (state, Intent::Version { key, choice: VersionChoice::Use }),
        Press::KeepVersion(key) => (state, Intent::Version { key, choice: VersionChoice::Keep }),
        Press::PickWorkspace(key) => (leaving_workspaces(state), Intent::UseWorkspace(Named::Key(key))),
        Press::PickEngine(key) => (state, Intent::UseEngine(key.map(Named::Key))),
        Press::TasksBefore(before) => (state, Intent::ListTasks { before: Some(before) }),
        Press::ShowTask(task) => (state, Intent::ShowTask(Some(task))),
        Press::SetDetail(detail) => (state, Intent::SetDetail(detail)),
        Press::SetRings(rings) => (state, Intent::SetRings(rings)),
        Press::RetryStep(task) => (state, Intent::RetryStep(task)),
        Press::SkipStep(task) => (state, Intent::SkipStep(task)),
        Press::StopChain(chain) => (state, Intent::StopChain(chain)),
        Press::StopRace(race) => (state, Intent::StopRace(race)),
        Press::Keep(task) => (state, Intent::Keep(task)),
        Press::Discard(task) => (state, Intent::Discard(task)),
        Press::Merge(task) => (state, Intent::Merge(task)),
        Press::KeepNone(race) => (state, Intent::KeepNone(race)),
        Press::HandOff { task, handoff } => (state, Intent::HandOff { task, handoff }),
        Press::PassOn { task, page } => (state, Intent::AskPassOn { task, page }),
        Press::PassTo { task, agent } => (state, Intent::PassTo { task, agent }),
        Press::ShowAnswer(task) => (state, Intent::ShowAnswer(task)),
    }
}

/// Turning the pages of an old picker opens it again, but never swallows the answer that a task waits for.
fn picking_agent(state: Dialogue) -> Dialogue {
    match state {
        Dialogue::Idle | Dialogue::PickingAgent | Dialogue::PickingWorkspace | Dialogue::Refused => {
            Dialogue::PickingAgent
        }
        Dialogue::AwaitingPrompt { .. } | Dialogue::Answering { .. } => state,
    }
}

fn leaving_workspaces(state: Dialogue) -> Dialogue {
    match state {
        Dialogue::PickingWorkspace => Dialogue::Idle,
        Dialogue::Idle
        | Dialogue::PickingAgent
        | Dialogue::AwaitingPrompt { .. }
        | Dialogue::Answering { .. }
        | Dialogue::Refused => state,
    }
}

#[cfg(test)]
mod tests;
