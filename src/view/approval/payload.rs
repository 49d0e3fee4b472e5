//! The parts of an action, each exactly as it is shown.

use crate::domain::action::ProposedAction;
use crate::view::exact::{Keep, exact, hides};
use crate::view::text::utf16_len;

/// An action in the words and characters that a person sees.
pub(super) struct Payload {
    /// What the agent wants to do: "run a command".
    pub(super) what: String,
    /// What it does it to, on one line: a file's path.
    pub(super) subject: Option<String>,
    /// The long part: the command, the file's content, the description.
    pub(super) text: String,
    /// Variables, each on one line.
    pub(super) env: Vec<String>,
    /// The directory it works in.
    pub(super) cwd: String,
    /// Whether any character is shown as an escape.
    pub(super) escaped: bool,
    /// The size of the action itself, without escapes.
    pub(super) bytes: usize,
    /// What is said when the long part is empty.
    pub(super) empty: &'static str,
    /// What the long part is called in the document.
    label: &'static str,
}

impl Payload {
    /// The parts of `action`.
    pub(super) fn of(action: &ProposedAction) -> Self {
        match action {
            ProposedAction::Command { command, cwd, env } => Self::command(command, cwd, env),
            ProposedAction::WriteFile { path, content } => Self::write(path, content),
            ProposedAction::Other { title, detail, cwd } => Self::other(title, detail, cwd),
        }
    }

    fn command(command: &str, cwd: &str, env: &[(String, String)]) -> Self {
        let lines: Vec<String> = env.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let one_line = |text: &String| hides(text, Keep::Nothing);
        Self {
            what: "run a command".to_owned(),
            subject: None,
            text: exact(command, Keep::Lines),
            env: lines.iter().map(|line| exact(line, Keep::Nothing)).collect(),
            cwd: exact(cwd, Keep::Nothing),
            escaped: hides(command, Keep::Lines) || hides(cwd, Keep::Nothing) || lines.iter().any(one_line),
            bytes: command.len() + cwd.len() + lines.iter().map(String::len).sum::<usize>(),
            empty: "(an empty command)",
            label: "The command",
        }
    }

    fn write(path: &str, content: &str) -> Self {
        Self {
            what: "write a file".to_owned(),
            subject: Some(exact(path, Keep::Nothing)),
            text: exact(content, Keep::LinesAndTabs),
            env: Vec::new(),
            cwd: String::new(),
            escaped: hides(path, Keep::Nothing) || hides(content, Keep::LinesAndTabs),
            bytes: path.len() + content.len(),
            empty: "(an empty file)",
            label: "The file's whole new content",
        }
    }

    fn other(title: &str, detail: &str, cwd: &str) -> Self {
        let hidden = hides(title, Keep::Nothing) || hides(cwd, Keep::Nothing);
        Self {
            what: "do this".to_owned(),
            subject: Some(exact(title, Keep::Nothing)),
            text: exact(detail, Keep::LinesAndTabs),
            env: Vec::new(),
            cwd: exact(cwd, Keep::Nothing),
            escaped: hidden || hides(detail, Keep::LinesAndTabs),
            bytes: title.len() + detail.len() + cwd.len(),
            empty: "(no details were given)",
            label: "What it would do",
        }
    }

    /// How much room the parts take in a message.
    pub(super) fn units(&self) -> usize {
        let subject = self.subject.as_deref().map_or(0, utf16_len);
        let env: usize = self.env.iter().map(|line| utf16_len(line) + 1).sum();
        subject + utf16_len(&self.text) + env + utf16_len(&self.cwd)
    }

    /// All parts as a document. The long one comes last, so that nothing in it can pass for another part.
    pub(super) fn document(&self, agent: &str, task: &str, digits: &str) -> String {
        let mut lines = vec![format!("{agent} wants to {}", self.what), task.to_owned(), digits.to_owned()];
        lines.extend(self.subject.clone());
        if !self.cwd.is_empty() {
            lines.push(format!("in {}", self.cwd));
        }
        lines.extend(self.env.iter().map(|line| format!("with {line}")));
        if self.escaped {
            lines.push("Invisible characters are shown as \\u{…}.".to_owned());
        }
        lines.push(format!("\n{}, from the next line to the end:", self.label));
        lines.push(self.text.clone());
        lines.join("\n")
    }
}
