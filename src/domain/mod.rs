//! The core: what a task, a conversation, an approval and a card are, and how they change.
//!
//! Pure. Nothing here knows tokio, SQL, Telegram, the file system, the environment or the clock:
//! time, fresh ids and agent definitions come in as arguments, effects go out as data.

pub mod ids;
pub mod agent;
pub mod input;
pub mod command;
pub mod access;
pub mod conversation;
pub mod dialogue;
pub mod task;
pub mod event;
pub mod effect;
pub mod transition;
pub mod chain;
pub mod race;
pub mod worktree;
pub mod wish;
pub mod handoff;
pub mod progress;
pub mod action;
pub mod policy;
pub mod approval;
pub mod press;
pub mod menu;
pub mod session;
pub mod card;
pub mod toast;
pub mod message;
pub mod delivery;
pub mod history;
pub mod usage;
pub mod duration;

#[cfg(test)]
mod stored_formats;
