//! Access to the nodes of `adjutant.yaml` that turns every surprise into a [`Problem`] with its line.

use super::problem::{Origin, Problem};
use super::value::Expected;
use crate::yaml::{Document, Key, Node, Value, Visited, quoted};

/// Reads nodes of one file and collects what is wrong with them.
pub(super) struct Reader<'a> {
    name: &'a str,
    document: &'a Document<'a>,
    problems: &'a mut Vec<Problem>,
}

/// The known keys of a mapping that have a value.
pub(super) struct Fields<'n>(Vec<(&'n str, &'n Node)>);

impl<'n> Fields<'n> {
    pub(super) fn get(&self, name: &str) -> Option<&'n Node> {
        self.0.iter().find(|(key, _)| *key == name).map(|(_, node)| *node)
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(name: &'a str, document: &'a Document<'a>, problems: &'a mut Vec<Problem>) -> Self {
        Self { name, document, problems }
    }

    pub(super) fn origin(&self, at: &impl Visited) -> Origin {
        Origin::line(self.name, self.document.position(at).line)
    }

    pub(super) fn problem(&mut self, at: &impl Visited, text: String) {
        let origin = self.origin(at);
        self.problems.push(Problem::new(origin, text));
    }

    /// Reports that `node`, the value of `dotted`, is not what is expected.
    pub(super) fn expected(&mut self, dotted: &str, node: &Node, expected: &str) {
        let subject = if dotted.is_empty() { String::new() } else { format!("{dotted}: ") };
        self.problem(node, format!("{subject}expected {expected}, found {}", node.value.describe()));
    }

    /// Reports that the mapping at `at` lacks the key `name`.
    pub(super) fn missing<T>(&mut self, dotted: &str, at: &impl Visited, name: &str) -> Option<T> {
        self.problem(at, format!("{dotted}: the key {name} is missing"));
        None
    }

    /// Checks text that stands at `at`.
    pub(super) fn checked<T>(
        &mut self,
        dotted: &str,
        at: &impl Visited,
        text: &str,
        check: impl Fn(&str) -> Result<T, Expected>,
    ) -> Option<T> {
        match check(text) {
            Ok(value) => Some(value),
            Err(expected) => {
                self.problem(at, format!("{dotted}: expected {expected}, found {}", quoted(text)));
                None
            }
        }
    }

    /// The items of a list; nothing for null.
    pub(super) fn list<'n>(&mut self, dotted: &str, node: &'n Node, expected: &str) -> &'n [Node] {
        match &node.value {
            Value::List(items) => items,
            Value::Null => &[],
            _ => {
                self.expected(dotted, node, expected);
                &[]
            }
        }
    }

    /// The entries of a mapping whose keys are free names, each once.
    pub(super) fn entries<'n>(&mut self, dotted: &str, node: &'n Node) -> Vec<(&'n Key, &'n Node)> {
        match &node.value {
            Value::Map(entries) => {
                self.report_duplicates(dotted, entries);
                entries.iter().map(|(key, node)| (key, node)).collect()
            }
            Value::Null => Vec::new(),
            _ => {
                self.expected(dotted, node, "a mapping of names");
                Vec::new()
            }
        }
    }

    /// The entries of a mapping whose keys are `known`. Nothing when it is no mapping.
    pub(super) fn fields<'n>(&mut self, dotted: &str, node: &'n Node, known: &[&str]) -> Option<Fields<'n>> {
        let entries = match &node.value {
            Value::Map(entries) => entries,
            Value::Null => return Some(Fields(Vec::new())),
            _ => {
                let expected = format!("a mapping with the keys {}", known.join(", "));
                self.expected(dotted, node, &expected);
                return None;
            }
        };
        self.report_duplicates(dotted, entries);
        let mut fields = Vec::new();
        for (key, node) in entries {
            if !known.contains(&key.name.as_str()) {
                self.problem(key, unknown_key(dotted, &key.name, known));
            } else if node.value != Value::Null {
                fields.push((key.name.as_str(), node));
            }
        }
        Some(Fields(fields))
    }

    fn report_duplicates(&mut self, dotted: &str, entries: &[(Key, Node)]) {
        for (index, (key, _)) in entries.iter().enumerate() {
            if let Some((first, _)) = entries[..index].iter().find(|(first, _)| first.name == key.name) {
                let first = self.document.position(first).line;
                let text = format!("{}: stands twice, first at line {first}", join(dotted, &key.name));
                self.problem(key, text);
            }
        }
    }
}

fn join(dotted: &str, name: &str) -> String {
    if dotted.is_empty() { name.to_owned() } else { format!("{dotted}.{name}") }
}

fn unknown_key(dotted: &str, name: &str, known: &[&str]) -> String {
    let subject = join(dotted, name);
    if dotted.is_empty() && name.to_ascii_lowercase().contains("token") {
        return format!("{subject}: unknown key; the bot token belongs in TELOXIDE_TOKEN, not in this file");
    }
    let nearest = known
        .iter()
        .map(|candidate| (strsim::osa_distance(&name.to_lowercase(), candidate), *candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 3);
    match nearest {
        Some((_, nearest)) => format!("{subject}: unknown key; did you mean {nearest}?"),
        None => format!("{subject}: unknown key; known here: {}", known.join(", ")),
    }
}
