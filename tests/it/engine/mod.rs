//! The script engine, its processes and the guard, with the real program as guard.

#![cfg(target_os = "linux")]
// Whatever goes wrong here fails the test, helpers included.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "engine/support.rs"]
mod support;

#[path = "engine/guard.rs"]
mod guard;
#[path = "engine/output.rs"]
mod output;
#[path = "engine/script.rs"]
mod script;
