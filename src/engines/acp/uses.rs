//! A tool call of a program as the use of a tool: what it does by all that is said of it, not by its name alone. Pure.
//!
//! Programs name and describe their calls as they like. Whatever runs a command or changes a file is that, whatever kind
//! the program says it is.

use std::path::Path;

use agent_client_protocol::v1::schema::{ToolCallContent, ToolCallUpdateFields, ToolKind as Said};
use serde_json::Value;

use super::super::files;
use super::permission::{HARMLESS, command_of, without_shell};
use crate::domain::action::ProposedAction;
use crate::domain::policy::{Target, ToolKind, ToolUse, operands_of_reading};

/// Where programs put the path that a call is about.
const PATHS: [&str; 14] = [
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
    "new_path",
    "target_file",
    "paths",
    "uri",
];

/// What editing tools call the way in which they edit, where others have a command line.
const EDITING: [&str; 5] = ["view", "create", "str_replace", "insert", "undo_edit"];

/// What else stands beside a command without changing what runs.
const BESIDE_COMMANDS: [&str; 4] = ["dir_path", "run_in_background", "is_background", "timeout_ms"];

/// What only those say who change a file.
const CHANGES: [&str; 8] =
    ["file_text", "new_str", "new_string", "new_text", "old_str", "old_string", "insert_line", "patch"];

const MORE: &str = "it says more than its command";
const TORN: &str = "it says that it does several things";
const SHORT: &str = "its command is told by a title only";

/// A call as the use of a tool. `name` is the tool's name, where the program tells it.
pub(super) fn of_call(call: &ToolCallUpdateFields, name: Option<&str>, workspace: &Path) -> ToolUse {
    let raw = call.raw_input.as_ref();
    let title = call.title.as_deref().unwrap_or_default().trim();
    if let Some(reading) = reading(call, workspace) {
        return reading;
    }
    let changed = changed(call);
    let mut targets = Vec::new();
    let kind = match (command(call), server(raw)) {
        (Some((command, doubt)), server) => {
            let torn = (server.is_some() || !changed.is_empty()).then_some(Target::Unjudged(TORN));
            targets.extend(doubt.into_iter().chain(torn));
            ToolKind::Command(command)
        }
        (None, Some((server, tool))) => {
            targets.extend((!changed.is_empty()).then_some(Target::Unjudged(TORN)));
            ToolKind::Mcp { server, tool }
        }
        (None, None) if !changed.is_empty() || changes(raw) => ToolKind::Edit,
        (None, None) => said(call.kind, name.unwrap_or(title), raw),
    };
    targets.extend(used_on(&kind, call, &changed, workspace));
    let word = call.kind.map_or("other", word);
    ToolUse { tool: name.unwrap_or(if word == "other" { title } else { word }).to_owned(), kind, targets }
}

/// What a call of this kind is used on.
fn used_on(
    kind: &ToolKind,
    call: &ToolCallUpdateFields,
    changed: &[String],
    workspace: &Path,
) -> Vec<Target> {
    let raw = call.raw_input.as_ref();
    let text = |key: &str| raw?.get(key)?.as_str();
    match kind {
        ToolKind::Command(_) => files::meant(workspace, directory(raw).unwrap_or_default()),
        ToolKind::Agent | ToolKind::Skill => {
            let names = ["subagent_type", "agent", "name", "skill"].into_iter().filter_map(text);
            names.map(|name| Target::Name(name.to_owned())).collect()
        }
        _ => {
            let located = call.locations.iter().flatten().map(|location| location.path.display().to_string());
            let named = PATHS.into_iter().filter_map(|key| raw?.get(key)).flat_map(texts);
            let paths = changed.iter().cloned().chain(located).chain(named);
            let mut targets: Vec<Target> = paths.flat_map(|path| files::meant(workspace, &path)).collect();
            targets.dedup();
            targets.extend(text("url").map(|url| Target::Url(url.to_owned())));
            targets
        }
    }
}

/// The files that a call says it changes: in diffs, and in Codex' list of changes with where they are moved.
fn changed(call: &ToolCallUpdateFields) -> Vec<String> {
    let diffs = call.content.iter().flatten().filter_map(|content| match content {
        ToolCallContent::Diff(diff) => Some(diff.path.display().to_string()),
        _ => None,
    });
    let changes = call.raw_input.as_ref().and_then(|raw| raw.get("changes")?.as_object());
    let listed = changes.into_iter().flatten().flat_map(|(path, change)| {
        let moved = change.as_object().into_iter().flat_map(|change| {
            change
                .get("move_path")
                .into_iter()
                .chain(change.values().filter_map(|kind| kind.get("move_path")))
        });
        std::iter::once(path.clone()).chain(moved.flat_map(texts)).collect::<Vec<_>>()
    });
    diffs.chain(listed).collect()
}

/// The texts of a value that is one, or a list of them.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

fn directory(raw: Option<&Value>) -> Option<&str> {
    ["cwd", "workdir", "directory", "dir_path"].into_iter().find_map(|key| raw?.get(key)?.as_str())
}

/// Whether a call's input is that of one who changes a file, whatever the call is said to do.
fn changes(raw: Option<&Value>) -> bool {
    let Some(raw) = raw else { return false };
    let way = raw.get("command").and_then(Value::as_str);
    let edits = way.is_some_and(|way| way != "view" && EDITING.contains(&way));
    raw.get("changes").is_some_and(Value::is_object)
        || edits
        || CHANGES.iter().any(|key| raw.get(key).is_some())
}

/// A call that the program says is for reading, and whose command only looks: Codex has no other tools for that.
fn reading(call: &ToolCallUpdateFields, workspace: &Path) -> Option<ToolUse> {
    let kind = match call.kind? {
        Said::Read => ToolKind::Read,
        Said::Search => ToolKind::Search,
        _ => return None,
    };
    let raw = call.raw_input.as_ref()?;
    let (command, doubt) = command(call)?;
    let mut operands = operands_of_reading(&command).filter(|_| doubt.is_none())?;
    if operands.is_empty() {
        // It looks around where it is.
        operands.push(String::new());
    }
    let place = workspace.join(directory(Some(raw)).unwrap_or_default());
    let path = |path: String| Target::Path(place.join(path).display().to_string());
    let tool = call.kind.map_or("other", word).to_owned();
    Some(ToolUse { tool, kind, targets: operands.into_iter().map(path).collect() })
}

/// An action of a terminal or the like as the use of a tool.
pub(super) fn of_action(action: &ProposedAction) -> ToolUse {
    let (kind, targets) = match action {
        ProposedAction::Command { command, cwd, env } => {
            // Set as a shell would: that is part of what runs.
            let set =
                env.iter().map(|(name, value)| format!("{}={} ", variable(name), shell_words::quote(value)));
            let command = set.chain([command.clone()]).collect();
            (ToolKind::Command(command), vec![Target::Path(cwd.clone())])
        }
        ProposedAction::WriteFile { path, .. } => (ToolKind::Edit, vec![Target::Path(path.clone())]),
        ProposedAction::Other { .. } => (ToolKind::Other, Vec::new()),
    };
    ToolUse { tool: "execute".to_owned(), kind, targets }
}

/// A variable's name in a command line. What is none there must not look like something else: that it is set counts.
fn variable(name: &str) -> &str {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if begins && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') { name } else { "_" }
}

/// A file that is read or written through us, as the use of a tool.
pub(super) fn of_file(kind: ToolKind, path: &Path, workspace: &Path) -> ToolUse {
    let tool = if kind == ToolKind::Read { "read" } else { "edit" };
    let target = Target::Path(workspace.join(path).display().to_string());
    ToolUse { tool: tool.to_owned(), kind, targets: vec![target] }
}

/// The command line that a call runs, and why that may not be all.
fn command(call: &ToolCallUpdateFields) -> Option<(String, Option<Target>)> {
    let execute = call.kind == Some(Said::Execute);
    let raw = call.raw_input.as_ref();
    let says = |key: &str| raw.and_then(|raw| raw.get(key)).is_some_and(|value| !is_nothing(value));
    if says("command") || says("cmd") {
        let words = raw.and_then(command_of).unwrap_or_default();
        let mut command = without_shell(&words);
        if !execute && EDITING.contains(&command.as_str()) && says("path") {
            return None;
        }
        let arguments = raw.and_then(|raw| raw.get("args")).filter(|args| !is_nothing(args));
        if let Some(arguments) = arguments {
            command = format!("{command} {}", shell_words::join(texts(arguments)));
        }
        let keys = raw.and_then(Value::as_object).into_iter().flatten();
        let more = keys.filter(|(key, value)| {
            let known = HARMLESS.contains(&key.as_str()) || BESIDE_COMMANDS.contains(&key.as_str());
            let arguments = *key == "args" && !texts(value).is_empty();
            !known && !arguments && !is_nothing(value)
        });
        let doubt = (more.count() > 0 || words.is_empty()).then_some(Target::Unjudged(MORE));
        return Some((command, doubt));
    }
    // Without more, the title is all there is to go by. It may be shortened, and have remarks.
    execute.then(|| {
        let title = call.title.as_deref().unwrap_or_default().trim();
        let told = title.strip_prefix('`').and_then(|title| title.strip_suffix('`')).unwrap_or(title);
        (told.to_owned(), Some(Target::Unclear(SHORT)))
    })
}

/// Whether a value says nothing.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(set) => !set,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(values) => values.is_empty(),
        Value::Number(_) => false,
    }
}

/// The server and the tool of a call that says them in its input.
fn server(raw: Option<&Value>) -> Option<(String, String)> {
    let text = |key: &str| raw?.get(key)?.as_str().map(str::to_owned);
    Some((text("server").or_else(|| text("server_name"))?, text("tool").or_else(|| text("tool_name"))?))
}

/// What a call does by its kind; by its name where that says more than looking or thinking.
fn said(kind: Option<Said>, name: &str, raw: Option<&Value>) -> ToolKind {
    let says = |key: &str| raw.and_then(|raw| raw.get(key)).is_some();
    let named = ToolKind::of_name(name);
    let acts = matches!(
        named,
        ToolKind::Edit | ToolKind::Command(_) | ToolKind::Agent | ToolKind::Skill | ToolKind::Mcp { .. }
    );
    match kind {
        Some(Said::Edit | Said::Delete | Said::Move) => ToolKind::Edit,
        Some(_) if acts => named,
        Some(Said::Read) => ToolKind::Read,
        Some(Said::Search) => ToolKind::Search,
        Some(Said::Fetch) if says("query") && !says("url") => ToolKind::WebSearch,
        Some(Said::Fetch) => ToolKind::Fetch,
        Some(Said::Think | Said::SwitchMode) => ToolKind::Inward,
        _ => named,
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
    let target = used.targets.iter().find_map(|target| match target {
        Target::Path(text) | Target::Url(text) | Target::Name(text) => Some(text.as_str()),
        Target::Unclear(_) | Target::Unjudged(_) => None,
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
