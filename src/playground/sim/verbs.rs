//! The arguments of the verbs, as they come in over `/sim` and from tests.

use axum::body::Bytes;
use serde::{Deserialize, Serialize};

use crate::playground::model::Entity;

/// A person sends text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendText {
    /// Who.
    pub user_id: i64,
    /// Where; in a private chat the person's id.
    pub chat_id: i64,
    /// In which topic; General when absent.
    #[serde(default)]
    pub thread_id: Option<i64>,
    /// What. Longer text becomes several messages.
    pub text: String,
    /// In answer to what.
    #[serde(default)]
    pub reply_to_message_id: Option<i64>,
    /// Whose message it is that the person forwards.
    #[serde(default)]
    pub forward_from_user_id: Option<i64>,
    /// Its formatting; when absent, commands, mentions and links are found.
    #[serde(default)]
    pub entities: Option<Vec<Entity>>,
}

impl SendText {
    /// Plain text to a chat.
    pub fn new(user_id: i64, chat_id: i64, text: impl Into<String>) -> Self {
        Self {
            user_id,
            chat_id,
            thread_id: None,
            text: text.into(),
            reply_to_message_id: None,
            forward_from_user_id: None,
            entities: None,
        }
    }

    /// The same, in a topic.
    pub fn in_topic(self, thread_id: i64) -> Self {
        Self { thread_id: Some(thread_id), ..self }
    }

    /// The same, in answer to a message.
    pub fn replying_to(self, message_id: i64) -> Self {
        Self { reply_to_message_id: Some(message_id), ..self }
    }
}

/// A person presses a button: the one with the label, or one with forged data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tap {
    /// Who.
    pub user_id: i64,
    /// Where.
    pub chat_id: i64,
    /// Below which message.
    pub message_id: i64,
    /// The button's label.
    #[serde(default)]
    pub label: Option<String>,
    /// Data that no button has to carry.
    #[serde(default)]
    pub data: Option<String>,
}

impl Tap {
    /// Presses the button with this label.
    pub fn label(user_id: i64, chat_id: i64, message_id: i64, label: impl Into<String>) -> Self {
        Self { user_id, chat_id, message_id, label: Some(label.into()), data: None }
    }

    /// Pretends to press a button with this data.
    pub fn data(user_id: i64, chat_id: i64, message_id: i64, data: impl Into<String>) -> Self {
        Self { user_id, chat_id, message_id, label: None, data: Some(data.into()) }
    }
}

/// A person sends a file.
#[derive(Debug, Clone)]
pub struct SendUpload {
    /// Who.
    pub user_id: i64,
    /// Where.
    pub chat_id: i64,
    /// In which topic.
    pub thread_id: Option<i64>,
    /// Text below the file.
    pub caption: Option<String>,
    /// What the file is called.
    pub file_name: String,
    /// What kind of file it is.
    pub mime_type: Option<String>,
    /// The file.
    pub bytes: Bytes,
}

/// What happens to a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatAction {
    /// A person blocks the bot in the private chat.
    Block,
    /// A person unblocks it.
    Unblock,
    /// The bot is removed from a group.
    Kick,
    /// The bot is added to a group again.
    Add,
    /// A group becomes a supergroup, with a new id.
    Migrate,
    /// A topic goes, with its messages.
    DeleteTopic,
    /// A topic is opened.
    CreateTopic,
}

/// Something happens to a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatChange {
    /// What.
    pub action: ChatAction,
    /// To which chat.
    pub chat_id: i64,
    /// By whom; the chat's first member when absent.
    #[serde(default)]
    pub user_id: Option<i64>,
    /// Which topic goes.
    #[serde(default)]
    pub thread_id: Option<i64>,
    /// What the new topic is called.
    #[serde(default)]
    pub name: Option<String>,
}

impl ChatChange {
    /// Something that needs no more than the chat.
    pub fn new(action: ChatAction, chat_id: i64) -> Self {
        Self { action, chat_id, user_id: None, thread_id: None, name: None }
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatChanged {
    /// The supergroup that replaces the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_chat_id: Option<i64>,
    /// The new topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread_id: Option<i64>,
}
