//! The program's commands, as a person runs them: output, exit code, and what never shows.

// Whatever goes wrong here fails the test, helpers included.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "cli/support.rs"]
mod support;

#[path = "cli/agents.rs"]
mod agents;
#[path = "cli/doctor.rs"]
mod doctor;
#[path = "cli/engines.rs"]
mod engines;
#[path = "cli/import.rs"]
mod import;
#[path = "cli/new.rs"]
mod new;
#[path = "cli/playground.rs"]
mod playground;
#[path = "cli/tasks.rs"]
mod tasks;
#[path = "cli/usage.rs"]
mod usage;
