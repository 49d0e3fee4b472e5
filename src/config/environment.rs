//! The variables of the process and of `.env`, as one explicit map. Never changes the environment of the process.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;
use std::path::Path;

use super::problem::{Origin, Problem};

/// The variables that Adjutant reads.
pub(super) const VARIABLES: [&str; 9] = [
    "TELOXIDE_TOKEN",
    "TELOXIDE_API_URL",
    "TELOXIDE_PROXY",
    "DATABASE_URL",
    "ADJUTANT_CONFIG",
    "ADJUTANT_OWNERS",
    "ADJUTANT_LISTEN",
    "ADJUTANT_LOG",
    "RUST_LOG",
];

/// Variables with where each was set. `Debug` shows names only, since values hold keys.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, Variable>,
    problems: Vec<Problem>,
}

#[derive(Clone)]
struct Variable {
    value: String,
    origin: Origin,
}

impl Environment {
    /// The environment of this process, completed from `.env` in `cwd`. What cannot be read is reported by
    /// [`load`](super::load()).
    #[must_use]
    pub fn from_process(cwd: &Path) -> Self {
        let mut environment = Self::default();
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else { continue };
            match value.into_string() {
                Ok(value) => environment.set(&name, &value),
                Err(_) if VARIABLES.contains(&name.as_str()) => environment
                    .problems
                    .push(Problem::new(Origin::Environment, format!("{name}: expected text in UTF-8"))),
                Err(_) => {}
            }
        }
        environment.read_dotenv(cwd);
        environment
    }

    /// Sets a variable as if the process had been started with it.
    pub fn set(&mut self, name: &str, value: &str) {
        let variable = Variable { value: value.to_owned(), origin: Origin::Environment };
        self.variables.insert(name.to_owned(), variable);
    }

    /// The value of a variable, whoever set it; an empty value counts as none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.lookup(name).map(|(value, _)| value)
    }

    pub(super) fn lookup(&self, name: &str) -> Option<(&str, &Origin)> {
        let variable = self.variables.get(name)?;
        (!variable.value.is_empty()).then_some((variable.value.as_str(), &variable.origin))
    }

    pub(super) fn problems(&self) -> &[Problem] {
        &self.problems
    }

    fn read_dotenv(&mut self, cwd: &Path) {
        match std::fs::read(cwd.join(".env")) {
            Ok(content) => self.add_dotenv(&content),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                self.problems.push(Problem::new(Origin::file(".env"), format!("cannot be read: {error}")));
            }
        }
    }

    /// Adds what `.env` holds where the process has not set it; of two equal names in the file the first counts.
    pub(super) fn add_dotenv(&mut self, content: &[u8]) {
        let content = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content);
        if std::str::from_utf8(content).is_err() {
            self.problems.push(Problem::new(Origin::file(".env"), "expected text in UTF-8"));
            return;
        }
        let lines_read = Cell::new(0);
        let lines = LineByLine { rest: content, lines_read: &lines_read };
        for entry in dotenvy::from_read_iter(lines) {
            let origin = Origin::line(".env", lines_read.get());
            let (name, value) = match entry {
                Ok(variable) => variable,
                Err(error) => {
                    let origin = Origin::line(".env", first_line(&error, lines_read.get()));
                    // The line is not shown: it may hold a secret.
                    let text = "expected NAME=value, with quotes around a value that holds spaces";
                    self.problems.push(Problem::new(origin, text));
                    continue;
                }
            };
            match self.variables.get(&name) {
                None => {
                    self.variables.insert(name, Variable { value, origin });
                }
                Some(Variable { origin: Origin::File { line: Some(first), .. }, .. })
                    if VARIABLES.contains(&name.as_str()) =>
                {
                    let text = format!("{name}: stands twice, first at line {first}");
                    self.problems.push(Problem::new(origin, text));
                }
                Some(_) => {}
            }
        }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

/// Where the entry began that ended at `last`; an open quote runs to the end of the file.
fn first_line(error: &dotenvy::Error, last: usize) -> usize {
    match error {
        dotenvy::Error::LineParse(entry, _) => last.saturating_sub(entry.lines().count().max(1)) + 1,
        _ => last,
    }
}

/// Hands out at most one line per read, so that the count of lines is exact whenever the parser has one in hand.
struct LineByLine<'a> {
    rest: &'a [u8],
    lines_read: &'a Cell<usize>,
}

impl Read for LineByLine<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let line = self.rest.iter().position(|byte| *byte == b'\n').map_or(self.rest.len(), |end| end + 1);
        let length = line.min(buffer.len());
        buffer[..length].copy_from_slice(&self.rest[..length]);
        self.rest = &self.rest[length..];
        if length > 0 && (length == line) {
            self.lines_read.set(self.lines_read.get() + 1);
        }
        Ok(length)
    }
}
