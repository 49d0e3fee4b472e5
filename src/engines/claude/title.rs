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
        "Bash" => with(run(input), text("command").map(|command| code(&in_short(command)))),
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

fn run(command: &Value) -> &'static str {
    match command.get("run_in_background") {
        Some(Value::Bool(true)) => "Run in the background",
        _ => "Run",
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn calls_are_told_in_a_few_words() {
        for (tool, input, words) in [
            ("Bash", json!({ "command": "cargo test\ncargo doc" }), "Run `cargo test…`"),
            ("Bash", json!({ "command": "x", "run_in_background": true }), "Run in the background `x`"),
            ("Bash", json!({}), "Bash"),
            ("Read", json!({ "file_path": "/w/src/main.rs" }), "Read `src/main.rs`"),
            ("Read", json!({ "file_path": "/etc/hosts" }), "Read `/etc/hosts`"),
            ("Read", json!({ "file_path": "/w" }), "Read `/w`"),
            ("Read", json!({ "file_path": "/w2/x" }), "Read `/w2/x`"),
            ("Write", json!({ "file_path": "/w/a" }), "Write `a`"),
            ("Edit", json!({ "file_path": "/w/a" }), "Edit `a`"),
            ("NotebookEdit", json!({ "notebook_path": "/w/a.ipynb" }), "Edit `a.ipynb`"),
            ("Glob", json!({ "pattern": "**/*.rs" }), "Find `**/*.rs`"),
            ("Grep", json!({ "pattern": "fn main" }), "Search “fn main”"),
            ("WebSearch", json!({ "query": "cats" }), "Search the web for “cats”"),
            ("WebFetch", json!({ "url": "https://example.org" }), "Fetch `https://example.org`"),
            ("Task", json!({ "description": "look around" }), "Agent: look around"),
            ("Skill", json!({ "skill": "simplify" }), "Skill `simplify`"),
            ("mcp__github__search_code", json!({}), "github: `search_code`"),
            ("Tomorrow", json!({ "x": 1 }), "Tomorrow"),
        ] {
            assert_eq!(title(tool, &input, "/w"), words);
        }
    }
}
