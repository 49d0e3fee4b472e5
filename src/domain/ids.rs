//! The names of things: newtype ids and the instant type. Owns no behaviour but printing and parsing.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An instant in UTC milliseconds since the Unix epoch. The core never reads a clock; it is given one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The instant `duration` later; saturates at the end of time.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this instant lies; zero when it lies before.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

macro_rules! integer_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

integer_id! {
    /// A Telegram chat: positive for a private chat, negative for a group.
    ChatId
}

impl ChatId {
    /// Whether one person is alone with the bot there.
    #[must_use]
    pub fn is_private(self) -> bool {
        self.0 > 0
    }
}

integer_id! {
    /// A Telegram user.
    UserId
}
integer_id! {
    /// A forum topic (`message_thread_id`). The General topic is no topic at all here.
    TopicId
}
integer_id! {
    /// A message within one chat.
    MessageId
}
integer_id! {
    /// A task. Short, ascending and unique per database, so that the chat can say `#42`.
    TaskId
}

integer_id! {
    /// A chain of tasks, each of which works on with the result of the one before.
    ChainId
}
integer_id! {
    /// A race: the same task by several agents side by side.
    RaceId
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.simple().fmt(f)
            }
        }
    };
}

uuid_id! {
    /// One attempt of a task by one engine process. An event of a run that is not the task's current one moves nothing.
    RunId
}
uuid_id! {
    /// One question whether one exact action may happen.
    ApprovalId
}

/// An engine's own name for a session that it can take up again. Opaque to us.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(pub String);

/// Where a conversation takes place: a chat, and in a forum one topic of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The chat.
    pub chat: ChatId,
    /// The forum topic; `None` in private chats, plain groups and the General topic.
    pub topic: Option<TopicId>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.topic {
            Some(topic) => write!(f, "{}/{topic}", self.chat),
            None => write!(f, "{}", self.chat),
        }
    }
}

#[cfg(test)]
mod tests;
