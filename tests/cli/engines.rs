//! `adjutant engines`: which programs there are, and what they get.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Desk, Ran, fits};

/// A desk with two agent programs on `PATH` that end at once, and a file that names no engines.
fn furnished() -> Desk {
    let desk = Desk::new();
    desk.install("claude", "exit 3");
    desk.install("codex-acp", "exit 3");
    desk
}

/// What `engines check --json` says of the engine of this name.
fn entry(ran: &Ran, name: &str) -> Value {
    let report = ran.json();
    let found = report["engines"].as_array().unwrap().iter().find(|engine| engine["name"] == name);
    found.unwrap_or_else(|| panic!("nothing about {name}: {ran:?}")).clone()
}

#[test]
fn the_programs_that_are_there_are_listed_with_what_they_get() {
    let desk = furnished();
    desk.put(".env", "OPENAI_API_KEY=sk-secret\n");
    let listed = desk.run_on_path("engines list").fine();
    assert!(fits(&listed), "{listed}");
    assert_snapshot!(listed);
}

#[test]
fn without_any_program_the_list_says_how_to_get_one() {
    assert_snapshot!(Desk::new().run("engines list").fine());
}

#[test]
fn chosen_engines_are_listed_with_what_is_missing() {
    let desk = furnished();
    desk.put(
        "adjutant.yaml",
        "engines:\n  mine: { type: acp, command: [my-agent, --stdio], mode: ask, env: [MY_KEY] }\n  \
         fast-agent: { type: acp }\n  steps: { type: script }\ndefault_engine: steps\n",
    );
    let listed = desk.run_on_path("engines list").fine();
    assert!(fits(&listed), "{listed}");
    assert_snapshot!(listed);
}

#[test]
fn engines_are_listed_as_json_without_any_value_of_a_variable() {
    let desk = furnished();
    desk.put(".env", "OPENAI_API_KEY=sk-secret\n");
    let yaml = "engines: { codex: { type: acp, env: [MY_KEY] } }";
    desk.put("adjutant.yaml", yaml);
    let ran = desk.run_on_path("engines list --json");
    let path = "DESK/bin/codex-acp";
    let expected = json!({
        "name": "codex", "title": "Codex", "type": "acp", "default": true, "chosen": true,
        "command": ["codex-acp"], "path": path, "mode": "read-only",
        "env": ["OPENAI_API_KEY"], "missing_env": ["MY_KEY"], "remark": null,
    });
    assert_eq!(entry(&ran, "codex"), expected);
    assert_eq!(entry(&ran, "script")["path"], Value::Null);
    assert!(!ran.fine().contains("sk-secret"));
}

#[test]
fn a_chosen_engine_that_is_not_installed_is_a_failure_with_a_way_out() {
    let desk = furnished();
    desk.put("adjutant.yaml", "engines: { gemini: { type: acp }, steps: { type: script } }\n");
    let ran = desk.run_on_path("engines check");
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    assert!(fits(&ran.out), "{ran:?}");
    assert_snapshot!(ran.out);
    assert_eq!(desk.run_on_path("engines check steps").code, 0);
    let ran = desk.run_on_path("engines check --json");
    assert_eq!((ran.code, &ran.json()["ok"]), (1, &json!(false)));
    assert_eq!(entry(&ran, "gemini")["status"], "fail");
}

#[test]
fn a_program_that_ends_at_once_is_a_warning_unless_somebody_has_asked_for_it() {
    let desk = furnished();
    let ran = desk.run_on_path("engines check --json");
    assert_eq!((ran.code, entry(&ran, "claude")["status"].as_str()), (0, Some("warn")));
    let ran = desk.run_on_path("engines check claude --json");
    assert_eq!((ran.code, entry(&ran, "claude")["status"].as_str()), (1, Some("fail")));
    let reason = entry(&ran, "claude")["reason"].as_str().unwrap().to_owned();
    assert!(reason.starts_with("claude ended right after its start"), "{reason}");
}

#[test]
fn a_known_program_that_is_no_engine_is_told_how_to_become_one() {
    assert_snapshot!(Desk::new().run("engines check codex").refused(1));
    assert_snapshot!(Desk::new().run("engines check goose").refused(1));
    assert_snapshot!(furnished().run_on_path("engines check cluade").refused(1));
}

#[test]
fn an_engine_is_an_agent_of_its_own_name() {
    let desk = furnished();
    assert_snapshot!(desk.run_on_path("agents list").fine());
    assert_snapshot!(desk.run_on_path("agents show codex").fine());
    let listing = desk.run_on_path("agents list --json").json();
    let codex = &listing["agents"].as_array().unwrap()[1];
    let (path, dialect) = (&codex["path"], &codex["dialect"]);
    assert_eq!((path, dialect), (&Value::Null, &json!("built-in")), "{codex}");
    // There is no file to check.
    assert!(!desk.run_on_path("agents check").fine().contains("codex"));
}

#[test]
fn a_file_with_an_engines_name_is_the_agent() {
    let desk = furnished();
    desk.put("agents/mine.md", "---\nname: Codex\ndescription: Mine.\nengine: codex\n---\n\nBe kind.\n");
    let listed = desk.run_on_path("agents list").fine();
    assert!(listed.contains("Codex ") && listed.contains("Mine."), "{listed}");
    assert!(!listed.contains("Codex, as it is."), "{listed}");
}

#[test]
fn the_doctor_looks_for_programs_and_keys() {
    let desk = furnished();
    desk.put(
        "adjutant.yaml",
        "engines: { codex: { type: acp, env: [MY_KEY] }, gemini: { type: acp }, claude: { type: claude } }\n",
    );
    let ran = desk.run_on_path("doctor --offline");
    assert_eq!(ran.code, 0, "{ran:?}");
    let lines: Vec<&str> = ran.out.lines().filter(|line| line.contains(" engine")).collect();
    assert_snapshot!(lines.join("\n"));
    let ran = desk.run_on_path("doctor --offline --engines");
    let claude = ran.out.lines().find(|line| line.contains("claude ended right after its start")).unwrap();
    assert!(claude.starts_with("warn  engine "), "{claude}");
}

/// Claude Code, as far as `engines check` knows it.
const CLAUDE: &str = r#"case "$*" in *--version*) echo "9.9.9 (Claude Code)"; exit;; esac
read -r line
id=${line#*\"request_id\":\"}
id=${id%%\"*}
account='{"email":"ada@example.org","subscriptionType":"max"}'
echo '{"type":"control_response","response":{"subtype":"success","request_id":"'$id'","response":{"account":'$account'}}}'
read -r line"#;

#[test]
fn a_program_that_answers_tells_its_version() {
    let desk = Desk::new();
    desk.install("claude", CLAUDE);
    assert_snapshot!(desk.run_on_path("engines check").fine(), @r"
    ok    claude  9.9.9, answers
                  Logged in as ada@example.org (max).
    ok    script  built in
    ");
    desk.put("adjutant.yaml", "engines: { claude: { type: claude, env: [MY_KEY] } }\n");
    let checked = desk.run_on_path("engines check claude").fine();
    assert!(fits(&checked), "{checked}");
    assert_snapshot!(checked, @r"
    warn  claude  9.9.9, answers
                  MY_KEY is not set: put it into .env, or take it out of `env` in
                  adjutant.yaml.
                  Logged in as ada@example.org (max).
    ");
    let ran = desk.run_on_path("doctor --offline --engines");
    assert!(
        ran.out.contains("warn  engine         claude: 9.9.9, answers → MY_KEY is not set"),
        "{}",
        ran.out
    );
}

/// An ACP agent, as far as `engines check` knows it.
const ACP: &str = r#"can='{"loadSession":true,"promptCapabilities":{"image":true}}'
who='{"name":"mine","version":"8.8.8"}'
while read -r line; do
    id=${line#*\"id\":}
    id=${id%%[,\}]*}
    case "$line" in
        *'"initialize"'*) result='{"protocolVersion":1,"agentCapabilities":'$can',"agentInfo":'$who'}' ;;
        *'"session/new"'*) result='{"sessionId":"s"}' ;;
        *) result='{}' ;;
    esac
    echo '{"jsonrpc":"2.0","id":'$id',"result":'$result'}'
done"#;

#[test]
fn any_acp_agent_can_be_checked() {
    let desk = Desk::new();
    desk.install("my-agent", ACP);
    desk.put("adjutant.yaml", "engines: { mine: { type: acp, command: ./bin/my-agent } }\n");
    assert_snapshot!(desk.run("engines check mine").fine(), @"ok    mine  8.8.8, answers");
}
