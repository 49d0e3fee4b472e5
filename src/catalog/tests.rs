use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;

const GOOD: &str = "---\nname: good\ndescription: Stays.\n---\nWork.\n";

fn load(directories: &[PathBuf]) -> Catalog {
    Library::load(&Places::shared(directories)).catalog()
}

fn data(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/agents").join(folder)
}

/// Every report, one line per file and one per message.
fn told(catalog: &Catalog, root: &Path) -> String {
    let mut told = String::new();
    for report in catalog.reports() {
        let path = report.path.strip_prefix(root).unwrap_or(&report.path).display();
        let name = report.name.as_deref().unwrap_or("-");
        writeln!(told, "{path} {:?} {name}", report.status).unwrap();
        for Message { line, column, text, remedy } in &report.messages {
            let line = line.map_or(String::new(), |line| format!("{line}:{} ", column.unwrap_or(0)));
            let remedy = remedy.as_ref().map_or(String::new(), |remedy| format!(" -> {remedy}"));
            writeln!(told, "    {line}{text}{remedy}").unwrap();
        }
    }
    told.replace(&root.display().to_string(), "HERE/").replace("HERE//", "HERE/")
}

/// What the definition says, without what it leaves open.
fn definition(agent: &AgentSpec, root: &Path) -> String {
    let mut value = serde_json::to_value(agent).unwrap();
    let silent = |value: &serde_json::Value| match value {
        serde_json::Value::Null => true,
        serde_json::Value::Array(items) => items.is_empty(),
        serde_json::Value::Object(entries) => entries.is_empty(),
        _ => *value == "none",
    };
    let entries = value.as_object_mut().unwrap();
    entries.retain(|key, value| key == "tools" && value.is_array() || !silent(value));
    let text = serde_json::to_string_pretty(&value).unwrap();
    text.replace(&root.display().to_string(), "HERE/").replace("HERE//", "HERE/")
}

fn agent(catalog: &Catalog, name: &str) -> Arc<AgentSpec> {
    match catalog.find(name) {
        Found::One(agent) => agent,
        Found::Nearest(names) => panic!("no {name}, but {names:?}"),
    }
}

#[test]
fn every_quirk_is_reported() {
    let root = data("quirks");
    let catalog = load(std::slice::from_ref(&root));
    assert_snapshot!(told(&catalog, &root), @r#"
    bom.md Ok bom
    broken.md Error -
        2:1 the frontmatter is not YAML: did not find expected ',' or ']' -> write lines such as `name: value`
    child.md Warning child
        4:1 extends: this version does not join files; only this file's own text counts -> copy what the agent needs from the other file
        keys without effect here: extends
    colon-lines.md Warning colon-lines
        3:33 the frontmatter is not YAML (mapping values are not allowed in this context); read line by line -> put the value in quotes, or begin it with `|` on its own line
        keys without effect here: hooks
    colon.md Warning colon
        3:22 the frontmatter is not YAML (mapping values are not allowed in this context); read line by line -> put the value in quotes, or begin it with `|` on its own line
    crlf.md Ok crlf
    duplicate.md Warning duplicate
        3:1 description: stands more than once; the last one counts -> remove the others
        keys without effect here: skills
    empty.md Warning -
        has no frontmatter, so it is no agent -> begin it with `---`, `name: …`, `description: …`, `---`, or move it elsewhere
    example-far-below.md Warning -
        has no frontmatter, so it is no agent -> begin it with `---`, `name: …`, `description: …`, `---`, or move it elsewhere
    full.md Ok full
        keys without effect here: color, permissionMode
        unknown keys: shoe_size
    hidden-skill.md Ok go-best-practices
        not called by name (user-invocable: false)
    literal-newline.md Ok literal-newline
    long-name.md Warning a-name-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on-an
        2:1 name: shortened to "a-name-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on-an" -> use one line of at most 64 characters
    missing-colon.md Warning missing-colon
        4:1 the frontmatter is not YAML (could not find expected ':'); read line by line -> put the value in quotes, or begin it with `|` on its own line
        2:1 name: shortened to "missing-colon" -> use one line of at most 64 characters
        has no description, so nobody can call it -> add `description:`: when to use it
    names-are-scalars.md Warning 007
        3:1 description: expected text, found a list; left out -> write it as text
        has no description, so nobody can call it -> add `description:`: when to use it
    no-description.md Warning base-engineer
        keys without effect here: role
        has no description, so nobody can call it -> add `description:`: when to use it
    no-frontmatter.md Warning -
        has no frontmatter, so it is no agent -> begin it with `---`, `name: …`, `description: …`, `---`, or move it elsewhere
    no-name.md Warning no-name
        has no name; called no-name after its file -> add `name:`
    odd-start.md Warning odd-start
        3:14 the frontmatter is not YAML (found character that cannot start any token); read line by line -> put the value in quotes, or begin it with `|` on its own line
    preamble.md Warning preamble
        6:1 text stands before the frontmatter -> begin the file with `---`
    rules.md Warning -
        has no frontmatter, so it is no agent -> begin it with `---`, `name: …`, `description: …`, `---`, or move it elsewhere
    scalar.md Error -
        2:1 the frontmatter is not YAML: expected lines such as `name: value` -> write lines such as `name: value`
    tab.md Warning tab
        5:1 the frontmatter is not YAML (a tab stands in the indentation; use spaces); read line by line -> put the value in quotes, or begin it with `|` on its own line
        keys without effect here: mcpServers
    tools-all.md Ok tools-all
    tools-list.md Ok tools-list
    tools-map.md Error tools-map
        4:1 tools: expected names of tools, found a mapping -> write names with commas between them, or a list
    tools-spaces.md Ok tools-spaces
    turns-word.md Error turns-word
        4:1 maxTurns: expected a whole number above 0, found "plenty" -> write a number such as 20, or remove the key
    unclosed.md Error -
        1:1 the frontmatter is never closed -> end it with a line `---`
    "#);
}

#[test]
fn every_quirk_is_read_as_meant() {
    let catalog = load(&[data("quirks")]);
    let mut read = String::new();
    for agent in catalog.agents() {
        let AgentSpec { name, description, model, tools, disallowed_tools, .. } = &**agent;
        writeln!(read, "{name}: {description:?} {model:?} {tools:?} {disallowed_tools:?}").unwrap();
    }
    assert_snapshot!(read, @r#"
    a-name-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on-an: "Shortened." None None []
    bom: "Begins with a mark." None None []
    child: "Extends another." None None []
    colon: "Use when: something breaks. Examples: <example>Context: a test fails. user: \"help\" </example>" Some("opus") Some(["Read", "Grep"]) []
    colon-lines: "Use this agent when: needed.\n\nExamples:\nuser: \"It's broken\"\nassistant: \"I'll call the agent\"\n<example>indented</example>" None Some(["Read", "Grep"]) []
    crlf: "One.\nTwo." None None []
    duplicate: "Last." None None []
    full: "Uses every key that has a meaning." Some("sonnet") Some(["Read", "Bash(git add, git commit)", "Agent(writer)"]) ["Write", "Bash(rm:*)"]
    literal-newline: "One.\nTwo." None None []
    no-name: "Called after the file." None None []
    odd-start: "`cargo` knows" Some("@sonnet") None []
    preamble: "The fence comes late." None None []
    tab: "Tab follows." None None []
    tools-all: "A star means all, nothing means all." None None []
    tools-list: "Tools as a list, keys in other spellings." None Some(["Read", "mcp__github__*"]) []
    tools-spaces: "Tools with spaces between." None Some(["Read", "Grep", "Bash(git diff)"]) ["*"]
    "#);
    assert_snapshot!(definition(&agent(&catalog, "full"), &data("")), @r#"
    {
      "name": "full",
      "description": "Uses every key that has a meaning.",
      "instructions": "Do the work.\n\n---\n\nA rule in the body is no fence.",
      "engine": "claude",
      "workspace": "api",
      "model": "sonnet",
      "tools": [
        "Read",
        "Bash(git add, git commit)",
        "Agent(writer)"
      ],
      "disallowed_tools": [
        "Write",
        "Bash(rm:*)"
      ],
      "max_turns": 20,
      "extras": [
        "color",
        "permissionMode",
        "shoe_size"
      ],
      "source": {
        "path": "HERE/quirks/full.md",
        "dialect": "claude-code"
      }
    }
    "#);
    let report = catalog.reports().iter().find(|report| report.path.ends_with("turns-word.md")).unwrap();
    assert_snapshot!(serde_json::to_string(&report.messages).unwrap(), @r#"[{"line":4,"column":1,"text":"maxTurns: expected a whole number above 0, found \"plenty\"","remedy":"write a number such as 20, or remove the key"}]"#);
    assert_eq!(agent(&catalog, "crlf").instructions, "Body.\nEnds.");
}

#[test]
fn the_earlier_directory_wins() {
    let root = data("");
    let missing = root.join("missing");
    let file = root.join("first/reviewer.md");
    let directories = [root.join("first"), missing, file, root.join("second"), root.join("first")];
    let catalog = load(&directories);
    assert_eq!(agent(&catalog, "reviewer").instructions, "The first reviewer.");
    assert_eq!(agent(&catalog, "writer").description, "Writes.");
    assert_snapshot!(told(&catalog, &root), @"
    first/reviewer.md Ok reviewer
    missing Warning -
        there is no such directory -> create the directory, or take it out of `agents`
    first/reviewer.md Warning -
        is not a directory -> create the directory, or take it out of `agents`
    second/nested/writer.md Ok writer
    second/reviewer.md Shadowed reviewer
        has the name of HERE/first/reviewer.md, which comes first -> rename one of the two
    ");
}

#[test]
fn a_name_leads_to_its_agent_or_to_others() {
    let catalog = load(&[data("first"), data("second")]);
    assert!(matches!(catalog.find("Reviewer"), Found::One(_)));
    assert_eq!(catalog.find("reviwer"), Found::Nearest(vec!["reviewer".to_owned()]));
    assert_eq!(catalog.find("astronaut"), Found::Nearest(vec![]));
}

#[test]
fn what_ships_is_read_without_a_word() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("agents");
    let catalog = load(&[root]);
    let worst = catalog.reports().iter().max_by_key(|report| report.status).unwrap();
    assert_eq!(worst.status, Status::Ok, "{worst:?}");
    for name in ["tour", "echo"] {
        let agent = agent(&catalog, name);
        assert_eq!((agent.engine.as_deref(), &agent.extras), (Some("script"), &vec![]));
        let steps = agent.instructions.split_once("```yaml steps\n").unwrap().1;
        let steps = steps.split_once("\n```").unwrap().0;
        let crate::yaml::Value::List(steps) = crate::yaml::Document::parse(steps).unwrap().root.value else {
            panic!("the steps of {name} are no list");
        };
        assert!(!steps.is_empty());
    }
}

/// Writes an agent file, with the folders above it.
fn put(root: &Path, path: &str, text: &str) -> PathBuf {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}

fn file(name: &str, description: &str) -> String {
    format!("---\nname: {name}\ndescription: {description}\n---\n")
}

/// Each agent with its home and its description.
fn homes(catalog: &Catalog) -> Vec<String> {
    let line = |agent: &Arc<AgentSpec>| {
        format!("{}@{}: {}", agent.name, agent.home.as_deref().unwrap_or("*"), agent.description)
    };
    catalog.agents().iter().map(line).collect()
}

#[test]
fn workspaces_have_agents_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "agents/reviewer.md", &file("reviewer", "Shared."));
    for workspace in ["api", "web"] {
        put(root, &format!("{workspace}/.claude/agents/a.md"), &file("builder", workspace));
    }
    put(root, "web/.github/agents/reviewer.md", &file("reviewer", "Shadowed."));
    put(root, "web/.claude/commands/x.md", &file("command", "Is no agent."));
    put(root, "web/notes.md", &file("notes", "Is no agent."));
    let workspaces = ["web", "api"].map(|name| (name.to_owned(), root.join(name))).to_vec();
    let catalog = Library::load(&Places { shared: vec![root.join("agents")], workspaces }).catalog();
    assert_eq!(homes(&catalog), ["builder@web: web", "builder@api: api", "reviewer@*: Shared."]);
    assert!(matches!(catalog.find("Builder"), Found::One(agent) if agent.home.as_deref() == Some("web")));
    assert_snapshot!(told(&catalog, root), @"
    agents/reviewer.md Ok reviewer
    web/.claude/agents/a.md Ok builder
    web/.github/agents/reviewer.md Shadowed reviewer
        has the name of HERE/agents/reviewer.md, which comes first -> rename one of the two
    api/.claude/agents/a.md Ok builder
    ");
}

#[test]
fn changes_are_read_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let a = put(root, "agents/a.md", &file("a", "One."));
    let b = put(root, "agents/b.md", &file("b", "One."));
    let workspaces = vec![("web".to_owned(), root.join("web"))];
    std::fs::create_dir(root.join("web")).unwrap();
    let mut library = Library::load(&Places { shared: vec![root.join("agents")], workspaces });
    assert_eq!(library.watched(), [root.join("agents"), root.join("web")]);

    put(root, "agents/a.md", &file("a", "Two."));
    put(root, "agents/b.md", &file("b", "Two."));
    library.refresh(std::slice::from_ref(&a));
    assert_eq!(homes(&library.catalog()), ["a@*: Two.", "b@*: One."]);
    library.refresh(&[root.join("elsewhere/b.md")]);
    assert_eq!(homes(&library.catalog()), ["a@*: Two.", "b@*: One."]);

    std::fs::remove_file(&a).unwrap();
    put(root, "agents/c/c.md", &file("c", "New."));
    let own = put(root, "web/.claude/agents/own.md", &file("own", "New."));
    library.refresh(&[a, root.join("agents/c"), own]);
    assert_eq!(homes(&library.catalog()), ["b@*: One.", "c@*: New.", "own@web: New."]);
    let watched = ["agents", "agents/c", "web", "web/.claude", "web/.claude/agents"];
    assert_eq!(library.watched(), watched.map(|folder| root.join(folder)));

    library.refresh(&[root.join("agents")]);
    assert_eq!(agent(&library.catalog(), "b").description, "Two.");
    std::fs::write(&b, "no frontmatter").unwrap();
    library.refresh(&[]);
    assert_eq!(homes(&library.catalog()), ["c@*: New.", "own@web: New."]);
}

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

/// Lines that frontmatters are made of, sound and unsound.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("---".to_owned()),
        "(name|description|tools|maxTurns|extends|user-invocable|color|x): ?[-a-z:*&@%`'\"\\[\\]{}|>!# ]{0,12}",
        "[ \t]{0,3}- ?[a-z: ]{0,8}",
        "[ \t]{0,3}[a-zé:]{0,12}",
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
    assert_eq!(report(&"x: 1\n".repeat(5000)).messages.len(), 23, "20, no name, the keys, no description");
    assert_snapshot!(report(&"[".repeat(500)).messages[0].text, @"the frontmatter is not YAML: recursion limit exceeded");
    assert_snapshot!(report(&"x".repeat(64 * 1024)).messages[0].text, @"the frontmatter is larger than 64 KB");
    let bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
        .to_owned()
        + "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n"
        + "e: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]";
    assert_snapshot!(report(&bomb).messages[0].text, @"the frontmatter is not YAML: repetition limit exceeded");
}

fn good_survives(content: &[u8]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a-good.md"), GOOD).unwrap();
    std::fs::write(folder.path().join("b.md"), content).unwrap();
    let catalog = load(&[folder.path().to_owned()]);
    prop_assert_eq!(&agent(&catalog, "good").description, "Stays.");
    prop_assert_eq!(catalog.reports().len(), 2);
    for agent in catalog.agents() {
        prop_assert!(!agent.name.trim().is_empty() && !agent.name.contains(char::is_control));
        prop_assert!(!agent.description.is_empty());
    }
    let lines = String::from_utf8_lossy(content).matches('\n').count() + 1;
    for message in &catalog.reports()[1].messages {
        prop_assert!(message.line.is_none_or(|line| (1..=lines).contains(&line)), "{:?}", message);
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_bytes_hide_another_file(content in proptest::collection::vec(any::<u8>(), 0..400)) {
        good_survives(&content)?;
    }

    #[test]
    fn no_lines_hide_another_file(lines in proptest::collection::vec(line(), 0..16), fence in any::<bool>()) {
        let fence = if fence { "---\n" } else { "" };
        good_survives(format!("{fence}{}\n{fence}", lines.join("\n")).as_bytes())?;
    }
}
