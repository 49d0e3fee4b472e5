//! The `claude` engine with a program that speaks like Claude Code.

mod asking;
mod ending;
mod fake;
mod sessions;
mod starting;
mod support;
