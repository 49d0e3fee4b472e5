//! The core: what a task, a conversation, an approval and a card are, and how they change.
//!
//! Pure. Nothing here knows tokio, SQL, Telegram, the file system, the environment or the clock:
//! time, fresh ids and agent definitions come in as arguments, effects go out as data.

pub mod agent;
pub mod ids;
pub mod message;
