//! Directories -> the text of their Markdown files. Reads regular files inside the directory only, each once.

use std::collections::HashSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::report::FileReport;
use crate::yaml::Position;

/// No agent file is larger; the largest seen in public collections has 294 KB.
const MAX_BYTES: u64 = 1024 * 1024;

/// Folders inside folders; deeper ones are not ours.
const MAX_DEPTH: usize = 8;

/// A file of an agent directory.
pub(super) struct Found {
    pub(super) report: FileReport,
    /// Its text; absent when the report says why.
    pub(super) text: Option<String>,
}

/// Reads directories; remembers which files it has read.
#[derive(Default)]
pub(super) struct Scanner {
    seen: HashSet<PathBuf>,
    found: Vec<Found>,
}

impl Scanner {
    /// Everything found, in the order of the directories, and by path within each.
    pub(super) fn finish(self) -> Vec<Found> {
        self.found
    }

    /// Reads one configured directory.
    pub(super) fn directory(&mut self, root: &Path) {
        let remedy = "create the directory, or take it out of `agents`";
        match root.canonicalize() {
            Ok(canonical) if canonical.is_dir() => self.folder(root, &canonical, 0),
            Ok(_) => self.warn(root, "is not a directory", remedy),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.warn(root, "there is no such directory", remedy);
            }
            Err(error) => self.warn(root, &format!("cannot be read: {error}"), remedy),
        }
    }

    fn folder(&mut self, folder: &Path, root: &Path, depth: usize) {
        let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                return self.warn(folder, &format!("cannot be read: {error}"), "check the permissions");
            }
        };
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            if hidden {
                continue;
            }
            // The entry's own type: a link to a folder is no folder, so links make no cycles.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if depth < MAX_DEPTH {
                    self.folder(&path, root, depth + 1);
                }
            } else if path.is_dir() {
                let remedy = "add the directory that it leads to to `agents`";
                self.warn(&path, "is a link to a directory and not followed", remedy);
            } else if !hidden
                && path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
            {
                self.file(&path, root);
            }
        }
    }

    fn file(&mut self, path: &Path, root: &Path) {
        let mut report = FileReport::new(path);
        let canonical = match path.canonicalize() {
            Ok(canonical) => canonical,
            Err(error) => {
                report.fail(
                    None,
                    format!("cannot be read: {error}"),
                    "restore the file that this link names",
                );
                self.found.push(Found { report, text: None });
                return;
            }
        };
        if !self.seen.insert(canonical.clone()) {
            return;
        }
        let text = if canonical.starts_with(root) {
            read(&canonical, &mut report)
        } else {
            let remedy = "add the directory that the link leads to to `agents`, or copy the file";
            report.fail(None, "is a link that leads out of the directory", remedy);
            None
        };
        self.found.push(Found { report, text });
    }

    fn warn(&mut self, path: &Path, text: &str, remedy: &str) {
        let mut report = FileReport::new(path);
        report.warn(None, text, remedy);
        self.found.push(Found { report, text: None });
    }
}

/// The file's text, or a reason in the report.
fn read(path: &Path, report: &mut FileReport) -> Option<String> {
    // Asked before opening: a pipe would wait for its other end.
    if !path.is_file() {
        report.fail(None, "is not a regular file", "replace it by a file, or remove it");
        return None;
    }
    let mut bytes = Vec::new();
    let result = std::fs::File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    if let Err(error) = result {
        report.fail(None, format!("cannot be read: {error}"), "check the permissions");
        return None;
    }
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        report.fail(None, "is larger than 1 MB", "move what the agent need not always know to another file");
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let at = position_after(&error.as_bytes()[..valid]);
            report.fail(Some(at), "is not UTF-8 text", "save the file in UTF-8");
            None
        }
    }
}

/// The position that follows `bytes`, which are valid UTF-8.
fn position_after(bytes: &[u8]) -> Position {
    let text = String::from_utf8_lossy(bytes);
    let last_line = text.rsplit('\n').next().unwrap_or_default();
    Position { line: text.matches('\n').count() + 1, column: last_line.chars().count() + 1 }
}
