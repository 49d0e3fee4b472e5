//! What `adjutant.yaml` says, and each mistake in it as one line.

use std::path::Path;

use insta::{assert_debug_snapshot, assert_snapshot};

use super::*;

#[test]
fn the_file_of_the_design_is_understood() {
    let yaml = "
agents: [./agents, ~/.claude/agents]
workspaces:
  api: { path: ~/src/api, test: cargo test --workspace }
  web: { path: ../web }
engines:
  claude: { type: claude }
  codex: { type: acp, command: [codex-acp], mode: workspace-write, env: [OPENAI_API_KEY] }
default_engine: codex
access: { owners: [111], members: [222], chats: [-100333] }
limits:
  { running_tasks: 8, task_timeout: 2h, approval_timeout: 90s, stall_timeout: 5m, living_sessions: 3, idle_session: 1h }
";
    let mut problems = Vec::new();
    let settings = crate::config::file::read(
        "adjutant.yaml",
        yaml,
        Path::new("/etc/adjutant"),
        &environment(&[]),
        &mut problems,
    );
    assert_eq!(problems, []);
    assert_debug_snapshot!(settings, @r#"
    Settings {
        agent_dirs: Some(
            [
                "/etc/adjutant/agents",
                "/home/ada/.claude/agents",
            ],
        ),
        workspaces: [
            Workspace {
                name: "api",
                path: "/home/ada/src/api",
                test: Some(
                    "cargo test --workspace",
                ),
                allow_bypass: false,
                origin: File {
                    name: "adjutant.yaml",
                    line: Some(
                        4,
                    ),
                },
            },
            Workspace {
                name: "web",
                path: "/etc/adjutant/../web",
                test: None,
                allow_bypass: false,
                origin: File {
                    name: "adjutant.yaml",
                    line: Some(
                        5,
                    ),
                },
            },
        ],
        engines: [
            EngineConfig {
                name: "claude",
                kind: Claude,
                title: "Claude Code",
                command: [
                    "claude",
                ],
                path: None,
                mode: None,
                env: {
                    "DISABLE_AUTOUPDATER": [redacted],
                },
                missing: [],
                install: "Install it with `npm install -g @anthropic-ai/claude-code`.",
                login: "Start `claude` once in a terminal and log in with /login, or set ANTHROPIC_API_KEY in .env.",
                remark: None,
                chosen: true,
            },
            EngineConfig {
                name: "codex",
                kind: Acp,
                title: "Codex",
                command: [
                    "codex-acp",
                ],
                path: None,
                mode: Some(
                    "workspace-write",
                ),
                env: {},
                missing: [
                    "OPENAI_API_KEY",
                ],
                install: "Install it with `npm install -g @zed-industries/codex-acp`.",
                login: "Run `codex login` once in a terminal (`npm install -g @openai/codex`), or set OPENAI_API_KEY in .env.",
                remark: None,
                chosen: true,
            },
            EngineConfig {
                name: "script",
                kind: Script,
                title: "script",
                command: [],
                path: None,
                mode: None,
                env: {},
                missing: [],
                install: "",
                login: "",
                remark: None,
                chosen: true,
            },
        ],
        default_engine: Some(
            "codex",
        ),
        access: Access {
            owners: {
                UserId(
                    111,
                ),
            },
            members: {
                UserId(
                    222,
                ),
            },
            chats: {
                ChatId(
                    -100333,
                ),
            },
        },
        limits: Limits {
            running_tasks: 8,
            task_timeout: 7200s,
            approval_timeout: 90s,
            stall_timeout: 300s,
            living_sessions: 3,
            idle_session: 3600s,
        },
    }
    "#);
}

#[test]
fn each_bad_value_of_the_file_is_one_line() {
    for (yaml, line) in [
        (
            "limits: { task_timeout: soon }",
            "adjutant.yaml:1: limits.task_timeout: expected a duration above 0 such as 30s, 15m or 2h, found \"soon\"",
        ),
        (
            "limits: { task_timeout: 30 }",
            "adjutant.yaml:1: limits.task_timeout: expected a duration above 0 such as 30s, 15m or 2h, found 30",
        ),
        (
            "limits: { approval_timeout: 0m }",
            "adjutant.yaml:1: limits.approval_timeout: expected a duration above 0 such as 30s, 15m or 2h, found \"0m\"",
        ),
        (
            "limits:\n  running_tasks: 0",
            "adjutant.yaml:2: limits.running_tasks: expected a whole number from 1 to 1000, found 0",
        ),
        (
            "limits:\n  living_sessions: 0",
            "adjutant.yaml:2: limits.living_sessions: expected a whole number from 1 to 1000, found 0",
        ),
        (
            "limits: { stall_timeout: never }",
            "adjutant.yaml:1: limits.stall_timeout: expected a duration above 0 such as 30s, 15m or 2h, found \"never\"",
        ),
        (
            "limits:\n  running_tasks: many",
            "adjutant.yaml:2: limits.running_tasks: expected a whole number from 1 to 1000, found \"many\"",
        ),
        (
            "limits: [4]",
            "adjutant.yaml:1: limits: expected a mapping with the keys running_tasks, task_timeout, approval_timeout, stall_timeout, living_sessions, idle_session, found a list",
        ),
        (
            "access:\n  owners:\n    - 111\n    - '@ada'",
            "adjutant.yaml:4: access.owners: expected a Telegram user id (a whole number above 0; /whoami tells it), found \"@ada\"",
        ),
        (
            "access: { owners: [-100333] }",
            "adjutant.yaml:1: access.owners: expected a Telegram user id (a whole number above 0; /whoami tells it), found -100333",
        ),
        ("access: { owners: 111 }", "adjutant.yaml:1: access.owners: expected a list of ids, found 111"),
        (
            "access: { chats: [1.5] }",
            "adjutant.yaml:1: access.chats: expected a Telegram chat id (a whole number; below 0 for a group), found 1.5",
        ),
        ("agents: ./agents", "adjutant.yaml:1: agents: expected a list of directories, found \"./agents\""),
        ("agents:\n- a\n- ''", "adjutant.yaml:3: agents[1]: expected a path, found \"\""),
        ("agents: [[a]]", "adjutant.yaml:1: agents[0]: expected a path, found a list"),
        ("workspaces: [api]", "adjutant.yaml:1: workspaces: expected a mapping of names, found a list"),
        (
            "workspaces:\n  api: ~/src/api",
            "adjutant.yaml:2: workspaces.api: expected a mapping with the keys path, test, allow_bypass, found \"~/src/api\"",
        ),
        (
            "workspaces:\n  api: { path: ., test: ' ' }",
            "adjutant.yaml:2: workspaces.api.test: expected a shell command such as cargo test, found \" \"",
        ),
        ("workspaces:\n  api: {}", "adjutant.yaml:2: workspaces.api: the key path is missing"),
        (
            "workspaces:\n  api: { path: a, allow_bypass: perhaps }",
            "adjutant.yaml:2: workspaces.api.allow_bypass: expected true or false, found \"perhaps\"",
        ),
        ("workspaces:\n  api:", "adjutant.yaml:2: workspaces.api: the key path is missing"),
        (
            "workspaces:\n  api:\n    path: ' '",
            "adjutant.yaml:3: workspaces.api.path: expected a path, found \" \"",
        ),
        (
            "workspaces:\n  '': { path: a }",
            "adjutant.yaml:2: workspaces.: expected a name of 1 to 64 characters on one line, without spaces at its ends, found \"\"",
        ),
        (
            "default_engine: claude",
            "adjutant.yaml:1: default_engine: expected one of the engines there are (script), found \"claude\"",
        ),
        (
            "- a",
            "adjutant.yaml:1: expected a mapping with the keys agents, workspaces, engines, default_engine, access, limits, found a list",
        ),
        ("agents: []\nlimits: {}\nagents: [a]", "adjutant.yaml:3: agents: stands twice, first at line 1"),
        (
            "workspaces:\n  api: { path: a }\n  api: { path: b }",
            "adjutant.yaml:3: workspaces.api: stands twice, first at line 2",
        ),
        (
            "limits:\n\trunning_tasks: 4",
            "adjutant.yaml:2: not valid YAML: a tab stands in the indentation; use spaces",
        ),
        ("limits: { running_tasks: 4", "adjutant.yaml:1: not valid YAML: did not find expected ',' or '}'"),
        (
            "agents: !!x [a]\nlimits: !secret 3",
            "adjutant.yaml:2: not valid YAML: limits: invalid type: enum, expected a value without a tag",
        ),
        ("agents: *base", "adjutant.yaml:1: not valid YAML: unknown anchor"),
    ] {
        assert_eq!(complaints(yaml), line, "for {yaml}");
    }
}

#[test]
fn an_unknown_key_names_its_line_and_the_nearest_known_key() {
    for (yaml, line) in [
        ("\n\nworkspcaes: {}", "adjutant.yaml:3: workspcaes: unknown key; did you mean workspaces?"),
        (
            "limits:\n  Task_Timeout: 3m",
            "adjutant.yaml:2: limits.Task_Timeout: unknown key; did you mean task_timeout?",
        ),
        ("access:\n  owner: [1]", "adjutant.yaml:2: access.owner: unknown key; did you mean owners?"),
        (
            "telegram: {}",
            "adjutant.yaml:1: telegram: unknown key; known here: agents, workspaces, engines, default_engine, access, limits",
        ),
        (
            "bot_token: 123456:AAEabcdefghijklmnopqrstuvwxyz_-0123",
            "adjutant.yaml:1: bot_token: unknown key; the bot token belongs in TELOXIDE_TOKEN, not in this file",
        ),
    ] {
        assert_eq!(complaints(yaml), line, "for {yaml}");
    }
}

#[test]
fn all_problems_are_told_at_once_and_in_order() {
    let yaml = "agnets: []\nlimits:\n  running_tasks: -1\n  task_timeout: 1w\naccess: { members: [me] }\n";
    let error = load_with(&[("ADJUTANT_LOG", "xml")], Some(yaml)).unwrap_err();
    assert_snapshot!(error, @r#"
    adjutant.yaml:1: agnets: unknown key; did you mean agents?
    adjutant.yaml:3: limits.running_tasks: expected a whole number from 1 to 1000, found -1
    adjutant.yaml:4: limits.task_timeout: expected a duration above 0 such as 30s, 15m or 2h, found "1w"
    adjutant.yaml:5: access.members: expected a Telegram user id (a whole number above 0; /whoami tells it), found "me"
    environment: ADJUTANT_LOG: expected pretty or json, found "xml"
    "#);
}
