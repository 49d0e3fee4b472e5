//! A tool call of a program as the use of a tool: what it does by all that is said of it, not by its name alone. Pure.
//!
//! Programs name and describe their calls as they like. Whatever runs a command or changes a file is that, whatever kind
//! the program says it is.

use std::path::Path;

use agent_client_protocol::v1::schema::{ToolCallContent, ToolCallUpdateFields, ToolKind as Said};
use serde_json::Value;

use super::permission::{command_of, without_shell};
use crate::domain::action::ProposedAction;
use crate::domain::policy::{Target, ToolKind, ToolUse, operands_of_reading};

/// Where programs put the path that a call is about.
const PATHS: [&str; 10] = [
    "path",
    "file_path",
    "filePath",
    "abs_path",
    "absolute_path",
    "filename",
    "notebook_path",
    "dir_path",
    "source",
    "destination",
];

/// What editing tools call the way in which they edit, where others have a command line.
const EDITING: [&str; 5] = ["view", "create", "str_replace", "insert", "undo_edit"];

/// A call as the use of a tool. `name` is the tool's name, where the program tells it.
pub(super) fn of_call(call: &ToolCallUpdateFields, name: Option<&str>, workspace: &Path) -> ToolUse {
    let raw = call.raw_input.as_ref();
    let text = |key: &str| raw?.get(key)?.as_str();
    let title = call.title.as_deref().unwrap_or_default().trim();
    let diffs = call.content.iter().flatten().filter_map(|content| match content {
        ToolCallContent::Diff(diff) => Some(diff.path.display().to_string()),
        _ => None,
    });
    let diffs: Vec<String> = diffs.collect();
    let changes = raw.and_then(|raw| raw.get("changes")?.as_object());
    if let Some(reading) = reading(call, workspace) {
        return reading;
    }
    let kind = match (command(call), server(raw)) {
        (Some(command), _) => ToolKind::Command(command),
        (None, Some((server, tool))) => ToolKind::Mcp { server, tool },
        (None, None) if !diffs.is_empty() || changes.is_some() => ToolKind::Edit,
        (None, None) => said(call.kind, name.unwrap_or(title), text("url").is_some()),
    };
    let place = |path: &str| Target::Path(workspace.join(path).display().to_string());
    let mut targets = Vec::new();
    match &kind {
        ToolKind::Command(_) => {
            let directory = ["cwd", "workdir", "directory", "dir_path"].into_iter().find_map(text);
            targets.push(place(directory.unwrap_or_default()));
        }
        ToolKind::Agent | ToolKind::Skill => {
            let names = ["subagent_type", "agent", "name", "skill"].into_iter().filter_map(text);
            targets.extend(names.map(|name| Target::Name(name.to_owned())));
        }
        _ => {
            let located = call.locations.iter().flatten().map(|location| location.path.display().to_string());
            let changed = changes.into_iter().flatten().map(|(path, _)| path.clone());
            let named = PATHS.into_iter().filter_map(text).map(str::to_owned);
            targets.extend(
                diffs.into_iter().chain(located).chain(changed).chain(named).map(|path| place(&path)),
            );
            targets.dedup();
            targets.extend(text("url").map(|url| Target::Url(url.to_owned())));
        }
    }
    let word = call.kind.map_or("other", word);
    ToolUse { tool: name.unwrap_or(if word == "other" { title } else { word }).to_owned(), kind, targets }
}

/// A call that the program says is for reading, and whose command only looks: Codex has no other tools for that.
fn reading(call: &ToolCallUpdateFields, workspace: &Path) -> Option<ToolUse> {
    let kind = match call.kind? {
        Said::Read => ToolKind::Read,
        Said::Search => ToolKind::Search,
        _ => return None,
    };
    let raw = call.raw_input.as_ref()?;
    let mut operands = operands_of_reading(&without_shell(&command_of(raw)?))?;
    if operands.is_empty() {
        // It looks around where it is.
        operands.push(String::new());
    }
    let directory = ["cwd", "workdir", "directory"].into_iter().find_map(|key| raw.get(key)?.as_str());
    let place = workspace.join(directory.unwrap_or_default());
    let path = |path: String| Target::Path(place.join(path).display().to_string());
    let tool = call.kind.map_or("other", word).to_owned();
    Some(ToolUse { tool, kind, targets: operands.into_iter().map(path).collect() })
}

/// An action of a terminal or the like as the use of a tool.
pub(super) fn of_action(action: &ProposedAction) -> ToolUse {
    let (kind, targets) = match action {
        ProposedAction::Command { command, cwd, env } => {
            // Set as a shell would: that is part of what runs.
            let set = env.iter().map(|(name, value)| format!("{name}={} ", shell_words::quote(value)));
            let command = set.chain([command.clone()]).collect();
            (ToolKind::Command(command), vec![Target::Path(cwd.clone())])
        }
        ProposedAction::WriteFile { path, .. } => (ToolKind::Edit, vec![Target::Path(path.clone())]),
        ProposedAction::Other { .. } => (ToolKind::Other, Vec::new()),
    };
    ToolUse { tool: "execute".to_owned(), kind, targets }
}

/// A file that is read or written through us, as the use of a tool.
pub(super) fn of_file(kind: ToolKind, path: &Path, workspace: &Path) -> ToolUse {
    let tool = if kind == ToolKind::Read { "read" } else { "edit" };
    let target = Target::Path(workspace.join(path).display().to_string());
    ToolUse { tool: tool.to_owned(), kind, targets: vec![target] }
}

/// The command line that a call runs.
fn command(call: &ToolCallUpdateFields) -> Option<String> {
    let raw = call.raw_input.as_ref();
    if let Some(words) = raw.and_then(command_of) {
        let command = without_shell(&words);
        let edits = call.kind != Some(Said::Execute)
            && EDITING.contains(&command.as_str())
            && raw.is_some_and(|raw| raw.get("path").is_some());
        return (!edits).then_some(command);
    }
    // Without more, the title is all there is to go by.
    (call.kind == Some(Said::Execute)).then(|| {
        let title = call.title.as_deref().unwrap_or_default().trim();
        title.strip_prefix('`').and_then(|title| title.strip_suffix('`')).unwrap_or(title).to_owned()
    })
}

/// The server and the tool of a call that says them in its input.
fn server(raw: Option<&Value>) -> Option<(String, String)> {
    let text = |key: &str| raw?.get(key)?.as_str().map(str::to_owned);
    Some((text("server").or_else(|| text("server_name"))?, text("tool").or_else(|| text("tool_name"))?))
}

fn said(kind: Option<Said>, name: &str, has_url: bool) -> ToolKind {
    match kind {
        Some(Said::Read) => ToolKind::Read,
        Some(Said::Search) => ToolKind::Search,
        Some(Said::Edit | Said::Delete | Said::Move) => ToolKind::Edit,
        Some(Said::Fetch) if has_url => ToolKind::Fetch,
        Some(Said::Fetch) => ToolKind::WebSearch,
        Some(Said::Think | Said::SwitchMode) => ToolKind::Inward,
        _ => ToolKind::of_name(name),
    }
}

fn word(kind: Said) -> &'static str {
    match kind {
        Said::Read => "read",
        Said::Edit => "edit",
        Said::Delete => "delete",
        Said::Move => "move",
        Said::Search => "search",
        Said::Execute => "execute",
        Said::Think => "think",
        Said::Fetch => "fetch",
        Said::SwitchMode => "switch_mode",
        _ => "other",
    }
}

/// What was done, for a person.
pub(super) fn deed(used: &ToolUse) -> String {
    let target = used.targets.first().map(|target| match target {
        Target::Path(text) | Target::Url(text) | Target::Name(text) => text.as_str(),
    });
    let on = |verb: &str, otherwise: &str| match target {
        Some(target) => format!("{verb} `{target}`"),
        None => format!("{verb} {otherwise}"),
    };
    match &used.kind {
        ToolKind::Command(command) => format!("ran `{}`", super::super::titles::in_short(command)),
        ToolKind::Read => on("read", "a file"),
        ToolKind::Edit => on("changed", "a file"),
        ToolKind::Search => on("searched", "files"),
        ToolKind::Fetch => on("fetched", "something"),
        ToolKind::WebSearch => "searched the web".to_owned(),
        ToolKind::Agent => on("called", "another agent"),
        ToolKind::Mcp { server, tool } => format!("used `{tool}` of {server}"),
        ToolKind::Skill | ToolKind::Inward | ToolKind::Other => format!("used `{}`", used.tool),
    }
}
