//! `adjutant agents`: listed, shown, checked.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Desk, ECHO, fits};

/// Good, shadowed, broken, guessed and impossible ones, in two directories.
fn many() -> Desk {
    let desk = Desk::new();
    desk.put("adjutant.yaml", "agents: [./agents, ~/.claude/agents]\nworkspaces: { api: { path: . } }\n");
    let reviewer = "---\nname: code-reviewer\ndescription: Reviews what you have changed, says what is wrong with \
                    it, and how it would put that right. Careful.\nengine: script\nworkspace: api\n\
                    tools: Read, Grep\ndisallowedTools: Bash\nmaxTurns: 20\ncolor: red\n---\n\n\
                    Look twice.\n\u{1b}[31m\n```yaml steps\n- say: Fine.\n```\n";
    desk.put("agents/reviewer.md", reviewer);
    desk.put("agents/broken.md", "---\nname: broken\ndescription: Breaks.\ntools: { a: b }\n---\n");
    desk.put("agents/unclosed.md", "---\nname: unclosed\n");
    desk.put(
        "agents/elsewhere.md",
        &ECHO.replace("echo", "elsewhere").replace("engine: script", "engine: cloud"),
    );
    desk.put("agents/lost.md", &ECHO.replace("echo", "lost").replace("engine:", "workspace: web\nengine:"));
    desk.put("agents/steps.md", &ECHO.replace("echo", "steps").replace("- say:", "- sey:"));
    desk.put("agents/plain.md", "---\nname: plain\ndescription: A mind.\n---\n\nThink.\n");
    desk.put(".claude/agents/echo.md", ECHO);
    desk
}

#[test]
fn agents_are_listed_with_engine_and_file() {
    assert_snapshot!(Desk::new().run("agents list").fine(), @r"
    echo  script  agents/echo.md
          Says it back.
    ");
    let listed = many().run("agents list").fine();
    assert!(fits(&listed), "{listed}");
    assert_snapshot!(listed);
}

#[test]
fn the_list_is_json_too() {
    let desk = many();
    let listed = desk.run("agents list --json").json();
    assert_eq!((&listed["shadowed"], &listed["broken"]), (&json!(1), &json!(5)));
    let agents = listed["agents"].as_array().unwrap();
    let names: Vec<&str> = agents.iter().map(|agent| agent["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["code-reviewer", "echo", "elsewhere", "lost", "plain", "steps"]);
    let description = "Reviews what you have changed, says what is wrong with it, and how it would put that right. \
                       Careful.";
    assert_eq!(
        agents[0],
        json!({
            "name": "code-reviewer", "description": description, "engine": "script", "workspace": "api",
            "model": null, "tools": ["Read", "Grep"], "disallowed_tools": ["Bash"], "max_turns": 20,
            "path": "DESK/agents/reviewer.md", "dialect": "claude-code",
        })
    );
}

#[test]
fn where_there_are_no_agents_that_is_said() {
    let desk = Desk::new();
    desk.put("adjutant.yaml", "agents: [./none]\n");
    assert_eq!(desk.run("agents list").fine(), "There are no agents in none yet.\n");
    let checked = desk.run("agents check").fine();
    assert!(checked.contains("there is no such directory"), "{checked}");
}

#[test]
fn an_agent_is_shown_as_it_is_in_force() {
    let desk = many();
    let shown = desk.run("agents show Code_Reviewer").fine();
    assert!(!shown.contains('\u{1b}'), "the terminal is left alone");
    assert_snapshot!(shown);
}

#[test]
fn an_unknown_agent_brings_the_nearest_names() {
    let desk = many();
    for (name, told) in [
        ("revewer", "there is no agent \"revewer\"; `adjutant agents list` shows those there are"),
        ("reviewer", "there is no agent \"reviewer\"; did you mean code-reviewer?"),
        ("ehco", "there is no agent \"ehco\"; did you mean echo?"),
        (
            "broken",
            "there is no agent \"broken\"; agents/broken.md has that name but cannot be used: `adjutant agents \
             check` says why",
        ),
    ] {
        assert_eq!(desk.run(&format!("agents show {name}")).refused(1), format!("adjutant: {told}\n"));
    }
}

#[test]
fn files_are_checked_with_line_and_remedy() {
    let ran = many().run("agents check");
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    assert!(fits(&ran.out.replace("DESK/", "")), "{}", ran.out);
    assert_snapshot!(ran.out);
}

#[test]
fn good_files_and_mere_warnings_are_no_failure() {
    let desk = many();
    assert_snapshot!(desk.run("agents check agents/echo.md agents/plain.md").fine());
}

#[test]
fn a_single_file_is_checked_where_it_stands() {
    let desk = many();
    let shadowed = desk.run("agents check .claude/agents/echo.md").fine();
    assert!(shadowed.starts_with("warning   .claude/agents/echo.md\n"), "{shadowed}");
    // Outside the configured directories only its own folder counts.
    desk.put("drafts/echo.md", ECHO);
    assert_snapshot!(desk.run("agents check drafts/echo.md").fine(), @r"
    ok        drafts/echo.md

    1 file: 1 ok
    ");
    assert_eq!(desk.run("agents check drafts").fine(), "ok        drafts/echo.md\n\n1 file: 1 ok\n");
}

#[test]
fn what_cannot_be_checked_is_refused() {
    let desk = many();
    desk.put("notes.txt", "Notes.");
    let told = desk.run("agents check nowhere.md").refused(1);
    assert_eq!(told, "adjutant: cannot check nowhere.md: No such file or directory (os error 2)\n");
    let told = desk.run("agents check notes.txt").refused(1);
    assert!(told.contains("an agent file's name ends in .md"), "{told}");
}

#[test]
fn the_check_is_json_too() {
    let ran = many().run("agents check --json");
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    let report = ran.json();
    let file = |name: &str| {
        let files = report["files"].as_array().unwrap();
        files.iter().find(|file| file["path"].as_str().unwrap().ends_with(name)).unwrap().clone()
    };
    assert_eq!(
        file("/agents/reviewer.md"),
        json!({
            "path": "DESK/agents/reviewer.md", "name": "code-reviewer", "dialect": "claude-code", "status": "ok",
            "messages": [{
                "line": null, "column": null, "text": "keys without effect here: color", "remedy": null,
                "excerpt": null,
            }],
        })
    );
    assert_eq!(
        file("broken.md"),
        json!({
            "path": "DESK/agents/broken.md", "name": "broken", "dialect": null, "status": "error",
            "messages": [{
                "line": 4, "column": 1, "text": "tools: expected names of tools, found a mapping",
                "remedy": "write names with commas between them, or a list", "excerpt": "tools: { a: b }",
            }],
        })
    );
    for (name, status) in [("steps.md", "error"), ("plain.md", "ok"), (".claude/agents/echo.md", "warning")] {
        assert_eq!(file(name)["status"], status, "{name}");
    }
}
