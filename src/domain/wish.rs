//! What `/chain` and `/race` ask for: a list of agents, then a request. Pure; the names that there are come in.

use super::agent::{folded, nearest};

/// How many nearest names are suggested.
const SUGGESTIONS: usize = 3;

/// A name ends within so many bytes; what follows is the request.
const LONGEST: usize = 300;

/// Longest of what may have been meant for a name, in characters.
const TOLD: usize = 100;

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The agents, by their full names, in the order in which they were written.
    pub agents: Vec<String>,
    /// The request; may be empty.
    pub prompt: String,
}

/// A name that means no agent, or more than one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misnamed {
    /// As written; empty when there is none at all.
    pub wanted: String,
    /// Names that may have been meant.
    pub nearest: Vec<String>,
}

/// Reads agents with separators between them, then the request. A name is the longest that fits; the last one ends
/// where the words go on without a separator, or with a colon or a new line.
///
/// # Errors
/// The first name that means no agent, or several.
pub fn read(text: &str, separators: &[char], names: &[&str]) -> Result<Wish, Misnamed> {
    let mut agents = Vec::new();
    let mut rest = text.trim_start();
    loop {
        let (agent, after) = name(rest, separators, names)?;
        agents.push(agent);
        let after_space = after.trim_start();
        match after_space.strip_prefix(separators) {
            Some(next) => rest = next.trim_start(),
            None => {
                let prompt = after_space.strip_prefix(':').unwrap_or(after_space).trim();
                return Ok(Wish { agents, prompt: prompt.to_owned() });
            }
        }
    }
}

/// The longest name at the beginning, and what follows it.
fn name<'t>(text: &'t str, separators: &[char], names: &[&str]) -> Result<(String, &'t str), Misnamed> {
    let stop = |c: char| separators.contains(&c) || c == ':' || c == '\n';
    let segment = &text[..text.find(stop).unwrap_or(text.len())];
    let mut ends = ends(segment);
    // A name that a separator and a further name follow is all that stands before it; no part of it is taken for one. Any
    // other separator belongs to the request.
    let next = text[segment.len()..].strip_prefix(separators);
    let followed = next.is_some_and(|next| begins_with_name(next.trim_start(), separators, names));
    if followed {
        ends.retain(|end| *end == segment.len());
    }
    for end in ends.into_iter().rev() {
        let written = segment[..end].trim();
        match meant(written, names).as_slice() {
            [] => {}
            [only] => return Ok(((*only).to_owned(), &text[end..])),
            several => {
                let nearest = several.iter().map(|name| (*name).to_owned()).collect();
                return Err(Misnamed { wanted: written.to_owned(), nearest });
            }
        }
    }
    let first = if followed { Some(segment) } else { segment.split_whitespace().next() };
    let wanted: String = first.unwrap_or_default().trim().chars().take(TOLD).collect();
    let nearest = nearest(names.iter().copied(), &wanted, SUGGESTIONS);
    Err(Misnamed { wanted, nearest })
}

/// Whether the text goes on with a name.
fn begins_with_name(text: &str, separators: &[char], names: &[&str]) -> bool {
    let stop = |c: char| separators.contains(&c) || c == ':' || c == '\n';
    let segment = &text[..text.find(stop).unwrap_or(text.len())];
    ends(segment).into_iter().any(|end| !meant(segment[..end].trim(), names).is_empty())
}

/// Where a name at the beginning of a text without separators may end.
fn ends(segment: &str) -> Vec<usize> {
    let spaces = segment.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at);
    spaces.chain([segment.len()]).take_while(|end| *end <= LONGEST).collect()
}

/// The names that a person may mean: the very one, else all that differ in case, hyphens and spaces only.
fn meant<'n>(written: &str, names: &[&'n str]) -> Vec<&'n str> {
    if written.is_empty() {
        return Vec::new();
    }
    match super::agent::matching(names.iter().copied(), written) {
        Some(name) => vec![name],
        None => {
            let bare = folded(written);
            names.iter().copied().filter(|name| !bare.is_empty() && folded(name) == bare).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 7] =
        ["architect", "engineer", "engineer pro", "Unit-Tester", "documenter", "web-dev", "web_dev"];
    const ARROWS: [char; 2] = ['>', '→'];

    fn chain(text: &str) -> Result<(Vec<String>, String), (String, Vec<String>)> {
        read(text, &ARROWS, &NAMES).map(|w| (w.agents, w.prompt)).map_err(|m| (m.wanted, m.nearest))
    }

    #[test]
    fn names_are_read_as_people_write_them() {
        for (text, agents, prompt) in [
            ("architect > engineer BUILD it", &["architect", "engineer"][..], "BUILD it"),
            ("architect>engineer: BUILD it", &["architect", "engineer"], "BUILD it"),
            ("architect → unit tester\nBUILD\nit", &["architect", "Unit-Tester"], "BUILD\nit"),
            ("ARCHITECT>Engineer Pro do", &["architect", "engineer pro"], "do"),
            ("architect > engineer pro", &["architect", "engineer pro"], ""),
            ("architect > engineer make a > b", &["architect", "engineer"], "make a > b"),
            ("architect make a > b", &["architect"], "make a > b"),
            ("engineer > engineer > engineer x", &["engineer", "engineer", "engineer"], "x"),
            ("architect", &["architect"], ""),
            ("unittester say: hi", &["Unit-Tester"], "say: hi"),
        ] {
            let agents: Vec<String> = agents.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(chain(text), Ok((agents, prompt.to_owned())), "{text}");
        }
    }

    #[test]
    fn a_name_that_is_none_or_several_is_told() {
        for (text, wanted, nearest) in [
            ("architct > engineer x", "architct", &["architect"][..]),
            ("architect > enginer BUILD", "enginer", &["engineer"]),
            ("architect > web dev BUILD", "web dev", &["web-dev", "web_dev"]),
            ("architect > > engineer x", "", &[]),
            ("architect > engineer max > documenter x", "engineer max", &["engineer", "engineer pro"]),
            ("", "", &[]),
            ("> x", "", &[]),
            ("astronaut BUILD", "astronaut", &[]),
            (&"x".repeat(200), &"x".repeat(TOLD), &[]),
            (&format!("architect{} > engineer x", " ".repeat(LONGEST)), "architect", &["architect"]),
        ] {
            let nearest: Vec<String> = nearest.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(chain(text), Err((wanted.to_owned(), nearest)), "{text}");
        }
    }
}
