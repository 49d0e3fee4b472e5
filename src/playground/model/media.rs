//! Files as they stand in messages. Knows nothing of where their bytes are.

use serde::{Deserialize, Serialize};

/// A file sent as a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What `getFile` takes.
    pub file_id: String,
    /// The same for every bot.
    pub file_unique_id: String,
    /// The sender's name of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// The sender's type of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// Bytes.
    pub file_size: u64,
}

/// One size of a photo; the playground keeps only the original.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoSize {
    /// What `getFile` takes.
    pub file_id: String,
    /// The same for every bot.
    pub file_unique_id: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Bytes.
    pub file_size: u64,
}

/// A voice message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voice {
    /// What `getFile` takes.
    pub file_id: String,
    /// The same for every bot.
    pub file_unique_id: String,
    /// Seconds, as the sender says.
    pub duration: i64,
    /// The sender's type of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// Bytes.
    pub file_size: u64,
}
