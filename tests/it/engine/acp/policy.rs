//! What an agent's file permits, with a program that runs: one that asks, and ones that do not, or lie.

use std::path::Path;

use adjutant::domain::agent::{AgentSpec, Budget, Field, Origin, PermissionMode, PermissionRule, Verdict};
use adjutant::domain::approval::Decision;
use adjutant::domain::event::{ActionState, Ending, EngineEvent};
use adjutant::ports::EngineOrder;
use serde_json::{Value, json};

use super::bench::{agent, engine, program, start_in};
use crate::engine::support::{Bench, failed, policy, workspace};

/// What came of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    /// It went ahead.
    Allowed,
    /// A person was asked, who said no.
    Asked,
    /// It was denied, and nobody was asked.
    Denied,
}
use Came::{Allowed, Asked, Denied};

/// The definition of an agent, with a line for what its file sets.
fn defined(change: impl FnOnce(&mut AgentSpec)) -> AgentSpec {
    let mut agent = agent("");
    for field in
        [Field::Tools, Field::DisallowedTools, Field::AllowedTools, Field::PermissionMode, Field::MaxTurns]
    {
        agent.origins.insert(field, Origin { path: "reviewer.md".into(), line: 7 });
    }
    change(&mut agent);
    agent
}

fn words(entries: &[&str]) -> Vec<String> {
    entries.iter().map(|entry| (*entry).to_owned()).collect()
}

fn rule(tool: &str, pattern: Option<&str>, verdict: Verdict) -> PermissionRule {
    let origin = Origin { path: "reviewer.md".into(), line: 7 };
    PermissionRule { tool: tool.to_owned(), pattern: pattern.map(str::to_owned), verdict, origin }
}

/// Runs a program that acts so, and decides as a task does where nobody says yes. Gives what came of it, in order.
async fn play(agent: AgentSpec, acts: &Value) -> (Bench, Vec<Came>, Ending) {
    let workspace = workspace();
    std::fs::create_dir(workspace.path().join("docs")).unwrap();
    std::fs::write(workspace.path().join("docs/a.md"), "a").unwrap();
    for (name, to) in
        [("link", "/etc"), ("chain", "next"), ("next", "../../missing/file"), ("round", "round")]
    {
        std::os::unix::fs::symlink(to, workspace.path().join("docs").join(name)).unwrap();
    }
    let policy = policy(&agent, workspace.path());
    let acts = acts.to_string().replace("$W", real(workspace.path()).as_str());
    let mut bench = start_in(&engine(program(&acts)).0, workspace, agent, None);
    let mut came = Vec::new();
    loop {
        let seen = bench
            .until(|event| matches!(event, EngineEvent::ApprovalRequested { .. } | EngineEvent::Ended(_)));
        match seen.await {
            EngineEvent::ApprovalRequested { request, tool, .. } => {
                let judgement = policy.judge(&tool);
                let (verdict, decision) = match (judgement.verdict, judgement.because) {
                    (Verdict::Deny, Some(because)) => (Denied, Decision::forbidden(&because)),
                    (Verdict::Allow, _) => (Allowed, Decision::Allow),
                    (Verdict::Ask | Verdict::Deny, _) => (Asked, Decision::Deny),
                };
                came.push(verdict);
                bench.order(EngineOrder::Decide { request, decision }).await;
            }
            EngineEvent::Ended(ending) => return (bench, came, ending),
            other => panic!("{other:?}"),
        }
    }
}

fn real(path: &Path) -> String {
    path.canonicalize().unwrap().to_str().unwrap().to_owned()
}

#[expect(clippy::needless_pass_by_value, reason = "called with literals")]
fn asks(kind: &str, input: Value) -> Value {
    json!({ "asks": { "toolCallId": "c", "title": "Do it", "kind": kind, "rawInput": input } })
}

fn run(command: &str) -> Value {
    asks("execute", json!({ "command": command }))
}

fn path(kind: &str, path: &str) -> Value {
    asks(kind, json!({ "path": path }))
}

#[tokio::test]
async fn every_dialect_bounds_a_program_that_asks() {
    let table: [(AgentSpec, Vec<(Value, Came)>); 7] = [
        // Claude Code.
        (
            defined(|agent| agent.tools = Some(words(&["Read", "Grep", "Bash(git *)"]))),
            vec![
                (path("read", "$W/docs/a.md"), Asked),
                (path("search", "$W"), Asked),
                (run("git status"), Asked),
                (run("git status && rm -rf /"), Denied),
                (run("git log $(rm x)"), Denied),
                (path("edit", "$W/docs/a.md"), Denied),
                (path("delete", "$W/docs/a.md"), Denied),
                (asks("fetch", json!({ "url": "https://example.com" })), Denied),
                // Some programs have no tools for reading but commands.
                (asks("read", json!({ "command": ["bash", "-lc", "sed -n 1,5p docs/a.md"] })), Asked),
                (asks("search", json!({ "command": "rg a | head" })), Asked),
                // It says more than its command.
                (asks("execute", json!({ "command": "git", "args": ["log"] })), Asked),
                (asks("execute", json!({ "command": "git log", "env": { "GIT_PAGER": "rm x" } })), Denied),
                (asks("execute", json!({ "command": null, "cmd": "rm x" })), Denied),
                (asks("execute", json!({ "command": "git log", "cmd": "rm x" })), Denied),
                (json!({ "asks": { "toolCallId": "t", "title": "git log", "kind": "execute" } }), Denied),
                (asks("think", json!({ "prompt": "work" })), Asked),
                (json!({ "asks": { "toolCallId": "t", "title": "Task", "kind": "think" } }), Denied),
                // Under another tool's name.
                (asks("read", json!({ "command": "rm x" })), Denied),
                (asks("think", json!({ "command": ["bash", "-lc", "rm x"] })), Denied),
                (asks("read", json!({ "changes": { "$W/docs/a.md": {} } })), Denied),
                (
                    json!({ "asks": { "toolCallId": "d", "kind": "read", "content":
                    [{ "type": "diff", "path": "$W/docs/a.md", "newText": "b" }] } }),
                    Denied,
                ),
            ],
        ),
        (
            defined(|agent| {
                agent.allowed_tools = words(&["Read", "Bash(cargo test:*)"]);
                agent.disallowed_tools = words(&["Read(*.env)", "WebFetch"]);
            }),
            vec![
                (path("read", "$W/docs/a.md"), Allowed),
                (path("read", "$W/docs/../../x"), Asked),
                (path("read", "$W/docs/link/hostname"), Asked),
                (path("read", "$W/docs/chain"), Asked),
                (path("read", "$W/docs/round"), Asked),
                (path("read", "~/.ssh/id_rsa"), Asked),
                (path("read", " /etc/hostname"), Asked),
                (path("read", "file:///etc/hostname"), Asked),
                (asks("read", json!({ "paths": ["docs/a.md", "/etc/hostname"] })), Asked),
                (asks("read", json!({ "command": "cat ~/.ssh/id_rsa" })), Asked),
                (asks("read", json!({ "command": "cd docs && cat a.md" })), Asked),
                (asks("read", json!({ "command": "cat docs/a.md", "env": { "A": "b" } })), Asked),
                (asks("read", json!({ "command": "create", "path": "docs/a.md", "file_text": "b" })), Asked),
                (asks("read", json!({ "command": "view", "path": "docs/a.md" })), Allowed),
                (asks("execute", json!({ "command": "cargo test", "args": ["; ls"] })), Allowed),
                (asks("execute", json!({ "command": "cargo", "args": ["publish"] })), Asked),
                (json!({ "asks": { "toolCallId": "t", "title": "cargo test", "kind": "execute" } }), Asked),
                (
                    json!({ "asks": { "toolCallId": "n", "kind": "execute", "rawInput": { "command": "rm x" },
                    "_meta": { "toolName": "Read" } } }),
                    Asked,
                ),
                (path("read", "$W/docs/.env"), Denied),
                (asks("read", json!({ "command": "cat docs/a.md" })), Allowed),
                (asks("read", json!({ "command": "cat docs/a.md docs/.env" })), Denied),
                (asks("read", json!({ "command": "cat docs/a.md /etc/hostname" })), Asked),
                (asks("read", json!({ "command": "ls", "cwd": "/etc" })), Asked),
                (run("cargo test -p x"), Allowed),
                (asks("execute", json!({ "command": "cargo test", "cwd": "/" })), Asked),
                (run("cargo test; ls"), Asked),
                (asks("fetch", json!({ "url": "https://example.com" })), Denied),
            ],
        ),
        // OpenCode.
        (
            defined(|agent| {
                agent.permission = vec![
                    rule("bash", Some("*"), Verdict::Ask),
                    rule("bash", Some("git *"), Verdict::Allow),
                    rule("bash", Some("git push*"), Verdict::Deny),
                    rule("edit", None, Verdict::Deny),
                    rule("edit", Some("docs/*"), Verdict::Allow),
                ];
            }),
            vec![
                (run("git log"), Allowed),
                (run("git push origin"), Denied),
                (run("sh -c 'git push'"), Denied),
                (run("make"), Asked),
                (path("edit", "$W/docs/a.md"), Allowed),
                (path("edit", "$W/docs/link/passwd"), Denied),
                (path("edit", "$W/src/a.rs"), Denied),
                (
                    asks(
                        "edit",
                        json!({ "changes": { "docs/a.md": { "type": "update", "move_path": "src/a" } } }),
                    ),
                    Denied,
                ),
                (asks("edit", json!({ "command": "git log", "path": "src/a" })), Denied),
                (asks("other", json!({ "server": "docs", "tool": "find", "command": "git log" })), Asked),
                (asks("edit", json!({})), Denied),
            ],
        ),
        // Gemini CLI.
        (
            defined(|agent| agent.tools = Some(words(&["read_file", "mcp_*"]))),
            vec![
                (path("read", "$W/docs/a.md"), Asked),
                (run("ls"), Denied),
                (asks("other", json!({ "server": "docs", "tool": "find" })), Asked),
            ],
        ),
        // Copilot.
        (
            defined(|agent| agent.tools = Some(words(&["read", "search", "docs/*"]))),
            vec![
                (path("search", "$W"), Asked),
                (run("ls"), Denied),
                (asks("other", json!({ "server": "mail", "tool": "send" })), Denied),
            ],
        ),
        // Codex, whose `sandbox_mode: read-only` is this mode.
        (
            defined(|agent| agent.permission_mode = Some(PermissionMode::Plan)),
            vec![
                (run("git status"), Asked),
                (run("touch x"), Denied),
                (run("ls > x"), Denied),
                (path("edit", "$W/docs/a.md"), Denied),
            ],
        ),
        (
            defined(|agent| agent.permission_mode = Some(PermissionMode::AcceptEdits)),
            vec![
                (path("edit", "$W/docs/a.md"), Allowed),
                (path("edit", "$W/docs/link/x"), Asked),
                (path("edit", "$W/docs/chain"), Asked),
                (path("edit", "$W/docs/round"), Asked),
                (run("ls"), Asked),
            ],
        ),
    ];
    for (agent, rows) in table {
        let (acts, expected): (Vec<Value>, Vec<Came>) = rows.into_iter().unzip();
        let (bench, came, ending) = play(agent, &json!(acts)).await;
        assert_eq!(ending, Ending::Completed, "{acts:?}");
        for ((act, came), expected) in acts.iter().zip(&came).zip(&expected) {
            assert_eq!(came, expected, "{act}");
        }
        assert_eq!(came.len(), expected.len());
        // The program heard it, and why.
        let allowed = expected.iter().filter(|came| **came == Allowed).count();
        assert_eq!(bench.text().matches("yes").count(), allowed, "{}", bench.text());
        let denied = expected.iter().filter(|came| **came == Denied).count();
        assert_eq!(bench.text().matches("Not allowed by reviewer.md:7").count(), denied, "{}", bench.text());
    }
}

#[tokio::test]
async fn a_program_that_acts_without_asking_is_stopped() {
    let tells = |status: &str, more: Value| {
        let mut call =
            json!({ "sessionUpdate": "tool_call", "toolCallId": "c", "title": "Do it", "status": status });
        call.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "tells": call })
    };
    let rm = json!({ "kind": "execute", "rawInput": { "command": "rm x" } });
    let listed = || defined(|agent| agent.tools = Some(words(&["Read"])));
    for (agent, acts, deed) in [
        (listed(), json!([tells("completed", rm.clone())]), "ran `rm x`"),
        // It is given a moment, and never asks.
        (listed(), json!([tells("in_progress", rm.clone()), "waits"]), "ran `rm x`"),
        (listed(), json!([tells("in_progress", rm.clone()), tells("failed", rm.clone())]), "ran `rm x`"),
        // It says that it thinks.
        (
            listed(),
            json!([tells("completed", json!({ "kind": "think", "rawInput": { "cmd": "rm x" } }))]),
            "ran `rm x`",
        ),
        (
            listed(),
            json!([tells("completed", json!({ "kind": "edit", "rawInput": { "path": "/tmp/x" } }))]),
            "changed `/tmp/x`",
        ),
        // It asks, is told no, and goes on.
        (listed(), json!([run("rm x"), tells("completed", rm.clone())]), "ran `rm x`"),
        (
            defined(|agent| agent.disallowed_tools = words(&["Read(.env)"])),
            json!([tells("completed", json!({ "kind": "read", "locations": [{ "path": "/x/../x/.env" }] }))]),
            "",
        ),
        (
            defined(|agent| agent.disallowed_tools = words(&["Read(/x/.env)"])),
            json!([tells("completed", json!({ "kind": "read", "locations": [{ "path": "/x/../x/.env" }] }))]),
            "read `/x/../x/.env`",
        ),
        (
            listed(),
            json!([tells("completed", json!({ "kind": "read", "rawInput": { "path": "/tmp/x" } }))]),
            "",
        ),
        (listed(), json!([tells("completed", json!({ "kind": "think" }))]), ""),
        // A difference that comes with the end.
        (
            listed(),
            json!([tells(
                "completed",
                json!({ "content":
                [{ "type": "diff", "path": "/tmp/x", "newText": "b" }] })
            )]),
            "changed `/tmp/x`",
        ),
        // What was refused was something else.
        (
            listed(),
            json!([
                tells("in_progress", rm.clone()),
                { "wants": "fs/write_text_file", "params": { "path": "$W/docs/b.md", "content": "b" } },
                tells("completed", rm.clone())
            ]),
            "ran `rm x`",
        ),
        // It was not allowed to, and knows.
        (listed(), json!([tells("in_progress", rm.clone()), run("rm x"), tells("failed", rm)]), ""),
    ] {
        let (bench, _, ending) = play(agent, &acts).await;
        if deed.is_empty() {
            assert_eq!(ending, Ending::Completed, "{acts}");
        } else {
            let reason = format!("odd {deed}, which reviewer.md:7 forbids, without asking. It was stopped.");
            assert_eq!(ending, failed(&reason), "{acts}");
            let note = "denied by reviewer.md:7".to_owned();
            assert_eq!(bench.states().last(), Some(&ActionState::Failed { note }), "{acts}");
        }
    }
}

#[tokio::test]
async fn what_a_program_wants_of_us_is_held_to_the_policy() {
    let wants = |method: &str, params: Value| json!({ "wants": method, "params": params });
    let read = wants("fs/read_text_file", json!({ "path": "$W/docs/a.md" }));
    let write = wants("fs/write_text_file", json!({ "path": "$W/docs/b.md", "content": "b" }));
    let runs = wants("terminal/create", json!({ "command": "touch x" }));
    let hides = wants(
        "terminal/create",
        json!({ "command": "git", "args": ["log"], "env": [{ "name": "GIT_PAGER", "value": "touch x" }] }),
    );
    for (agent, acts, refused) in [
        (
            defined(|agent| agent.tools = Some(words(&["Read", "Bash(git *)"]))),
            [&read, &write, &runs, &hides],
            3,
        ),
        (defined(|agent| agent.tools = Some(words(&["Edit"]))), [&read, &write, &runs, &hides], 3),
        (
            defined(|agent| agent.permission_mode = Some(PermissionMode::Plan)),
            [&read, &write, &runs, &hides],
            3,
        ),
        (
            defined(|agent| agent.disallowed_tools = words(&["Read(docs/**)"])),
            [&read, &write, &write, &write],
            1,
        ),
        (defined(|_| ()), [&read, &write, &read, &write], 0),
    ] {
        let (bench, _, ending) = play(agent, &json!(acts)).await;
        assert_eq!(ending, Ending::Completed);
        let text = bench.text();
        assert_eq!(text.matches("Not allowed by reviewer.md:7").count(), refused, "{text}");
        assert_eq!(text.matches("given").count(), 4 - refused, "{text}");
        assert!(!bench.workspace.path().join("x").exists());
    }
}

#[tokio::test]
async fn a_file_is_written_through_us_after_a_person_was_asked_where_a_rule_says_so() {
    let asking = || defined(|agent| agent.permission = vec![rule("edit", Some("docs/*"), Verdict::Ask)]);
    let writes =
        |path: &str| json!({ "wants": "fs/write_text_file", "params": { "path": path, "content": "b" } });
    let acts = json!([writes("$W/docs/b.md"), writes("$W/c.md")]);
    let (bench, came, ending) = play(asking(), &acts).await;
    assert_eq!((came, ending), (vec![Asked], Ending::Completed));
    assert!(!bench.workspace.path().join("docs/b.md").exists());
    assert!(bench.workspace.path().join("c.md").exists());
}

#[tokio::test]
async fn a_variable_of_a_terminal_forges_no_command() {
    let runs = |name: &str| {
        json!({ "wants": "terminal/create", "params":
        { "command": "touch x", "env": [{ "name": name, "value": "x" }] } })
    };
    let agent = defined(|agent| {
        agent.allowed_tools = words(&["Bash(git *)"]);
        agent.disallowed_tools = words(&["Bash(touch *)"]);
    });
    let (bench, came, _) = play(agent, &json!([runs("git log"), runs("a-b"), runs("A")])).await;
    assert_eq!(came, [Denied, Denied, Denied]);
    assert!(!bench.workspace.path().join("x").exists());
}

#[tokio::test]
async fn a_program_that_takes_too_many_rounds_is_stopped() {
    let call = |id: &str, status: &str| json!({ "tells": { "sessionUpdate": "tool_call", "toolCallId": id, "title": "Look", "kind": "read", "status": status } });
    let limited = || {
        defined(|agent| {
            agent.max_turns = Some(2);
            agent.budget = Some(Budget::default());
        })
    };
    // Side by side is one round.
    let two = json!([
        call("a", "in_progress"),
        call("b", "completed"),
        call("a", "completed"),
        call("c", "completed")
    ]);
    let (_, _, ending) = play(limited(), &two).await;
    assert_eq!(ending, Ending::Completed);
    let three = json!([call("a", "completed"), call("b", "completed"), call("c", "completed")]);
    let (_, _, ending) = play(limited(), &three).await;
    assert_eq!(
        ending,
        failed("It has taken the 2 turns that reviewer.md:7 allows. Write “go on” to let it continue.")
    );
}
