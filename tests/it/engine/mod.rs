//! The script engine, its processes and the guard, with the real program as guard.

pub(crate) mod support;

mod guard;
mod ledger;
mod output;
mod script;
mod wire;
