use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use insta::{assert_debug_snapshot, assert_snapshot};

use super::*;
use crate::domain::ids::UserId;

const TOKEN: &str = "123456:AAEabcdefghijklmnopqrstuvwxyz_-0123";

fn environment(variables: &[(&str, &str)]) -> Environment {
    let mut environment = Environment::default();
    environment.set("HOME", "/home/ada");
    for (name, value) in variables {
        environment.set(name, value);
    }
    environment
}

/// Loads in a fresh folder that holds `yaml` as `adjutant.yaml`.
fn load_with(variables: &[(&str, &str)], yaml: Option<&str>) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    if let Some(yaml) = yaml {
        std::fs::write(folder.path().join("adjutant.yaml"), yaml).unwrap();
    }
    load(&environment(variables), folder.path())
}

/// What is wrong with `yaml`, one line per problem.
fn complaints(yaml: &str) -> String {
    load_with(&[], Some(yaml)).unwrap_err().to_string()
}

/// What is wrong with one variable.
fn complaint(name: &str, value: &str) -> String {
    load_with(&[(name, value)], None).unwrap_err().to_string()
}

#[test]
fn defaults_suffice() {
    let config = load(&environment(&[]), Path::new("/work/shop")).unwrap();
    assert_debug_snapshot!(config, @r#"
    Config {
        token: None,
        api_url: "https://api.telegram.org",
        proxy: None,
        database: File(
            "/work/shop/adjutant.db",
        ),
        agent_dirs: [
            "/work/shop/agents",
        ],
        workspaces: [
            Workspace {
                name: "shop",
                path: "/work/shop",
                origin: Default,
            },
        ],
        engines: [
            EngineConfig {
                name: "script",
                kind: Script,
            },
        ],
        default_engine: "script",
        access: Access {
            owners: {},
            members: {},
            chats: {},
        },
        limits: Limits {
            running_tasks: 4,
            task_timeout: 1800s,
            approval_timeout: 900s,
        },
        listen: None,
        log: Pretty,
        log_filter: None,
    }
    "#);
}

#[test]
fn the_file_of_the_design_is_understood() {
    let yaml = "
agents: [./agents, ~/.claude/agents]
workspaces:
  api: { path: ~/src/api }
  web: { path: ../web }
engines:
  steps: { type: script }
default_engine: steps
access: { owners: [111], members: [222], chats: [-100333] }
limits: { running_tasks: 8, task_timeout: 2h, approval_timeout: 90s }
";
    let mut problems = Vec::new();
    let settings =
        file::read("adjutant.yaml", yaml, Path::new("/etc/adjutant"), Some("/home/ada"), &mut problems);
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
                name: "steps",
                kind: Script,
            },
        ],
        default_engine: Some(
            "steps",
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
            "limits:\n  running_tasks: many",
            "adjutant.yaml:2: limits.running_tasks: expected a whole number from 1 to 1000, found \"many\"",
        ),
        (
            "limits: [4]",
            "adjutant.yaml:1: limits: expected a mapping with the keys running_tasks, task_timeout, approval_timeout, found a list",
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
            "adjutant.yaml:2: workspaces.api: expected a mapping with the keys path, found \"~/src/api\"",
        ),
        ("workspaces:\n  api: {}", "adjutant.yaml:2: workspaces.api: the key path is missing"),
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
            "engines:\n  codex: { type: acp, command: [codex-acp] }\ndefault_engine: codex",
            "adjutant.yaml:2: engines.codex.type: this version has no engine of type acp yet; it runs: script",
        ),
        (
            "engines:\n  x: { type: shell }",
            "adjutant.yaml:2: engines.x.type: expected an engine type that this version runs (script), found \"shell\"",
        ),
        ("engines:\n  x: {}", "adjutant.yaml:2: engines.x: the key type is missing"),
        (
            "engines:\n  x: { type: script, command: [a] }",
            "adjutant.yaml:2: engines.x.command: unknown key; known here: type",
        ),
        (
            "default_engine: claude",
            "adjutant.yaml:1: default_engine: expected one of the configured engines (script), found \"claude\"",
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

#[test]
fn each_bad_variable_is_one_line() {
    for (name, value, line) in [
        (
            "TELOXIDE_TOKEN",
            "123456:short",
            "environment: TELOXIDE_TOKEN: expected a bot token from @BotFather such as 123456:AbC…, found something else (not shown)",
        ),
        (
            "TELOXIDE_API_URL",
            "localhost:8081",
            "environment: TELOXIDE_API_URL: expected an address such as https://api.telegram.org, found something else (not shown)",
        ),
        (
            "TELOXIDE_PROXY",
            "ftp://h:1",
            "environment: TELOXIDE_PROXY: expected a proxy such as http://user:password@host:3128, found something else (not shown)",
        ),
        (
            "DATABASE_URL",
            "postgres://db",
            "environment: DATABASE_URL: expected sqlite://FILE or sqlite::memory:, found \"postgres://db\"",
        ),
        (
            "ADJUTANT_LISTEN",
            "9464",
            "environment: ADJUTANT_LISTEN: expected an address and a port such as 127.0.0.1:9464, found \"9464\"",
        ),
        ("ADJUTANT_LOG", "xml", "environment: ADJUTANT_LOG: expected pretty or json, found \"xml\""),
        (
            "ADJUTANT_OWNERS",
            "111, ada",
            "environment: ADJUTANT_OWNERS: expected a Telegram user id (a whole number above 0; /whoami tells it), found \"ada\"",
        ),
        (
            "ADJUTANT_CONFIG",
            "/nowhere/a.yaml",
            "environment: ADJUTANT_CONFIG: expected a file, found none at /nowhere/a.yaml",
        ),
    ] {
        assert_eq!(complaint(name, value), line, "for {value}");
    }
}

#[test]
fn values_are_read() {
    for (text, seconds) in [("30s", 30), ("15m", 900), ("2h", 7200), ("1d", 86_400), ("5 m", 300)] {
        assert_eq!(value::duration(text), Ok(Duration::from_secs(seconds)), "{text}");
    }
    for text in ["", "m", "-1m", "1.5h", "99999999999999999d", "3µ"] {
        assert!(value::duration(text).is_err(), "{text}");
    }
    for text in ["http://127.0.0.1:8081", "https://api.telegram.org/", "http://[::1]:80/bots"] {
        assert_eq!(value::api_url(text).unwrap(), text.trim_end_matches('/'));
    }
    for text in ["", "ftp://x", "https://", "http://h:0", "http://h:99999", "http://a b", "https://u@h"] {
        assert!(value::api_url(text).is_err(), "{text}");
    }
    let cwd = Path::new("/w");
    for (text, path) in [
        ("sqlite://a.db", "/w/a.db"),
        ("sqlite:///var/a.db", "/var/a.db"),
        ("sqlite:a.db?mode=rwc", "/w/a.db"),
    ] {
        assert_eq!(value::database(text, cwd), Ok(Database::File(path.into())), "{text}");
    }
    assert_eq!(value::database("sqlite::memory:", cwd), Ok(Database::Memory));
}

#[test]
fn dotenv_fills_gaps_and_blames_lines() {
    let mut environment = environment(&[("ADJUTANT_LOG", "json"), ("ADJUTANT_LISTEN", "")]);
    environment.add_dotenv(
        b"\xEF\xBB\xBF# comment\r\n\r\nADJUTANT_LOG=pretty\r\nexport DATABASE_URL=sqlite://x.db # here\r\nADJUTANT_LISTEN=127.0.0.1:1\r\nADJUTANT_OWNERS='1,\r\n2'\r\nRUST_LOG=\r\n",
    );
    let config = load(&environment, Path::new("/w")).unwrap();
    assert_eq!(config.log, LogFormat::Json, "the real environment wins");
    assert_eq!(config.listen, None, "even when it is empty");
    assert_eq!(config.database, Database::File("/w/x.db".into()));
    assert_eq!(config.access.owners, BTreeSet::from([UserId(1), UserId(2)]));
    assert_eq!(config.log_filter, None);

    let mut environment = Environment::default();
    environment.add_dotenv(
        b"A=1\nTELOXIDE_TOKEN=123\nno value here\nADJUTANT_LOG=xml\nADJUTANT_LOG=json\nB=\"open\nC=3\n",
    );
    assert_snapshot!(load(&environment, Path::new("/w")).unwrap_err(), @r#"
    .env:3: expected NAME=value, with quotes around a value that holds spaces
    .env:5: ADJUTANT_LOG: stands twice, first at line 4
    .env:6: expected NAME=value, with quotes around a value that holds spaces
    .env:2: TELOXIDE_TOKEN: expected a bot token from @BotFather such as 123456:AbC…, found something else (not shown)
    .env:4: ADJUTANT_LOG: expected pretty or json, found "xml"
    "#);
}

#[test]
fn dotenv_that_is_not_text_is_reported() {
    let mut environment = Environment::default();
    environment.add_dotenv(b"A=\xff\n");
    assert_snapshot!(load(&environment, Path::new("/w")).unwrap_err(), @".env: expected text in UTF-8");
}

#[test]
fn the_environment_of_a_process_includes_its_dotenv() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), "SOME_VARIABLE_OF_THIS_TEST=1\n").unwrap();
    let environment = Environment::from_process(folder.path());
    assert_eq!(environment.get("SOME_VARIABLE_OF_THIS_TEST"), Some("1"));
    assert!(std::env::var_os("SOME_VARIABLE_OF_THIS_TEST").is_none());
}

#[test]
fn owners_of_both_sources_count_and_paths_start_at_the_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("etc")).unwrap();
    let yaml =
        "agents: [more]\naccess: { owners: [1] }\nworkspaces: { api: { path: . }, gone: { path: none } }";
    std::fs::write(folder.path().join("etc/a.yaml"), yaml).unwrap();
    let variables = environment(&[("ADJUTANT_CONFIG", "etc/a.yaml"), ("ADJUTANT_OWNERS", "2,3,")]);
    let config = load(&variables, folder.path()).unwrap();
    assert_eq!(config.agent_dirs, [folder.path().join("etc/more")]);
    assert_eq!(config.access.owners, BTreeSet::from([UserId(1), UserId(2), UserId(3)]));
    assert_eq!(config.default_workspace().unwrap().path, folder.path().join("etc"));
    let error = config.check_workspaces().unwrap_err().to_string();
    let error = error.replace(&folder.path().display().to_string(), "HERE");
    assert_snapshot!(error, @"etc/a.yaml:3: workspaces.gone.path: expected a directory, found none at HERE/etc/none");
}

#[test]
fn only_some_commands_need_the_token() {
    let config = load_with(&[], None).unwrap();
    assert_snapshot!(config.require_token().unwrap_err(), @"environment: TELOXIDE_TOKEN: expected the bot's token from @BotFather (also in .env), found nothing");
    let config = load_with(&[("TELOXIDE_TOKEN", TOKEN)], None).unwrap();
    assert_eq!(config.require_token().unwrap().expose(), TOKEN);
}

#[test]
fn no_secret_is_printed() {
    let proxy = "http://ada:hunter2@proxy:3128";
    let variables = [("TELOXIDE_TOKEN", TOKEN), ("TELOXIDE_PROXY", proxy), ("OPENAI_API_KEY", "sk-1")];
    let environment = environment(&variables);
    let config = load(&environment, Path::new("/w")).unwrap();
    let printed = format!("{config:?} {config:#?} {environment:?} {}", config.token.as_ref().unwrap());
    assert!(printed.contains("[redacted]"));
    for secret in ["AAEabc", "hunter2", "sk-1"] {
        assert!(!printed.contains(secret), "{printed}");
    }
    for bad in ["123456:AAEabc short", "AAEabcdefghijklmnopqrstuvwxyz_-0123456"] {
        assert!(!complaint("TELOXIDE_TOKEN", bad).contains("AAEabc"));
    }
    assert!(!complaint("TELOXIDE_PROXY", "ada:hunter2@proxy").contains("hunter2"));
}
