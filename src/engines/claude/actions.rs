//! The calls of tools that are under way, as actions of the run. Pure.

use std::collections::BTreeMap;

use serde_json::Value;

use super::todo;
use crate::domain::event::{ActionState, ActionUpdate, EngineEvent};

/// Tools that are no actions: they ask people, or concern Claude Code only.
const SILENT: [&str; 4] = ["AskUserQuestion", "ExitPlanMode", "EnterPlanMode", "ToolSearch"];

/// What stands in place of no output.
const SILENCE: &str = "(Bash completed with no output)";

/// How the result of a call begins that was broken off.
const STOPPED: &str = "The user doesn't want to proceed";

/// How much of an output is passed on, in bytes: its end.
const OUTPUT: usize = 8 * 1024;

/// How long a note on a failure may be, in characters.
const NOTE: usize = 100;

/// The calls that have not returned yet, by their names.
#[derive(Debug, Default)]
pub(super) struct Actions {
    calls: BTreeMap<String, Call>,
}

#[derive(Debug)]
struct Call {
    tool: String,
    input: Value,
    /// Why it will fail, where we know better than its result says.
    note: Option<String>,
}

/// A call that has returned.
#[derive(Debug)]
pub(super) struct Returned {
    pub(super) tool: String,
    pub(super) input: Value,
    pub(super) events: Vec<EngineEvent>,
}

impl Actions {
    /// A tool is called. A call that is known already, because its permission was asked first, is no news.
    pub(super) fn begins(
        &mut self,
        id: &str,
        tool: &str,
        input: &Value,
        title: String,
    ) -> Option<EngineEvent> {
        if self.calls.contains_key(id) {
            return None;
        }
        self.learn(id, tool, input);
        is_action(tool).then(|| update(id, Some(title), ActionState::Running))
    }

    /// A call waits for a person.
    pub(super) fn waits(
        &mut self,
        id: &str,
        tool: &str,
        input: &Value,
        title: String,
    ) -> Option<EngineEvent> {
        let title = (!self.calls.contains_key(id)).then_some(title);
        self.learn(id, tool, input);
        is_action(tool).then(|| update(id, title, ActionState::Waiting))
    }

    fn learn(&mut self, id: &str, tool: &str, input: &Value) {
        let call = Call { tool: tool.to_owned(), input: input.clone(), note: None };
        self.calls.insert(id.to_owned(), call);
    }

    /// A call that waited goes on.
    pub(super) fn goes_on(&self, id: &str) -> Option<EngineEvent> {
        let call = self.calls.get(id)?;
        is_action(&call.tool).then(|| update(id, None, ActionState::Running))
    }

    /// A call that waited may not go on; its result will be a failure.
    pub(super) fn refused(&mut self, id: &str, why: String) {
        if let Some(call) = self.calls.get_mut(id) {
            call.note = Some(why);
        }
    }

    /// A call returned.
    pub(super) fn returns(&mut self, id: &str, content: &Value, failed: bool) -> Option<Returned> {
        let call = self.calls.remove(id)?;
        let mut events = Vec::new();
        if is_action(&call.tool) {
            let text = text_of(content);
            let note = call.note.or_else(|| text.starts_with(STOPPED).then(|| "stopped".to_owned()));
            let prints = call.tool == "Bash" || call.tool.starts_with("mcp__");
            if prints && note.is_none() && !text.trim().is_empty() && text != SILENCE {
                let chunk = text[text.ceil_char_boundary(text.len().saturating_sub(OUTPUT))..].to_owned();
                events.push(EngineEvent::Output { action: id.to_owned(), chunk });
            }
            let state = match (failed, note) {
                (false, _) => ActionState::Done,
                (true, Some(note)) => ActionState::Failed { note },
                (true, None) => ActionState::Failed { note: note_on(&text) },
            };
            events.push(update(id, None, state));
        }
        Some(Returned { tool: call.tool, input: call.input, events })
    }

    /// Whether a call has not returned yet.
    pub(super) fn is_under_way(&self, id: &str) -> bool {
        self.calls.contains_key(id)
    }

    /// A call returned before its work was done.
    pub(super) fn forget(&mut self, id: &str) {
        self.calls.remove(id);
    }

    /// An agent that worked in the background, for a call that returned long ago, is done.
    pub(super) fn background_ended(id: &str, status: &str) -> EngineEvent {
        let state = match status {
            "completed" => ActionState::Done,
            other => ActionState::Failed { note: other.to_owned() },
        };
        update(id, None, state)
    }
}

fn is_action(tool: &str) -> bool {
    !SILENT.contains(&tool) && !todo::TOOLS.contains(&tool)
}

fn update(id: &str, title: Option<String>, state: ActionState) -> EngineEvent {
    EngineEvent::Action(ActionUpdate { id: id.to_owned(), title, state })
}

/// The texts of a result: it is one, or a list of blocks.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => {
            let texts = blocks.iter().filter_map(|block| block.get("text")?.as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

/// A failure in a few words.
fn note_on(text: &str) -> String {
    let text = text.trim().trim_start_matches("<tool_use_error>").trim_end_matches("</tool_use_error>");
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("failed").trim();
    let line = line.strip_prefix("Error: ").unwrap_or(line);
    match line.strip_prefix("Exit code ") {
        Some(code) => format!("exit {code}"),
        None => line.chars().take(NOTE).collect(),
    }
}
