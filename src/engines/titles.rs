//! Words for actions, as cards show them in one line.

/// A title shows so many characters of a command.
const TITLE: usize = 60;

/// The beginning of a command, for a title.
pub(in crate::engines) fn in_short(command: &str) -> String {
    let line = command.trim().lines().next().unwrap_or_default();
    let short: String = line.chars().take(TITLE).collect();
    if short.len() < command.trim().len() { format!("{short}…") } else { short }
}

/// A command or a path in a title: between backticks, which are shown as code. A chat would make links of names such
/// as `README.md` otherwise.
pub(in crate::engines) fn code(text: &str) -> String {
    if text.contains('`') { text.to_owned() } else { format!("`{text}`") }
}
