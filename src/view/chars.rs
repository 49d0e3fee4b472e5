//! What single characters are: invisible, wide, or part of the character before.
//!
//! A small hand-kept table instead of the Unicode database: it decides where a text is cut and how a table is
//! padded, where an odd script costs a little beauty and nothing else.

#[cfg(test)]
mod tests;

/// How far a cut may move back to spare a cluster. No person writes longer ones.
const MAX_CLUSTER_CHARS: usize = 32;

const JOINER: char = '\u{200D}';

/// Whether a reader sees nothing of `c`. A chat refuses a message of such characters alone.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{AD}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether `c` modifies the character before it: combining marks, selectors, skin tones, tags.
fn extends(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5BD}' | '\u{610}'..='\u{61A}'
        | '\u{64B}'..='\u{65F}' | '\u{900}'..='\u{903}' | '\u{93A}'..='\u{93C}' | '\u{93E}'..='\u{94F}'
        | '\u{E31}' | '\u{E34}'..='\u{E3A}' | '\u{E47}'..='\u{E4E}'
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}'
        | JOINER | '\u{3099}' | '\u{309A}' | '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}'
        | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E007F}' | '\u{E0100}'..='\u{E01EF}')
}

fn is_flag_half(c: char) -> bool {
    matches!(c, '\u{1F1E6}'..='\u{1F1FF}')
}

/// Columns that `c` takes in a fixed-width font: 0, 1 or 2.
fn columns(c: char) -> usize {
    if extends(c) || c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}') {
        return 0;
    }
    let wide = matches!(c,
        '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{303E}' | '\u{3041}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FF60}' | '\u{FFE0}'..='\u{FFE6}'
        | '\u{1F300}'..='\u{1F64F}' | '\u{1F680}'..='\u{1F6FF}' | '\u{1F900}'..='\u{1FAFF}'
        | '\u{20000}'..='\u{3FFFD}');
    1 + usize::from(wide)
}

/// Columns that `text` takes in a fixed-width font.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// The last place at or before byte `at`, but after byte `from`, where `text` can be cut without tearing apart
/// what a reader sees as one character. `at` itself, a character boundary, if there is no such place.
pub(super) fn floor_cluster(text: &str, from: usize, at: usize) -> usize {
    let mut cut = at;
    for _ in 0..MAX_CLUSTER_CHARS {
        if !tears(text, from, cut) {
            return cut;
        }
        match text[from..cut].chars().next_back() {
            Some(before) if cut - before.len_utf8() > from => cut -= before.len_utf8(),
            _ => return at,
        }
    }
    at
}

fn tears(text: &str, from: usize, cut: usize) -> bool {
    let (Some(before), Some(after)) = (text[from..cut].chars().next_back(), text[cut..].chars().next())
    else {
        return false;
    };
    if is_flag_half(before) && is_flag_half(after) {
        // Flags are pairs: a cut tears one apart only after an odd number of halves.
        let halves =
            text[from..cut].chars().rev().take(2 * MAX_CLUSTER_CHARS).take_while(|c| is_flag_half(*c));
        return halves.count() % 2 == 1;
    }
    extends(after) || before == JOINER || (before == '\r' && after == '\n')
}
