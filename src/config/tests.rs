//! What is configured, from all sources together, and that no secret is printed.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use insta::{assert_debug_snapshot, assert_snapshot};

use super::*;
use crate::domain::ids::UserId;

mod engines;
mod file;
mod variables;

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
                test: None,
                allow_bypass: false,
                origin: Default,
            },
        ],
        engines: [
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
                chosen: false,
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
            stall_timeout: 600s,
            living_sessions: 8,
            idle_session: 900s,
        },
        listen: None,
        log: Pretty,
        log_filter: None,
    }
    "#);
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
