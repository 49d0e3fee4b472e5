//! What files take from each other: bases, skills, and names that lead nowhere.

use insta::assert_snapshot;

use super::{agent, data, definition, file, load, put, told};
use crate::catalog::{Library, Places};

#[test]
fn bases_and_skills_are_joined() {
    let root = data("extends");
    let catalog = load(&["first", "second", "skills"].map(|folder| root.join(folder)));
    assert_snapshot!("extends-reported", told(&catalog, &root));
    assert_snapshot!("extends-read", definition(&agent(&catalog, "wsp-go"), &root));
    assert_eq!(agent(&catalog, "own-base").role.as_deref(), Some("the one in its folder"));
    assert_eq!(agent(&catalog, "deep-1").instructions, "9\n\n8\n\n7\n\n6\n\n5\n\n4\n\n3\n\n2\n\n1");
    assert_eq!(agent(&catalog, "no-skill").instructions, "Work.\n\n# Skill: plain\n\nBe plain.");
}

#[test]
fn a_change_of_a_base_changes_those_that_extend_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let base = put(root, "base.md", "---\nname: base\nrole: one\n---\n");
    put(root, "child.md", "---\nname: child\ndescription: x\nextends: base\nskills: s\n---\n");
    put(root, "s/SKILL.md", &file("s", "A skill."));
    let mut library = Library::load(&Places::shared(&[root.to_owned()]));
    assert_eq!(agent(&library.catalog(), "child").role.as_deref(), Some("one"));
    assert!(agent(&library.catalog(), "child").references.is_empty());

    put(root, "base.md", "---\nname: base\nrole: two\n---\n");
    library.refresh(&[base]);
    assert_eq!(agent(&library.catalog(), "child").role.as_deref(), Some("two"));
    let added = put(root, "s/references/more.md", "More.");
    library.refresh(&[added]);
    assert_eq!(agent(&library.catalog(), "child").references, [root.join("s")]);
    assert!(agent(&library.catalog(), "child").instructions.contains("references/more.md"));
}

#[test]
fn a_workspace_sees_its_own_files_and_shared_ones_only() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "shared/base.md", "---\nname: base\nrole: shared\n---\n");
    put(root, "shared/reaches-in.md", &file("reaches-in", "x\nextends: secret"));
    put(root, "api/.claude/agents/secret.md", &file("secret", "x"));
    put(root, "api/.claude/agents/base.md", "---\nname: base\nrole: own\nextends: base\n---\n");
    put(root, "api/.claude/agents/child.md", &file("child", "x\nextends: base\nworkspace: web"));
    put(root, "web/.claude/agents/child.md", &file("child", "x\nextends: base"));
    put(root, "web/.claude/agents/nosy.md", &file("nosy", "x\nextends: secret"));
    let workspaces = ["api", "web"].map(|name| (name.to_owned(), root.join(name))).to_vec();
    let catalog = Library::load(&Places { shared: vec![root.join("shared")], workspaces }).catalog();
    let read: Vec<_> = catalog
        .agents()
        .iter()
        .map(|agent| {
            (agent.name.as_str(), agent.home.as_deref(), agent.workspace.as_deref(), agent.role.as_deref())
        })
        .collect();
    assert_eq!(
        read,
        [
            ("child", Some("api"), Some("api"), Some("own")),
            ("child", Some("web"), Some("web"), Some("shared")),
            ("secret", Some("api"), Some("api"), None),
        ]
    );
    assert_snapshot!(told(&catalog, root), @"
    shared/base.md Ok base
        a base of others; has no description, so nobody can call it
    shared/reaches-in.md Error reaches-in
        4:1 extends: there is no `secret`: reaches-in → secret -> add the file that it names
    api/.claude/agents/base.md Ok base
        a base of others; has no description, so nobody can call it
    api/.claude/agents/child.md Warning child
        5:1 workspace: works where it lies, not in `web` -> remove the key, or move the file to a directory of `agents`
    api/.claude/agents/secret.md Ok secret
    web/.claude/agents/child.md Ok child
    web/.claude/agents/nosy.md Error nosy
        4:1 extends: there is no `secret`: nosy → secret -> add the file that it names
    ");
}

#[test]
fn no_farther_base_takes_the_place_of_a_broken_one() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "far/base.md", "---\nname: base\nrole: far\n---\n");
    put(root, "near/child.md", &file("child", "x\nextends: base"));
    let near = root.join("near/base.md");
    let why = |content: &[u8]| {
        std::fs::write(&near, content).unwrap();
        let catalog = load(&[root.join("far"), root.join("near")]);
        let told =
            catalog.reports().iter().find(|report| report.path.ends_with("child.md")).unwrap().mistake();
        told.map(|wrong| wrong.text.clone()).unwrap_or_default()
    };
    assert_eq!(why(b"---\nname: base\n---\n"), "");
    let broken = "extends: `base` cannot be used: child → base";
    assert_eq!(why(b"---\nname: base\nmaxTurns: many\n---\n"), broken);
    assert_eq!(why(b"---\nname: caf\xe9\n---\n"), broken);
    assert_eq!(why(&vec![b'a'; 1024 * 1024 + 1]), broken);
}

#[cfg(unix)]
#[test]
fn what_is_broken_in_one_workspace_is_not_seen_in_another() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "web/.codex/agents/base.md", "---\nname: base\n---\n");
    put(root, "web/.claude/agents/child.md", &file("child", "x\nextends: base"));
    std::fs::create_dir_all(root.join("api/.claude/agents")).unwrap();
    std::os::unix::fs::symlink("nothing", root.join("api/.claude/agents/base.md")).unwrap();
    let workspaces = ["api", "web"].map(|name| (name.to_owned(), root.join(name))).to_vec();
    let catalog = Library::load(&Places { shared: Vec::new(), workspaces }).catalog();
    assert_eq!(agent(&catalog, "child").home.as_deref(), Some("web"));
}
