//! The lines of keys by a look at the text. The parser tells positions only by reading the text once more for each, and
//! every key of every file needs its line.

/// A line as [`of_keys`] wants it, when only keys at the margin count: empty for one that continues the value above it.
pub(super) fn at_margin(line: &str) -> &str {
    if line.starts_with(char::is_whitespace) || line == "-" || line.starts_with("- ") { "" } else { line }
}

/// On which of `lines`, counted from 0, each of `keys` stands, given in the order of the text. Only when every line that is
/// neither empty nor a comment begins with one of them: then no line can have been mistaken for a key.
pub(super) fn of_keys<'t>(
    lines: impl Iterator<Item = &'t str>,
    keys: impl ExactSizeIterator<Item = &'t str>,
) -> Option<Vec<usize>> {
    let mut found = Vec::with_capacity(keys.len());
    let mut keys = keys;
    for (number, line) in lines.enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if !begins_with(line, keys.next()?) {
            return None;
        }
        found.push(number);
    }
    keys.next().is_none().then_some(found)
}

/// Whether the line begins with this key, in quotes or not.
fn begins_with(line: &str, key: &str) -> bool {
    let quote = line.chars().next().filter(|c| matches!(c, '"' | '\''));
    let line = quote.map_or(line, |_| &line[1..]);
    let rest = line.strip_prefix(key).and_then(|rest| match quote {
        Some(quote) => rest.strip_prefix(quote),
        None => Some(rest),
    });
    rest.is_some_and(|rest| rest.trim_start().starts_with(':'))
}
