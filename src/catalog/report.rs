//! What is told about each file: its fate, and what to do about it.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::domain::agent::Dialect;
use crate::yaml::Position;

/// What became of one file, or of a directory that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// The file or directory.
    pub path: PathBuf,
    /// The agent's name, when it could be told.
    pub name: Option<String>,
    /// How the file is written; none for a directory, and for a file that could not be opened.
    pub dialect: Option<Dialect>,
    /// The file's fate.
    pub status: Status,
    /// What there is to say, in the order in which it was found.
    pub messages: Vec<Message>,
    /// Which of these says first why the file was not read.
    #[serde(skip)]
    mistake: Option<usize>,
}

/// A file's fate, from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Read as it stands.
    Ok,
    /// Something was guessed, left out or not understood.
    Warning,
    /// Read, but an earlier file has its name.
    Shadowed,
    /// Not read.
    Error,
}

/// One remark about a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// The line, counted from 1; none when the file as a whole is meant.
    pub line: Option<usize>,
    /// The column, counted from 1 in characters.
    pub column: Option<usize>,
    /// What was found.
    pub text: String,
    /// What to do; none when there is nothing to do.
    pub remedy: Option<String>,
}

impl FileReport {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            name: None,
            dialect: None,
            status: Status::Ok,
            messages: Vec::new(),
            mistake: None,
        }
    }

    /// Why the file was not read.
    #[must_use]
    pub fn mistake(&self) -> Option<&Message> {
        self.mistake.and_then(|at| self.messages.get(at))
    }

    /// Says something that leaves the file as good as it is.
    pub(super) fn note(&mut self, text: impl Into<String>) {
        self.messages.push(Message { line: None, column: None, text: text.into(), remedy: None });
    }

    pub(super) fn warn(&mut self, at: Option<Position>, text: impl Into<String>, remedy: &str) {
        self.add(Status::Warning, at, text.into(), remedy);
    }

    pub(super) fn fail(&mut self, at: Option<Position>, text: impl Into<String>, remedy: &str) {
        self.add(Status::Error, at, text.into(), remedy);
    }

    pub(super) fn shadowed_by(&mut self, path: &Path) {
        let text = format!("has the name of {}, which comes first", path.display());
        self.add(Status::Shadowed, None, text, "rename one of the two");
    }

    fn add(&mut self, status: Status, at: Option<Position>, text: String, remedy: &str) {
        self.status = self.status.max(status);
        if status == Status::Error {
            self.mistake.get_or_insert(self.messages.len());
        }
        self.messages.push(Message {
            line: at.map(|at| at.line),
            column: at.map(|at| at.column),
            text,
            remedy: Some(remedy.to_owned()),
        });
    }
}
