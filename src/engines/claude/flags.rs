//! What Claude Code is started with. Pure: an agent's definition and a mode in, arguments out.

use serde_json::{Map, Value, json};

use crate::domain::agent::{AgentSpec, PermissionMode};
use crate::domain::policy::{Policy, claude_names, is_mcp_entry};

/// How it speaks with us. With replays it tells which message it has taken up.
const PROTOCOL: [&str; 7] = [
    "-p",
    "--output-format=stream-json",
    "--input-format=stream-json",
    "--verbose",
    "--include-partial-messages",
    "--replay-user-messages",
    "--permission-prompt-tool=stdio",
];

/// The mode when nobody names another. Always said: the person's own settings may name one that never asks.
const MODE: &str = "default";

/// How long an agent's instructions may be, in bytes: Linux gives a program no argument over 128 KiB.
const MAX_INSTRUCTIONS: usize = 100_000;

/// Words with which a command or a mode would switch all questions off.
const BYPASSES: [&str; 3] =
    ["bypassPermissions", "--dangerously-skip-permissions", "--allow-dangerously-skip-permissions"];

/// The mode of agents that change nothing.
const PLAN: &str = "plan";

/// All tools there are, in a list.
const ALL: &str = "*";

/// Tools that it can be told to ask for each time.
const ASKABLE: [&str; 15] = [
    "Read",
    "Grep",
    "Glob",
    "Bash",
    "Edit",
    "Write",
    "NotebookEdit",
    "WebFetch",
    "WebSearch",
    "Task",
    "Agent",
    "Skill",
    "PowerShell",
    "Monitor",
    "LSP",
];

/// All tools of MCP servers.
const ALL_MCP: &str = "mcp__*";

/// The arguments that no agent changes.
pub(super) fn protocol(mode: Option<&str>) -> Vec<String> {
    let mode = format!("--permission-mode={}", mode.unwrap_or(MODE));
    PROTOCOL.map(str::to_owned).into_iter().chain([mode]).collect()
}

/// The arguments for an agent, without those that say which session it continues.
pub(super) fn arguments(agent: &AgentSpec, policy: &Policy, mode: Option<&str>) -> Vec<String> {
    // Whatever else a mode allows without asking, the policy allows when it is asked.
    let mode = if policy.mode() == PermissionMode::Plan { Some(PLAN) } else { mode };
    let mut arguments = protocol(mode);
    // Each value in one word with its name: one that begins with a hyphen is no flag then.
    let mut add = |name: &str, value: &str| arguments.push(format!("--{name}={value}"));
    if !agent.instructions.trim().is_empty() {
        add("append-system-prompt", &agent.instructions);
    }
    if let Some(model) = model(agent) {
        add("model", model);
    }
    // `--tools` says which there are. `--allowedTools` would say which need no question.
    if let Some(tools) = agent.tools.as_ref().filter(|tools| !tools.iter().any(|tool| tool == ALL)) {
        add("tools", &built_in(tools).join(","));
        if !tools.iter().any(|tool| is_mcp_entry(tool)) {
            add("disallowedTools", ALL_MCP);
        }
    }
    for tool in agent.disallowed_tools.iter().flat_map(|tool| claude_names(tool)) {
        add("disallowedTools", &tool);
    }
    if let Some(turns) = agent.max_turns {
        add("max-turns", &turns.to_string());
    }
    for directory in agent.references.iter().filter_map(|path| path.to_str()) {
        add("add-dir", directory);
    }
    if let Some(settings) = settings(agent, policy) {
        add("settings", &settings);
    }
    arguments
}

/// Settings for this run alone. Some uses of tools need no question to Claude Code (reading in the workspace, commands
/// that it takes for harmless, what the person's own settings allow): where the policy bounds a tool, it asks for each.
fn settings(agent: &AgentSpec, policy: &Policy) -> Option<String> {
    let servers = policy.judges_servers().then_some(ALL_MCP);
    let ask: Vec<&str> = ASKABLE.into_iter().filter(|tool| policy.judges_each(tool)).chain(servers).collect();
    let mut settings = Map::new();
    if !ask.is_empty() {
        settings.insert("permissions".to_owned(), json!({ "ask": ask }));
    }
    // Versions that have no such setting leave it alone; the flag would stop them.
    if let Some(effort) = agent.effort.as_deref().filter(|effort| !effort.trim().is_empty()) {
        settings.insert("effortLevel".to_owned(), json!(effort));
    }
    (!settings.is_empty()).then(|| Value::Object(settings).to_string())
}

/// The model that an agent asks for. `inherit` is what an agent's file says that wants no other than its caller's.
pub(super) fn model(agent: &AgentSpec) -> Option<&str> {
    agent.model.as_deref().filter(|model| !model.trim().is_empty() && *model != "inherit")
}

/// Checks what can be checked before it is started.
///
/// # Errors
/// Why it is not started like this, in words for a person.
pub(super) fn check(agent: &AgentSpec, command: &[String], mode: Option<&str>) -> Result<(), String> {
    let words = command.iter().map(String::as_str).chain(mode);
    if let Some(word) = words.into_iter().find(|word| BYPASSES.iter().any(|bypass| word.contains(bypass))) {
        return Err(format!(
            "`{word}` would let it do everything without asking. Adjutant never runs it so; choose the mode `default`, `acceptEdits` or `plan`."
        ));
    }
    if agent.instructions.len() > MAX_INSTRUCTIONS {
        return Err(format!(
            "The instructions are too long: {} bytes of at most {MAX_INSTRUCTIONS}. Move a part into a file that the agent reads.",
            agent.instructions.len()
        ));
    }
    Ok(())
}

/// The built-in tools of a list, by their bare names: `Bash(git *)` would be no tool at all to `--tools`.
fn built_in(tools: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for tool in tools {
        let bare = tool.split_once('(').map_or(tool.as_str(), |(name, _)| name).trim();
        // `default` stands for all there are.
        if bare.is_empty() || bare == "default" || is_mcp_entry(bare) {
            continue;
        }
        for name in claude_names(bare) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

#[cfg(test)]
mod tests;
