//! Markdown, as agents write it, to text with formatting.
//!
//! Owns how each construct looks in a chat. Must not know message limits (see [`super::split`]) or cards.
//! Any input is rendered, none is an error, and the work is linear in its length.

use pulldown_cmark::{Options, Parser};

use crate::domain::message::RichText;
use crate::view::text::trim;

mod layout;
mod link;
mod nesting;
mod render;
mod table;
#[cfg(test)]
mod tests;

/// Renders Markdown. What a chat has no formatting for stays readable as plain text: nothing is left out.
///
/// A text nested deeper than any person writes is returned as it is.
pub fn markdown(source: &str) -> RichText {
    if nesting::is_absurd(source) {
        return trim(RichText { text: source.to_owned(), entities: Vec::new() });
    }
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut renderer = render::Renderer::new(source);
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        renderer.event(event, range);
    }
    trim(renderer.finish())
}
