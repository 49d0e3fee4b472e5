//! Text with formatting: building it so that a chat accepts it as it is.
//!
//! Owns Telegram's rules of nesting and the counting in UTF-16 units. Must not know Markdown or cards.

use std::borrow::Cow;

use super::chars::{floor_cluster, is_blank};
use crate::domain::message::{Entity, RichText, Style};

#[cfg(test)]
mod tests;

/// Length of `text` in UTF-16 code units, the measure of a chat's offsets and limits.
pub fn utf16_len(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

/// `text` cut to at most `max_utf16` units, `ellipsis` included; unchanged if it fits. Whole characters only, as
/// a reader sees them. An ellipsis longer than the limit is left out.
pub fn truncate<'t>(text: &'t str, max_utf16: usize, ellipsis: &str) -> Cow<'t, str> {
    // A unit takes at least one byte, so most texts need no counting.
    if text.len() <= max_utf16 || utf16_len(text) <= max_utf16 {
        return Cow::Borrowed(text);
    }
    let ellipsis = if utf16_len(ellipsis) <= max_utf16 { ellipsis } else { "" };
    let at = byte_at(text, max_utf16 - utf16_len(ellipsis));
    let kept = text[..floor_cluster(text, 0, at)].trim_end();
    Cow::Owned(format!("{kept}{ellipsis}"))
}

/// The byte offset of the last character boundary within the first `units` UTF-16 units of `text`.
pub(super) fn byte_at(text: &str, units: usize) -> usize {
    let mut seen = 0;
    for (byte, c) in text.char_indices() {
        seen += c.len_utf16();
        if seen > units {
            return byte;
        }
    }
    text.len()
}

/// `rich` without the whitespace around it. Indentation of a code block that comes first stays. Empty if a reader
/// would see nothing.
pub fn trim(rich: RichText) -> RichText {
    if rich.text.chars().all(is_blank) {
        return RichText::default();
    }
    let end = rich.text.trim_end().len();
    let code_first = rich.entities.iter().any(|e| e.offset == 0 && matches!(e.style, Style::Pre(_)));
    let start = leading_blank(&rich.text[..end], code_first);
    if start == 0 && end == rich.text.len() {
        return rich;
    }
    let (from, text) = (utf16_len(&rich.text[..start]), &rich.text[start..end]);
    let to = from + utf16_len(text);
    let entities = rich.entities.into_iter().filter_map(|entity| clip(&entity, from, to)).collect();
    RichText { text: text.to_owned(), entities }
}

/// Bytes of whitespace at the start of `text`; with `keep_indentation`, of whole blank lines only.
pub(super) fn leading_blank(text: &str, keep_indentation: bool) -> usize {
    let blank = text.len() - text.trim_start().len();
    if keep_indentation { text[..blank].rfind('\n').map_or(0, |newline| newline + 1) } else { blank }
}

/// The part of `entity` within the units `from..to`, with its offset counted from `from`.
pub(super) fn clip(entity: &Entity, from: usize, to: usize) -> Option<Entity> {
    let start = entity.offset.max(from);
    let end = entity.offset.saturating_add(entity.length).min(to);
    (start < end).then(|| Entity { offset: start - from, length: end - start, style: entity.style.clone() })
}

/// Builds a [`RichText`] piece by piece. Whatever is opened, the result obeys the chat's rules:
///
/// - formatted ranges nest, never cross, and none is empty;
/// - a kind of formatting never contains itself;
/// - code contains and is contained in nothing but a quotation: other formatting is interrupted around it;
/// - a quotation is outermost;
/// - code in a link stays a plain link, since the link is worth more.
#[derive(Debug, Default)]
pub struct RichBuilder {
    text: String,
    units: usize,
    /// In order of their start, outer before inner.
    entities: Vec<Entity>,
    /// One per `open` not yet closed; `None` if a formatting of that kind was already open.
    opened: Vec<Option<u32>>,
    /// The formatting asked for, at most one of a kind, so never more than six.
    wanted: Vec<Wanted>,
    /// The formatting that reaches up to the end of the text: (`Wanted::id`, index into `entities`).
    live: Vec<(u32, usize)>,
    next_id: u32,
}

#[derive(Debug)]
struct Wanted {
    id: u32,
    style: Style,
}

impl RichBuilder {
    /// An empty text.
    pub fn new() -> Self {
        Self::default()
    }

    /// Length so far, in UTF-16 code units.
    pub fn len_utf16(&self) -> usize {
        self.units
    }

    /// Whether there is no text yet.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text so far.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Appends text in the formatting that is open.
    pub fn push(&mut self, text: &str) -> &mut Self {
        if text.is_empty() {
            return self;
        }
        self.sync();
        let units = utf16_len(text);
        self.text.push_str(text);
        self.units += units;
        for (_, index) in &self.live {
            self.entities[*index].length += units;
        }
        self
    }

    /// Appends text in `style`, on top of the formatting that is open.
    pub fn push_styled(&mut self, style: Style, text: &str) -> &mut Self {
        self.open(style).push(text).close()
    }

    /// Appends another text with its formatting, on top of the formatting that is open.
    pub fn push_rich(&mut self, other: &RichText) -> &mut Self {
        let mut rest = Rest { text: &other.text, units: 0 };
        let mut ends: Vec<usize> = Vec::new();
        for entity in &other.entities {
            while let Some(end) = ends.pop_if(|end| *end <= entity.offset) {
                self.push(rest.take_until(end)).close();
            }
            self.push(rest.take_until(entity.offset)).open(entity.style.clone());
            let end = entity.offset.saturating_add(entity.length);
            ends.push(ends.last().map_or(end, |outer| end.min(*outer)));
        }
        while let Some(end) = ends.pop() {
            self.push(rest.take_until(end)).close();
        }
        self.push(rest.text)
    }

    /// Formats what is pushed from here to the matching [`close`](Self::close).
    pub fn open(&mut self, style: Style) -> &mut Self {
        if self.wanted.iter().any(|wanted| same_kind(&wanted.style, &style)) {
            self.opened.push(None);
            return self;
        }
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1);
        self.opened.push(Some(id));
        // A quotation must be outermost, or what is open around it would cross it.
        let place = if style == Style::Quote { 0 } else { self.wanted.len() };
        self.wanted.insert(place, Wanted { id, style });
        self
    }

    /// Ends the formatting opened last. Without any, nothing happens.
    pub fn close(&mut self) -> &mut Self {
        if let Some(Some(id)) = self.opened.pop() {
            self.wanted.retain(|wanted| wanted.id != id);
        }
        self
    }

    /// The text. Formatting still open ends here.
    pub fn finish(self) -> RichText {
        RichText { text: self.text, entities: self.entities }
    }

    /// Ends and starts entities so that those which reach the end of the text are just those which are valid there.
    fn sync(&mut self) {
        let linked = self.wanted.iter().any(|w| matches!(w.style, Style::Link(_)));
        let coded = self.wanted.iter().any(|w| verbatim_beside(&w.style, linked));
        let mut kept = 0;
        for Wanted { id, style } in &self.wanted {
            let valid = match style {
                Style::Quote => true,
                Style::Code | Style::Pre(_) => verbatim_beside(style, linked),
                Style::Bold | Style::Italic | Style::Strikethrough | Style::Link(_) => !coded,
            };
            if !valid {
                continue;
            }
            if self.live.get(kept).is_none_or(|(live, _)| live != id) {
                self.live.truncate(kept);
                self.live.push((*id, self.entities.len()));
                self.entities.push(Entity { offset: self.units, length: 0, style: style.clone() });
            }
            kept += 1;
        }
        self.live.truncate(kept);
    }
}

/// Whether `style` is code that shows as code: inline code gives way to a link.
fn verbatim_beside(style: &Style, linked: bool) -> bool {
    matches!(style, Style::Pre(_)) || (*style == Style::Code && !linked)
}

/// Code spans and code blocks are one kind here: neither contains the other.
fn same_kind(a: &Style, b: &Style) -> bool {
    let verbatim = |style: &Style| matches!(style, Style::Code | Style::Pre(_));
    std::mem::discriminant(a) == std::mem::discriminant(b) || (verbatim(a) && verbatim(b))
}

/// What is left of a text that is consumed by UTF-16 offsets.
struct Rest<'t> {
    text: &'t str,
    units: usize,
}

impl<'t> Rest<'t> {
    /// Everything up to `end`, counted from the start of the whole text; less if that is inside a character.
    fn take_until(&mut self, end: usize) -> &'t str {
        let (taken, rest) = self.text.split_at(byte_at(self.text, end.saturating_sub(self.units)));
        self.units += utf16_len(taken);
        self.text = rest;
        taken
    }
}
