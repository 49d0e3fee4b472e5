//! What people can choose from besides agents: engines and workspaces; and how what they typed or tapped finds one.

use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::agent::{matching, nearest};
use crate::domain::dialogue::Named;
use crate::domain::press::NameKey;
use crate::ports::Engine;

/// How many nearest names are suggested.
pub(super) const SUGGESTIONS: usize = 3;

/// Nothing of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unknown {
    /// As written; empty when a button meant something that is gone.
    pub(super) wanted: String,
    /// Names that may have been meant.
    pub(super) nearest: Vec<String>,
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
    /// Whether agents that are defined so may act here without questions.
    pub allow_bypass: bool,
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
