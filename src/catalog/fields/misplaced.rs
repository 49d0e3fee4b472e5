//! Lines of the tolerant reading that look like a key which bounds the agent, and were taken for text. Whoever wrote one
//! counts on it, so that it must not be lost without a word.

use crate::domain::agent::folded;

/// Keys that bound an agent, and are no word of prose: [`folded`], and meant in any spelling.
const COMPOUND: [&str; 6] =
    ["disallowedtools", "maxsteps", "maxturns", "permissionmode", "sandboxmode", "timeoutmins"];

/// Keys that bound an agent, and are words: `Tools: many` is prose.
const WORDS: [&str; 6] = ["budget", "extends", "isolation", "permission", "timeout", "tools"];

/// The key with which the line begins, when it is one that bounds the agent.
pub(super) fn key(line: &str) -> Option<&str> {
    // What people, and editors, leave before a key.
    let before = |c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '\u{feff}') || ('\u{200b}'..='\u{200f}').contains(&c)
    };
    let line = line.trim_start_matches(before);
    let (name, value) = line.split_once([':', '：', '='])?;
    let name = name.trim_end_matches(before);
    let bounds = !name.contains(char::is_whitespace)
        && (COMPOUND.contains(&folded(name).as_str()) || WORDS.contains(&name) || is_steps(name, value));
    bounds.then_some(name)
}

/// Whether it is OpenCode's `steps`: prose says what the steps are, and not how many there may be.
pub(super) fn is_steps(name: &str, value: &str) -> bool {
    name == "steps" && value.trim().parse::<u32>().is_ok()
}
