//! Formatted stretches of text. Knows nothing of how they are written or drawn.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A formatted stretch of text; offset and length are UTF-16 units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// Telegram's name of the kind (`bold`, `pre`, `bot_command`, …).
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it begins.
    pub offset: usize,
    /// How long it is.
    pub length: usize,
    /// Target of a `text_link`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Language of a `pre`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Person of a `text_mention`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Value>,
    /// Picture of a `custom_emoji`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_emoji_id: Option<String>,
}

impl Entity {
    /// An entity without a target.
    pub fn plain(kind: &str, offset: usize, length: usize) -> Self {
        Self {
            kind: kind.to_owned(),
            offset,
            length,
            url: None,
            language: None,
            user: None,
            custom_emoji_id: None,
        }
    }

    /// Where it ends, exclusive.
    pub fn end(&self) -> usize {
        self.offset.saturating_add(self.length)
    }

    /// The stretch of `text` that it covers; empty when it points outside.
    pub fn slice<'t>(&self, text: &'t str) -> &'t str {
        let byte_at = |units: usize| {
            let mut seen = 0;
            text.char_indices()
                .find(|(_, c)| {
                    let here = seen >= units;
                    seen += c.len_utf16();
                    here
                })
                .map_or(text.len(), |(at, _)| at)
        };
        text.get(byte_at(self.offset)..byte_at(self.end())).unwrap_or("")
    }
}
