//! `adjutant agents import`: agents of other programs come over, and nothing is overwritten.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Desk, fits};

const REVIEWER: &str = "---\r\nname: reviewer\r\ndescription: Use when: it \"matters\". Examples: <example>user: hi</example>\r\n\
                        tools: Read, Grep\r\nskills: [style]\r\n---\r\nLook twice.\r\n";
const STYLE: &str = "---\nname: style\ndescription: House style.\nuser-invocable: false\n---\nShort.\n";
const OPEN_CODE: &str = "---\ndescription: Plans.\nmode: subagent\npermission:\n  edit: deny\n---\nPlan.\n";
const CODEX: &str = "name = \"explorer\"\ndescription = \"Looks around.\"\ndeveloper_instructions = \"Look.\"\nsandbox_mode = \"read-only\"\n";

/// Somebody's agents, in the places of four programs.
fn collected() -> Desk {
    let desk = Desk::new();
    desk.put("have/.claude/agents/reviewer.md", REVIEWER);
    desk.put("have/.claude/skills/style/SKILL.md", STYLE);
    desk.put("have/.claude/skills/style/references/guide.md", "# Guide\n");
    desk.put("have/.opencode/agents/planner.md", OPEN_CODE);
    desk.put("have/.codex/agents/explorer.toml", CODEX);
    desk
}

/// What the agents of a directory say, without where they lie.
fn said(desk: &Desk, directory: &str) -> Vec<Value> {
    desk.put("adjutant.yaml", &format!("agents: [{directory}]\n"));
    let mut listing = desk.run("agents list --json").json();
    let agents = listing["agents"].as_array_mut().unwrap();
    agents.retain(|agent| agent["name"] != "echo");
    for agent in agents.iter_mut() {
        agent.as_object_mut().unwrap().remove("path");
    }
    agents.clone()
}

#[test]
fn what_is_imported_says_the_same_as_before() {
    let desk = collected();
    let before = said(&desk, "./have");
    assert_eq!(before.len(), 3);
    desk.put("adjutant.yaml", "agents: [./agents]\n");
    let told = desk.run("agents import have");
    assert_eq!(told.code, 0, "{told:?}");
    assert!(fits(&told.out.replace("DESK/", "")), "{}", told.out);
    assert!(told.out.contains("4 files imported"), "{}", told.out);
    assert_eq!(said(&desk, "./agents"), before);
    for (copy, original) in [("agents/reviewer.md", REVIEWER), ("agents/explorer.toml", CODEX)] {
        let text = fs::read_to_string(desk.path().join(copy)).unwrap();
        let (with, without): (Vec<&str>, Vec<&str>) =
            text.split_inclusive('\n').partition(|line| line.starts_with("# Imported from have/"));
        assert_eq!((with.len(), without.concat().as_str()), (1, original), "{text}");
    }
    assert!(desk.path().join("agents/skills/style/references/guide.md").is_file());
}

#[test]
fn importing_again_keeps_what_is_there_and_overwrites_nothing() {
    let desk = collected();
    assert_eq!(desk.run("agents import have/.claude/agents/reviewer.md").code, 0);
    let again = desk.run("agents import have/.claude/agents/reviewer.md");
    assert_eq!(again.code, 0);
    assert!(again.out.starts_with("kept      agents/reviewer.md is there already"), "{}", again.out);
    desk.put("have/.claude/agents/reviewer.md", &REVIEWER.replace("twice", "once"));
    let other = desk.run("agents import have/.claude/agents/reviewer.md");
    assert_eq!(other.code, 1);
    assert!(other.out.contains("agents/reviewer.md is there already;"), "{}", other.out);
    assert!(fs::read_to_string(desk.path().join("agents/reviewer.md")).unwrap().contains("Look twice"));
}

#[test]
fn what_is_no_agent_is_not_imported() {
    let desk = collected();
    desk.put("have/notes/notes.md", "Just notes.\n");
    for path in ["have/notes", "nowhere"] {
        let told = desk.run(&format!("agents import {path}")).refused(1);
        assert!(told.starts_with(&format!("adjutant: cannot import {path}: ")), "{told}");
    }
}

#[test]
fn a_skill_brings_its_files_but_no_links() {
    let desk = collected();
    std::os::unix::fs::symlink(
        "/etc/passwd",
        desk.path().join("have/.claude/skills/style/references/link.md"),
    )
    .unwrap();
    assert_eq!(desk.run("agents import have/.claude/skills/style").code, 0);
    let there = |path: &str| desk.path().join("agents/skills/style").join(path).exists();
    assert_eq!(
        json!([there("SKILL.md"), there("references/guide.md"), there("references/link.md")]),
        json!([true, true, false])
    );
}

#[test]
fn nothing_in_a_skills_folder_is_overwritten_and_its_repository_stays_behind() {
    let desk = collected();
    desk.put("have/.claude/skills/style/.git/config", "[core]\n");
    desk.put("agents/skills/style/references/guide.md", "Mine.\n");
    let told = desk.run("agents import have/.claude/skills/style");
    assert_eq!(told.code, 1, "{told:?}");
    let path = desk.path().join("agents/skills/style");
    assert_eq!(fs::read_to_string(path.join("references/guide.md")).unwrap(), "Mine.\n");
    fs::remove_dir_all(&path).unwrap();
    assert_eq!(desk.run("agents import have/.claude/skills/style").code, 0);
    assert!(path.join("references/guide.md").is_file() && !path.join(".git").exists());
}

#[test]
fn a_file_is_not_put_where_it_would_be_read_as_another_programs() {
    let desk = collected();
    desk.put("adjutant.yaml", "agents: [./.gemini/agents]\n");
    let told = desk.run("agents import have/.claude/agents/reviewer.md");
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.out.contains("another program's"), "{}", told.out);
}
