//! What definitions permit, as tables. Each row: a use, and what is said of it.

use std::path::PathBuf;

use super::*;
use crate::domain::agent::{Dialect, PermissionRule, Source};
use crate::domain::approval::Decision;
use Verdict::{Allow, Ask, Deny};

mod commands;
mod limits;
mod paths;

pub(super) fn agent() -> AgentSpec {
    let source = Source { path: PathBuf::from("/agents/reviewer.md"), dialect: Dialect::ClaudeCode };
    let mut agent = AgentSpec::new("reviewer", "Reviews", source);
    for (line, field) in [
        Field::Tools,
        Field::DisallowedTools,
        Field::AllowedTools,
        Field::PermissionMode,
        Field::MaxTurns,
        Field::Budget,
    ]
    .into_iter()
    .enumerate()
    {
        agent.origins.insert(field, at(line + 2));
    }
    agent
}

pub(super) fn at(line: usize) -> Origin {
    Origin { path: PathBuf::from("/agents/reviewer.md"), line }
}

pub(super) fn words(entries: &[&str]) -> Vec<String> {
    entries.iter().map(|entry| (*entry).to_owned()).collect()
}

pub(super) fn rules(rules: &[(&str, Option<&str>, Verdict)]) -> Vec<PermissionRule> {
    let rule = |(index, (tool, pattern, verdict)): (usize, &(&str, Option<&str>, Verdict))| PermissionRule {
        tool: (*tool).to_owned(),
        pattern: pattern.map(str::to_owned),
        verdict: *verdict,
        origin: at(20 + index),
    };
    rules.iter().enumerate().map(rule).collect()
}

pub(super) fn policy(agent: &AgentSpec) -> Policy {
    Policy::of(agent, Grants { workspace: "/w".to_owned(), allow_bypass: false })
}

pub(super) fn listing(tools: &[&str]) -> Policy {
    policy(&AgentSpec { tools: Some(words(tools)), ..agent() })
}

pub(super) fn ruling(list: &[(&str, Option<&str>, Verdict)]) -> Policy {
    policy(&AgentSpec { permission: rules(list), ..agent() })
}

pub(super) fn run(command: &str) -> ToolUse {
    ToolUse { tool: "Bash".to_owned(), kind: ToolKind::Command(command.to_owned()), targets: Vec::new() }
}

pub(super) fn using(tool: &str, kind: ToolKind, target: &str) -> ToolUse {
    let target = match target {
        "" => None,
        url if url.contains("://") => Some(Target::Url(url.to_owned())),
        path if path.starts_with('/') => Some(Target::Path(path.to_owned())),
        name => Some(Target::Name(name.to_owned())),
    };
    ToolUse { tool: tool.to_owned(), kind, targets: target.into_iter().collect() }
}

fn mcp(server: &str, tool: &str) -> ToolUse {
    let kind = ToolKind::Mcp { server: server.to_owned(), tool: tool.to_owned() };
    using(&format!("mcp__{server}__{tool}"), kind, "")
}

/// A use by its name alone, of a file in the workspace where it needs one.
fn named(tool: &str) -> ToolUse {
    let kind = ToolKind::of_name(tool);
    let target = match kind {
        ToolKind::Read | ToolKind::Edit => "/w/a.txt",
        ToolKind::Fetch => "https://example.com/a",
        _ => "",
    };
    using(tool, kind, target)
}

#[test]
fn a_list_of_one_dialect_bounds_the_tools_of_all() {
    for (list, there, missing) in [
        // Claude Code.
        (
            &["Read", "Grep"][..],
            &[
                "Read",
                "Grep",
                "read",
                "read_file",
                "search",
                "search_file_content",
                "grep",
                "think",
                "TodoWrite",
            ][..],
            &[
                "Write",
                "Edit",
                "Bash",
                "edit",
                "execute",
                "run_shell_command",
                "Glob",
                "WebFetch",
                "Task",
                "wonder",
            ][..],
        ),
        (
            &["Edit"],
            &["Edit", "edit", "replace", "apply_patch"],
            &["Write", "MultiEdit", "Read", "delete_all"],
        ),
        (&["Agent"], &["Agent", "Task", "task", "agent"], &["Bash"]),
        // OpenCode.
        (
            &["read", "bash"],
            &["Read", "Bash", "read_file", "execute", "bash"],
            &["edit", "Write", "grep", "fetch"],
        ),
        // Gemini CLI.
        (
            &["read_file", "glob"],
            &["read_file", "glob", "Glob", "Read"],
            &["write_file", "run_shell_command", "read_many_files", "list_directory", "Bash"],
        ),
        (&["*"], &["Bash", "wonder", "edit"], &[]),
        // Copilot.
        (&["read", "web"], &["Read", "WebFetch", "WebSearch", "fetch"], &["execute", "edit", "search"]),
        (&["execute/runInTerminal"], &["execute", "Bash"], &["edit"]),
        (&[], &["think"], &["Read", "Bash", "wonder"]),
        // Unknown tools are just themselves.
        (&["Wonder"], &["Wonder"], &["wonder", "Read"]),
    ] {
        let policy = listing(list);
        for tool in there {
            assert_eq!(policy.judge(&named(tool)).verdict, Ask, "{tool} with {list:?}");
        }
        for tool in missing {
            assert_eq!(policy.judge(&named(tool)).verdict, Deny, "{tool} with {list:?}");
        }
    }
}

#[test]
fn tools_of_servers_are_listed_as_each_dialect_writes_them() {
    for (list, server, tool, verdict) in [
        ("mcp__*", "docs", "find", Ask),
        ("mcp_*", "docs", "find", Ask),
        ("mcp__docs__*", "docs", "find", Ask),
        ("mcp__docs", "docs", "find", Ask),
        ("mcp_docs_find", "docs", "find", Ask),
        ("docs/*", "docs", "find", Ask),
        ("docs/find", "docs", "find", Ask),
        ("docs_*", "docs", "find", Ask),
        ("mcp__docs__find", "docs", "remove", Deny),
        ("mcp__docs", "docs2", "find", Deny),
        ("mcp__docs__*", "other", "find", Deny),
        ("docs/find", "docs", "findall", Deny),
        ("Read", "docs", "find", Deny),
    ] {
        assert_eq!(listing(&[list]).judge(&mcp(server, tool)).verdict, verdict, "{list}: {server} {tool}");
    }
}

#[test]
fn what_is_forbidden_wins_over_what_is_allowed() {
    let everything = AgentSpec {
        tools: Some(words(&["Bash", "Edit"])),
        disallowed_tools: words(&["Bash(rm *)", "WebFetch"]),
        allowed_tools: words(&["Bash", "WebFetch", "Read"]),
        permission_mode: Some(PermissionMode::BypassPermissions),
        ..agent()
    };
    let grants = Grants { workspace: "/w".to_owned(), allow_bypass: true };
    let policy = Policy::of(&everything, grants);
    for (used, verdict, line) in [
        (run("ls"), Allow, Some(4)),
        (run("rm -rf x"), Deny, Some(3)),
        (run("ls; sudo rm x"), Deny, Some(3)),
        (run("ls $(make)"), Ask, None),
        (named("WebFetch"), Deny, Some(3)),
        (named("Read"), Deny, Some(2)),
        (named("Edit"), Allow, Some(5)),
        (mcp("docs", "find"), Deny, Some(2)),
    ] {
        let judgement = policy.judge(&used);
        let because = judgement.because.and_then(|because| because.origin);
        assert_eq!((judgement.verdict, because.map(|origin| origin.line)), (verdict, line), "{used:?}");
    }
}

#[test]
fn a_mode_decides_where_no_rule_does() {
    use PermissionMode::{AcceptEdits, Auto, BypassPermissions, Default, DontAsk, Plan};
    let outside = using("Edit", ToolKind::Edit, "/etc/passwd");
    let hook = using("Edit", ToolKind::Edit, "/w/.git/hooks/pre-commit");
    let climbs = using("Edit", ToolKind::Edit, "/w/../etc/passwd");
    for (mode, bypass, rows) in [
        (
            Default,
            true,
            [(named("Edit"), Ask), (run("ls"), Ask), (named("Read"), Ask), (outside.clone(), Ask)],
        ),
        (Auto, true, [(named("Edit"), Ask), (run("ls"), Ask), (named("Read"), Ask), (hook, Ask)]),
        (
            AcceptEdits,
            true,
            [(named("Edit"), Allow), (run("ls"), Ask), (climbs, Ask), (outside.clone(), Ask)],
        ),
        (
            AcceptEdits,
            false,
            [
                (named("Write"), Allow),
                (using("Edit", ToolKind::Edit, "/w/.GIT/hooks/pre-commit"), Ask),
                (using("Edit", ToolKind::Edit, ""), Ask),
                (named("Read"), Ask),
            ],
        ),
        (
            DontAsk,
            true,
            [(named("Edit"), Deny), (run("ls"), Deny), (named("Read"), Deny), (named("WebFetch"), Deny)],
        ),
        (
            BypassPermissions,
            true,
            [
                (named("Edit"), Allow),
                (run("rm -rf x"), Allow),
                (outside.clone(), Allow),
                (named("wonder"), Allow),
            ],
        ),
        (
            BypassPermissions,
            false,
            [(named("Edit"), Ask), (run("rm -rf x"), Ask), (outside, Ask), (named("wonder"), Ask)],
        ),
        (Plan, true, [(named("Edit"), Deny), (run("ls"), Ask), (run("make"), Deny), (named("wonder"), Deny)]),
        (
            Plan,
            true,
            [
                (named("Read"), Ask),
                (mcp("docs", "find"), Deny),
                (named("WebFetch"), Ask),
                (named("Task"), Ask),
            ],
        ),
    ] {
        let agent = AgentSpec { permission_mode: Some(mode), ..agent() };
        let policy = Policy::of(&agent, Grants { workspace: "/w".to_owned(), allow_bypass: bypass });
        for (used, verdict) in rows {
            assert_eq!(policy.judge(&used).verdict, verdict, "{mode:?}: {used:?}");
        }
    }
}

#[test]
fn nothing_that_is_allowed_writes_while_planning() {
    let planner = AgentSpec {
        permission_mode: Some(PermissionMode::Plan),
        allowed_tools: words(&["*", "Edit", "Bash", "mcp__docs__*"]),
        permission: rules(&[("*", None, Allow)]),
        ..agent()
    };
    let grants = Grants { workspace: "/w".to_owned(), allow_bypass: true };
    let policy = Policy::of(&planner, grants);
    for (used, verdict) in [
        (named("Edit"), Deny),
        (named("Write"), Deny),
        (run("touch a"), Deny),
        (run("git status"), Allow),
        (mcp("docs", "find"), Allow),
        (mcp("other", "find"), Deny),
        (named("wonder"), Deny),
    ] {
        assert_eq!(policy.judge(&used).verdict, verdict, "{used:?}");
    }
}

#[test]
fn rules_are_read_in_order_and_the_last_one_counts() {
    let policy = ruling(&[
        ("*", None, Ask),
        ("edit", None, Deny),
        ("edit", Some("docs/*"), Allow),
        ("webfetch", None, Allow),
        ("task", None, Deny),
        ("task", Some("review*"), Allow),
        ("external_directory", None, Deny),
    ]);
    for (used, verdict, line) in [
        (using("edit", ToolKind::Edit, "/w/docs/deep/a.md"), Allow, 22),
        (using("edit", ToolKind::Edit, "/w/src/a.rs"), Deny, 21),
        (using("Write", ToolKind::Edit, "/w/docs/a.md"), Allow, 22),
        (using("edit", ToolKind::Edit, "/w/docs/../src/a.rs"), Deny, 21),
        (using("edit", ToolKind::Edit, "/etc/docs/a.md"), Deny, 26),
        (using("read", ToolKind::Read, "/etc/passwd"), Deny, 26),
        (using("read", ToolKind::Read, "/w/a"), Ask, 20),
        (using("webfetch", ToolKind::Fetch, "https://example.com"), Allow, 23),
        (using("task", ToolKind::Agent, "reviewer"), Allow, 25),
        (using("task", ToolKind::Agent, "builder"), Deny, 24),
        (run("make"), Ask, 20),
    ] {
        let judgement = policy.judge(&used);
        let found = judgement.because.as_ref().and_then(|because| because.origin.as_ref()).map(|at| at.line);
        assert_eq!((judgement.verdict, found), (verdict, Some(line)), "{used:?}");
    }
}

#[test]
fn what_nobody_asks_for_is_held_to_what_is_forbidden() {
    let silent = policy(&AgentSpec { permission_mode: Some(PermissionMode::DontAsk), ..agent() });
    for (used, forbidden) in [
        (named("read"), false),
        (named("search"), false),
        (named("think"), false),
        (run("ls"), true),
        (named("edit"), true),
    ] {
        assert_eq!(silent.forbids(&used).is_some(), forbidden, "{used:?}");
    }
    let listed = listing(&["Read"]);
    assert!(listed.forbids(&named("search")).is_some());
    assert!(listed.forbids(&named("think")).is_none());
    assert!(listed.forbids(&run("ls")).is_some());
}

#[test]
fn a_denial_says_which_rule_it_was() {
    let because = listing(&["Read", "Bash(git *)"]).judge(&run("git log && rm x")).because;
    assert_eq!(
        because.and_then(|because| Decision::forbidden(&because).to_agent()).as_deref(),
        Some(
            "Not allowed by reviewer.md:2 (tools: Read, Bash(git *); `rm x` is none of these). Do not try again; work without it."
        )
    );
    let because = ruling(&[("bash", Some("rm *"), Deny)]).judge(&run("rm x")).because;
    assert_eq!(
        because.map(|because| (because.label(), because.words())),
        Some(("reviewer.md:20".to_owned(), "bash \"rm *\": deny".to_owned()))
    );
}

#[test]
fn tools_that_no_engine_has_are_named() {
    let agent = AgentSpec {
        tools: Some(words(&["Read", "Raed", "mcp__x__y", "docs/*", "wonder_*", "*"])),
        disallowed_tools: words(&["Basch(rm *)"]),
        ..agent()
    };
    assert_eq!(policy(&agent).unknown_tools(), ["Basch", "Raed"]);
}

#[test]
fn a_name_counts_where_it_says_what_a_call_does() {
    let called = |tool: &str, command: &str| ToolUse { tool: tool.to_owned(), ..run(command) };
    let allowing = |entry: &str| policy(&AgentSpec { allowed_tools: words(&[entry]), ..agent() });
    for (policy, used, verdict) in [
        (ruling(&[("read", None, Allow)]), called("read", "rm x"), Ask),
        (ruling(&[("mcp_*", None, Allow)]), called("mcp_x", "rm x"), Ask),
        (ruling(&[("bash", None, Allow)]), called("read", "rm x"), Allow),
        (allowing("Read"), called("Read", "rm x"), Ask),
        (allowing("mcp_x"), called("mcp_x", "rm x"), Ask),
        (allowing("mcp_*"), using("mcp_x", ToolKind::Other, ""), Allow),
        (listing(&["read"]), called("read", "rm x"), Deny),
        (listing(&["Read"]), called("Read", "rm x"), Deny),
        // What is forbidden is so under its name, too.
        (ruling(&[("*", None, Allow), ("read", None, Deny)]), called("read", "rm x"), Deny),
        (ruling(&[("*", None, Allow), ("mcp_*", None, Deny)]), called("mcp_x", "rm x"), Deny),
    ] {
        assert_eq!(policy.judge(&used).verdict, verdict, "{used:?}");
    }
}

#[test]
fn what_cannot_be_judged_is_never_allowed_beforehand() {
    let with = |target: Target| {
        let mut used = run("git log");
        used.targets.push(target);
        used
    };
    let whole = policy(&AgentSpec { allowed_tools: words(&["Bash"]), ..agent() });
    let narrow = policy(&AgentSpec { allowed_tools: words(&["Bash(git *)"]), ..agent() });
    for (policy, used, verdict) in [
        (&whole, with(Target::Unclear("it is short")), Allow),
        (&narrow, with(Target::Unclear("it is short")), Ask),
        (&whole, with(Target::Unjudged("it is torn")), Ask),
        (&narrow, with(Target::Unjudged("it is torn")), Ask),
        (&ruling(&[("*", None, Allow)]), with(Target::Unjudged("it is torn")), Ask),
        (&listing(&["Bash(git *)"]), with(Target::Unclear("it is short")), Deny),
        (&listing(&["Bash(git *)"]), with(Target::Unjudged("it is torn")), Deny),
    ] {
        assert_eq!(policy.judge(&used).verdict, verdict, "{used:?}");
    }
}

#[test]
fn where_nobody_is_asked_each_use_is_judged() {
    let silent = policy(&AgentSpec { permission_mode: Some(PermissionMode::DontAsk), ..agent() });
    for (tool, judged) in [
        ("Bash", true),
        ("Monitor", true),
        ("Edit", true),
        ("WebFetch", true),
        ("Read", false),
        ("TodoWrite", false),
    ] {
        assert_eq!(silent.judges_each(tool), judged, "{tool}");
    }
    assert!(silent.judges_servers());
    assert!(listing(&["Read", "mcp__docs"]).judges_servers());
    assert!(!listing(&["Read"]).judges_servers());
    assert!(ruling(&[("mcp__docs__find", None, Deny)]).judges_servers());
}
