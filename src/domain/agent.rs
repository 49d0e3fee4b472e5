//! What an agent is, and how a name that a person typed finds one. Knows no files and no engine.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// An agent as its file defines it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentSpec {
    /// What people call it.
    pub name: String,
    /// When to use it; never empty.
    pub description: String,
    /// The text that the engine works by: the file without its frontmatter.
    pub instructions: String,
    /// The engine that runs it; the configured default when absent.
    pub engine: Option<String>,
    /// The workspace it works in; the conversation's when absent.
    pub workspace: Option<String>,
    /// The model as the file writes it, which may be an alias or a label; the engine's default when absent.
    pub model: Option<String>,
    /// The only tools it may use; all when absent.
    pub tools: Option<Vec<String>>,
    /// Tools it may not use, whatever `tools` says.
    pub disallowed_tools: Vec<String>,
    /// How many turns a run may take.
    pub max_turns: Option<u32>,
    /// Names of keys in the file that have no meaning here, in the order of the file.
    pub extras: Vec<String>,
    /// Where the definition comes from.
    pub source: Source,
}

/// Where a definition comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The file; empty when there is none.
    pub path: PathBuf,
    /// How the file is written.
    pub dialect: Dialect,
}

/// The ways of defining agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// A Claude Code subagent: Markdown with frontmatter.
    ClaudeCode,
    /// No file: an engine as it is, offered as an agent of its name.
    BuiltIn,
}

/// `text` without case, hyphens, underscores and spaces: `Code-Reviewer` and `code_reviewer` are the same to a person.
#[must_use]
pub fn folded(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '-' | '_') && !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The one name that `wanted` means: the very name, else the only one that differs in case, else the only one that
/// differs in case, hyphens, underscores and spaces.
#[must_use]
pub fn matching<'n>(names: impl Iterator<Item = &'n str> + Clone, wanted: &str) -> Option<&'n str> {
    let wanted = wanted.trim();
    let lowercase = wanted.to_lowercase();
    let bare = folded(wanted);
    only(names.clone().filter(|name| *name == wanted))
        .or_else(|| only(names.clone().filter(|name| name.to_lowercase() == lowercase)))
        .or_else(|| only(names.filter(|name| folded(name) == bare)))
}

fn only<'n>(mut names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let first = names.next()?;
    names.next().is_none().then_some(first)
}

/// At most `count` names that a person who typed `wanted` may have meant, likeliest first.
#[must_use]
pub fn nearest<'n>(names: impl Iterator<Item = &'n str>, wanted: &str, count: usize) -> Vec<String> {
    let wanted = folded(wanted);
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut ranked: Vec<(usize, &str)> =
        names.filter_map(|name| Some((distance(&folded(name), &wanted)?, name))).collect();
    ranked.sort_unstable();
    ranked.into_iter().take(count).map(|(_, name)| name.to_owned()).collect()
}

/// How far `name` lies from what was typed; `None` when it is another name altogether.
fn distance(name: &str, wanted: &str) -> Option<usize> {
    let length = wanted.chars().count();
    if name.starts_with(wanted) {
        return Some(0);
    }
    let typos = strsim::osa_distance(name, wanted);
    if typos <= length / 3 {
        return Some(typos);
    }
    // A part of the name, as in `engineer` for `rust-engineer`; less is too little to go by.
    (length >= 3 && name.contains(wanted)).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 6] =
        ["reviewer", "Rust Engineer", "web-engineer", "web_engineer", "debugger", "Debugger"];

    #[test]
    fn a_name_is_found_as_people_type_it() {
        for (wanted, found) in [
            ("reviewer", Some("reviewer")),
            (" REVIEWER ", Some("reviewer")),
            ("rust-engineer", Some("Rust Engineer")),
            ("rustengineer", Some("Rust Engineer")),
            ("debugger", Some("debugger")),
            ("Debugger", Some("Debugger")),
            ("DEBUGGER", None),
            ("web-engineer", Some("web-engineer")),
            ("web engineer", None),
            ("", None),
            ("tour", None),
        ] {
            assert_eq!(matching(NAMES.iter().copied(), wanted), found, "{wanted}");
        }
    }

    #[test]
    fn a_name_that_is_not_there_suggests_others() {
        for (wanted, suggestions) in [
            ("reviwer", &["reviewer"][..]),
            ("rev", &["reviewer"]),
            ("web engineer", &["web-engineer", "web_engineer"]),
            ("engineer", &["Rust Engineer", "web-engineer"]),
            ("DEBUGER", &["Debugger", "debugger"]),
            ("x", &[]),
            ("-", &[]),
            ("astronaut", &[]),
        ] {
            assert_eq!(nearest(NAMES.iter().copied(), wanted, 2), suggestions, "{wanted}");
        }
    }
}
