//! Permission requests: what exactly is asked for, and which of the program's options says what was decided. Pure.

use std::path::Path;

use agent_client_protocol::v1::schema::{
    PermissionOption, PermissionOptionKind, RequestPermissionOutcome, RequestPermissionResponse,
    SelectedPermissionOutcome, ToolCallContent, ToolCallUpdateFields, ToolKind,
};
use serde_json::Value;

use super::diff;
use super::settings::is_reckless;
use super::updates::words;
use crate::domain::action::ProposedAction;
use crate::domain::approval::Decision;

/// What may stand beside a command without changing what runs. With anything else there, all of it is shown.
pub(super) const HARMLESS: [&str; 17] = [
    "command",
    "cmd",
    "cwd",
    "workdir",
    "directory",
    "description",
    "reason",
    "justification",
    "call_id",
    "turn_id",
    "process_id",
    "started_at_ms",
    "source",
    "timeout",
    "parsed_cmd",
    "proposed_execpolicy_amendment",
    "available_decisions",
];

/// Shells that run their last argument as a command line.
const SHELLS: [&str; 9] =
    ["sh", "bash", "zsh", "/bin/sh", "/bin/bash", "/bin/zsh", "/usr/bin/sh", "/usr/bin/bash", "/usr/bin/zsh"];

/// The action that a call is about: everything that is known of it.
pub(super) fn proposed(call: &ToolCallUpdateFields, workspace: &Path) -> ProposedAction {
    let workspace = workspace.display().to_string();
    if let Some(action) = command(call, &workspace) {
        return action;
    }
    let mut detail = Vec::new();
    for content in call.content.iter().flatten() {
        detail.extend(match content {
            ToolCallContent::Diff(change) => {
                let text = diff::text(change.old_text.as_deref(), &change.new_text);
                Some(format!("{}\n{text}", change.path.display()))
            }
            ToolCallContent::Content(content) => words(content.content.clone()),
            _ => None,
        });
    }
    for location in call.locations.iter().flatten() {
        let place = location.path.display().to_string();
        if !detail.iter().any(|text| text.contains(&place)) {
            detail.push(place);
        }
    }
    if let Some(raw) = &call.raw_input {
        detail.push(pretty(raw));
    }
    let title = call.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
    ProposedAction::Other {
        title: title.unwrap_or("Something that the agent does not describe").to_owned(),
        detail: detail.join("\n\n"),
        cwd: workspace,
    }
}

/// A call that runs a command and does nothing else.
fn command(call: &ToolCallUpdateFields, workspace: &str) -> Option<ProposedAction> {
    let raw = call.raw_input.as_ref()?.as_object()?;
    let changes = call.content.iter().flatten().any(|content| matches!(content, ToolCallContent::Diff(_)));
    let plain = raw.keys().all(|key| HARMLESS.contains(&key.as_str()));
    if call.kind != Some(ToolKind::Execute) || changes || !plain {
        return None;
    }
    let command = command_of(call.raw_input.as_ref()?)?;
    let directory = ["cwd", "workdir", "directory"].iter().find_map(|key| raw.get(*key)?.as_str());
    let cwd = directory.map_or_else(
        || workspace.to_owned(),
        |directory| Path::new(workspace).join(directory).display().to_string(),
    );
    Some(ProposedAction::Command { command: without_shell(&command), cwd, env: Vec::new() })
}

/// The command in a call's raw input: a command line, or words. Two different ones are none.
pub(super) fn command_of(raw: &Value) -> Option<Vec<String>> {
    let mut told =
        ["command", "cmd"].into_iter().filter_map(|key| raw.get(key)).filter(|told| !told.is_null());
    let command = told.next()?;
    if told.any(|other| other != command) {
        return None;
    }
    match command {
        Value::String(line) => Some(vec!["sh".to_owned(), "-c".to_owned(), line.clone()]),
        Value::Array(words) => {
            let words: Option<Vec<_>> = words.iter().map(|word| word.as_str().map(str::to_owned)).collect();
            words.filter(|words| !words.is_empty())
        }
        _ => None,
    }
}

/// A command as the shell gets it. A shell that is called for one command line is not part of it.
pub(super) fn without_shell(words: &[String]) -> String {
    match words {
        [shell, flag, line] if SHELLS.contains(&shell.as_str()) && matches!(flag.as_str(), "-c" | "-lc") => {
            line.clone()
        }
        _ => shell_words::join(words),
    }
}

/// The program's options that make sense.
pub(super) fn options(request: &Value) -> Vec<PermissionOption> {
    let options = request.get("options").and_then(Value::as_array);
    options.into_iter().flatten().filter_map(|option| serde_json::from_value(option.clone()).ok()).collect()
}

/// The answer that says what was decided. Options are told apart by their kind, never by their id, which is different
/// in every program; and what is allowed is allowed once, whatever else the program offers: lasting permissions are
/// kept by us. Says also whether it allows the action.
pub(super) fn answer(options: &[PermissionOption], decision: &Decision) -> (RequestPermissionOutcome, bool) {
    let of_kind = |kind: PermissionOptionKind| {
        let fits = |option: &&PermissionOption| option.kind == kind && !is_reckless(&option.option_id.0);
        options.iter().find(fits)
    };
    let chosen = match decision {
        Decision::Allow => {
            let once = of_kind(PermissionOptionKind::AllowOnce);
            if once.is_none() {
                tracing::warn!("a permission cannot be given once, so it is not given");
            }
            once.or_else(|| of_kind(PermissionOptionKind::RejectOnce))
        }
        Decision::Deny | Decision::Expired | Decision::Undeliverable | Decision::Forbidden { .. } => {
            of_kind(PermissionOptionKind::RejectOnce)
        }
    };
    let allows = chosen.is_some_and(|option| option.kind == PermissionOptionKind::AllowOnce);
    let outcome = chosen.map_or(RequestPermissionOutcome::Cancelled, |option| {
        RequestPermissionOutcome::Selected(SelectedPermissionOutcome::new(option.option_id.clone()))
    });
    (outcome, allows)
}

/// The whole answer. The protocol has no place for a reason; whoever looks finds it among the extras.
pub(super) fn response(outcome: RequestPermissionOutcome, decision: &Decision) -> RequestPermissionResponse {
    let response = RequestPermissionResponse::new(outcome);
    match decision.to_agent() {
        Some(reason) => {
            response.meta(serde_json::Map::from_iter([("reason".to_owned(), Value::String(reason))]))
        }
        None => response,
    }
}

fn pretty(raw: &Value) -> String {
    serde_json::to_string_pretty(raw).unwrap_or_else(|_| raw.to_string())
}
