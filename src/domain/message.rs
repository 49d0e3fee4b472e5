//! What a chat can carry: plain text with entities, buttons by meaning, a document.
//!
//! Knows nothing of how a chat service writes these on the wire.

use serde::{Deserialize, Serialize};

use super::press::Press;

/// Plain text with formatting marked by ranges, as Telegram has it: nothing to escape, nothing to parse.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RichText {
    /// The text as the reader sees it.
    pub text: String,
    /// Formatting, ordered by start, outer before inner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
}

/// A formatted range of a [`RichText`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entity {
    /// Start, in UTF-16 code units.
    pub offset: usize,
    /// Length, in UTF-16 code units.
    pub length: usize,
    /// What the range looks like.
    pub style: Style,
}

/// What a formatted range looks like. The subset of Telegram's entity kinds that we write.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// Bold.
    Bold,
    /// Italic.
    Italic,
    /// Struck through.
    Strikethrough,
    /// Inline code.
    Code,
    /// A code block, with its language if known.
    Pre(Option<String>),
    /// A quotation that the reader can unfold.
    Quote,
    /// A link behind the text.
    Link(String),
}

/// One message as it will stand in the chat. Fits the chat's limits: whoever composes it has split it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The text; for a document, its caption.
    pub body: RichText,
    /// Rows of buttons below the message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Vec<Button>>,
    /// A file carried by the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Document>,
    /// Whether the phone stays silent.
    #[serde(default)]
    pub silent: bool,
}

/// A button: what it says and what pressing it means.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Button {
    /// What the button says.
    pub label: String,
    /// What pressing it means.
    pub press: Press,
}

/// A file sent with a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Document {
    /// The file's name as the reader sees it.
    pub name: String,
    /// Where its bytes are.
    pub content: DocumentContent,
}

/// Where a document's bytes are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentContent {
    /// Text that we made ourselves.
    Text(String),
    /// A file on disk, read when it is sent.
    File(std::path::PathBuf),
}
