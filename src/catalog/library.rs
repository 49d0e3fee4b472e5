//! The agent files that were read, kept so that one change costs one reading. Knows where files lie and when to read them
//! again; what they mean is worked out by the catalog.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::extend::{self, Joins};
use super::lookup::Names;
use super::open;
use super::places::{Places, Root, touches};
use super::read::{self, Definition};
use super::report::FileReport;
use super::scan::{self, Candidate, Listed};
use super::{Catalog, assemble, skills};
use crate::domain::agent::{AgentSpec, Dialect, Field};
use crate::yaml::Position;

/// Fewer files are read without a second thread.
const WORTH_A_THREAD: usize = 64;

/// With more paths that have changed, all files are read: each would be compared with each.
const WORTH_COMPARING: usize = 64;

/// Agent files of some places. Reads files, so callers keep it off the async threads.
#[derive(Debug)]
pub struct Library {
    roots: Vec<Root>,
    /// In the order in which they count.
    kept: Vec<Kept>,
    folders: BTreeSet<PathBuf>,
    joins: Joins,
}

/// A file, or a directory that cannot be read, as it was when it was last looked at.
#[derive(Debug)]
pub(super) struct Kept {
    /// Absent for what was not opened.
    candidate: Option<Candidate>,
    /// The number of the directory that it was found in; absent for what is no file.
    pub(super) root: Option<usize>,
    /// The workspace whose own folder holds it.
    pub(super) home: Option<String>,
    pub(super) names: Names,
    pub(super) report: Arc<FileReport>,
    /// Absent when the report says why.
    pub(super) definition: Option<Arc<Definition>>,
}

impl Library {
    /// Reads everything. Never fails: the reports say what could not be read.
    #[must_use]
    pub fn load(places: &Places) -> Self {
        let mut library = Self {
            roots: places.roots(),
            kept: Vec::new(),
            folders: BTreeSet::new(),
            joins: Joins::default(),
        };
        library.look_around(|_| true);
        library
    }

    /// Looks again at files and directories that may have changed, appeared or gone; at everything when none is named.
    /// `false` when none of them has to do with agents.
    pub fn refresh(&mut self, changed: &[PathBuf]) -> bool {
        let matters = |path: &&PathBuf| self.roots.iter().any(|root| touches(path, &root.path));
        let relevant: Vec<&PathBuf> = changed.iter().filter(matters).collect();
        if changed.is_empty() || relevant.len() > WORTH_COMPARING {
            self.look_around(|_| true);
        } else if !relevant.is_empty() && !self.reread(&relevant) {
            self.look_around(|candidate| relevant.iter().any(|path| candidate.changes_with(path)));
        }
        changed.is_empty() || !relevant.is_empty()
    }

    /// The agents as the files define them now.
    #[must_use]
    pub fn catalog(&mut self) -> Catalog {
        assemble::catalog(&self.kept, &mut self.joins)
    }

    /// Directories to watch, each for itself without those below it: the ones that were read, and where a missing one may
    /// appear.
    #[must_use]
    pub fn watched(&self) -> Vec<PathBuf> {
        self.folders.iter().cloned().collect()
    }

    /// Reads single files again; `false` when more than the text of known files may have changed.
    fn reread(&mut self, changed: &[&PathBuf]) -> bool {
        let mut known = Vec::new();
        for path in changed {
            // Not through a link that was put in its way meanwhile.
            let canonical = path.canonicalize().ok().filter(|path| path.is_file());
            let is_same = |own: &Candidate| own.path == **path && Some(&own.canonical) == canonical.as_ref();
            let before = known.len();
            let indices = 0..self.kept.len();
            known.extend(indices.filter(|index| self.kept[*index].candidate.as_ref().is_some_and(is_same)));
            if known.len() == before {
                return false;
            }
        }
        for index in known {
            let Some(candidate) = self.kept[index].candidate.clone() else { continue };
            match Kept::read(candidate, &self.roots) {
                Some(kept) => self.kept[index] = kept,
                None => return false,
            }
        }
        true
    }

    /// Lists all directories, and reads the files that are new or `stale`.
    fn look_around(&mut self, stale: impl Fn(&Candidate) -> bool) {
        let scan::Listing { listed, folders } = scan::list(&self.roots);
        let mut old: HashMap<(PathBuf, usize), Kept> = self
            .kept
            .drain(..)
            .filter(|kept| !kept.candidate.as_ref().is_some_and(&stale))
            .filter_map(|kept| Some((kept.candidate.as_ref()?.place(), kept)))
            .collect();
        let slots: Vec<Result<Kept, Candidate>> = listed
            .into_iter()
            .map(|listed| match listed {
                Listed::Told(report, root) => Ok(Kept::told(report, root, &self.roots)),
                Listed::File(candidate) => match old.remove(&candidate.place()) {
                    Some(kept) if kept.is_of(&candidate) => Ok(kept),
                    _ => Err(candidate),
                },
            })
            .collect();
        self.kept = read_all(slots, &self.roots);
        self.folders = folders;
    }
}

impl Kept {
    fn told(report: FileReport, root: Option<usize>, roots: &[Root]) -> Self {
        let home = root.and_then(|root| roots.get(root)).and_then(|root| root.home.clone());
        // Only a file has names.
        let names = root.map(|_| Names::of(&report)).unwrap_or_default();
        Self { candidate: None, root, home, names, report: Arc::new(report), definition: None }
    }

    /// Nothing when the file has gone since it was listed.
    fn read(candidate: Candidate, roots: &[Root]) -> Option<Self> {
        let mut report = FileReport::new(&candidate.path);
        let bytes = open::open(&candidate.canonical, &mut report);
        if bytes.is_none() && candidate.path.symlink_metadata().is_err() {
            return None;
        }
        let root = roots.get(candidate.root);
        let home = root.and_then(|root| root.home.clone());
        let definition = bytes.and_then(|bytes| read::read(&bytes, &mut report)).map(|mut definition| {
            if definition.agent.source.dialect == Dialect::Skill {
                let shared = root.is_some_and(|root| candidate.path.parent() == Some(root.path.as_path()));
                definition.files = skills::files(&candidate.path, shared);
            }
            if home.is_some() {
                move_in(Arc::make_mut(&mut definition.agent), home.clone(), &mut report);
            }
            Arc::new(definition)
        });
        let names = Names::of(&report);
        let root = Some(candidate.root);
        Some(Self { candidate: Some(candidate), root, home, names, report: Arc::new(report), definition })
    }

    fn is_of(&self, candidate: &Candidate) -> bool {
        self.candidate.as_ref().is_some_and(|own| own.canonical == candidate.canonical)
    }
}

/// Makes it an agent of a workspace's own.
fn move_in(agent: &mut AgentSpec, home: Option<String>, report: &mut FileReport) {
    let line = agent.origins.get(&Field::Workspace).map(|origin| origin.line);
    let elsewhere = agent.workspace.clone();
    agent.home = home;
    if !extend::settle(agent) {
        let at = line.map(|line| Position { line, column: 1 });
        let text = format!("workspace: works where it lies, not in `{}`", elsewhere.unwrap_or_default());
        report.warn(at, text, "remove the key, or move the file to a directory of `agents`");
    }
}

impl Candidate {
    fn place(&self) -> (PathBuf, usize) {
        (self.path.clone(), self.root)
    }

    /// Whether a change of `path` may change what this file says. A skill tells of the files beside it.
    fn changes_with(&self, path: &Path) -> bool {
        let of_skill =
            scan::is_skill(&self.path) && self.path.parent().is_some_and(|folder| path.starts_with(folder));
        of_skill || self.path.starts_with(path) || self.canonical.starts_with(path)
    }
}

/// Fills the empty slots, with a second thread when there is much to read.
fn read_all(slots: Vec<Result<Kept, Candidate>>, roots: &[Root]) -> Vec<Kept> {
    let fill = |slots: Vec<Result<Kept, Candidate>>| -> Vec<Kept> {
        let read =
            |slot: Result<Kept, Candidate>| slot.map_or_else(|candidate| Kept::read(candidate, roots), Some);
        slots.into_iter().filter_map(read).collect()
    };
    if slots.iter().filter(|slot| slot.is_err()).count() < WORTH_A_THREAD {
        return fill(slots);
    }
    let mut first = slots;
    let second = first.split_off(first.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| fill(second));
        let mut kept = fill(first);
        // A thread of ours that panicked has a defect, which is told as one of this thread would be.
        kept.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        kept
    })
}
