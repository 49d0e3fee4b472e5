//! The orchestrator as a whole, with a chat and an engine that live in the test: no Telegram, no processes, no sleeping.

mod chat;
mod delivery;
mod engine;
mod inbox;
mod menus;
mod policy;
mod recovery;
mod reports;
mod sessions;
mod silence;
mod steering;
mod store;
mod tasks;
mod teams;
mod world;
mod worktrees;
