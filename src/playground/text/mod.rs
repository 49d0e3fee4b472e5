//! Text with formatting, the way Telegram's server treats it before a message exists.
//!
//! Pure. Offsets are UTF-16 units throughout. The texts of the errors are Telegram's.

mod detect;
mod entities;
mod html;
mod markdown;
pub(crate) mod rich;
#[cfg(test)]
mod tests;

use super::errors::ApiError;
use super::model::Entity;

/// Telegram refuses longer raw text before it even parses it.
const RAW_LIMIT: usize = 32_768;
/// Entities beyond these are dropped silently.
const ENTITIES_KEPT: usize = 100;

/// Characters of a message.
pub(crate) const TEXT_LIMIT: usize = 4_096;
/// Characters of a caption.
pub(crate) const CAPTION_LIMIT: usize = 1_024;

/// Text that may stand in a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Formatted {
    pub(crate) text: String,
    pub(crate) entities: Vec<Entity>,
}

impl Formatted {
    /// Characters as Telegram counts them: Unicode scalars.
    pub(crate) fn len(&self) -> usize {
        self.text.chars().count()
    }
}

/// Length in UTF-16 units.
pub(crate) fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Turns what a bot sent into text that may stand in a message: parses, checks, trims, and finds links,
/// mentions and commands. Blank text comes back empty.
pub(crate) fn prepare(
    raw: &str,
    parse_mode: Option<&str>,
    entities: Option<&str>,
) -> Result<Formatted, ApiError> {
    if raw.len() > RAW_LIMIT {
        return Err(ApiError::TEXT_TOO_LONG);
    }
    let (text, entities) = match parse_mode.map(str::to_ascii_lowercase).as_deref() {
        None | Some("" | "none") => (raw.to_owned(), entities::read(entities)?),
        Some("html") => html::parse(raw)?,
        Some("markdownv2") => markdown::parse_v2(raw)?,
        Some("markdown") => markdown::parse_v1(raw)?,
        Some(_) => return Err(ApiError::bad("unsupported parse_mode")),
    };
    finish(&text, entities)
}

/// Turns text whose entities are known into text that may stand in a message, and finds links, mentions and
/// commands.
pub(crate) fn finish(text: &str, entities: Vec<Entity>) -> Result<Formatted, ApiError> {
    let mut formatted = exact(text, entities)?;
    let found = detect::find(&formatted.text);
    if !found.is_empty() {
        formatted.entities = entities::merge(formatted.entities, found);
        formatted.entities.truncate(ENTITIES_KEPT);
    }
    Ok(formatted)
}

/// The same without finding anything.
pub(crate) fn exact(text: &str, entities: Vec<Entity>) -> Result<Formatted, ApiError> {
    let mut formatted = entities::clean(text, entities)?;
    formatted.entities.truncate(ENTITIES_KEPT);
    // It may be kept for long.
    formatted.text.shrink_to_fit();
    Ok(formatted)
}
