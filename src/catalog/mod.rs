//! Agent files of all dialects -> [`AgentSpec`]s, and a report for every file.
//!
//! A [`Library`] lists and reads files and keeps what each says for itself; a [`Catalog`] is what that comes to: joined
//! with bases and skills, and with one agent for each name. Tolerant: no file can hide another, and whatever is guessed
//! or left out is said. Knows nothing of engines or chats, and which directories to read is told to it. Reads files, so
//! callers keep it off the async threads.

use std::path::Path;
use std::sync::Arc;

use crate::domain::agent::{AgentSpec, folded, matching, nearest};

mod assemble;
mod by_name;
mod dialect;
mod extend;
mod fields;
mod frontmatter;
mod library;
mod lookup;
mod open;
mod places;
mod read;
mod reader;
mod report;
mod scan;
mod skills;

pub use library::Library;
pub use places::Places;
pub use report::{FileReport, Message, Status};

/// How many names [`Catalog::find`] suggests.
const SUGGESTIONS: usize = 3;

/// The agents that people can call.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    agents: Vec<Arc<AgentSpec>>,
    /// Shared with the library: most say the same in every catalog.
    reports: Vec<Arc<FileReport>>,
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
    /// Adds agents that no file defines. A file whose name a person could mean by theirs comes first; that of a workspace's
    /// own does in this workspace only.
    pub fn add_built_in(&mut self, agents: impl IntoIterator<Item = AgentSpec>) {
        for agent in agents {
            let hides = |earlier: &Arc<AgentSpec>| {
                earlier.home.is_none() && folded(&earlier.name) == folded(&agent.name)
            };
            if !self.agents.iter().any(hides) {
                self.agents.push(Arc::new(agent));
            }
        }
        self.sort();
    }

    fn sort(&mut self) {
        // Those with one name stay in the order in which they count.
        self.agents
            .sort_by_cached_key(|agent| (folded(&agent.name), agent.name.clone(), agent.home.is_some()));
    }

    /// The agents, by name. Two workspaces may each have one of the same name: a name and a
    /// [`home`](AgentSpec::home) are one agent.
    #[must_use]
    pub fn agents(&self) -> &[Arc<AgentSpec>] {
        &self.agents
    }

    /// One report per file, and one per directory that cannot be read, in the order of reading.
    #[must_use]
    pub fn reports(&self) -> &[Arc<FileReport>] {
        &self.reports
    }

    /// The agent that a person means by `name`; of those with one name the one that can be called everywhere, or else that
    /// of the first workspace.
    #[must_use]
    pub fn find(&self, name: &str) -> Found {
        let mut names: Vec<&str> = self.agents.iter().map(|agent| agent.name.as_str()).collect();
        names.dedup();
        let names = names.into_iter();
        let found = matching(names.clone(), name)
            .and_then(|found| self.agents.iter().find(|agent| agent.name == found));
        match found {
            Some(agent) => Found::One(Arc::clone(agent)),
            None => Found::Nearest(nearest(names, name, SUGGESTIONS)),
        }
    }
}

/// What is to be said of one file with these bytes. For fuzzing: no other file is looked at.
#[doc(hidden)]
#[must_use]
pub fn read_bytes(path: &Path, bytes: &[u8]) -> FileReport {
    let mut report = FileReport::new(path);
    let _ = read::read(bytes, &mut report);
    report
}

#[cfg(test)]
mod tests;
