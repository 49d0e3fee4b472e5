//! Values of keys, the same in every dialect: what was meant is taken, and what was guessed or left out is said with its
//! place. Knows no key's meaning.
//!
//! A key that bounds what an agent may do and cannot be understood refuses the file: guessing would loosen the bound.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use super::fields::{Entry, Fields, is_known};
use super::report::FileReport;
use crate::domain::agent::{Field, Origin, folded};
use crate::yaml::{Position, Value};

mod bounds;
mod handoffs;
mod tools;

/// Warnings about the keys of one file.
const MAX_WARNINGS: usize = 20;

/// The longest name, in characters.
const LONGEST_NAME: usize = 64;

/// Reads the values of one file.
pub(super) struct Reader<'a> {
    pub(super) path: &'a Path,
    fields: &'a Fields<'a>,
    pub(super) report: &'a mut FileReport,
    origins: BTreeMap<Field, Origin>,
    extras: Vec<String>,
    /// Whether the file cannot be used.
    refused: bool,
}

/// What the file says beside the values.
pub(super) struct Rest {
    pub(super) origins: BTreeMap<Field, Origin>,
    /// Keys without a meaning.
    pub(super) extras: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(path: &'a Path, fields: &'a Fields<'a>, report: &'a mut FileReport) -> Self {
        Self { path, fields, report, origins: BTreeMap::new(), extras: Vec::new(), refused: false }
    }

    /// The entries that count: of a key that stands twice, the last.
    pub(super) fn last_of_each(&mut self) -> Vec<&'a Entry> {
        let entries = &self.fields.entries;
        let last: HashMap<String, usize> =
            entries.iter().enumerate().map(|(index, entry)| (folded(&entry.name), index)).collect();
        let mut counting = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            if last.get(&folded(&entry.name)) == Some(&index) {
                counting.push(entry);
            } else {
                let text = format!("{}: stands more than once; the last one counts", entry.name);
                self.warn(entry, text, "remove the others");
            }
        }
        counting
    }

    /// Remembers that `entry` sets `field`.
    pub(super) fn mark(&mut self, field: Field, entry: &Entry) {
        let line = self.position(entry).line;
        self.origins.insert(field, Origin { path: self.path.to_owned(), line });
    }

    /// What one of the readings below made of `entry`, for `field`. A key without a value sets nothing.
    pub(super) fn set<T>(
        &mut self,
        field: Field,
        entry: &Entry,
        read: impl FnOnce(&mut Self, &Entry) -> Option<T>,
    ) -> Option<T> {
        let value = read(self, entry)?;
        self.mark(field, entry);
        Some(value)
    }

    /// Where the entry stands.
    pub(super) fn position(&self, entry: &Entry) -> Position {
        self.fields.position(entry)
    }

    /// A name: one line.
    pub(super) fn name(&mut self, entry: &Entry) -> Option<String> {
        let text = self.text(entry)?;
        let line = text.lines().next().unwrap_or_default().trim();
        let name = fitting_name(line);
        if name != text {
            self.warn(entry, format!("name: shortened to {name:?}"), "use one line of at most 64 characters");
        }
        Some(name).filter(|name| !name.is_empty())
    }

    /// Prose.
    pub(super) fn prose(&mut self, entry: &Entry) -> Option<String> {
        // Many files hold the two characters \ and n where their authors meant a new line.
        Some(self.text(entry)?.replace("\\n", "\n").trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// A scalar as text.
    pub(super) fn text(&mut self, entry: &Entry) -> Option<String> {
        if entry.value == Value::Null {
            return None;
        }
        let text = entry.value.scalar().map(|text| text.trim().to_owned());
        if text.is_none() {
            let found = format!("{}: expected text, found {}", entry.name, entry.value.describe());
            self.warn(entry, format!("{found}; left out"), "write it as text");
        }
        text.filter(|text| !text.is_empty())
    }

    /// A scalar, or the first of several.
    pub(super) fn first_text(&mut self, entry: &Entry) -> Option<String> {
        match &entry.value {
            Value::List(items) => items.iter().find_map(|item| item.value.scalar()),
            _ => self.text(entry),
        }
    }

    /// A hint such as `[issue]`, which YAML takes for a list.
    pub(super) fn hint(&mut self, entry: &Entry) -> Option<String> {
        match &entry.value {
            Value::List(items) => {
                let words: Vec<String> = items.iter().filter_map(|item| item.value.scalar()).collect();
                Some(format!("[{}]", words.join(", ")))
            }
            _ => self.text(entry),
        }
    }

    /// Yes or no; a key without a value says yes.
    pub(super) fn switch(&mut self, entry: &Entry) -> bool {
        switched(&entry.value).unwrap_or_else(|| {
            let text = format!("{}: expected true or false; taken as false", entry.name);
            self.warn(entry, text, "write true or false");
            false
        })
    }

    /// A key that has no meaning here.
    pub(super) fn extra(&mut self, entry: &Entry) {
        self.extras.push(entry.name.clone());
    }

    /// What there is beside the values, unless the file was refused.
    pub(super) fn finish(self) -> Option<Rest> {
        if !self.extras.is_empty() {
            let list = |known: bool| {
                let names = self.extras.iter().filter(|name| is_known(name) == known);
                names.map(String::as_str).collect::<Vec<_>>().join(", ")
            };
            let texts = [("keys without effect here", list(true)), ("unknown keys", list(false))];
            for (text, names) in texts.into_iter().filter(|(_, names)| !names.is_empty()) {
                self.report.note(format!("{text}: {names}"));
            }
        }
        (!self.refused).then_some(Rest { origins: self.origins, extras: self.extras })
    }

    /// Says what was guessed or left out.
    pub(super) fn warn(&mut self, entry: &Entry, text: String, remedy: &str) {
        // Nobody reads more about one file, and a position may cost a reading of the frontmatter.
        if self.report.messages.len() < MAX_WARNINGS {
            self.report.warn(Some(self.fields.position(entry)), text, remedy);
        }
    }

    /// Refuses the file.
    pub(super) fn refuse(&mut self, entry: &Entry, text: String, remedy: &str) {
        self.refuse_at(entry, None, text, remedy);
    }

    /// Refuses the file for what stands on a line of the entry, if that is known.
    fn refuse_at(&mut self, entry: &Entry, line: Option<usize>, text: String, remedy: &str) {
        self.refused = true;
        let at = match line {
            Some(line) => Position { line, column: 1 },
            None => self.fields.position(entry),
        };
        self.report.fail(Some(at), text, remedy);
    }

    /// Refuses the file for what it lacks.
    pub(super) fn refuse_file(&mut self, text: &str, remedy: &str) {
        self.refused = true;
        self.report.fail(None, text, remedy);
    }

    /// Refuses the file since a value is none of what it may be.
    fn refuse_value(&mut self, entry: &Entry, expected: &str, remedy: &str) {
        let text = format!("{}: expected {expected}, found {}", entry.name, entry.value.describe());
        self.refuse(entry, text, remedy);
    }
}

/// `text` as a name of an agent: without control characters, and cut.
pub(super) fn fitting_name(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect::<String>().trim().to_owned()
}

/// Yes or no; a key without a value says yes.
fn switched(value: &Value) -> Option<bool> {
    match value.scalar().as_deref().map(str::trim) {
        Some("true" | "yes" | "on" | "True" | "TRUE") => Some(true),
        Some("false" | "no" | "off" | "False" | "FALSE") => Some(false),
        None if *value == Value::Null => Some(true),
        Some(_) | None => None,
    }
}
