//! Files that want to do harm, and files that things happen to.

use std::io::{self, Read};
use std::path::Path;

use insta::assert_snapshot;
use proptest::prelude::*;

use super::{agent, load, put, told};
use crate::catalog::{FileReport, Library, Places, open, read, scan};

const GOOD: &str = "---\nname: good\ndescription: Stays.\n---\nWork.\n";

#[cfg(unix)]
#[test]
fn files_that_cannot_be_read_hide_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("agents");
    std::fs::create_dir_all(root.join("folder.md")).unwrap();
    std::fs::create_dir(root.join(".git")).unwrap();
    std::fs::write(root.join(".git/hidden.md"), GOOD).unwrap();
    std::fs::write(folder.path().join("outside.md"), GOOD).unwrap();
    std::fs::write(root.join("good.md"), GOOD).unwrap();
    std::fs::write(root.join("large.md"), vec![b'a'; 1024 * 1024 + 1]).unwrap();
    std::fs::write(root.join("latin1.md"), b"---\nname: caf\xe9\n---\n").unwrap();
    std::fs::write(root.join("not-markdown.txt"), GOOD).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(root.join("socket.md")).unwrap();
    for (target, link) in [
        ("../outside.md", "out.md"),
        ("good.md", "again.md"),
        ("nothing.md", "gone.md"),
        ("..", "loop"),
        (".", "loop.md"),
    ] {
        std::os::unix::fs::symlink(target, root.join(link)).unwrap();
    }
    let catalog = load(std::slice::from_ref(&root));
    assert_eq!(catalog.agents().len(), 1);
    assert_snapshot!(told(&catalog, &root), @"
    again.md Ok good
    gone.md Error -
        cannot be read: No such file or directory (os error 2) -> restore the file that this link names
    large.md Error -
        is larger than 1 MB -> move what the agent need not always know to another file
    latin1.md Error -
        2:10 is not UTF-8 text -> save the file in UTF-8
    loop Warning -
        is a link to a directory and not followed -> add the directory that it leads to to `agents`
    loop.md Warning -
        is a link to a directory and not followed -> add the directory that it leads to to `agents`
    out.md Error -
        is a link that leads out of the directory -> add the directory that the link leads to to `agents`, or copy the file
    socket.md Error -
        is not a regular file -> replace it by a file, or remove it
    ");
}

/// A file that says something, and then fails.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() { Err(io::Error::other("the disk is gone")) } else { self.0.read(buffer) }
    }
}

#[test]
fn a_file_that_changes_in_mid_read_does_no_harm() {
    let mut report = FileReport::new(Path::new("agents/x.md"));
    assert_eq!(open::read(Ok(Failing(GOOD.as_bytes())), &mut report), None);
    let denied = || Err::<&[u8], _>(io::Error::from(io::ErrorKind::PermissionDenied));
    assert_eq!(open::read(denied(), &mut report), None);
    let texts: Vec<&str> = report.messages.iter().map(|message| message.text.as_str()).collect();
    assert_eq!(texts, ["cannot be read: the disk is gone", "cannot be read: permission denied"]);

    // Cut off at any place, by whoever wrote it while it was read.
    for end in 0..GOOD.len() {
        let mut report = FileReport::new(Path::new("agents/x.md"));
        let definition = read::read(&GOOD.as_bytes()[..end], &mut report);
        assert!(definition.is_some() || !report.messages.is_empty(), "{end}");
    }
}

#[test]
fn a_file_that_goes_and_comes_back_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = put(folder.path(), "good.md", GOOD);
    let mut library = Library::load(&Places::shared(&[folder.path().to_owned()]));
    let names = |library: &mut Library| library.catalog().agents().len();
    std::fs::remove_file(&path).unwrap();
    library.refresh(std::slice::from_ref(&path));
    assert_eq!((names(&mut library), library.catalog().reports().len()), (0, 0));
    // As editors do it.
    let fresh = put(folder.path(), ".good.md.swp", GOOD);
    std::fs::rename(&fresh, &path).unwrap();
    library.refresh(&[fresh, path.clone()]);
    assert_eq!(names(&mut library), 1);
    std::fs::write(&path, "---\nname: go").unwrap();
    library.refresh(std::slice::from_ref(&path));
    assert_eq!(names(&mut library), 0);
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out_of_a_workspace() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "secrets/agents/a.md", GOOD);
    put(root, "web/.gemini/agents/within.md", GOOD);
    std::os::unix::fs::symlink("../secrets", root.join("web/.claude")).unwrap();
    std::os::unix::fs::symlink("../../../secrets/agents", root.join("web/.gemini/agents/out")).unwrap();
    std::os::unix::fs::symlink("../../../secrets/agents/a.md", root.join("web/.gemini/agents/out.md"))
        .unwrap();
    let workspaces = ["web", "secrets/agents"].map(|name| (name.to_owned(), root.join(name))).to_vec();
    // What a link leads to is read where it may be.
    put(root, "secrets/agents/.codex/agents/b.md", &GOOD.replace("good", "other"));
    std::os::unix::fs::symlink(
        "../../../secrets/agents/.codex/agents/b.md",
        root.join("web/.gemini/agents/other.md"),
    )
    .unwrap();
    let catalog = Library::load(&Places { shared: Vec::new(), workspaces }).catalog();
    assert_snapshot!(told(&catalog, root), @"
    web/.claude/agents Warning -
        is a link that leads out of the workspace -> add the directory that the link leads to to `agents`
    web/.gemini/agents/other.md Error -
        is a link that leads out of the directory -> add the directory that the link leads to to `agents`, or copy the file
    web/.gemini/agents/out Warning -
        is a link to a directory and not followed -> add the directory that it leads to to `agents`
    web/.gemini/agents/out.md Error -
        is a link that leads out of the directory -> add the directory that the link leads to to `agents`, or copy the file
    web/.gemini/agents/within.md Ok good
    secrets/agents/.codex/agents/b.md Ok other
    ");
}

#[test]
fn a_folder_that_cannot_be_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "agents/good.md", GOOD);
    std::fs::create_dir(root.join("web")).unwrap();
    std::fs::create_dir(root.join("web/.claude")).unwrap();
    std::fs::write(root.join("web/.claude/agents"), "a file").unwrap();
    let workspaces = ["web", "gone"].map(|name| (name.to_owned(), root.join(name))).to_vec();
    let catalog = Library::load(&Places { shared: vec![root.join("agents")], workspaces }).catalog();
    assert_snapshot!(told(&catalog, root), @"
    agents/good.md Ok good
    web/.claude/agents Warning -
        is not a directory -> check the folder
    ");
}

#[test]
fn more_files_than_the_limit_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let directories = ["a", "b"].map(|name| folder.path().join(name));
    for number in 0..scan::MAX_FILES + 3 {
        put(&directories[number % 2], &format!("{number}.md"), "");
    }
    let catalog = load(&directories);
    let last = catalog.reports().last().unwrap();
    assert_eq!(catalog.reports().len(), scan::MAX_FILES + 1);
    assert_eq!(last.path, directories[1]);
    assert_snapshot!(last.messages[0].text, @"3 files are left out: more than 5000 would be read");
}

#[test]
fn joined_instructions_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let large = "x".repeat(600 * 1024);
    put(folder.path(), "base.md", &format!("---\nname: base\n---\n{large}"));
    put(folder.path(), "child.md", &format!("---\nname: child\ndescription: x\nextends: base\n---\n{large}"));
    let catalog = load(&[folder.path().to_owned()]);
    assert!(catalog.agents().is_empty());
    assert_snapshot!(catalog.reports()[1].messages[0].text, @"is larger than 1 MB with its bases and skills");
}

/// Lines that frontmatters are made of, sound and unsound.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("---".to_owned()),
        "(name|description|tools|maxTurns|extends|user-invocable|color|x): ?[-a-z:*&@%`'\"\\[\\]{}|>!# ]{0,12}",
        "(extends|agent|skills|handoffs): ?(good|b|\\[b, good\\]|- b)",
        Just("permission: { edit: deny, bash: { x: ask } }".to_owned()),
        Just("permission:".to_owned()),
        "  ?[\"']?(bash|edit|\\*)[\"']?: ?(allow|ask|deny)?",
        "(budget|timeout|timeout_mins|isolation|permissionMode|disable|hidden): ?[0-9.a-z$]{0,6}",
        "[ \t]{0,3}- ?[a-z: ]{0,8}",
        "[ \t]{0,3}[a-zé:]{0,12}",
        "\\PC{0,16}",
    ]
}

fn toml_line() -> impl Strategy<Value = String> {
    prop_oneof![
        "(name|description|developer_instructions|sandbox_mode|x) ?= ?\"[-a-z ]{0,12}\"?",
        "(budget|permission|max_turns) ?= ?[\\[{][a-z= \"]{0,8}[\\]}]?",
        "\\[{1,2}[a-z.]{0,8}\\]{0,2}",
        Just("developer_instructions = \"\"\"".to_owned()),
        Just("\"\"\"".to_owned()),
        "\\PC{0,16}",
    ]
}

#[test]
fn a_hostile_frontmatter_is_bounded() {
    let report = |frontmatter: &str| {
        let mut report = FileReport::new(Path::new("agents/x.md"));
        read::read(format!("---\n{frontmatter}\n---\n").as_bytes(), &mut report);
        report
    };
    assert_eq!(report(&"x: 1\n".repeat(5000)).messages.len(), 22, "20, no name, the keys");
    assert_snapshot!(report(&"[".repeat(500)).messages[0].text, @"the frontmatter is not YAML: recursion limit exceeded");
    assert_snapshot!(report(&"x".repeat(64 * 1024)).messages[0].text, @"the frontmatter is larger than 64 KB");
    let bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
        .to_owned()
        + "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n"
        + "e: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]";
    assert_snapshot!(report(&bomb).messages[0].text, @"the frontmatter is not YAML: repetition limit exceeded");
}

/// Where a file of each dialect may lie.
const PLACES: [&str; 9] = [
    "b.md",
    "b/b.md",
    "b/SKILL.md",
    "SKILL.md",
    "b.agent.md",
    "b.toml",
    ".opencode/agent/b.md",
    ".gemini/agents/b.md",
    ".github/agents/b.md",
];

fn good_survives(place: &str, content: &[u8]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "a-good.md", GOOD);
    let other = put(folder.path(), place, "");
    std::fs::write(&other, content).unwrap();
    let catalog = load(&[folder.path().to_owned()]);
    prop_assert_eq!(&agent(&catalog, "good").description, "Stays.");
    prop_assert_eq!(catalog.reports().len(), 2);
    let lines = String::from_utf8_lossy(content).matches('\n').count() + 1;
    let inside = |line: usize| (1..=lines).contains(&line);
    for agent in catalog.agents() {
        prop_assert!(!agent.name.trim().is_empty() && !agent.name.contains(char::is_control));
        prop_assert!(!agent.description.is_empty());
        let rules = agent.permission.iter().map(|rule| &rule.origin);
        for origin in agent.origins.values().chain(rules).filter(|origin| origin.path == other) {
            prop_assert!(inside(origin.line), "{:?}", origin);
        }
    }
    let report = catalog.reports().iter().find(|report| report.path == other).unwrap();
    for message in &report.messages {
        prop_assert!(message.line.is_none_or(inside), "{:?}", message);
    }
    Ok(())
}

fn place() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(&PLACES[..])
}

proptest! {
    #[test]
    fn no_bytes_hide_another_file(place in place(), content in proptest::collection::vec(any::<u8>(), 0..400)) {
        good_survives(place, &content)?;
    }

    #[test]
    fn no_lines_hide_another_file(
        place in place(),
        lines in proptest::collection::vec(line(), 0..16),
        fence in any::<bool>(),
    ) {
        let fence = if fence { "---\n" } else { "" };
        good_survives(place, format!("{fence}{}\n{fence}", lines.join("\n")).as_bytes())?;
    }

    #[test]
    fn no_toml_hides_another_file(lines in proptest::collection::vec(toml_line(), 0..16)) {
        good_survives("b.toml", lines.join("\n").as_bytes())?;
    }
}
