//! What people can choose from: agents, engines, workspaces; and how what they typed or tapped finds one.

use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::agent::{AgentSpec, matching, nearest};
use crate::domain::card::{AgentLine, AgentPage};
use crate::domain::dialogue::{AgentRef, Named};
use crate::domain::press::NameKey;
use crate::ports::Engine;

/// How many agents one page of the picker shows.
const PAGE: usize = 8;

/// How many nearest names are suggested.
const SUGGESTIONS: usize = 3;

/// The agents that can be run.
#[derive(Debug, Clone, Default)]
pub struct Agents {
    /// Each with its own name, ordered by it.
    pub list: Vec<Arc<AgentSpec>>,
    /// How many files could not be loaded.
    pub broken: usize,
}

/// Nothing of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unknown {
    /// As written; empty when a button meant something that is gone.
    pub(super) wanted: String,
    /// Names that may have been meant.
    pub(super) nearest: Vec<String>,
}

impl Agents {
    fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.list.iter().map(|agent| agent.name.as_str())
    }

    /// Finds an agent.
    pub(super) fn find(&self, wanted: &AgentRef) -> Result<Arc<AgentSpec>, Unknown> {
        let name = match wanted {
            AgentRef::Key(key) => self.names().find(|name| NameKey::of(name) == *key),
            AgentRef::Name(name) => matching(self.names(), name),
        };
        name.and_then(|name| self.named(name)).ok_or_else(|| match wanted {
            AgentRef::Key(_) => Unknown { wanted: String::new(), nearest: Vec::new() },
            AgentRef::Name(wanted) => {
                Unknown { wanted: wanted.clone(), nearest: nearest(self.names(), wanted, SUGGESTIONS) }
            }
        })
    }

    /// The agent of exactly this name.
    pub(super) fn named(&self, name: &str) -> Option<Arc<AgentSpec>> {
        self.list.iter().find(|agent| agent.name == name).cloned()
    }

    /// The agent that goes without saying: the only one there is.
    pub(super) fn only(&self) -> Option<Arc<AgentSpec>> {
        match self.list.as_slice() {
            [agent] => Some(Arc::clone(agent)),
            _ => None,
        }
    }

    /// One page of the picker; the last one when there are not so many.
    pub(super) fn page(&self, page: u16) -> AgentPage {
        let pages = self.list.len().div_ceil(PAGE).max(1);
        let page = usize::from(page).min(pages - 1);
        let agents = self.list.iter().skip(page * PAGE).take(PAGE).map(|agent| line(agent)).collect();
        let count = |n| u16::try_from(n).unwrap_or(u16::MAX);
        AgentPage { agents, page: count(page), pages: count(pages) }
    }

    /// All of them, as a list.
    pub(super) fn lines(&self) -> Vec<AgentLine> {
        self.list.iter().map(|agent| line(agent)).collect()
    }
}

fn line(agent: &AgentSpec) -> AgentLine {
    AgentLine { name: agent.name.clone(), description: agent.description.clone() }
}

/// The engines that can be used, by the names that the configuration gives them.
#[derive(Clone)]
pub struct Engines {
    /// Each with its name, in the configuration's order.
    pub list: Vec<(String, Arc<dyn Engine>)>,
    /// The one for agents that name none.
    pub default: String,
}

impl Engines {
    /// The engine of exactly this name.
    pub(super) fn named(&self, name: &str) -> Option<&Arc<dyn Engine>> {
        self.list.iter().find(|(n, _)| n == name).map(|(_, engine)| engine)
    }

    /// Their names.
    pub(super) fn names(&self) -> Vec<String> {
        self.list.iter().map(|(name, _)| name.clone()).collect()
    }
}

/// A named directory in which agents work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// What tells whether work in it is good: a shell command.
    pub test: Option<String>,
}

/// The workspaces; the first is the default.
#[derive(Debug, Clone, Default)]
pub struct Workspaces {
    /// In the configuration's order.
    pub list: Vec<Workspace>,
}

impl Workspaces {
    /// The workspace of exactly this name.
    pub(super) fn named(&self, name: &str) -> Option<&Workspace> {
        self.list.iter().find(|workspace| workspace.name == name)
    }

    /// The name of the default.
    pub(super) fn default_name(&self) -> &str {
        self.list.first().map_or("", |workspace| workspace.name.as_str())
    }

    /// Their names.
    pub(super) fn names(&self) -> Vec<String> {
        self.list.iter().map(|workspace| workspace.name.clone()).collect()
    }
}

/// Finds what a person named among some names.
pub(super) fn choose(names: &[String], wanted: &Named) -> Result<String, Unknown> {
    let found = match wanted {
        Named::Key(key) => names.iter().find(|name| NameKey::of(name) == *key).cloned(),
        Named::Name(name) => matching(names.iter().map(String::as_str), name).map(str::to_owned),
    };
    found.ok_or_else(|| match wanted {
        Named::Key(_) => Unknown { wanted: String::new(), nearest: Vec::new() },
        Named::Name(wanted) => Unknown {
            wanted: wanted.clone(),
            nearest: nearest(names.iter().map(String::as_str), wanted, SUGGESTIONS),
        },
    })
}
