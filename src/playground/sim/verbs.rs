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

/// A person reacts to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct React {
    /// Who.
    pub user_id: i64,
    /// Where.
    pub chat_id: i64,
    /// To which message.
    pub message_id: i64,
    /// All their reactions on it from now on; none takes them back.
    pub emoji: Vec<String>,
}

/// A person presses the stop button of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopDraft {
    /// Who.
    pub user_id: i64,
    /// Where.
    pub chat_id: i64,
    /// Which draft.
    pub draft_id: i64,
}

/// A person who joins the playground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// The name that chats show.
    pub first_name: String,
    /// Their id; the next free one when absent.
    #[serde(default)]
    pub id: Option<i64>,
    /// The name after `@`.
    #[serde(default)]
    pub username: Option<String>,
    /// What the page calls them; `stranger` when absent.
    #[serde(default)]
    pub role_hint: Option<String>,
}
