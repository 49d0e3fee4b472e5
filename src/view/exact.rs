//! Text that a person decides about: shown so that nothing of it hides or misleads.
//!
//! Every character that is invisible, moves others, or that a chat would drop or change is shown as an escape such
//! as `\u{202e}`. Everything else stays as it is, and nothing is left out.

use std::fmt::Write as _;

#[cfg(test)]
mod tests;

/// Which of the characters that lay out a text are left as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// None: the text stays on one line, so that it cannot pass for several.
    Nothing,
    /// Newlines. A command's tab is shown, since a chat turns it into a space.
    Lines,
    /// Newlines and tabs, the indentation of a file.
    LinesAndTabs,
}

/// `text`, with escapes for what a reader would not see as it is.
pub(super) fn exact(text: &str, keep: Keep) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_misleading(c, keep) {
            // Writing to a string cannot fail.
            let _ = write!(shown, "{}", c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Whether [`exact`] changes anything.
pub(super) fn hides(text: &str, keep: Keep) -> bool {
    text.chars().any(|c| is_misleading(c, keep))
}

fn is_misleading(c: char, keep: Keep) -> bool {
    match c {
        '\n' => keep == Keep::Nothing,
        '\t' => keep != Keep::LinesAndTabs,
        ' '..='~' => false,
        _ => c.is_control() || (c.is_whitespace()) || is_invisible(c) || is_dropped_by_chat(c),
    }
}

/// Unicode's format characters, fillers that look like a space, selectors, tags, and the private areas, whose
/// look depends on the phone.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{890}'..='\u{891}'
        | '\u{8E2}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
        | '\u{E000}'..='\u{F8FF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{FFFE}'..='\u{FFFF}' | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}'
        | '\u{16FE4}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D159}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{10FFFF}')
}

/// Three combining marks that Telegram's servers take out of every text.
fn is_dropped_by_chat(c: char) -> bool {
    matches!(c, '\u{30A}' | '\u{333}' | '\u{33F}')
}
