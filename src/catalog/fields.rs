//! The top-level keys of a frontmatter. YAML first; where that fails, a reading that forgives what people write.

use std::ops::Range;

use super::frontmatter::Frontmatter;
use crate::domain::agent::folded;
use crate::yaml::{Document, Key, Node, Position, SyntaxError, Value};

mod lines;
mod misplaced;
mod toml;

/// The keys of all dialects, [`folded`]. The tolerant reading begins a value only at one of these: descriptions hold
/// lines such as `user: …` that look like keys.
const KNOWN_KEYS: [&str; 52] = [
    "agent",
    "allowedtools",
    "argumenthint",
    "arguments",
    "background",
    "budget",
    "color",
    "context",
    "description",
    "developerinstructions",
    "disable",
    "disablemodelinvocation",
    "disallowedtools",
    "effort",
    "engine",
    "extends",
    "handoffs",
    "hidden",
    "hooks",
    "initialprompt",
    "isolation",
    "kind",
    "license",
    "maxsteps",
    "maxturns",
    "mcpservers",
    "memory",
    "metadata",
    "mode",
    "model",
    "modelreasoningeffort",
    "name",
    "permission",
    "permissionmode",
    "role",
    "sandboxmode",
    "skills",
    "tags",
    "target",
    "temperature",
    "timeout",
    "timeoutmins",
    "title",
    "tools",
    "topp",
    "type",
    "userinvocable",
    "userinvokable",
    "version",
    "whentouse",
    "workspace",
    "author",
];

/// The keys of one frontmatter; those that stand twice are all kept.
pub(super) struct Fields<'a> {
    pub(super) entries: Vec<Entry>,
    /// Why it is not YAML, when it was read tolerantly; the position counts within the file.
    pub(super) flaw: Option<SyntaxError>,
    text: &'a str,
    document: Option<Document<'a>>,
    first_line: usize,
}

/// A key with its value.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) value: Value,
    place: Place,
}

enum Place {
    /// Ask the document.
    Key(Key),
    /// The lines of the key and its value, counted from 0 within the frontmatter.
    Lines(Range<usize>),
}

impl<'a> Fields<'a> {
    /// Reads the frontmatter, or says why there is nothing in it to go by.
    pub(super) fn read(frontmatter: &Frontmatter<'a>) -> Result<Self, SyntaxError> {
        let Frontmatter { yaml: text, first_line, .. } = *frontmatter;
        let fields = |entries, flaw, document| Self { entries, flaw, text, document, first_line };
        let mut flaw = match Document::parse(text) {
            Ok(mut document) => match std::mem::replace(&mut document.root.value, Value::Null) {
                Value::Map(entries) => return Ok(fields(placed(text, entries), None, Some(document))),
                Value::Null => return Ok(fields(Vec::new(), None, None)),
                _ => SyntaxError {
                    position: Position { line: 1, column: 1 },
                    reason: "expected lines such as `name: value`".to_owned(),
                },
            },
            Err(error) => error,
        };
        flaw.position.line += first_line - 1;
        let entries = fold(text);
        if entries.is_empty() {
            return Err(flaw);
        }
        if let Some((line, key)) = misplaced(text, &entries) {
            let reason = format!("`{key}` must stand at the beginning of its line, as `{key}: …`");
            return Err(SyntaxError { position: Position { line: first_line + line, column: 1 }, reason });
        }
        Ok(fields(entries, Some(flaw), None))
    }

    /// Reads a whole file as TOML.
    pub(super) fn toml(text: &'a str) -> Result<Self, SyntaxError> {
        let entries = toml::entries(text)?;
        Ok(Self { entries, flaw: None, text, document: None, first_line: 1 })
    }

    /// Whether any key has a meaning in some dialect.
    pub(super) fn any_known(&self) -> bool {
        self.entries.iter().any(|entry| is_known(&entry.name))
    }

    /// Where the entry stands in the file.
    pub(super) fn position(&self, entry: &Entry) -> Position {
        let (line, column) = match (&entry.place, &self.document) {
            (Place::Key(key), Some(document)) => {
                let position = document.position(key);
                (position.line - 1, position.column)
            }
            (Place::Key(_), None) => (0, 1),
            (Place::Lines(lines), _) => (lines.start, 1),
        };
        Position { line: self.first_line + line, column }
    }

    /// The lines of keys inside of an entry, given in the order of the text. Cheap where each stands on a line of its own, as
    /// people write them; where that is not so, those of a few are looked for.
    pub(super) fn lines_within(&self, entry: &Entry, keys: &[&Key]) -> Vec<usize> {
        const WORTH_LOOKING: usize = 20;
        let own = self.position(entry).line;
        let Place::Lines(range) = &entry.place else { return vec![own; keys.len()] };
        let lines: Vec<&str> = self.text.lines().take(range.end).skip(range.start).collect();
        let is_one_line = lines.iter().skip(1).all(|line| line.trim().is_empty());
        let names = keys.iter().map(|key| key.name.as_str());
        if let Some(found) = lines::of_keys(lines.iter().map(|line| line.trim_start()).skip(1), names) {
            found.into_iter().map(|line| own + 1 + line).collect()
        } else if is_one_line || keys.len() > WORTH_LOOKING {
            vec![own; keys.len()]
        } else if let Some(document) = &self.document {
            let line = |key: &&Key| self.first_line + document.position(*key).line - 1;
            keys.iter().map(line).collect()
        } else {
            // Of an entry that was read for itself, the keys are numbered from its beginning.
            let source = lines.join("\n");
            let Ok(document) = Document::parse(&source) else { return vec![own; keys.len()] };
            keys.iter().map(|key| own + document.position(*key).line - 1).collect()
        }
    }
}

/// The entries with their lines, where that can be told at a glance.
fn placed(text: &str, entries: Vec<(Key, Node)>) -> Vec<Entry> {
    let names = entries.iter().map(|(key, _)| key.name.as_str());
    let lines = lines::of_keys(text.lines().map(lines::at_margin), names);
    let count = text.lines().count();
    let place = |index: usize, key| match &lines {
        Some(lines) => Place::Lines(lines[index]..lines.get(index + 1).copied().unwrap_or(count)),
        None => Place::Key(key),
    };
    let entries = entries.into_iter().enumerate();
    entries
        .map(|(index, (key, node))| Entry {
            name: key.name.clone(),
            value: node.value,
            place: place(index, key),
        })
        .collect()
}

/// Whether a dialect gives this key a meaning.
pub(super) fn is_known(name: &str) -> bool {
    KNOWN_KEYS.contains(&folded(name).as_str())
}

/// Reads line by line: a known key begins a value, every other line continues the one above.
fn fold(yaml: &str) -> Vec<Entry> {
    let lines: Vec<&str> = yaml.lines().collect();
    let starts: Vec<usize> = (0..lines.len()).filter(|line| known_key(lines[*line]).is_some()).collect();
    let mut entries = Vec::new();
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(lines.len());
        if let Some((name, rest)) = known_key(lines[*start]) {
            let value = value(name, rest, &lines[*start..end]);
            entries.push(Entry { name: name.to_owned(), value, place: Place::Lines(*start..end) });
        }
    }
    entries
}

/// The known key at the very beginning of a line, and what follows its colon.
fn known_key(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.split_once(':')?;
    let begins_value = rest.is_empty() || rest.starts_with([' ', '\t']);
    let is_key = is_known(name) || misplaced::is_steps(name, rest);
    (begins_value && !name.starts_with(char::is_whitespace) && is_key).then_some((name, rest))
}

/// The first line, counted from 0, that was taken for text although it begins with a key that bounds the agent, and that
/// key.
fn misplaced<'t>(yaml: &'t str, entries: &[Entry]) -> Option<(usize, &'t str)> {
    let lines: Vec<&str> = yaml.lines().collect();
    let within = |range: Range<usize>| {
        let mut numbered = lines.iter().enumerate().take(range.end).skip(range.start);
        numbered.find_map(|(number, line)| Some((number, misplaced::key(line)?)))
    };
    let range = |entry: &Entry| match &entry.place {
        Place::Lines(range) => range.clone(),
        Place::Key(_) => 0..0,
    };
    let texts = entries.iter().filter(|entry| matches!(entry.value, Value::Text(_))).map(range);
    within(0..entries.first().map_or(0, |first| range(first).start)).or_else(|| {
        let mut found = texts
            .filter_map(|range| within(range.start + 1..range.end).filter(|_| !is_sound_text(&lines[range])));
        found.next()
    })
}

/// Whether YAML itself reads these lines as one text in quotes or in a block: then it is meant as that.
fn is_sound_text(lines: &[&str]) -> bool {
    let begins = lines.first().and_then(|line| line.split_once(':')).map(|(_, rest)| rest.trim_start());
    begins.is_some_and(|rest| rest.starts_with(['|', '>', '"', '\'']))
        && Document::parse(&lines.join("\n"))
            .is_ok_and(|document| matches!(document.root.value, Value::Map(_)))
}

/// The value of one key: as YAML when its own lines are that, else as the text that stands there.
fn value(name: &str, rest: &str, lines: &[&str]) -> Value {
    let source = lines.join("\n");
    if let Ok(document) = Document::parse(&source)
        && let Value::Map(mut entries) = document.root.value
        && entries.len() == 1
        && let Some((key, node)) = entries.pop()
        && key.name == name
    {
        return node.value;
    }
    let continuation = lines.iter().skip(1).map(|line| line.trim());
    let items: Option<Vec<Node>> = continuation
        .clone()
        .filter(|line| !line.is_empty())
        .map(|line| Some(Node::unplaced(Value::Text(unquoted(line.strip_prefix("- ")?.trim()).to_owned()))))
        .collect();
    if let Some(items) = items.filter(|items| rest.trim().is_empty() && !items.is_empty()) {
        return Value::List(items);
    }
    let first =
        Some(rest.trim()).filter(|first| !matches!(*first, "" | "|" | ">" | "|-" | ">-" | "|+" | ">+"));
    let text: Vec<&str> = first.into_iter().chain(continuation).collect();
    Value::Text(unquoted(text.join("\n").trim()).to_owned())
}

/// `text` without the quotes around it.
fn unquoted(text: &str) -> &str {
    let inner = |quote: char| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}
