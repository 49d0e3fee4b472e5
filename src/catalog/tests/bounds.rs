//! Bounds that cannot be understood, or stand where they are not looked for: the file is refused, and no bound is lost.

use std::path::Path;

use insta::assert_snapshot;

use crate::catalog::{FileReport, Status, read};
use crate::domain::agent::AgentSpec;

fn read_at(path: &str, keys: &str) -> (Option<AgentSpec>, FileReport) {
    let mut report = FileReport::new(Path::new(path));
    let text = format!("---\nname: x\ndescription: Works.\n{keys}\n---\n");
    let definition = read::read(text.as_bytes(), &mut report);
    (definition.map(|definition| (*definition.agent).clone()), report)
}

/// Why a file with these keys is refused, for each.
fn refusals(path: &str, all: &[&str]) -> String {
    let one = |keys: &&str| {
        let (agent, report) = read_at(path, keys);
        assert!(agent.is_none() && report.status == Status::Error, "{keys}");
        let wrong = report.mistake().unwrap();
        format!("{:?}: {} {}\n", keys, wrong.line.unwrap(), wrong.text)
    };
    all.iter().map(one).collect()
}

const COMMON: &str = "agents/x.md";
const OPENCODE: &str = ".opencode/agent/x.md";

#[test]
fn a_rule_about_no_tool_is_refused() {
    let rules = [
        r#"permission: { bash: allow, "Bash(rm *)": deny }"#,
        r#"permission: { bash: { "*": allow }, 'bash "git push*"': deny }"#,
        "permission:\n  bash: allow\n  edit, bash: deny",
        "permission: { '': deny }",
        "permission: { bash: ask, <<: { edit: deny } }",
    ];
    assert_snapshot!(refusals(COMMON, &rules));
    let (agent, _) = read_at(COMMON, "permission: { '*': ask, mcp__docs__*: allow, web/fetch: deny }");
    assert_eq!(agent.unwrap().permission.len(), 3);
}

#[test]
fn a_tool_that_is_none_is_refused() {
    let lists = [
        "disallowedTools: Bash(rm *",
        "disallowedTools: Bash(rm *, Write",
        "disallowedTools: 'Bash', 'Write'",
        "disallowedTools: Bash; Write",
        "disallowedTools: [Bash Write]",
        "disallowedTools: [Bash(rm *) Write(x)]",
        "tools: Read; Grep",
        "tools: [Read)]",
    ];
    assert_snapshot!(refusals(COMMON, &lists));
    assert_snapshot!(refusals(OPENCODE, &["tools: { write edit: false }", "tools: { 'bash(rm': false }"]));
    let fine =
        "[mcp__x__*, server/tool, Agent(x), web/fetch, Bash(git add:*), '*', 'Bash (rm *)', Bash(echo (a))]";
    let (agent, _) = read_at(COMMON, &format!("disallowedTools: {fine}\ntools: {fine}"));
    let agent = agent.unwrap();
    assert_eq!((agent.disallowed_tools.len(), agent.tools.unwrap().len()), (8, 8));
}

/// Makes the frontmatter no YAML.
const NO_YAML: &str = "whenToUse: when: it: is\n";

#[test]
fn a_bound_among_prose_is_refused() {
    let lines = [
        "tools:Read, Grep",
        " tools: Read",
        "  \"tools\": Read",
        "tools：Read",
        "tools=Read",
        "\u{feff}tools: Read",
        " max_turns: 5",
        " PermissionMode: plan",
        "steps:5",
    ];
    let lines = lines.map(|line| format!("{NO_YAML}{line}"));
    let mut lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    lines.push("tools:Read");
    assert_snapshot!(refusals(COMMON, &lines));
    let first = "---\n tools: Read\nname: x\ndescription: Works.\n---\n";
    assert!(read::read(first.as_bytes(), &mut FileReport::new(Path::new(COMMON))).is_none());
}

#[test]
fn prose_that_looks_like_a_bound_is_read() {
    for prose in [
        "  Tools: it uses many",
        "  Steps: first do x",
        "steps: first do x",
        "  - tools: many",
        "  tools are: many",
        "  permission mode: none",
        "color: |\n  tools: of the trade",
        "color: 'a\n  tools: of the trade'",
    ] {
        let (agent, report) = read_at(COMMON, &format!("{NO_YAML}{prose}"));
        assert!(agent.is_some() && report.status == Status::Warning, "{prose}: {report:?}");
    }
    let (agent, _) = read_at(OPENCODE, &format!("{NO_YAML}steps: 5"));
    assert_eq!(agent.unwrap().max_turns, Some(5));
}

#[test]
fn a_bound_of_another_dialect_is_refused() {
    let foreign = ["permissionMode: plan", "disallowedTools: Bash", "<<: { tools: Read }", "max-turns: 3"];
    assert_snapshot!(refusals("agents/x.agent.md", &foreign));
    assert_snapshot!(refusals(".gemini/agents/x.md", &["permissionMode: plan", "isolation: worktree"]));
    assert_snapshot!(refusals(COMMON, &["timeout_mins: 5", "maxSteps: 3", "sandbox_mode: read-only"]));
    let (agent, _) = read_at("agents/x.agent.md", "permissionMode:\ncolor: red");
    assert_eq!(agent.unwrap().extras, ["permissionMode", "color"]);
}

#[test]
fn another_agent_is_named_or_the_file_is_refused() {
    assert_snapshot!(refusals("x/SKILL.md", &["agent: [reviewer]", "agent: ''", "extends: ''"]));
    let (agent, _) = read_at("x/SKILL.md", "agent:\nextends: ~");
    assert!(agent.is_some());
}

#[test]
fn many_lines_like_bounds_are_read_in_time() {
    let many = format!("{NO_YAML}color: |\n{}", "  tools: x\n".repeat(4000));
    assert!(read_at(COMMON, &many).0.is_some());
}
