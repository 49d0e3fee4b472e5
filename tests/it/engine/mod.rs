//! The engines, their processes and the guard, with the real program as guard.

pub(crate) mod support;

mod acp;
mod claude;
mod guard;
mod ledger;
mod output;
mod script;
mod wire;
mod worktrees;
