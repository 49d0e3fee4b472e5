//! With which arguments Claude Code is started; never so that it would not ask.

use super::*;
use crate::domain::agent::{Dialect, Origin, PermissionRule, Source, Verdict};
use crate::domain::policy::Grants;

fn agent(change: impl FnOnce(&mut AgentSpec)) -> AgentSpec {
    let source = Source { path: "test.md".into(), dialect: Dialect::ClaudeCode };
    let mut agent = AgentSpec::new("test", "Tests.", source);
    change(&mut agent);
    agent
}

fn started(agent: &AgentSpec, mode: Option<&str>) -> Vec<String> {
    let grants = Grants { workspace: "/w".to_owned(), allow_bypass: true };
    arguments(agent, &Policy::of(agent, grants), mode)
}

fn tools(list: &[&str]) -> Option<Vec<String>> {
    Some(list.iter().map(|tool| (*tool).to_owned()).collect())
}

#[test]
fn an_agent_becomes_arguments() {
    let plain = started(&agent(|_| {}), None);
    assert_eq!(
        plain.join(" "),
        "-p --output-format=stream-json --input-format=stream-json --verbose --include-partial-messages --replay-user-messages --permission-prompt-tool=stdio --permission-mode=default"
    );
    let cases: [(AgentSpec, &[&str]); 10] = [
        (
            agent(|agent| agent.instructions = "-Be = nice.\n".to_owned()),
            &["--append-system-prompt=-Be = nice.\n"],
        ),
        (agent(|agent| agent.instructions = " \n".to_owned()), &[]),
        (agent(|agent| agent.model = Some("opus".to_owned())), &["--model=opus"]),
        (agent(|agent| agent.model = Some("inherit".to_owned())), &[]),
        (agent(|agent| agent.max_turns = Some(7)), &["--max-turns=7"]),
        (
            agent(|agent| {
                agent.tools =
                    tools(&["Read", "Bash(git *)", "Bash(cargo test:*)", "Agent(one, two)", "default"])
            }),
            &[
                "--tools=Read,Bash,Agent",
                "--disallowedTools=mcp__*",
                r#"--settings={"permissions":{"ask":["Bash","Task","Agent"]}}"#,
            ],
        ),
        (agent(|agent| agent.tools = tools(&[])), &["--tools=", "--disallowedTools=mcp__*"]),
        (
            agent(|agent| agent.tools = tools(&["Read", "mcp__github__search"])),
            &["--tools=Read", r#"--settings={"permissions":{"ask":["mcp__*"]}}"#],
        ),
        (
            agent(|agent| agent.disallowed_tools = vec!["WebFetch".to_owned(), "Bash(rm *)".to_owned()]),
            &[
                "--disallowedTools=WebFetch",
                "--disallowedTools=Bash(rm *)",
                r#"--settings={"permissions":{"ask":["Bash","PowerShell","Monitor"]}}"#,
            ],
        ),
        (
            agent(|agent| {
                agent.tools = tools(&["Read"]);
                agent.disallowed_tools = vec!["Write".to_owned()];
            }),
            &["--tools=Read", "--disallowedTools=mcp__*", "--disallowedTools=Write"],
        ),
    ];
    for (agent, more) in cases {
        let arguments = started(&agent, None);
        assert_eq!(arguments[..plain.len()], plain);
        assert_eq!(arguments[plain.len()..], *more);
        assert!(
            !arguments.iter().any(|argument| argument.contains("allowedTools=R")),
            "nothing is allowed beforehand"
        );
    }
    assert!(started(&agent(|_| {}), Some("plan")).contains(&"--permission-mode=plan".to_owned()));
}

#[test]
fn a_policy_becomes_arguments_where_claude_code_has_some() {
    let rule = |tool: &str, pattern: Option<&str>, verdict| PermissionRule {
        tool: tool.to_owned(),
        pattern: pattern.map(str::to_owned),
        verdict,
        origin: Origin { path: "test.md".into(), line: 3 },
    };
    for (agent, mode, more) in [
        (agent(|agent| agent.tools = tools(&["*"])), "default", &[][..]),
        (
            agent(|agent| agent.tools = tools(&["read", "run_shell_command"])),
            "default",
            &["--tools=Read,Bash,PowerShell,Monitor", "--disallowedTools=mcp__*"],
        ),
        (
            agent(|agent| agent.tools = tools(&["glob", "docs/*"])),
            "default",
            &["--tools=Glob", r#"--settings={"permissions":{"ask":["mcp__*"]}}"#],
        ),
        (
            agent(|agent| agent.disallowed_tools = vec!["web_fetch".to_owned()]),
            "default",
            &["--disallowedTools=WebFetch"],
        ),
        (
            agent(|agent| agent.disallowed_tools = vec!["Read(.env)".to_owned()]),
            "default",
            &[
                "--disallowedTools=Read(.env)",
                r#"--settings={"permissions":{"ask":["Read","Grep","Glob","LSP"]}}"#,
            ],
        ),
        (agent(|agent| agent.allowed_tools = vec!["Bash(git *)".to_owned()]), "default", &[]),
        (
            agent(|agent| agent.permission = vec![rule("edit", Some("docs/*"), Verdict::Deny)]),
            "default",
            &[r#"--settings={"permissions":{"ask":["Edit","Write","NotebookEdit"]}}"#],
        ),
        (
            agent(|agent| agent.permission = vec![rule("edit", Some("docs/*"), Verdict::Allow)]),
            "default",
            &[],
        ),
        (
            agent(|agent| agent.permission_mode = Some(PermissionMode::Plan)),
            "plan",
            &[
                r#"--settings={"permissions":{"ask":["Bash","Edit","Write","NotebookEdit","PowerShell","Monitor","mcp__*"]}}"#,
            ],
        ),
        (
            agent(|agent| agent.permission_mode = Some(PermissionMode::DontAsk)),
            "default",
            &[
                r#"--settings={"permissions":{"ask":["Bash","Edit","Write","NotebookEdit","WebFetch","WebSearch","Task","Agent","Skill","PowerShell","Monitor","mcp__*"]}}"#,
            ],
        ),
        (agent(|agent| agent.permission_mode = Some(PermissionMode::BypassPermissions)), "default", &[]),
        (agent(|agent| agent.permission_mode = Some(PermissionMode::AcceptEdits)), "default", &[]),
        (
            agent(|agent| agent.effort = Some("high".to_owned())),
            "default",
            &[r#"--settings={"effortLevel":"high"}"#],
        ),
        (agent(|agent| agent.references = vec!["/refs".into()]), "default", &["--add-dir=/refs"]),
    ] {
        let arguments = started(&agent, None);
        let plain = protocol(Some(mode));
        assert_eq!(arguments[..plain.len()], plain);
        assert_eq!(arguments[plain.len()..], *more);
    }
}

#[test]
fn it_is_never_started_so_that_it_would_not_ask() {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let claude = words(&["claude"]);
    assert_eq!(check(&agent(|_| {}), &claude, None), Ok(()));
    assert_eq!(check(&agent(|_| {}), &claude, Some("acceptEdits")), Ok(()));
    for (command, mode) in [
        (claude.clone(), Some("bypassPermissions")),
        (words(&["claude", "--dangerously-skip-permissions"]), None),
        (words(&["claude", "--allow-dangerously-skip-permissions"]), None),
        (words(&["sh", "-c", "exec claude --permission-mode=bypassPermissions"]), None),
    ] {
        let said = check(&agent(|_| {}), &command, mode).unwrap_err();
        assert!(said.contains("everything without asking") && said.contains("`acceptEdits`"), "{said}");
    }
}

#[test]
fn instructions_that_are_no_argument_are_refused() {
    let long = agent(|agent| agent.instructions = "x".repeat(MAX_INSTRUCTIONS + 1));
    assert_eq!(
        check(&long, &[], None).unwrap_err(),
        "The instructions are too long: 100001 bytes of at most 100000. Move a part into a file that the agent reads."
    );
}
