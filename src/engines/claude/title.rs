//! What a call of a tool is in a few words. Pure.

use serde_json::Value;

use super::super::titles::{code, in_short};

/// The title of a call. Paths within `cwd` are told from there.
pub(super) fn title(tool: &str, input: &Value, cwd: &str) -> String {
    let text = |name: &str| input.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let with = |verb: &str, words: Option<String>| words.map(|words| format!("{verb} {words}"));
    let path = |name: &str| text(name).map(|path| code(within(path, cwd)));
    let quoted = |name: &str| text(name).map(|text| format!("“{}”", in_short(text)));
    let found = match tool {
        "Bash" => with("Run", text("command").map(|command| code(&in_short(command)))),
        "Read" => with("Read", path("file_path")),
        "Write" => with("Write", path("file_path")),
        "Edit" | "MultiEdit" => with("Edit", path("file_path")),
        "NotebookEdit" => with("Edit", path("notebook_path")),
        "Glob" => with("Find", text("pattern").map(code)),
        "Grep" => with("Search", quoted("pattern")),
        "WebSearch" => with("Search the web for", quoted("query")),
        "WebFetch" => with("Fetch", text("url").map(|url| code(&in_short(url)))),
        "Task" | "Agent" => with("Agent:", text("description").map(in_short)),
        "Skill" => with("Skill", text("skill").map(code)),
        _ => mcp(tool),
    };
    found.unwrap_or_else(|| tool.to_owned())
}

/// `mcp__server__tool` as people know it.
fn mcp(tool: &str) -> Option<String> {
    let (server, name) = tool.strip_prefix("mcp__")?.split_once("__")?;
    Some(format!("{server}: {}", code(name)))
}

fn within<'p>(path: &'p str, cwd: &str) -> &'p str {
    let inside = path.strip_prefix(cwd).and_then(|rest| rest.strip_prefix('/'));
    inside.filter(|inside| !inside.is_empty()).unwrap_or(path)
}
