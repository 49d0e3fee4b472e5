//! What it is started with, and starts that fail.

use std::fs;

use adjutant::domain::event::Ending;
use adjutant::engines::claude::{ClaudeEngine, probe};
use adjutant::ports::Engine;
use serde_json::json;

use super::super::support::failed;
use super::fake::Script;
use super::support::Bench;

#[tokio::test]
async fn it_gets_its_own_variables_and_never_one_that_skips_its_checks() {
    let mut bench = Bench::new([Script::begins().done(0.1)]);
    bench.program.env.insert("IS_SANDBOX".to_owned(), "1".to_owned());
    bench.program.env.insert("ANTHROPIC_API_KEY".to_owned(), "key".to_owned());
    bench.program.env.insert("CLAUDE_BASH_MAINTAIN_PROJECT_WORKING_DIR".to_owned(), "0".to_owned());
    assert_eq!(bench.run("Work", None).ending().await, Ending::Completed);
    let env = bench.fake.env();
    assert!(env.contains("ANTHROPIC_API_KEY=key\n") && !env.contains("IS_SANDBOX"), "{env}");
    assert!(env.contains("CLAUDE_BASH_MAINTAIN_PROJECT_WORKING_DIR=1\n"), "{env}");
    assert!(!env.contains("CARGO_MANIFEST_DIR"), "Adjutant's own environment is not passed on: {env}");
}

#[tokio::test]
async fn it_is_never_started_so_that_it_would_not_ask() {
    let mut bench = Bench::new([]);
    bench.program.mode = Some("bypassPermissions".to_owned());
    let Ending::Failed { reason } = bench.run("Work", None).ending().await else { panic!("it ran") };
    assert!(reason.contains("everything without asking"), "{reason}");
    let engine = ClaudeEngine::new(bench.program.clone(), bench.sessions.clone());
    assert_eq!(engine.check(&bench.agent), Err(reason));
    assert_eq!(bench.fake.starts(), 0);
}

#[tokio::test]
async fn starts_that_fail_say_why() {
    let mut bench = Bench::new([Script::default().exits(1, "Settings are broken")]);
    let reason = "claude ended right after its start (exit code 1): Settings are broken. Try it in a terminal; `adjutant engines check claude` shows more.";
    assert_eq!(bench.run("Work", None).ending().await, failed(reason));

    bench.program.command = vec!["no-such-claude".to_owned()];
    let reason = "claude is not installed: there is no `no-such-claude`. Install it.";
    assert_eq!(bench.run("Work", None).ending().await, failed(reason));

    let path = bench.workspace.path().to_owned();
    fs::remove_dir(&path).unwrap();
    let reason =
        format!("the workspace {} is not there any more; choose another with /workspace", path.display());
    assert_eq!(bench.run("Work", None).ending().await, failed(&reason));
}

#[tokio::test]
async fn a_probe_tells_version_and_login() {
    let bench = Bench::new([Script::default(), Script::default().offers()]);
    let found = probe(&bench.program, bench.workspace.path()).await.unwrap();
    assert_eq!(found.version.as_deref(), Some("2.1.197"));
    assert_eq!(found.remarks, ["Works with the key from KEY."]);
    let asked = bench.fake.heard();
    assert!(asked.iter().all(|line| line["type"] == "control_request"), "no prompt: {asked:?}");
}

#[tokio::test]
async fn a_probe_tells_what_is_wrong() {
    let nobody = Script::default().hears(&json!({})).says(&json!({
        "type": "control_response",
        "response": { "request_id": "$REQUEST", "response": { "account": { "tokenSource": "none", "apiProvider": "firstParty" } } },
    }));
    let mut bench =
        Bench::new([Script::default(), nobody, Script::default(), Script::default().exits(2, "No.")]);
    let said = probe(&bench.program, bench.workspace.path()).await.unwrap_err();
    assert_eq!(said.to_string(), "claude is not logged in. Log in.");
    let said = probe(&bench.program, bench.workspace.path()).await.unwrap_err().to_string();
    assert!(said.starts_with("claude ended right after its start (exit code 2): No."), "{said}");
    bench.program.command = vec!["no-such-claude".to_owned()];
    let said = probe(&bench.program, bench.workspace.path()).await.unwrap_err();
    assert_eq!(said.to_string(), "claude is not installed: there is no `no-such-claude`. Install it.");
}

#[tokio::test]
async fn its_own_sessions_are_listed() {
    let mut bench = Bench::new([]);
    let home = tempfile::tempdir().unwrap();
    bench.program.env.insert("HOME".to_owned(), home.path().to_str().unwrap().to_owned());
    let engine = ClaudeEngine::new(bench.program.clone(), bench.sessions.clone());
    assert_eq!(engine.sessions(bench.workspace.path().to_owned()).await, Ok(Vec::new()));
    let name: String = bench.cwd().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let folder = home.path().join(".claude/projects").join(name);
    fs::create_dir_all(&folder).unwrap();
    let line = json!({ "type": "user", "message": { "content": "Fix it" } }).to_string();
    fs::write(folder.join("11111111-1111-4111-8111-111111111111.jsonl"), line).unwrap();
    let sessions = engine.sessions(bench.workspace.path().to_owned()).await.unwrap();
    assert_eq!((sessions.len(), sessions[0].title.as_str()), (1, "Fix it"));
}
