//! Adjutant as its users know it: people write and press buttons in a playground, the bot answers.
//!
//! Every test starts a playground and a bot of its own, in process, with the real program as the guard of processes.
//! Nothing sleeps and nothing is timed: tests wait for what a person would see.

#![cfg(target_os = "linux")]
// Whatever goes wrong here fails the test, helpers included.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod support;

mod engine;
mod agents;
mod answers;
mod bad_input;
mod bad_world;
mod browsing;
mod built_in;
mod approvals;
mod conversation;
mod delivery;
mod files;
mod first_contact;
mod groups;
mod health;
mod job;
mod own_commands;
mod policy;
mod questions;
mod reload;
mod settings;
mod shutdown;
mod stopping;
mod teams;
