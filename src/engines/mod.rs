//! The programs that run agents, and the processes they need.
//!
//! Knows the domain's words and the ports only: no chat, no database. Whatever is started here is started through
//! [`guard`], so that nothing of it outlives its run.

pub mod acp;
pub mod claude;
mod files;
pub mod guard;
pub(in crate::engines) mod link;
pub mod process;
pub mod program;
mod record;
pub mod refusal;
pub mod script;
pub mod sessions;
mod system;
mod titles;
pub mod worktree;
