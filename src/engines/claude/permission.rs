//! Requests to use a tool: what a person is shown, and what Claude Code is answered. Pure.

use std::path::Path;

use serde_json::{Value, json};

use super::super::files;
use super::title::title;
use crate::domain::action::ProposedAction;
use crate::domain::approval::Decision;
use crate::domain::policy::{Target, ToolKind, ToolUse};

/// What a plain command may say besides itself: these change nothing of what it does.
const PLAIN: [&str; 3] = ["command", "description", "timeout"];

/// A tool is to be used.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Request {
    /// Claude Code's name for the request.
    pub(super) id: String,
    /// The tool.
    pub(super) tool: String,
    /// What the tool is given. Allowing it gives it just this.
    pub(super) input: Value,
    /// The call's name.
    pub(super) call: String,
    /// Whether a subagent wants it.
    pub(super) subagent: bool,
}

impl Request {
    /// Reads a request; `None` when it is for something else than a tool.
    pub(super) fn read(id: &str, request: &Value) -> Option<Self> {
        let text = |name: &str| request.get(name)?.as_str();
        if text("subtype")? != "can_use_tool" {
            return None;
        }
        Some(Self {
            id: id.to_owned(),
            tool: text("tool_name")?.to_owned(),
            input: request.get("input").cloned().unwrap_or_else(|| json!({})),
            call: text("tool_use_id").unwrap_or(id).to_owned(),
            subagent: text("agent_id").is_some(),
        })
    }

    /// The same as the use of a tool. A command in a directory that is not certain counts as one elsewhere.
    pub(super) fn tool_use(&self, cwd: Option<&str>) -> ToolUse {
        let text = |name: &str| self.input.get(name).and_then(Value::as_str);
        let places = |path: &str| files::meant(Path::new(cwd.unwrap_or_default()), path);
        let mut targets = Vec::new();
        let kind = match ToolKind::of_name(&self.tool) {
            ToolKind::Command(_) => {
                targets.push(Target::Path(cwd.unwrap_or("/").to_owned()));
                ToolKind::Command(text("command").unwrap_or_default().to_owned())
            }
            kind => kind,
        };
        let paths = ["file_path", "notebook_path", "path"].into_iter().filter_map(text);
        // A pattern of files may lead elsewhere by itself.
        let pattern = text("pattern")
            .filter(|_| self.tool == "Glob")
            .and_then(|text| text.split(['*', '?', '[', '{']).next());
        targets.extend(paths.chain(pattern).flat_map(places));
        targets.extend(text("url").map(|url| Target::Url(url.to_owned())));
        let names = ["subagent_type", "skill", "command"]
            .into_iter()
            .filter(|_| matches!(kind, ToolKind::Agent | ToolKind::Skill));
        targets.extend(names.filter_map(text).map(|name| Target::Name(name.to_owned())));
        let free =
            self.input.get("dangerouslyDisableSandbox").is_some_and(|free| *free != Value::Bool(false));
        targets.extend(free.then_some(Target::Unjudged("it leaves the sandbox")));
        ToolUse { tool: self.tool.clone(), kind, targets }
    }

    /// The very action. `cwd` is where a command would run, if that is certain; the session works in `workspace`.
    pub(super) fn action(&self, cwd: Option<&str>, workspace: &str) -> ProposedAction {
        let plain = match self.tool.as_str() {
            "Bash" => cwd.and_then(|cwd| command(&self.input, cwd)),
            "Write" => file(&self.input),
            _ => None,
        };
        plain.unwrap_or_else(|| ProposedAction::Other {
            title: title(&self.tool, &self.input, cwd.unwrap_or(workspace)),
            detail: detail(&self.tool, &self.input),
            cwd: cwd.unwrap_or(workspace).to_owned(),
        })
    }
}

fn command(input: &Value, cwd: &str) -> Option<ProposedAction> {
    let fields = input.as_object()?;
    let known = |(name, value): (&String, &Value)| {
        PLAIN.contains(&name.as_str()) || (name == "run_in_background" && *value == Value::Bool(false))
    };
    let command = fields.get("command")?.as_str()?.to_owned();
    fields.iter().all(known).then(|| ProposedAction::Command {
        command,
        cwd: cwd.to_owned(),
        env: Vec::new(),
    })
}

fn file(input: &Value) -> Option<ProposedAction> {
    let fields = input.as_object()?;
    let path = fields.get("file_path")?.as_str().filter(|path| path.starts_with('/'))?.to_owned();
    let content = fields.get("content")?.as_str()?.to_owned();
    (fields.len() == 2).then_some(ProposedAction::WriteFile { path, content })
}

/// The whole of what a tool is given, for a person to read.
fn detail(tool: &str, input: &Value) -> String {
    let readable = (tool == "Edit").then(|| edit(input)).flatten();
    readable.unwrap_or_else(|| format!("{tool}\n{input:#}"))
}

/// An edit as a difference, if it says nothing else. No two edits look the same.
fn edit(input: &Value) -> Option<String> {
    let fields = input.as_object()?;
    let text = |name: &str| fields.get(name)?.as_str();
    let path = text("file_path").filter(|path| !path.contains('\n'))?;
    let (old, new) = (text("old_string")?, text("new_string")?);
    let everywhere = match fields.get("replace_all") {
        None | Some(Value::Bool(false)) => "",
        Some(Value::Bool(true)) => "\nEverywhere in the file:",
        Some(_) => return None,
    };
    let known = 3 + usize::from(fields.contains_key("replace_all"));
    (fields.len() == known).then(|| format!("{path}{everywhere}{}{}", lines('-', old), lines('+', new)))
}

/// Each line of a text behind a sign. One that ends with a line's end has an empty line more than one that does not.
fn lines(sign: char, text: &str) -> String {
    let lines = text.split('\n').filter(|_| !text.is_empty());
    lines.map(|line| format!("\n{sign}{line}")).collect()
}

/// The answer to a request.
pub(super) fn response(input: &Value, decision: &Decision) -> Value {
    decision.to_agent().map_or_else(|| allow(input), |words| deny(&words))
}

/// A permission to use the tool with this input.
pub(super) fn allow(input: &Value) -> Value {
    json!({ "behavior": "allow", "updatedInput": input })
}

/// A refusal, with the words that the agent is told.
pub(super) fn deny(message: &str) -> Value {
    json!({ "behavior": "deny", "message": message })
}

#[cfg(test)]
mod tests;
