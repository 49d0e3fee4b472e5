//! Which engines there are: chosen in the file, or found as programs, and each mistake told.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use tempfile::TempDir;

use super::*;
use crate::config::profile::{self, PROFILES};

/// A folder of programs that can be run, and are never run here.
fn programs(names: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        let file = folder.path().join(name);
        fs::write(&file, "").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

/// What a person has who installed these programs.
fn with_programs(names: &[&str], yaml: Option<&str>) -> Result<Config, ConfigError> {
    let folder = programs(names);
    load_with(&[("PATH", folder.path().to_str().unwrap())], yaml)
}

fn names(config: &Config) -> Vec<&str> {
    config.engines.iter().map(|engine| engine.name.as_str()).collect()
}

/// The engine of this name, in a few lines.
fn engine(variables: &[(&str, &str)], yaml: &str, name: &str) -> String {
    let config = load_with(variables, Some(yaml)).unwrap();
    let engine = config.engine(name).unwrap();
    let env: Vec<String> =
        engine.env.iter().map(|(name, value)| format!("{name}={}", value.expose())).collect();
    format!(
        "{} ({})\n{}\nmode {:?}\nenv {env:?}, missing {:?}\n{}\n{}",
        engine.title,
        engine.kind.name(),
        engine.command.join(" "),
        engine.mode,
        engine.missing,
        engine.install,
        engine.login,
    )
}

#[test]
fn a_known_program_needs_its_type_alone() {
    assert_snapshot!(engine(&[], "engines: { codex: { type: acp } }", "codex"), @r#"
    Codex (acp)
    codex-acp
    mode Some("read-only")
    env [], missing []
    Install it with `npm install -g @zed-industries/codex-acp`.
    Run `codex login` once in a terminal (`npm install -g @openai/codex`), or set OPENAI_API_KEY in .env.
    "#);
    assert_snapshot!(engine(&[], "engines: { fixer: { type: claude } }", "fixer"), @r#"
    Claude Code (claude)
    claude
    mode None
    env ["DISABLE_AUTOUPDATER=1"], missing []
    Install it with `npm install -g @anthropic-ai/claude-code`.
    Start `claude` once in a terminal and log in with /login, or set ANTHROPIC_API_KEY in .env.
    "#);
}

#[test]
fn a_known_program_is_recognized_under_any_name_by_its_file() {
    let yaml = "engines: { fixer: { type: acp, command: ~/bin/gemini } }";
    assert_snapshot!(engine(&[("GEMINI_API_KEY", "k")], yaml, "fixer"), @r#"
    Gemini CLI (acp)
    /home/ada/bin/gemini --acp
    mode None
    env ["GEMINI_API_KEY=k"], missing []
    Install it with `npm install -g @google/gemini-cli`.
    Start `gemini` once in a terminal and log in, or set GEMINI_API_KEY in .env.
    "#);
    let yaml = "engines: { fixer: { type: acp, command: [./bin/gemini, --acp, --debug] } }";
    let config = load_with(&[], Some(yaml)).unwrap();
    let command = &config.engine("fixer").unwrap().command;
    assert!(Path::new(&command[0]).is_absolute() && command[0].ends_with("/bin/gemini"), "{command:?}");
    assert_eq!(command[1..], ["--acp", "--debug"]);
}

#[test]
fn an_unknown_program_gets_what_the_file_says_and_general_advice() {
    let yaml =
        "engines:\n  mine: { type: acp, command: [my-agent, 8], mode: careful, env: [MY_KEY, MY_URL] }";
    let variables = [("MY_KEY", "k"), ("OTHER_KEY", "o"), ("HTTPS_PROXY", "http://p:1")];
    assert_snapshot!(engine(&variables, yaml, "mine"), @r#"
    mine (acp)
    my-agent 8
    mode Some("careful")
    env ["HTTPS_PROXY=http://p:1", "MY_KEY=k"], missing ["MY_URL"]
    Install it so that it is on PATH, or put its whole path into `command` of `engines.mine` in adjutant.yaml.
    Log in with its own program in a terminal, or set the variable that holds its key in .env and list its name in `env` of `engines.mine` in adjutant.yaml.
    "#);
}

#[test]
fn what_a_person_lists_replaces_what_is_fixed() {
    let yaml = "engines: { goose: { type: acp, env: [GOOSE_MODE] } }";
    for (variables, mode) in [(&[][..], "GOOSE_MODE=approve"), (&[("GOOSE_MODE", "auto")], "GOOSE_MODE=auto")]
    {
        let told = engine(variables, yaml, "goose");
        assert!(told.contains(mode), "{told}");
    }
}

#[test]
fn each_mistake_about_an_engine_is_one_line() {
    for (engine, line) in [
        ("x: {}", "engines.x: the key type is missing"),
        ("x: acp", "engines.x: expected a mapping with the key type, found \"acp\""),
        (
            "x: { type: shell }",
            "engines.x.type: expected an engine type (script, claude, acp), found \"shell\"",
        ),
        ("x: { type: script, command: [a] }", "engines.x.command: unknown key; known here: type"),
        ("x: { type: claude, comand: [a] }", "engines.x.comand: unknown key; did you mean command?"),
        (
            "x: { type: acp }",
            "engines.x: the key command is missing; only these names need none: codex, gemini, opencode, vibe, qwen, \
             cursor, claude-acp, copilot, goose, fast-agent",
        ),
        ("script: { type: claude }", "engines.script: this name is for the type script; choose another"),
        (
            "x: { type: acp, command: [] }",
            "engines.x.command: expected a program, or a list of a program and its arguments, found a list",
        ),
        (
            "x: { type: acp, command: [a, [b]] }",
            "engines.x.command: expected a program, or a list of a program and its arguments, found a list",
        ),
        (
            "x: { type: acp, command: ['', b] }",
            "engines.x.command: expected a program, or a list of a program and its arguments, found \"\"",
        ),
        (
            "x: { type: acp, command: gemini --acp }",
            "engines.x.command: expected a list when there are arguments, as in [gemini, --acp], found \"gemini --acp\"",
        ),
        (
            "x: { type: claude, mode: [] }",
            "engines.x.mode: expected the name of a mode, as the program calls it, found a list",
        ),
        ("x: { type: claude, env: MY_KEY=sk-1 }", "engines.x.env: expected a list of names of variables"),
        (
            "x: { type: claude, env: [MY_KEY=sk-1] }",
            "engines.x.env: expected the name of a variable such as OPENAI_API_KEY; its value belongs in .env",
        ),
        (
            "x: { type: claude, env: [TELOXIDE_TOKEN] }",
            "engines.x.env: expected a variable of the agent's own; no agent gets those of the bot",
        ),
    ] {
        let yaml = format!("engines:\n  {engine}");
        assert_eq!(complaints(&yaml), format!("adjutant.yaml:2: {line}"), "for {yaml}");
    }
}

#[test]
fn without_engines_in_the_file_the_programs_that_are_there_are_offered() {
    let config = with_programs(&["gemini", "codex-acp", "claude", "vim"], None).unwrap();
    assert_eq!(names(&config), ["claude", "codex", "gemini", "script"]);
    assert_eq!(config.default_engine, "claude");
    let claude = config.engine("claude").unwrap();
    assert!(claude.path.as_ref().unwrap().ends_with("claude") && !claude.chosen, "{claude:?}");
    let yaml = "default_engine: gemini\nlimits: { running_tasks: 2 }";
    let config = with_programs(&["gemini", "claude"], Some(yaml)).unwrap();
    assert_eq!(
        (names(&config), config.default_engine.as_str()),
        (vec!["claude", "gemini", "script"], "gemini")
    );
    let error = with_programs(&["claude"], Some("default_engine: codex")).unwrap_err().to_string();
    assert_snapshot!(error, @r#"adjutant.yaml:1: default_engine: expected one of the engines there are (claude, script), found "codex""#);
}

#[test]
fn with_nothing_there_scripts_are_run() {
    for variables in [&[][..], &[("PATH", "/nowhere:.:")]] {
        let config = load_with(variables, None).unwrap();
        assert_eq!((names(&config), config.default_engine.as_str()), (vec!["script"], "script"));
    }
}

#[test]
fn a_program_in_a_folder_that_depends_on_where_one_is_does_not_count() {
    let folder = programs(&["claude"]);
    let up = "../".repeat(std::env::current_dir().unwrap().components().count() - 1);
    let path = format!("{up}{}", folder.path().strip_prefix("/").unwrap().display());
    assert!(Path::new(&path).join("claude").is_file(), "{path}");
    assert_eq!(names(&load_with(&[("PATH", &path)], None).unwrap()), ["script"]);
}

#[test]
fn programs_whose_name_others_have_or_that_do_not_ask_are_used_only_when_chosen() {
    let there = ["goose", "copilot", "fast-agent-acp"];
    assert_eq!(names(&with_programs(&there, None).unwrap()), ["script"]);
    let config = with_programs(&there, Some("engines: { goose: { type: acp } }")).unwrap();
    assert_eq!((names(&config), config.default_engine.as_str()), (vec!["goose", "script"], "goose"));
}

#[test]
fn only_files_that_can_be_run_are_programs() {
    let folder = programs(&["claude"]);
    fs::set_permissions(folder.path().join("claude"), fs::Permissions::from_mode(0o644)).unwrap();
    fs::create_dir(folder.path().join("gemini")).unwrap();
    let more = programs(&["opencode"]);
    let path = format!("{}:{}", folder.path().display(), more.path().display());
    let config = load_with(&[("PATH", &path)], None).unwrap();
    assert_eq!(names(&config), ["opencode", "script"]);
}

#[test]
fn with_engines_in_the_file_the_first_is_the_default_and_no_others_are_looked_for() {
    let yaml = "engines:\n  steps: { type: script }\n  codex: { type: acp }";
    let config = with_programs(&["claude"], Some(yaml)).unwrap();
    assert_eq!((names(&config), config.default_engine.as_str()), (vec!["steps", "codex", "script"], "steps"));
    assert_eq!(config.engine("codex").unwrap().path, None);
    let config = with_programs(&["claude"], Some("engines: {}")).unwrap();
    assert_eq!((names(&config), config.default_engine.as_str()), (vec!["script"], "script"));
}

#[test]
fn a_program_named_by_its_path_is_found_there() {
    let folder = programs(&["codex-acp"]);
    let path = folder.path().join("codex-acp");
    let yaml = format!("engines: {{ codex: {{ type: acp, command: '{}' }} }}", path.display());
    let config = load_with(&[], Some(&yaml)).unwrap();
    let codex = config.engine("codex").unwrap();
    assert_eq!((codex.path.as_ref(), &codex.command), (Some(&path), &vec![path.display().to_string()]));
}

#[test]
fn no_key_of_an_agent_is_printed() {
    let yaml = "engines: { claude: { type: claude } }";
    let config = load_with(&[("ANTHROPIC_API_KEY", "sk-ant-1")], Some(yaml)).unwrap();
    assert_eq!(config.engine("claude").unwrap().env["ANTHROPIC_API_KEY"].expose(), "sk-ant-1");
    assert!(!format!("{config:?}").contains("sk-ant-1"));
}

#[test]
fn the_table_of_programs_is_sound() {
    let mut seen = BTreeSet::new();
    let own: BTreeSet<&str> = PROFILES.iter().map(Profile::name).collect();
    assert_eq!(own.len(), PROFILES.len(), "two profiles have the same name");
    for profile in PROFILES {
        for name in profile.names {
            assert!(seen.insert((profile.kind.name(), *name)), "{name} stands twice");
        }
        let name = profile.name();
        assert!(
            !profile.title.is_empty() && !profile.command.is_empty() && !profile.command[0].contains('/')
        );
        assert!(profile.login.ends_with('.') && profile.install().ends_with('.'), "{name}");
        assert!(profile.remark.is_none_or(|remark| remark.ends_with('.')), "{name}");
        let variables = profile.env.iter().chain(profile.fixed.iter().map(|(name, _)| name));
        let mut known: BTreeSet<&str> = profile::COMMON.iter().copied().collect();
        for variable in variables {
            assert!(value::variable(variable).is_ok() && known.insert(variable), "{name}: {variable}");
        }
    }
    let acts_unasked = PROFILES.iter().find(|profile| profile.name() == "fast-agent").unwrap();
    assert!(acts_unasked.remark.is_some() && !acts_unasked.offered);
}

#[test]
fn every_known_program_can_be_an_engine_by_its_name_alone() {
    for profile in PROFILES {
        let (name, kind) = (profile.name(), profile.kind.name());
        let config = load_with(&[], Some(&format!("engines: {{ {name}: {{ type: {kind} }} }}"))).unwrap();
        let engine = config.engine(name).unwrap();
        assert_eq!((engine.command.as_slice(), engine.chosen), (&*profile.command(), true));
        assert_eq!(engine.path, None::<PathBuf>);
    }
}
