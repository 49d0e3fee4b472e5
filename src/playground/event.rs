//! What the playground tells its observers: events, transcripts, the state of things.
//!
//! These are the answers of `/sim`: names and types, no behaviour. A client in Rust reads them back as they are.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cast::{SimChat, SimUser};
use super::model::{Entity, Keyboard, Reaction, SimMessage, User};

/// Something that happened, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimEvent {
    /// Ascending, without reuse.
    pub seq: u64,
    /// Unix milliseconds.
    pub at: i64,
    /// The chat that it happened in; 0 when it concerns none.
    pub chat_id: i64,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// A message was sent, by a person or the bot.
    Message {
        /// As it stands.
        message: Arc<SimMessage>,
    },
    /// A message was edited.
    Edit {
        /// As it stands now.
        message: Arc<SimMessage>,
    },
    /// A message was deleted.
    Delete {
        /// Which.
        message_id: i64,
    },
    /// A person pressed a button.
    Callback {
        /// What the bot answers to.
        query_id: String,
        /// Who pressed.
        user_id: i64,
        /// Below which message.
        message_id: i64,
        /// The button's data.
        data: String,
    },
    /// The bot answered a pressed button.
    Answer(AnswerRecord),
    /// The bot shows that it is busy.
    Action {
        /// `typing`, `upload_document`, …
        action: String,
        /// The topic.
        thread_id: Option<i64>,
    },
    /// The bot streams a draft (a preview for 30 seconds, not a message).
    Draft {
        /// Updates with one id animate.
        draft_id: i64,
        /// The topic.
        thread_id: Option<i64>,
        /// The text so far.
        text: String,
        /// Its formatting.
        entities: Vec<Entity>,
        /// Whether the person may stop it.
        can_stop: bool,
    },
    /// Someone reacted to a message, or took it back.
    Reaction {
        /// To which.
        message_id: i64,
        /// All its reactions now.
        reactions: Vec<Reaction>,
    },
    /// Messages were pinned or unpinned.
    Pin {
        /// Ids of all pinned messages, the newest pin last.
        pinned: Vec<i64>,
    },
    /// The bot's command lists changed.
    Commands,
    /// The list of chats, members or topics changed.
    Chat,
}

/// The bot's answer to a pressed button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerRecord {
    /// Which press.
    pub query_id: String,
    /// Who pressed.
    pub user_id: i64,
    /// What the person is shown, if anything.
    pub text: Option<String>,
    /// As a box that has to be closed, instead of a short notice.
    pub show_alert: bool,
    /// Unix milliseconds. An event has an `at` of its own beside it.
    #[serde(alias = "at")]
    pub answered_at: i64,
}

/// One version of a message. Without room to grow: there may be very many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    /// When it came to stand so, Unix milliseconds.
    pub at: i64,
    /// Text or caption.
    pub text: Box<str>,
    /// Its formatting.
    pub entities: Box<[Entity]>,
    /// Its buttons.
    pub reply_markup: Option<Box<Keyboard>>,
}

/// A message with its past.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TranscriptMessage {
    /// As it stands now, or stood when it was deleted.
    #[serde(flatten)]
    pub message: Arc<SimMessage>,
    /// Every version, oldest first, the present one included.
    pub revisions: Vec<Revision>,
    /// Whether it was deleted.
    pub deleted: bool,
}

/// Everything that happened in a chat.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// Oldest first.
    pub messages: Vec<TranscriptMessage>,
    /// Answers to pressed buttons, oldest first.
    pub answers: Vec<AnswerRecord>,
}

/// The list of commands of one scope and language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommandSet {
    /// The `BotCommandScope` object.
    pub scope: Value,
    /// Empty for all languages.
    pub language_code: String,
    /// In menu order.
    pub commands: Vec<Command>,
}

/// One entry of the command menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// Without the slash.
    pub command: String,
    /// What the menu says about it.
    pub description: String,
}

/// A chat as `/sim/state` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatView {
    /// The chat.
    #[serde(flatten)]
    pub chat: SimChat,
    /// Id of its newest message; 0 when there is none.
    pub last_message_id: i64,
    /// Ids of its pinned messages, the newest pin last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pinned: Vec<i64>,
}

/// The whole playground at a glance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimState {
    /// The bot.
    pub bot: User,
    /// All people.
    pub users: Vec<SimUser>,
    /// All chats.
    pub chats: Vec<ChatView>,
    /// What the page shows as the folder of the demo.
    pub folder: Option<String>,
    /// All command lists.
    pub commands: Vec<CommandSet>,
    /// Whether Telegram's flood rules apply.
    pub flood: bool,
    /// Sequence number of the newest event.
    pub seq: u64,
}
