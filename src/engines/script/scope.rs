//! What a step may say where it stands: which values exist, how long the plan is, which names and paths are fit.
//!
//! Pure; every mistake comes out as a sentence for the script's author. Knows nothing of lines, which the parser adds.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;

use super::super::files::check_path;
use super::steps::{AskStep, RunStep, Step, WriteStep};
use super::template::{Template, variable};
use crate::engines::process::is_passed_on;

/// What the steps so far have brought about, as far as later steps depend on it.
pub(super) struct Scope {
    names: BTreeSet<String>,
    plan: usize,
}

impl Scope {
    pub(super) fn new() -> Self {
        Self { names: ["prompt", "turn", "files"].map(str::to_owned).into(), plan: 0 }
    }

    /// A text that is shown, with places for values that exist by then.
    pub(super) fn text(&self, text: &str) -> Result<Template, String> {
        if text.trim().is_empty() {
            return Err("the text is empty".to_owned());
        }
        self.verbatim(text.trim_end())
    }

    /// The same with the spaces and newlines at its end.
    fn verbatim(&self, text: &str) -> Result<Template, String> {
        let template = Template::parse(text)?;
        if let Some(name) = template.names().find(|name| !self.names.contains(*name)) {
            let known: Vec<String> = self.names.iter().map(|name| format!("`{{{{{name}}}}}`")).collect();
            return Err(format!("nothing is called `{{{{{name}}}}}` here; there is {}", known.join(", ")));
        }
        Ok(template)
    }

    pub(super) fn path(path: String) -> Result<String, String> {
        check_path(&path)?;
        plain(path, "the path of a file")
    }

    pub(super) fn run(&self, fields: RunFields) -> Result<RunStep, String> {
        if fields.command.trim().is_empty() {
            return Err("the command is empty".to_owned());
        }
        if fields.command.contains("{{") {
            let variables: Vec<String> =
                self.names.iter().map(|name| format!("\"${}\"", variable(name))).collect();
            return Err(format!("a command is given values as variables: write {}", variables.join(", ")));
        }
        if fields.command.contains('\0') {
            return Err("a command cannot hold a NUL character".to_owned());
        }
        Ok(RunStep { command: fields.command, ask: fields.ask, allow_failure: fields.allow_failure })
    }

    pub(super) fn write(&self, fields: WriteFields) -> Result<WriteStep, String> {
        Ok(WriteStep {
            path: Self::path(fields.path)?,
            content: self.verbatim(&fields.content)?,
            ask: fields.ask,
        })
    }

    pub(super) fn plan(&mut self, entries: &[String]) -> Result<Step, String> {
        self.plan = entries.len();
        entries.iter().map(|entry| self.text(entry)).collect::<Result<_, _>>().map(Step::Plan)
    }

    pub(super) fn ask(&mut self, fields: AskFields) -> Result<AskStep, String> {
        let question = self.text(&fields.question)?;
        if let Some(name) = &fields.into {
            check_name(name)?;
            self.names.insert(name.clone());
        }
        Ok(AskStep { question, options: fields.options, into: fields.into })
    }

    pub(super) fn done(&self, number: usize) -> Result<Step, String> {
        match number.checked_sub(1) {
            Some(index) if index < self.plan => Ok(Step::Done(index)),
            Some(_) if self.plan == 0 => Err("`done` needs a `plan` before it".to_owned()),
            Some(_) | None => Err(format!("the plan has the entries 1 to {}", self.plan)),
        }
    }
}

/// A text into which no values are put.
pub(super) fn plain(text: String, what: &str) -> Result<String, String> {
    if text.contains("{{") { Err(format!("values cannot be put into {what}")) } else { Ok(text) }
}

/// Variables that change what a shell or a program loader does; an answer from a chat must not become one.
const RESERVED: [&str; 9] =
    ["PROMPT", "TURN", "IFS", "ENV", "BASH_ENV", "PS4", "SHELLOPTS", "BASHOPTS", "PWD"];

fn check_name(name: &str) -> Result<(), String> {
    let fits = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !fits {
        return Err(format!(
            "`{name}` is no name for an answer: use a-z, 0-9 and _, beginning with a letter"
        ));
    }
    let variable = variable(name);
    if is_passed_on(&variable) || variable.starts_with("LD_") || RESERVED.contains(&variable.as_str()) {
        return Err(format!("`{name}` has a meaning of its own for commands; choose another name"));
    }
    Ok(())
}

/// Says how much is waited, from a text such as `2s` or `500ms`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let parsed = text.parse::<jiff::SignedDuration>().ok().and_then(|length| Duration::try_from(length).ok());
    parsed.ok_or_else(|| format!("{text:?} is not a time; write it like 2s, 500ms or 1m"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RunFields {
    command: String,
    #[serde(default = "yes")]
    ask: bool,
    #[serde(default)]
    allow_failure: bool,
}

impl From<String> for RunFields {
    fn from(command: String) -> Self {
        Self { command, ask: true, allow_failure: false }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "settings such as { path: notes.txt, content: Hello }")]
pub(super) struct WriteFields {
    path: String,
    content: String,
    #[serde(default = "yes")]
    ask: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AskFields {
    question: String,
    #[serde(default)]
    options: Vec<String>,
    into: Option<String>,
}

impl From<String> for AskFields {
    fn from(question: String) -> Self {
        Self { question, options: Vec::new(), into: None }
    }
}

fn yes() -> bool {
    true
}
