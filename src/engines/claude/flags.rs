//! What Claude Code is started with. Pure: an agent's definition and a mode in, arguments out.

use crate::domain::agent::AgentSpec;

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

/// All tools of MCP servers.
const ALL_MCP: &str = "mcp__*";

/// The arguments that no agent changes.
pub(super) fn protocol(mode: Option<&str>) -> Vec<String> {
    let mode = format!("--permission-mode={}", mode.unwrap_or(MODE));
    PROTOCOL.map(str::to_owned).into_iter().chain([mode]).collect()
}

/// The arguments for an agent, without those that say which session it continues.
pub(super) fn arguments(agent: &AgentSpec, mode: Option<&str>) -> Vec<String> {
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
    if let Some(tools) = &agent.tools {
        add("tools", &built_in(tools).join(","));
        if !tools.iter().any(|tool| is_mcp(tool)) {
            add("disallowedTools", ALL_MCP);
        }
    }
    for tool in &agent.disallowed_tools {
        add("disallowedTools", tool);
    }
    if let Some(turns) = agent.max_turns {
        add("max-turns", &turns.to_string());
    }
    arguments
}

/// The model that an agent asks for. `inherit` is what an agent's file says that wants no other than its caller's.
pub(super) fn model(agent: &AgentSpec) -> Option<&str> {
    agent.model.as_deref().filter(|model| !model.trim().is_empty() && *model != "inherit")
}

/// Whether the agent's file leaves a tool to it. Claude Code itself sees to this but for the tools of MCP servers.
pub(super) fn leaves(agent: &AgentSpec, tool: &str) -> bool {
    let Some(tools) = agent.tools.as_ref().filter(|_| is_mcp(tool)) else { return true };
    tools.iter().map(|entry| name_of(entry)).any(|entry| match entry.strip_suffix('*') {
        Some(beginning) => is_mcp(entry) && tool.starts_with(beginning),
        None => tool.strip_prefix(entry).is_some_and(|rest| rest.is_empty() || rest.starts_with("__")),
    })
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
fn built_in(tools: &[String]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for name in tools.iter().map(|tool| name_of(tool)) {
        // `default` stands for all there are.
        if !name.is_empty() && name != "default" && !is_mcp(name) && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn name_of(tool: &str) -> &str {
    tool.split_once('(').map_or(tool, |(name, _)| name).trim()
}

fn is_mcp(tool: &str) -> bool {
    tool.starts_with("mcp__")
}

#[cfg(test)]
mod tests;
