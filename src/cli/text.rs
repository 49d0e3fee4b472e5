//! Text for a terminal of 80 columns: what others wrote made harmless, lines cut and folded, instants and paths as people
//! say them. Knows nothing of what the words mean.

use std::path::{Path, PathBuf};

use crate::domain::ids::Timestamp;

#[cfg(test)]
mod tests;

/// Columns that output is made for.
pub(super) const COLUMNS: usize = 80;

/// `text` without what a terminal would obey (colours, cursor movements) and what turns the direction of writing.
pub(super) fn plain(text: &str) -> String {
    let dropped = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    text.chars().filter(|c| !dropped(*c)).collect()
}

/// `text` on one line.
pub(super) fn line(text: &str) -> String {
    plain(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first sentence of `text`, on one line.
pub(super) fn first_sentence(text: &str) -> String {
    let mut sentence = line(text);
    let end = sentence.match_indices(['.', '!', '?']).map(|(at, mark)| at + mark.len()).find(|end| {
        let rest = &sentence[*end..];
        rest.is_empty() || rest.starts_with(' ')
    });
    sentence.truncate(end.unwrap_or(sentence.len()));
    sentence
}

/// `text` in at most `columns` characters.
pub(super) fn fit(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    let kept: String = text.chars().take(columns.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// `text` after `head`, folded at [`COLUMNS`]: further lines begin below the text's beginning. Words are never torn.
pub(super) fn hanging(head: &str, text: &str) -> String {
    let indent = head.chars().count();
    let mut folded = head.to_owned();
    let mut column = indent;
    for word in line(text).split(' ') {
        let width = word.chars().count();
        if column > indent && column + 1 + width > COLUMNS {
            folded.push('\n');
            folded.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else if column > indent {
            folded.push(' ');
            column += 1;
        }
        folded.push_str(word);
        column += width;
    }
    folded
}

/// An instant for people: `2026-11-20 08:41:00 UTC`.
pub(super) fn utc(at: Timestamp) -> String {
    formatted(at, "%Y-%m-%d %H:%M:%S UTC")
}

/// An instant for machines, in ISO 8601: `2026-11-20T08:41:00.250Z`.
pub(super) fn iso(at: Timestamp) -> String {
    formatted(at, "%Y-%m-%dT%H:%M:%S%.3fZ")
}

fn formatted(at: Timestamp, format: &str) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map_or_else(|_| format!("{} ms", at.0), |at| at.strftime(format).to_string())
}

/// The present.
pub(super) fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

/// A path for machines: without `.` in its middle.
pub(super) fn full_path(path: &Path) -> String {
    path.components().collect::<PathBuf>().to_string_lossy().into_owned()
}

/// A path as people write it here: below the current directory relative, below the home directory with `~`.
pub(super) fn short_path(path: &Path) -> String {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    short_path_from(path, std::env::current_dir().ok().as_deref(), home.as_deref())
}

fn short_path_from(path: &Path, cwd: Option<&Path>, home: Option<&Path>) -> String {
    let below = |base: Option<&Path>| {
        let rest = path.strip_prefix(base.filter(|base| base.is_absolute())?).ok()?;
        Some(full_path(rest))
    };
    let shown = match (below(cwd), below(home)) {
        (Some(rest), _) if rest.is_empty() => ".".to_owned(),
        (Some(rest), _) => rest,
        (None, Some(rest)) if rest.is_empty() => "~".to_owned(),
        (None, Some(rest)) => format!("~/{rest}"),
        (None, None) => full_path(path),
    };
    line(&shown)
}
