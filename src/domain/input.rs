//! What reaches us from a chat, already in our own words.

use serde::{Deserialize, Serialize};

use super::ids::{ChatId, MessageId, Place, UserId};
use super::press::Press;

/// An update of the chat service, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawUpdate {
    /// The service's number for it; ascends.
    pub id: i64,
    /// Its JSON, byte by byte.
    pub body: String,
}

/// One update of the chat service, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// A person wrote something.
    Text(IncomingText),
    /// A person pressed a button.
    Pressed(IncomingPress),
    /// A person sent something that carries no text for us (a sticker, a photo without words, …).
    Unsupported {
        /// Where.
        place: Place,
        /// Who.
        from: Person,
        /// Which message.
        message: MessageId,
    },
    /// A group got a new id.
    Migrated {
        /// The id it had.
        from: ChatId,
        /// The id it has now.
        to: ChatId,
    },
    /// The bot may write to this chat again, or no longer.
    Reachable {
        /// Which chat.
        chat: ChatId,
        /// Whether messages get there.
        reachable: bool,
    },
    /// Nothing for us; the reason goes to the log.
    Ignored(&'static str),
}

/// A text that a person wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingText {
    /// Where.
    pub place: Place,
    /// Who.
    pub from: Person,
    /// Which message.
    pub message: MessageId,
    /// The text (or caption) as written; empty for a file without a caption.
    pub text: String,
    /// Whether the chat has only this person and the bot.
    pub private: bool,
    /// Whether it is a reply to a message of the bot.
    pub reply_to_bot: bool,
    /// Whether this is a changed version of an earlier message.
    pub edited: bool,
    /// Whether it was first written elsewhere, by anybody.
    pub forwarded: bool,
    /// Files that came with it.
    pub files: Vec<SentFile>,
    /// The chat service's name for the album that it is a part of: several files sent at once.
    pub album: Option<String>,
}

/// A file that a person sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentFile {
    /// The chat service's name for it, by which it can be fetched.
    pub id: String,
    /// Its name, as the sender had it.
    pub name: String,
    /// Its media type, such as `image/png`.
    pub media_type: String,
    /// Its size in bytes, where the chat service says it.
    pub bytes: Option<u64>,
}

/// A button that a person pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingPress {
    /// Where the message with the button stands; unknown for messages too old for the chat service.
    pub place: Option<Place>,
    /// Who.
    pub from: Person,
    /// The chat service's name for this press, needed to answer it.
    pub query: String,
    /// What it means; `None` when the data is not ours, or forged.
    pub press: Option<Press>,
}

/// A user as the chat shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: UserId,
    /// Their first name, for addressing them.
    pub name: String,
}
