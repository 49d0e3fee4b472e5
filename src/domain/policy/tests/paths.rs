//! What lists and rules say of paths and addresses.

use super::*;

#[test]
fn paths_are_compared_without_dots_and_within_the_workspace() {
    for (entry, path, allowed) in [
        ("Read(./src/**)", "/w/src/a/b.rs", true),
        ("Read(src/**)", "/w/src/a.rs", true),
        ("Read(src/*)", "/w/src/a.rs", true),
        ("Read(src/*)", "/w/src/a/b.rs", false),
        ("Read(./src/**)", "/w/src/../secret", false),
        ("Read(./src/**)", "/w/./src//a", true),
        ("Read(./src/**)", "/elsewhere/src/a", false),
        ("Read(**/*.md)", "/w/a/b/c.md", true),
        ("Read(*.md)", "/w/a/b/c.md", true),
        ("Read(*.md)", "/elsewhere/c.md", false),
        ("Read(docs)", "/w/docs/a", true),
        ("Read(docs)", "/w/docs2/a", false),
        ("Read(//etc/hosts)", "/etc/hosts", true),
        ("Read(/etc/hosts)", "/etc/hosts", true),
        ("Read(/etc/*)", "/etc/ssl/key", false),
        ("Read(~/notes/**)", "/home/x/notes/a", false),
        ("Read", "/w/a", true),
        ("Read", "/w2/a", false),
        ("Read", "/etc/passwd", false),
        ("Read", "/refs/a", true),
        ("Read(*)", "/etc/passwd", false),
    ] {
        let agent =
            AgentSpec { allowed_tools: words(&[entry]), references: vec![PathBuf::from("/refs")], ..agent() };
        let verdict = policy(&agent).judge(&using("Read", ToolKind::Read, path)).verdict;
        assert_eq!(verdict == Allow, allowed, "{entry}: {path}");
    }
}

#[test]
fn a_forbidden_path_is_forbidden_to_every_tool_that_could_get_at_it() {
    for (entry, used, denied) in [
        ("Read(.env)", using("Read", ToolKind::Read, "/w/.env"), true),
        ("Read(.env)", using("Read", ToolKind::Read, "/w/deep/.env"), true),
        ("Read(.env)", using("Read", ToolKind::Read, "/w/src/../.env"), true),
        ("Read(.env)", using("Grep", ToolKind::Search, "/w/.env"), true),
        ("Read(.env)", using("read_file", ToolKind::Read, "/w/.env"), true),
        ("Read(.env)", using("Read", ToolKind::Read, "/w/env"), false),
        ("Read(/secrets/**)", using("Read", ToolKind::Read, "/w/secrets/a"), true),
        ("Read(/secrets/**)", using("Read", ToolKind::Read, "/secrets/a"), true),
        ("Read(~/.ssh/**)", using("Read", ToolKind::Read, "/home/x/.ssh/id"), true),
        ("Edit(secrets/**)", using("Write", ToolKind::Edit, "/w/secrets/a"), true),
        ("Edit(secrets/**)", using("edit", ToolKind::Edit, "/w/secrets/a"), true),
        ("Edit(secrets/**)", using("Read", ToolKind::Read, "/w/secrets/a"), false),
        ("Write", using("Edit", ToolKind::Edit, "/w/a"), false),
        ("Write", using("edit", ToolKind::Edit, "/w/a"), true),
        ("WebFetch(domain:evil.com)", using("WebFetch", ToolKind::Fetch, "https://a.evil.com/x"), true),
        (
            "WebFetch(domain:evil.com)",
            using("WebFetch", ToolKind::Fetch, "https://example.com\\@evil.com/"),
            true,
        ),
        ("Agent(builder)", using("Task", ToolKind::Agent, "builder"), true),
        ("Agent(tester, builder)", using("Task", ToolKind::Agent, "builder"), true),
        ("Agent(builder)", using("Task", ToolKind::Agent, "reviewer"), false),
    ] {
        let agent = AgentSpec { disallowed_tools: words(&[entry]), ..agent() };
        assert_eq!(policy(&agent).judge(&used).verdict == Deny, denied, "{entry}: {used:?}");
    }
}

#[test]
fn an_address_is_known_by_its_host() {
    for (entry, url, allowed) in [
        ("WebFetch(domain:example.com)", "https://example.com/a", true),
        ("WebFetch(domain:example.com)", "https://EXAMPLE.com:443/a", true),
        ("WebFetch(domain:example.com)", "https://sub.example.com/", false),
        ("WebFetch(domain:*.example.com)", "https://sub.example.com/", true),
        ("WebFetch(domain:example.com)", "https://example.com@evil.com/", false),
        ("WebFetch(domain:example.com)", "https://example.com.evil.com/", false),
        ("WebFetch(domain:example.com)", "https://evil.com/?q=example.com", false),
        ("WebFetch(domain:example.com)", "https://evil.com\\@example.com/", false),
        ("WebFetch(domain:example.com)", "file://example.com/etc/passwd", false),
        ("WebFetch(https://example.com/docs/*)", "https://example.com/docs/a", true),
        ("WebFetch(https://example.com/docs/*)", "https://example.com/other", false),
        ("WebFetch", "https://anywhere.org", true),
        ("WebFetch(domain:*)", "https://exampl\u{451}.com/", false),
        ("WebFetch(domain:*)", "https://evil%2ecom/", false),
    ] {
        let agent = AgentSpec { allowed_tools: words(&[entry]), ..agent() };
        let verdict = policy(&agent).judge(&using("WebFetch", ToolKind::Fetch, url)).verdict;
        assert_eq!(verdict == Allow, allowed, "{entry}: {url}");
    }
}

#[test]
fn what_is_available_for_some_paths_only_is_denied_for_others() {
    let policy = listing(&["Edit(docs/**)", "Agent(reviewer)"]);
    for (used, verdict) in [
        (using("Edit", ToolKind::Edit, "/w/docs/a"), Ask),
        (using("Edit", ToolKind::Edit, "/w/src/a"), Deny),
        (using("Edit", ToolKind::Edit, ""), Deny),
        (using("Agent", ToolKind::Agent, "reviewer"), Ask),
        (using("Agent", ToolKind::Agent, "builder"), Deny),
        (using("Agent", ToolKind::Agent, ""), Deny),
    ] {
        assert_eq!(policy.judge(&used).verdict, verdict, "{used:?}");
    }
}

#[test]
fn a_change_to_a_file_that_is_not_named_is_asked_for() {
    let edits = ruling(&[("edit", None, Allow), ("read", None, Allow), ("webfetch", None, Allow)]);
    for (used, verdict) in [
        (using("edit", ToolKind::Edit, ""), Ask),
        (using("edit", ToolKind::Edit, "/w/a"), Allow),
        (using("read", ToolKind::Read, ""), Ask),
        (using("webfetch", ToolKind::Fetch, ""), Allow),
    ] {
        assert_eq!(edits.judge(&used).verdict, verdict, "{used:?}");
    }
}

#[test]
fn stars_in_paths_meet_in_one_pass() {
    let glob = format!("{}x", "**/".repeat(40));
    let agent = AgentSpec { allowed_tools: words(&[&format!("Read({glob})")]), ..agent() };
    for (last, verdict) in [("y", Ask), ("x", Allow)] {
        let path = format!("/w/{}{last}", "a/".repeat(400));
        assert_eq!(policy(&agent).judge(&using("Read", ToolKind::Read, &path)).verdict, verdict);
    }
}

#[test]
fn accepted_edits_are_not_those_of_git_however_it_is_spelled() {
    let accepting = policy(&AgentSpec { permission_mode: Some(PermissionMode::AcceptEdits), ..agent() });
    for (path, verdict) in [("/w/a", Allow), ("/w/.git/config", Ask), ("/w/.GIT/config", Ask)] {
        assert_eq!(accepting.judge(&using("Edit", ToolKind::Edit, path)).verdict, verdict, "{path}");
    }
}
