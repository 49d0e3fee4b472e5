//! The programs that run agents, and the processes they need.
//!
//! Knows the domain's words and the ports only: no chat, no database. Whatever is started here is started through
//! [`guard`], so that nothing of it outlives its run.

mod descendants;
pub mod guard;
pub mod process;
pub mod script;
