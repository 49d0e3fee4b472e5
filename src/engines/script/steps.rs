//! What a script can say: its steps, as values that have been checked.

use std::time::Duration;

use super::template::Template;

/// A checked script.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Script {
    pub(super) steps: Vec<Step>,
}

/// One step.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A paragraph of the answer.
    Say(Template),
    /// A thought.
    Think(Template),
    /// A new plan; its first entry becomes active.
    Plan(Vec<Template>),
    /// The entry of the plan with this index is done.
    Done(usize),
    /// A shell command in the workspace.
    Run(RunStep),
    /// A file to write.
    Write(WriteStep),
    /// A file to read.
    Read(String),
    /// A question.
    Ask(AskStep),
    /// A file to send to the chat.
    Send(String),
    /// A pause.
    Wait(Duration),
    /// The end, as a failure.
    Fail(String),
}

impl Step {
    /// The names of all steps.
    pub(super) const NAMES: [&str; 11] =
        ["say", "think", "plan", "done", "run", "write", "read", "ask", "send", "wait", "fail"];
}

/// A shell command.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RunStep {
    /// For `sh -c`.
    pub(super) command: String,
    /// Whether it needs an approval.
    pub(super) ask: bool,
    /// Whether the script goes on when the command fails.
    pub(super) allow_failure: bool,
}

/// A file to write.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WriteStep {
    /// Within the workspace.
    pub(super) path: String,
    /// The whole content.
    pub(super) content: Template,
    /// Whether it needs an approval.
    pub(super) ask: bool,
}

/// A question.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AskStep {
    /// What is asked.
    pub(super) question: Template,
    /// Answers to choose from; empty for free text.
    pub(super) options: Vec<String>,
    /// The name under which later steps find the answer.
    pub(super) into: Option<String>,
}
