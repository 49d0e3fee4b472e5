//! What is wrong with the configuration: one line per problem, never with a secret in it.

use std::fmt;

use thiserror::Error;

/// Where a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The environment of the process.
    Environment,
    /// A file, with the line if one is to blame.
    File {
        /// The file as the person named it.
        name: String,
        /// Counted from 1.
        line: Option<usize>,
    },
    /// Nobody set it.
    Default,
}

impl Origin {
    pub(super) fn line(name: &str, line: usize) -> Self {
        Self::File { name: name.to_owned(), line: Some(line) }
    }

    pub(super) fn file(name: &str) -> Self {
        Self::File { name: name.to_owned(), line: None }
    }

    pub(super) fn line_number(&self) -> Option<usize> {
        match self {
            Self::File { line, .. } => *line,
            Self::Environment | Self::Default => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("environment"),
            Self::File { name, line: Some(line) } => write!(f, "{name}:{line}"),
            Self::File { name, line: None } => f.write_str(name),
            Self::Default => f.write_str("default"),
        }
    }
}

/// One thing to put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands.
    pub origin: Origin,
    /// The key, what is expected and what was found.
    pub text: String,
}

impl Problem {
    pub(super) fn new(origin: Origin, text: impl Into<String>) -> Self {
        Self { origin, text: text.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.text)
    }
}

/// The configuration cannot be used; prints one line per problem.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct ConfigError {
    /// All problems found, in the order in which the sources are read. Never empty.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}
