//! Somebody's agent program, as an engine of ours starts it. Knows no protocol.

use std::collections::BTreeMap;
use std::fmt;

use super::process::Guard;

/// What an engine needs to know of the program that it runs. `Debug` shows no value of a variable.
#[derive(Clone)]
pub struct Program {
    /// The engine's name in the configuration, as people know it.
    pub name: String,
    /// The program and its arguments; never empty.
    pub command: Vec<String>,
    /// Variables that it gets besides the inherited ones: its keys and its endpoints.
    pub env: BTreeMap<String, String>,
    /// The mode to put its sessions into, in the program's own words.
    pub mode: Option<String>,
    /// How to install it, in words for a person.
    pub install: String,
    /// How to log it in, in words for a person.
    pub login: String,
    /// What guards its processes.
    pub guard: Guard,
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program")
            .field("name", &self.name)
            .field("command", &self.command)
            .field("env", &self.env.keys())
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

/// What an installed program says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Probe {
    /// Its version, if it says.
    pub version: Option<String>,
    /// What else a person may want to know: what it cannot do, say. Each a sentence.
    pub remarks: Vec<String>,
}
