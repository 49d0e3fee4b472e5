//! The agents that can be run: who finds which, by name, button, command or words, and where.
//!
//! A snapshot: whoever works with it sees the same agents from beginning to end. How one takes the place of another is
//! told in [`super::reload`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::roster::{SUGGESTIONS, Unknown};
use crate::domain::agent::{AgentSpec, Dialect, Mistake, command_of, folded, matching, nearest};
use crate::domain::card::{AgentLine, AgentPage};
use crate::domain::dialogue::AgentRef;
use crate::domain::press::NameKey;

/// How many agents one page shows.
const PAGE: usize = 8;

/// The agents that can be run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Agents {
    /// Ordered by name. A name is that of one agent for all workspaces, and of one more in each.
    pub list: Vec<Arc<AgentSpec>>,
    /// The files that could not be loaded.
    pub broken: Vec<Mistake>,
}

impl Agents {
    fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.list.iter().map(|agent| agent.name.as_str())
    }

    /// Those that can be called in a workspace: the shared ones, and those of its own directory whose name no shared
    /// one has. An engine that is an agent without a file gives way to one whose name a person could mean by its own.
    pub(super) fn within(self: &Arc<Self>, workspace: &str) -> Arc<Self> {
        if self.list.iter().all(|agent| agent.home.is_none()) {
            return Arc::clone(self);
        }
        let is_built_in = |agent: &AgentSpec| agent.source.dialect == Dialect::BuiltIn;
        let files = self.list.iter().filter(|agent| agent.home.is_none() && !is_built_in(agent));
        let shared: BTreeSet<&str> = files.map(|agent| agent.name.as_str()).collect();
        let own = self.list.iter().filter(|agent| agent.home.as_deref() == Some(workspace));
        let own: BTreeSet<String> = own.map(|agent| folded(&agent.name)).collect();
        let called = |agent: &&Arc<AgentSpec>| match agent.home.as_deref() {
            None => !is_built_in(agent) || !own.contains(&folded(&agent.name)),
            Some(home) => home == workspace && !shared.contains(agent.name.as_str()),
        };
        let list = self.list.iter().filter(called).cloned().collect();
        Arc::new(Self { list, broken: self.broken.clone() })
    }

    /// The workspace in which a name that is not found elsewhere would find an agent.
    pub(super) fn home_of(&self, name: &str) -> Option<&str> {
        let name = folded(name);
        self.list.iter().filter(|agent| folded(&agent.name) == name).find_map(|agent| agent.home.as_deref())
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

    /// The names of the agents that a command means; more than one when their names make the same.
    pub(super) fn called_by(&self, command: &str) -> Vec<String> {
        let meant = |name: &&str| command_of(name).as_deref() == Some(command);
        self.names().filter(meant).map(str::to_owned).collect()
    }

    /// The agents that have a command to themselves, with it.
    pub(super) fn commands(&self) -> Vec<(String, &Arc<AgentSpec>)> {
        let mut callers: BTreeMap<String, Vec<&Arc<AgentSpec>>> = BTreeMap::new();
        for agent in &self.list {
            if let Some(command) = command_of(&agent.name) {
                callers.entry(command).or_default().push(agent);
            }
        }
        let single = |(command, agents): (String, Vec<_>)| match agents.as_slice() {
            [agent] => Some((command, *agent)),
            _ => None,
        };
        callers.into_iter().filter_map(single).collect()
    }

    /// Those with every word of a search in their name, description or role; all for a search without words.
    pub(super) fn with_words(&self, search: &str) -> Self {
        let words: Vec<String> = search.split_whitespace().map(str::to_lowercase).collect();
        let fits = |agent: &&Arc<AgentSpec>| {
            let role = agent.role.as_deref().unwrap_or_default();
            let text = format!("{} {role} {}", agent.name, agent.description).to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        Self { list: self.list.iter().filter(fits).cloned().collect(), broken: self.broken.clone() }
    }

    /// One page of them; the last one when there are not so many.
    pub(super) fn page(&self, page: u16) -> AgentPage {
        let pages = self.list.len().div_ceil(PAGE).max(1);
        let page = usize::from(page).min(pages - 1);
        let agents = self.list.iter().skip(page * PAGE).take(PAGE).map(|agent| line(agent)).collect();
        let count = |n| u16::try_from(n).unwrap_or(u16::MAX);
        AgentPage { agents, page: count(page), pages: count(pages) }
    }
}

fn line(agent: &AgentSpec) -> AgentLine {
    AgentLine { name: agent.name.clone(), description: agent.description.clone() }
}

#[cfg(test)]
mod tests;
