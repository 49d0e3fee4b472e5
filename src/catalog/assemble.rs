//! What the files say -> the agents that people can call: which of several with one name counts, and who can be called where.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Catalog;
use super::library::Kept;

/// The catalog of these files.
pub(super) fn catalog(kept: &[Kept]) -> Catalog {
    let mut catalog = Catalog::default();
    let mut names = Names::default();
    for file in kept {
        let mut report = file.report.clone();
        if let Some(definition) = file.definition.as_ref().filter(|definition| definition.invocable) {
            let agent = Arc::new(definition.agent.clone());
            match names.take(&agent.name, agent.home.as_deref(), &agent.source.path) {
                Some(earlier) => report.shadowed_by(&earlier),
                None => catalog.agents.push(agent),
            }
        }
        catalog.reports.push(report);
    }
    catalog.sort();
    catalog
}

/// The names that are taken: everywhere, or in one workspace.
#[derive(Default)]
struct Names {
    taken: HashMap<(String, Option<String>), PathBuf>,
}

impl Names {
    /// Takes a name, unless an earlier file has it, which is then told.
    fn take(&mut self, name: &str, home: Option<&str>, path: &Path) -> Option<PathBuf> {
        let everywhere = (name.to_owned(), None);
        let here = (name.to_owned(), home.map(str::to_owned));
        let earlier = self.taken.get(&everywhere).or_else(|| self.taken.get(&here)).cloned();
        if earlier.is_none() {
            self.taken.insert(here, path.to_owned());
        }
        earlier
    }
}
