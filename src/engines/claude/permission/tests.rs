//! What Claude Code asks for is shown to a person as what it will do.

use super::*;

fn request(tool: &str, input: &Value) -> Request {
    let request = json!({ "subtype": "can_use_tool", "tool_name": tool, "input": input, "tool_use_id": "T" });
    Request::read("R", &request).unwrap()
}

fn shown(tool: &str, input: &Value) -> ProposedAction {
    request(tool, input).action(Some("/w"), "/elsewhere")
}

fn other(title: &str, detail: &str) -> ProposedAction {
    ProposedAction::Other { title: title.to_owned(), detail: detail.to_owned(), cwd: "/w".to_owned() }
}

#[test]
fn a_plain_command_is_one() {
    let command =
        ProposedAction::Command { command: "cargo test".to_owned(), cwd: "/w".to_owned(), env: vec![] };
    for input in [
        json!({ "command": "cargo test" }),
        json!({ "command": "cargo test", "description": "Runs tests", "timeout": 5000 }),
        json!({ "command": "cargo test", "run_in_background": false }),
    ] {
        assert_eq!(shown("Bash", &input), command);
    }
}

#[test]
fn a_command_that_says_more_is_shown_whole() {
    for (title, input, detail) in [
        (
            "Run in the background `x`",
            json!({ "command": "x", "run_in_background": true }),
            "Bash\n{\n  \"command\": \"x\",\n  \"run_in_background\": true\n}",
        ),
        (
            "Run `x`",
            json!({ "command": "x", "dangerouslyDisableSandbox": true }),
            "Bash\n{\n  \"command\": \"x\",\n  \"dangerouslyDisableSandbox\": true\n}",
        ),
        ("Bash", json!({ "command": ["x"] }), "Bash\n{\n  \"command\": [\n    \"x\"\n  ]\n}"),
    ] {
        assert_eq!(shown("Bash", &input), other(title, detail));
    }
    // Where it would run is not certain: no rule may be made of it.
    let action = request("Bash", &json!({ "command": "x" })).action(None, "/w");
    assert_eq!(action, other("Run `x`", "Bash\n{\n  \"command\": \"x\"\n}"));
}

#[test]
fn a_new_file_is_shown_with_its_content() {
    let (path, content) = ("/w/a".to_owned(), "one\n".to_owned());
    let input = json!({ "file_path": "/w/a", "content": "one\n" });
    assert_eq!(shown("Write", &input), ProposedAction::WriteFile { path, content });
    for input in [
        json!({ "file_path": "a", "content": "one" }),
        json!({ "file_path": "/w/a", "content": "one", "mode": "append" }),
    ] {
        assert!(matches!(shown("Write", &input), ProposedAction::Other { .. }));
    }
}

#[test]
fn an_edit_is_a_difference() {
    for (input, detail) in [
        (
            json!({ "file_path": "/w/a", "old_string": "one\ntwo", "new_string": "uno" }),
            "/w/a\n-one\n-two\n+uno",
        ),
        (
            json!({ "file_path": "/w/a", "old_string": "one\n", "new_string": "", "replace_all": true }),
            "/w/a\nEverywhere in the file:\n-one\n-",
        ),
        (
            json!({ "file_path": "/w/a", "old_string": "", "new_string": "x", "replace_all": false }),
            "/w/a\n+x",
        ),
    ] {
        assert_eq!(shown("Edit", &input), other("Edit `a`", detail));
    }
    let more = shown("Edit", &json!({ "file_path": "/w/a", "old_string": "", "new_string": "x", "mode": 1 }));
    let ProposedAction::Other { detail, .. } = more else { panic!("{more:?}") };
    assert!(detail.starts_with("Edit\n{") && detail.contains("\"mode\": 1"), "{detail}");
}

#[test]
fn no_two_edits_look_the_same() {
    let texts = ["", "\n", "a", "a\n", "a\n\n", "-a", "+b", "a\n+b", "\n+b", "b"];
    let mut seen = std::collections::BTreeMap::new();
    for path in ["/w/a", "/w/a\nEverywhere in the file:", "/w/a\n-a"] {
        for (old, new, all) in texts.iter().flat_map(|old| {
            texts.iter().flat_map(move |new| [None, Some(true), Some(false)].map(|all| (old, new, all)))
        }) {
            let mut input = json!({ "file_path": path, "old_string": old, "new_string": new });
            if let Some(all) = all {
                input["replace_all"] = all.into();
            }
            // Not to say it is the same as to say no.
            let meant = (path, *old, *new, all.unwrap_or(false));
            let payload = shown("Edit", &input).payload();
            let before = seen.insert(payload.clone(), meant);
            assert!(before.is_none_or(|before| before == meant), "{payload}: {before:?} and {meant:?}");
        }
    }
}

#[test]
fn anything_else_is_shown_as_it_is() {
    assert_eq!(
        shown("WebFetch", &json!({ "url": "https://example.org" })),
        other("Fetch `https://example.org`", "WebFetch\n{\n  \"url\": \"https://example.org\"\n}")
    );
    assert_eq!(shown("mcp__x__y", &json!({})), other("x: `y`", "mcp__x__y\n{}"));
}

#[test]
fn what_was_shown_is_what_runs() {
    let input = json!({ "command": "cargo test", "timeout": 5 });
    assert_eq!(response(&input, &Decision::Allow), json!({ "behavior": "allow", "updatedInput": input }));
    for (decision, message) in [
        (Decision::Deny, "Denied by the person in the chat."),
        (Decision::Expired, "Not allowed: nobody in the chat answered in time."),
        (Decision::Undeliverable, "Not allowed: nobody could be asked in the chat."),
    ] {
        assert_eq!(response(&input, &decision), json!({ "behavior": "deny", "message": message }));
    }
}

#[test]
fn a_command_without_its_sandbox_is_for_a_person() {
    let unjudged = |input: Value| {
        let used = request("Bash", &input).tool_use(Some("/w"));
        used.targets.iter().any(|target| matches!(target, Target::Unjudged(_)))
    };
    assert!(unjudged(json!({ "command": "ls", "dangerouslyDisableSandbox": true })));
    assert!(!unjudged(json!({ "command": "ls", "dangerouslyDisableSandbox": false })));
    assert!(!unjudged(json!({ "command": "ls" })));
}

#[test]
fn a_path_is_what_it_may_be_taken_for() {
    for (path, places) in [
        ("a", &["/w/a"][..]),
        ("/x", &["/x"]),
        ("~/x", &["/w/~/x", "/~/x"]),
        ("$HOME/x", &["/w/$HOME/x", "/$HOME/x"]),
        (" /x", &["/w/ /x", "/x"]),
        ("file:///x", &["/w/file:///x", "/x"]),
        ("FILE://localhost/x", &["/w/FILE://localhost/x", "/x"]),
        ("file:///%78", &["/w/file:///%78", "/"]),
        ("http://x/y", &["/w/http://x/y", "/"]),
    ] {
        let used = request("Read", &json!({ "file_path": path })).tool_use(Some("/w"));
        let places: Vec<_> = places.iter().map(|place| Target::Path((*place).to_owned())).collect();
        assert_eq!(used.targets, places, "{path}");
    }
}
