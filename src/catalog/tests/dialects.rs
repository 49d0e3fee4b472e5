//! What is read of each dialect, and where it comes from.

use std::fmt::Write as _;
use std::path::Path;

use insta::assert_snapshot;

use super::{agent, data, definition, load, told};
use crate::catalog::dialect;
use crate::domain::agent::Dialect;

#[test]
fn every_dialect_is_read() {
    let root = data("dialects");
    let catalog = load(std::slice::from_ref(&root));
    assert_snapshot!("dialects-reported", told(&catalog, &root));
    for wanted in [
        Dialect::ClaudeCode,
        Dialect::Skill,
        Dialect::OpenCode,
        Dialect::Gemini,
        Dialect::Copilot,
        Dialect::Codex,
    ] {
        let mut read = String::new();
        for agent in catalog.agents().iter().filter(|agent| agent.source.dialect == wanted) {
            writeln!(read, "{}", definition(agent, &root)).unwrap();
        }
        let name = serde_json::to_value(wanted).unwrap();
        assert_snapshot!(format!("dialect-{}", name.as_str().unwrap()), read);
    }
}

#[test]
fn a_configured_directory_may_itself_be_one_of_a_program() {
    let catalog = load(&[data("dialects/.gemini/agents"), data("dialects/.codex/agents")]);
    let dialect = |name: &str| agent(&catalog, name).source.dialect;
    assert_eq!((dialect("auditor"), dialect("explorer")), (Dialect::Gemini, Dialect::Codex));
}

#[test]
fn the_place_of_a_file_tells_its_dialect() {
    for (path, expected) in [
        ("/w/agents/a.md", Dialect::ClaudeCode),
        ("/w/agents/a.agent.md", Dialect::Copilot),
        ("/w/.claude/agents/a.AGENT.md", Dialect::Copilot),
        ("/w/agents/a.toml", Dialect::Codex),
        ("/w/.codex/agents/a.md", Dialect::ClaudeCode),
        ("/w/.opencode/agent/git/a.md", Dialect::OpenCode),
        ("/home/x/.config/opencode/agents/a.md", Dialect::OpenCode),
        ("/w/.opencode/agents/.claude/agents/a.md", Dialect::ClaudeCode),
        ("/w/.gemini/agents/a.md", Dialect::Gemini),
        ("/w/.gemini/a.md", Dialect::ClaudeCode),
        ("/w/.github/agents/a.md", Dialect::Copilot),
        ("/w/.claude/skills/x/SKILL.md", Dialect::Skill),
        ("/w/agents/SKILL.md", Dialect::Skill),
        ("/w/agents/skill.md", Dialect::ClaudeCode),
    ] {
        assert_eq!(dialect::of(Path::new(path)), expected, "{path}");
    }
}
