//! How a name that a person typed finds an agent, and the short command that an agent's name makes.

/// The agent that a newcomer is sent to, when there is one of this name: it shows itself, whatever it is asked.
pub const TOUR: &str = "tour";

/// The longest command, in characters. Source: `setMyCommands` of the Bot API.
const LONGEST_COMMAND: usize = 32;

/// The chat command that a name makes: in lower case, with `_` for hyphens, spaces and dots. `None` for a name that Telegram
/// takes no command of.
#[must_use]
pub fn command_of(name: &str) -> Option<String> {
    let mapped = name.trim().to_lowercase().replace(['-', ' ', '.'], "_");
    let fits = (1..=LONGEST_COMMAND).contains(&mapped.len());
    let typed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (fits && mapped.chars().all(typed)).then_some(mapped)
}

/// `text` without case, hyphens, underscores and spaces: `Code-Reviewer` and `code_reviewer` are the same to a person.
#[must_use]
pub fn folded(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '-' | '_') && !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The one name that `wanted` means: the very name, else the only one that differs in case, else the only one that
/// differs in case, hyphens, underscores and spaces.
#[must_use]
pub fn matching<'n>(names: impl Iterator<Item = &'n str> + Clone, wanted: &str) -> Option<&'n str> {
    let wanted = wanted.trim();
    let lowercase = wanted.to_lowercase();
    let bare = folded(wanted);
    only(names.clone().filter(|name| *name == wanted))
        .or_else(|| only(names.clone().filter(|name| name.to_lowercase() == lowercase)))
        .or_else(|| only(names.filter(|name| folded(name) == bare)))
}

fn only<'n>(mut names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let first = names.next()?;
    names.next().is_none().then_some(first)
}

/// At most `count` names that a person who typed `wanted` may have meant, likeliest first.
#[must_use]
pub fn nearest<'n>(names: impl Iterator<Item = &'n str>, wanted: &str, count: usize) -> Vec<String> {
    let wanted = folded(wanted);
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut ranked: Vec<(usize, &str)> =
        names.filter_map(|name| Some((distance(&folded(name), &wanted)?, name))).collect();
    ranked.sort_unstable();
    ranked.into_iter().take(count).map(|(_, name)| name.to_owned()).collect()
}

/// How far `name` lies from what was typed; `None` when it is another name altogether.
fn distance(name: &str, wanted: &str) -> Option<usize> {
    let length = wanted.chars().count();
    if name.starts_with(wanted) {
        return Some(0);
    }
    let typos = strsim::osa_distance(name, wanted);
    if typos <= length / 3 {
        return Some(typos);
    }
    // A part of the name, as in `engineer` for `rust-engineer`; less is too little to go by.
    (length >= 3 && name.contains(wanted)).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 6] =
        ["reviewer", "Rust Engineer", "web-engineer", "web_engineer", "debugger", "Debugger"];

    #[test]
    fn a_name_is_found_as_people_type_it() {
        for (wanted, found) in [
            ("reviewer", Some("reviewer")),
            (" REVIEWER ", Some("reviewer")),
            ("rust-engineer", Some("Rust Engineer")),
            ("rustengineer", Some("Rust Engineer")),
            ("debugger", Some("debugger")),
            ("Debugger", Some("Debugger")),
            ("DEBUGGER", None),
            ("web-engineer", Some("web-engineer")),
            ("web engineer", None),
            ("", None),
            ("tour", None),
        ] {
            assert_eq!(matching(NAMES.iter().copied(), wanted), found, "{wanted}");
        }
    }

    #[test]
    fn a_name_that_is_not_there_suggests_others() {
        for (wanted, suggestions) in [
            ("reviwer", &["reviewer"][..]),
            ("rev", &["reviewer"]),
            ("web engineer", &["web-engineer", "web_engineer"]),
            ("engineer", &["Rust Engineer", "web-engineer"]),
            ("DEBUGER", &["Debugger", "debugger"]),
            ("x", &[]),
            ("-", &[]),
            ("astronaut", &[]),
        ] {
            assert_eq!(nearest(NAMES.iter().copied(), wanted, 2), suggestions, "{wanted}");
        }
    }

    #[test]
    fn a_name_makes_a_command_where_telegram_allows_one() {
        for (name, command) in [
            ("reviewer", Some("reviewer")),
            ("Rust Engineer", Some("rust_engineer")),
            ("web-engineer.v2", Some("web_engineer_v2")),
            ("prüfer", None),
            ("a/b", None),
            ("", None),
            ("a-name-of-exactly-32-characters--", None),
            ("a-name-of-exactly-32-characters-", Some("a_name_of_exactly_32_characters_")),
        ] {
            assert_eq!(command_of(name).as_deref(), command, "{name}");
        }
    }
}
