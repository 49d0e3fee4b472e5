//! Foreign text made fit for a line or a block of a card: titles, names, what a program printed.
//!
//! Drops what a chat cannot show and cuts to size. Not for approvals, where nothing may be dropped: see
//! [`super::exact`].

use std::borrow::Cow;

use super::text::truncate;

#[cfg(test)]
mod tests;

/// `text` on one line, in at most `max` UTF-16 units.
pub(super) fn line(text: &str, max: usize) -> String {
    let plain = plain(text);
    let mut words = plain.split_whitespace();
    let mut line = words.next().unwrap_or_default().to_owned();
    for word in words {
        line.push(' ');
        line.push_str(word);
    }
    truncate(&line, max, "…").into_owned()
}

/// `text` with its lines, in at most `max` UTF-16 units from its beginning.
pub(super) fn block(text: &str, max: usize) -> String {
    truncate(plain(text).trim(), max, "…").into_owned()
}

/// The last lines of `text`, in at most `max` UTF-16 units: what a program printed last.
pub(super) fn last_lines(text: &str, lines: usize, max: usize) -> String {
    let plain = plain(text);
    let plain = plain.trim_end();
    let start = plain.rmatch_indices('\n').nth(lines - 1).map_or(0, |(at, _)| at + 1);
    let tail = &plain[start..];
    let mut room = max;
    let cut = tail.char_indices().rev().take_while(|(_, c)| {
        let fits = c.len_utf16() <= room;
        room = room.saturating_sub(c.len_utf16());
        fits
    });
    let from = cut.last().map_or(tail.len(), |(at, _)| at);
    tail[from..].to_owned()
}

/// The first sentence of `text`, on one line, in at most `max` UTF-16 units; one that is longer ends after a word.
pub(super) fn first_sentence(text: &str, max: usize) -> String {
    let whole = line(text, usize::MAX);
    let end = whole.match_indices(['.', '!', '?']).find_map(|(at, mark)| {
        let after = at + mark.len();
        (whole[after..].is_empty() || whole[after..].starts_with(' ')).then_some(at)
    });
    let sentence = &whole[..end.unwrap_or(whole.len())];
    match truncate(sentence, max, "…") {
        Cow::Borrowed(whole) => whole.to_owned(),
        // Unless a word is so long that little would be left.
        Cow::Owned(cut) => match cut.rsplit_once(' ') {
            Some((words, _)) if 2 * words.len() > cut.len() => format!("{words}…"),
            Some(_) | None => cut,
        },
    }
}

/// `text` without terminal colours, control characters but newlines and tabs, and marks that turn the direction of
/// the text around it.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(|c: char| dropped(c)) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => rest = after_escape(rest.as_str()).chars(),
            // A lone carriage return starts the line anew, as progress bars do.
            '\r' if !rest.as_str().starts_with('\n') => plain.push('\n'),
            c if dropped(c) => {}
            c => plain.push(c),
        }
    }
    Cow::Owned(plain)
}

fn dropped(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// What follows a terminal's escape sequence, whose first character has been taken.
fn after_escape(text: &str) -> &str {
    let mut chars = text.chars();
    match chars.next() {
        Some('[') => {
            let body = chars.as_str();
            let end = body.find(|c: char| !matches!(c, ' '..='?')).unwrap_or(body.len());
            match body[end..].chars().next() {
                Some(last @ '@'..='~') => &body[end + last.len_utf8()..],
                _ => &body[end..],
            }
        }
        // A title or a link: up to the bell or the string terminator, and never past the line.
        Some(']') => {
            let body = chars.as_str();
            let end = body.find(['\u{7}', '\u{1b}', '\n']).unwrap_or(body.len());
            body[end..].strip_prefix("\u{1b}\\").unwrap_or(&body[end..])
        }
        Some(c) if c.is_ascii_graphic() => chars.as_str(),
        _ => text,
    }
}
