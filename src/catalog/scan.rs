//! Directories -> which files to read. Lists regular files inside the directory only, each once, and opens none.

use std::collections::{BTreeSet, HashSet};
use std::fs::DirEntry;
use std::io;
use std::path::{Path, PathBuf};

use super::places::{OWN_FOLDERS, Root};
use super::report::FileReport;

/// Folders inside folders; deeper ones are not ours.
const MAX_DEPTH: usize = 8;

/// Files of all directories together.
pub(super) const MAX_FILES: usize = 5000;

/// What a skill's folder holds beside the skill.
pub(super) const OF_SKILLS: [&str; 3] = ["references", "scripts", "assets"];

/// Something that is listed in the reports.
#[derive(Debug)]
pub(super) enum Listed {
    /// A file to read.
    File(Candidate),
    /// What is known of without reading it; of a file, with the number of the directory that it was found in.
    Told(FileReport, Option<usize>),
}

/// A file to read.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) path: PathBuf,
    /// The file itself, where `path` is a link.
    pub(super) canonical: PathBuf,
    /// The number of the directory that it was found in.
    pub(super) root: usize,
}

/// Everything found, in the order of the directories, and by path within each.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) listed: Vec<Listed>,
    /// The folders in which a change matters.
    pub(super) folders: BTreeSet<PathBuf>,
}

/// Lists the directories.
pub(super) fn list(roots: &[Root]) -> Listing {
    let mut scanner = Scanner::default();
    for (number, root) in roots.iter().enumerate() {
        scanner.root(number, root);
    }
    if let Some((root, count)) = scanner.left_out.take() {
        let text = format!("{count} files are left out: more than {MAX_FILES} would be read");
        scanner.warn(&root, &text, "take directories out of `agents`, or move files elsewhere");
    }
    scanner.listing
}

#[derive(Default)]
struct Scanner {
    listing: Listing,
    /// The files, each with the workspace in which its agent can be called.
    seen: HashSet<(PathBuf, Option<String>)>,
    /// The first directory that is not read as a whole, and how many files are missing in all.
    left_out: Option<(PathBuf, usize)>,
}

/// A folder on the way.
#[derive(Clone, Copy)]
struct Folder<'a> {
    path: &'a Path,
    canonical: &'a Path,
    /// Counted from 0.
    depth: usize,
    root: &'a Root,
    fence: &'a Path,
    number: usize,
}

impl Scanner {
    fn root(&mut self, number: usize, root: &Root) {
        let remedy = if root.home.is_some() {
            "check the folder"
        } else {
            "create the directory, or take it out of `agents`"
        };
        let fence = root.fence.canonicalize().unwrap_or_else(|_| root.fence.clone());
        match root.path.canonicalize() {
            Ok(canonical) if !canonical.starts_with(&fence) => {
                let remedy = "add the directory that the link leads to to `agents`";
                self.warn(&root.path, "is a link that leads out of the workspace", remedy);
            }
            Ok(canonical) if canonical.is_dir() => self.folder(Folder {
                path: &root.path,
                canonical: &canonical,
                depth: 0,
                root,
                fence: &fence,
                number,
            }),
            Ok(_) => self.warn(&root.path, "is not a directory", remedy),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.watch_for(&root.path);
                if root.home.is_none() {
                    self.warn(&root.path, "there is no such directory", remedy);
                }
            }
            Err(error) => self.warn(&root.path, &format!("cannot be read: {error}"), remedy),
        }
    }

    /// Remembers the folder in which the missing `root`, or what leads to it, may appear.
    fn watch_for(&mut self, root: &Path) {
        let parent = root.ancestors().skip(1).find(|parent| parent.is_dir());
        self.listing.folders.extend(parent.map(Path::to_owned));
    }

    fn folder(&mut self, folder: Folder<'_>) {
        self.listing.folders.insert(folder.path.to_owned());
        let entries = std::fs::read_dir(folder.path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                return self.warn(folder.path, &format!("cannot be read: {error}"), "check the permissions");
            }
        };
        entries.sort_by_key(DirEntry::file_name);
        let is_skill = entries.iter().any(|entry| is_skill(&entry.path()));
        for entry in entries {
            let belongs_to_skill = is_skill && !self::is_skill(&entry.path());
            self.entry(folder, &entry, belongs_to_skill);
        }
    }

    fn entry(&mut self, folder: Folder<'_>, entry: &DirEntry, belongs_to_skill: bool) {
        let path = entry.path();
        let name = entry.file_name();
        // The entry's own type: a link to a folder is no folder, so links make no cycles.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if name.as_encoded_bytes().starts_with(b".") {
            if is_folder {
                self.own_folders(folder, &path);
            }
        } else if belongs_to_skill && (folder.depth > 0 || OF_SKILLS.iter().any(|own| name == *own)) {
            if is_folder {
                self.listing.folders.insert(path);
            }
        } else if is_folder {
            self.inner(folder, &path);
        } else if path.is_dir() {
            let remedy = "add the directory that it leads to to `agents`";
            self.warn(&path, "is a link to a directory and not followed", remedy);
        } else if is_agent_file(&path) {
            self.file(folder, path, entry.file_type().is_ok_and(|kind| kind.is_symlink()));
        }
    }

    /// The agent folders in a hidden one.
    fn own_folders(&mut self, folder: Folder<'_>, hidden: &Path) {
        for (program, own) in OWN_FOLDERS {
            let path = hidden.join(own);
            let is_folder = |path: &Path| path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
            if hidden.file_name().is_some_and(|name| name == program) && is_folder(&path) {
                self.inner(folder, &path);
            }
        }
    }

    fn inner(&mut self, outer: Folder<'_>, path: &Path) {
        if outer.depth < MAX_DEPTH
            && let Ok(below) = path.strip_prefix(outer.path)
        {
            let canonical = outer.canonical.join(below);
            self.folder(Folder { path, canonical: &canonical, depth: outer.depth + 1, ..outer });
        }
    }

    fn file(&mut self, folder: Folder<'_>, path: PathBuf, is_link: bool) {
        let canonical = if is_link {
            match path.canonicalize() {
                Ok(canonical) => canonical,
                Err(error) => {
                    let text = format!("cannot be read: {error}");
                    return self.fail(folder, &path, text, "restore the file that this link names");
                }
            }
        } else {
            folder.canonical.join(path.file_name().unwrap_or_default())
        };
        let is_shared = folder.root.home.is_none();
        if !canonical.starts_with(folder.fence) {
            let remedy = "add the directory that the link leads to to `agents`, or copy the file";
            self.fail(folder, &path, "is a link that leads out of the directory".to_owned(), remedy);
        } else if !is_shared && self.seen.contains(&(canonical.clone(), None))
            || !self.seen.insert((canonical.clone(), folder.root.home.clone()))
        {
            // Read already.
        } else if self.seen.len() > MAX_FILES {
            self.left_out.get_or_insert_with(|| (folder.root.path.clone(), 0)).1 += 1;
        } else {
            self.listing.listed.push(Listed::File(Candidate { path, canonical, root: folder.number }));
        }
    }

    fn fail(&mut self, folder: Folder<'_>, path: &Path, text: String, remedy: &str) {
        let mut report = FileReport::new(path);
        report.fail(None, text, remedy);
        self.listing.listed.push(Listed::Told(report, Some(folder.number)));
    }

    fn warn(&mut self, path: &Path, text: &str, remedy: &str) {
        let mut report = FileReport::new(path);
        report.warn(None, text, remedy);
        self.listing.listed.push(Listed::Told(report, None));
    }
}

/// Whether the file is a skill, by its name.
pub(super) fn is_skill(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "SKILL.md")
}

/// Whether a file of this name is read. `AGENTS.md` is what a repository says to every agent.
fn is_agent_file(path: &Path) -> bool {
    let is = |wanted: &str| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(wanted));
    (is("md") || is("toml")) && path.file_name().is_some_and(|name| name != "AGENTS.md")
}
