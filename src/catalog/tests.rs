//! Agents are found, read as they are meant, and read again when they change; every quirk is reported.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;

use super::*;
use crate::domain::agent::PermissionRule;

mod bounds;
mod dialects;
mod extends;
mod hostile;

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

fn rule(rule: &PermissionRule) -> String {
    let PermissionRule { tool, pattern, verdict, origin } = rule;
    format!("{tool} {} {verdict:?} {}", pattern.as_deref().unwrap_or("-"), origin.label())
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
    if let Some(origins) = entries.get_mut("origins") {
        *origins =
            agent.origins.iter().map(|(field, origin)| format!("{field:?} {}", origin.label())).collect();
    }
    if let Some(permission) = entries.get_mut("permission") {
        *permission = agent.permission.iter().map(rule).collect();
    }
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
    assert_snapshot!("quirks-reported", told(&catalog, &root));
}

#[test]
fn every_quirk_is_read_as_meant() {
    let catalog = load(&[data("quirks")]);
    let mut read = String::new();
    for agent in catalog.agents() {
        let AgentSpec { name, description, model, tools, disallowed_tools, .. } = &**agent;
        writeln!(read, "{name}: {description:?} {model:?} {tools:?} {disallowed_tools:?}").unwrap();
    }
    assert_snapshot!("quirks-read", read);
    assert_snapshot!("quirks-full", definition(&agent(&catalog, "full"), &data("")));
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
fn one_directory_may_be_two_workspaces() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let path = put(root, ".claude/agents/a.md", &file("a", "One."));
    let workspaces = ["api", "web"].map(|name| (name.to_owned(), root.to_owned())).to_vec();
    let mut library = Library::load(&Places { shared: Vec::new(), workspaces });
    put(root, ".claude/agents/a.md", &file("a", "Two."));
    library.refresh(&[path]);
    assert_eq!(homes(&library.catalog()), ["a@api: Two.", "a@web: Two."]);
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

#[test]
fn a_workspace_that_is_not_there_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let workspaces = vec![("web".to_owned(), root.join("of/web"))];
    let mut library = Library::load(&Places { shared: Vec::new(), workspaces });
    assert_eq!(library.watched(), [root]);
    put(root, "of/web/.claude/agents/own.md", &file("own", "New."));
    assert!(library.refresh(&[root.join("of")]));
    assert_eq!(homes(&library.catalog()), ["own@web: New."]);
}

#[test]
fn many_changes_are_read_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let paths: Vec<PathBuf> = (0..70).map(|n| put(root, &format!("a{n}.md"), &file("a", "One."))).collect();
    let b = put(root, "b.md", &file("b", "One."));
    let mut library = Library::load(&Places::shared(&[root.to_owned()]));
    std::fs::write(b, file("b", "Two.")).unwrap();
    library.refresh(&paths[..64]);
    assert_eq!(agent(&library.catalog(), "b").description, "One.");
    library.refresh(&paths);
    assert_eq!(agent(&library.catalog(), "b").description, "Two.");
}
