//! Agent files -> [`AgentSpec`]s, and a report for every file.
//!
//! Tolerant: no file can hide another, and whatever is guessed or left out is said. Knows nothing of engines or chats,
//! and which directories to read is told to it. Reads files, so callers keep it off the async threads.

use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::agent::{AgentSpec, folded, matching, nearest};

mod claude;
mod fields;
mod frontmatter;
mod report;
mod scan;

pub use report::{FileReport, Message, Status};

use crate::yaml::Position;
use claude::Definition;
use fields::Fields;
use frontmatter::Split;

/// How many names [`Catalog::find`] suggests.
const SUGGESTIONS: usize = 3;

/// The agents that people can call.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    agents: Vec<Arc<AgentSpec>>,
    reports: Vec<FileReport>,
}

/// What a name leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The agent.
    One(Arc<AgentSpec>),
    /// No agent; names that may have been meant, likeliest first. May be empty.
    Nearest(Vec<String>),
}

impl Catalog {
    /// Reads the directories. Of agents with the same name the one read first counts. Never fails: see
    /// [`reports`](Self::reports).
    #[must_use]
    pub fn load(directories: &[PathBuf]) -> Self {
        let mut scanner = scan::Scanner::default();
        for directory in directories {
            scanner.directory(directory);
        }
        let mut catalog = Self::default();
        for scan::Found { mut report, text } in scanner.finish() {
            let definition = text.and_then(|text| read(&text, &mut report));
            if let Some(Definition { agent, invocable: true }) = definition {
                match catalog.agents.iter().find(|earlier| earlier.name == agent.name) {
                    Some(earlier) => report.shadowed_by(&earlier.source.path),
                    None => catalog.agents.push(Arc::new(agent)),
                }
            }
            catalog.reports.push(report);
        }
        catalog.sort();
        catalog
    }

    /// Adds agents that no file defines. A file whose name a person could mean by theirs comes first.
    pub fn add_built_in(&mut self, agents: impl IntoIterator<Item = AgentSpec>) {
        for agent in agents {
            if !self.agents.iter().any(|earlier| folded(&earlier.name) == folded(&agent.name)) {
                self.agents.push(Arc::new(agent));
            }
        }
        self.sort();
    }

    fn sort(&mut self) {
        self.agents.sort_by_cached_key(|agent| (folded(&agent.name), agent.name.clone()));
    }

    /// The agents, by name.
    #[must_use]
    pub fn agents(&self) -> &[Arc<AgentSpec>] {
        &self.agents
    }

    /// One report per file, and one per directory that cannot be read, in the order of reading.
    #[must_use]
    pub fn reports(&self) -> &[FileReport] {
        &self.reports
    }

    /// The agent that a person means by `name`.
    #[must_use]
    pub fn find(&self, name: &str) -> Found {
        let names = self.agents.iter().map(|agent| agent.name.as_str());
        let found = matching(names.clone(), name)
            .and_then(|found| self.agents.iter().find(|agent| agent.name == found));
        match found {
            Some(agent) => Found::One(Arc::clone(agent)),
            None => Found::Nearest(nearest(names, name, SUGGESTIONS)),
        }
    }
}

/// Reads the text of one file; nothing when the report says why.
fn read(text: &str, report: &mut FileReport) -> Option<Definition> {
    let text = frontmatter::normalized(text);
    let frontmatter = match frontmatter::split(&text) {
        Split::Frontmatter(frontmatter) => frontmatter,
        Split::Unclosed => {
            let at = Position { line: 1, column: 1 };
            report.fail(Some(at), "the frontmatter is never closed", "end it with a line `---`");
            return None;
        }
        Split::Missing => {
            report.warn(None, NO_FRONTMATTER, BEGIN_SO);
            return None;
        }
    };
    let at = Position { line: frontmatter.first_line, column: 1 };
    if frontmatter.yaml.len() > MAX_FRONTMATTER_BYTES {
        report.fail(Some(at), "the frontmatter is larger than 64 KB", "move text below the closing `---`");
        return None;
    }
    let fields = match Fields::read(&frontmatter) {
        // Two rules in an ordinary text, with whatever stands between them.
        fields if frontmatter.has_preamble && !fields.as_ref().is_ok_and(Fields::any_known) => {
            report.warn(None, NO_FRONTMATTER, BEGIN_SO);
            return None;
        }
        Ok(fields) => fields,
        Err(flaw) => {
            let text = format!("the frontmatter is not YAML: {}", flaw.reason);
            report.fail(Some(flaw.position), text, "write lines such as `name: value`");
            return None;
        }
    };
    if frontmatter.has_preamble {
        report.warn(Some(at), "text stands before the frontmatter", "begin the file with `---`");
    }
    if let Some(flaw) = &fields.flaw {
        let text = format!("the frontmatter is not YAML ({}); read line by line", flaw.reason);
        report.warn(
            Some(flaw.position),
            text,
            "put the value in quotes, or begin it with `|` on its own line",
        );
    }
    let path = report.path.clone();
    claude::read(&path, &fields, frontmatter.body, report)
}

/// Ten times the longest description seen; keeps the time for a hostile file short.
const MAX_FRONTMATTER_BYTES: usize = 64 * 1024;
const NO_FRONTMATTER: &str = "has no frontmatter, so it is no agent";
const BEGIN_SO: &str = "begin it with `---`, `name: …`, `description: …`, `---`, or move it elsewhere";

#[cfg(test)]
mod tests;
