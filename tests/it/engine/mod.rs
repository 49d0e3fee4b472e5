//! The engines, their processes and the guard, with the real program as guard.

pub(crate) mod support;

mod acp;
mod guard;
mod output;
mod script;
