//! Names of tools and skills: as a list, as text, or as a mapping of names to yes and no.

use super::{Reader, switched};
use crate::catalog::fields::Entry;
use crate::yaml::{Node, Value};

/// What no tool's name holds: what people write between names, or around them.
const NO_TOOL: [char; 11] = [':', ')', '\'', '`', ';', '|', '&', '=', '<', '>', '!'];

/// What a mapping of tools says.
pub(in crate::catalog) struct Switches {
    /// The only tools, where all others are turned off.
    pub(in crate::catalog) only: Option<Vec<String>>,
    /// Tools that are turned off.
    pub(in crate::catalog) off: Vec<String>,
}

impl Reader<'_> {
    /// The only tools that an agent has.
    pub(in crate::catalog) fn tools(&mut self, entry: &Entry) -> Option<Vec<String>> {
        self.bounding(entry, is_tool)
    }

    /// Tools that an agent has not.
    pub(in crate::catalog) fn denied_tools(&mut self, entry: &Entry) -> Option<Vec<String>> {
        self.bounding(entry, is_denied_tool)
    }

    fn bounding(&mut self, entry: &Entry, is_one: fn(&str) -> bool) -> Option<Vec<String>> {
        if entry.value == Value::Null {
            return None;
        }
        let names = named(&entry.value, is_one);
        if names.is_none() {
            let remedy = "write names with commas between them, or a list";
            self.refuse_value(entry, "names of tools", remedy);
        }
        names
    }

    /// Tools or skills that bound nothing; what cannot be understood is left out.
    pub(in crate::catalog) fn names(&mut self, entry: &Entry) -> Option<Vec<String>> {
        if entry.value == Value::Null {
            return None;
        }
        let names = named(&entry.value, is_name);
        if names.is_none() {
            let text = format!("{}: expected names, found {}; left out", entry.name, entry.value.describe());
            self.warn(entry, text, "write names with commas between them, or a list");
        }
        names
    }

    /// Tools as a mapping such as `write: false`.
    pub(in crate::catalog) fn switches(&mut self, entry: &Entry) -> Option<Switches> {
        let Value::Map(map) = &entry.value else {
            return self.tools(entry).map(|only| Switches { only: Some(only), off: Vec::new() });
        };
        let mut on = Vec::new();
        let mut off = Vec::new();
        for (key, Node { value, .. }) in map {
            let fits = |is_on: &bool| if *is_on { is_tool(&key.name) } else { is_denied_tool(&key.name) };
            match switched(value).filter(fits) {
                // The last of those with one name counts.
                Some(is_on) => {
                    on.retain(|name| *name != key.name);
                    off.retain(|name| *name != key.name);
                    if is_on { &mut on } else { &mut off }.push(key.name.clone());
                }
                None => {
                    let expected =
                        if switched(value).is_some() { "the name of a tool" } else { "true or false" };
                    let text = format!("{}: {}: expected {expected}", entry.name, key.name);
                    self.refuse(entry, text, "write lines such as `write: false`");
                    return None;
                }
            }
        }
        if !off.iter().any(|name| name == "*") {
            return Some(Switches { only: None, off });
        }
        off.retain(|name| name != "*");
        Some(Switches { only: Some(on), off })
    }
}

fn named(value: &Value, is_one: fn(&str) -> bool) -> Option<Vec<String>> {
    match value {
        Value::Text(text) => Some(names_in(text)).filter(|names| names.iter().all(|name| is_one(name))),
        Value::List(items) => {
            let name = |item: &Node| {
                let name = item.value.scalar()?.trim().to_owned();
                is_one(&name).then_some(name)
            };
            items.iter().map(name).collect()
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Map(_) => None,
    }
}

/// Names in one text: with commas between them, or with spaces when there is no comma. Neither counts in parentheses,
/// as in `Bash(git add, git commit), Read`.
fn names_in(text: &str) -> Vec<String> {
    let split = |separates: fn(char) -> bool| {
        let mut depth = 0_usize;
        let parts = text.split(move |c: char| {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && separates(c)
        });
        parts.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect::<Vec<String>>()
    };
    let by_comma = split(|c| c == ',' || c == '\n');
    if by_comma.len() > 1 { by_comma } else { split(|c| c == ',' || c.is_whitespace()) }
}

/// Whether this can be a tool's name, perhaps with an argument in parentheses that ends where the text does.
fn is_tool(name: &str) -> bool {
    let (bare, argument) = match name.split_once('(') {
        Some((bare, argument)) => (bare, Some(argument)),
        None => (name, None),
    };
    is_name(name) && !bare.contains(NO_TOOL) && argument.is_none_or(is_closed)
}

/// Whether this can be a tool's name that takes something away: another would take nothing away.
fn is_denied_tool(name: &str) -> bool {
    let bare = name.split('(').next().unwrap_or_default();
    is_tool(name) && is_bare(bare.trim())
}

/// Whether this can be a tool's name, and nothing else.
pub(super) fn is_bare(name: &str) -> bool {
    is_tool(name) && !name.contains(char::is_whitespace) && !name.contains(['(', ','])
}

/// What follows an opening parenthesis: whether the last character closes it, and none before does.
fn is_closed(argument: &str) -> bool {
    let Some(inner) = argument.strip_suffix(')') else { return false };
    let mut depth = 1_usize;
    inner.chars().all(|c| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth > 0
    })
}

/// Whether this can be a name at all, such as `plugin:skill`.
fn is_name(name: &str) -> bool {
    let bare = name.split('(').next().unwrap_or_default().trim();
    !bare.is_empty() && !bare.contains(['[', ']', '{', '}', '"', '\n']) && !bare.starts_with('-')
}
