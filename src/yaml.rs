//! YAML that a person wrote, as a small tree whose every node can tell its line and column.
//!
//! The parser reports positions only in its errors. So a node keeps the number of its visit, and [`Document::position`]
//! reads the text once more and stops at that number on purpose: exact, and paid for only when there is something to
//! report. Knows nothing of configuration or agents.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

/// More nodes than any file of ours needs; keeps a few aliases from unfolding into gigabytes.
const MAX_NODES: u32 = 100_000;

/// A parsed text.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    source: &'a str,
    /// The outermost node.
    pub(crate) root: Node,
}

/// A value with the number of its visit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    visit: u32,
    /// What stands there.
    pub(crate) value: Value,
}

/// What stands at a node. Keys that stand twice are all kept, in the order of the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping, as text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Key {
    visit: u32,
    pub(crate) name: String,
}

/// A place in the text; both numbers count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Why a text is not YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub(crate) position: Position,
    /// One line, without the position.
    pub(crate) reason: String,
}

/// Something with a position: a node or a key.
pub(crate) trait Visited {
    fn visit(&self) -> u32;
}

impl Visited for Node {
    fn visit(&self) -> u32 {
        self.visit
    }
}

impl Visited for Key {
    fn visit(&self) -> u32 {
        self.visit
    }
}

impl<'a> Document<'a> {
    /// Parses `source`; an empty text is a null.
    pub(crate) fn parse(source: &'a str) -> Result<Self, SyntaxError> {
        let root = walk(source, None).map_err(|error| syntax_error(source, &error))?;
        Ok(Self { source, root })
    }

    /// Where `node` stands.
    pub(crate) fn position(&self, node: &impl Visited) -> Position {
        match walk(self.source, Some(node.visit())) {
            Ok(_) => Position { line: 1, column: 1 },
            Err(error) => position_of(&error),
        }
    }
}

impl Node {
    /// A node that stands in no document.
    pub(crate) fn unplaced(value: Value) -> Self {
        Self { visit: 0, value }
    }
}

impl Key {
    /// A key that stands in no document.
    pub(crate) fn unplaced(name: String) -> Self {
        Self { visit: 0, name }
    }
}

impl Value {
    /// A scalar as text; `None` for null, lists and mappings.
    pub(crate) fn scalar(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Int(value) => Some(value.to_string()),
            Self::Float(value) => Some(value.to_string()),
            Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// What it is, in few words for a message.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Null => "nothing".to_owned(),
            Self::Text(text) => quoted(text),
            Self::List(_) => "a list".to_owned(),
            Self::Map(_) => "a mapping".to_owned(),
            Self::Bool(_) | Self::Int(_) | Self::Float(_) => self.scalar().unwrap_or_default(),
        }
    }
}

/// `text` in quotes on one line, cut after 60 characters.
pub(crate) fn quoted(text: &str) -> String {
    let mut cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    format!("{cut:?}")
}

fn walk(source: &str, stop_at: Option<u32>) -> Result<Node, serde_yaml::Error> {
    let visits = Cell::new(0);
    Walk { visits: &visits, stop_at }.deserialize(serde_yaml::Deserializer::from_str(source))
}

fn position_of(error: &serde_yaml::Error) -> Position {
    error.location().map_or(Position { line: 1, column: 1 }, |at| Position {
        line: at.line().max(1),
        column: at.column().max(1),
    })
}

fn syntax_error(source: &str, error: &serde_yaml::Error) -> SyntaxError {
    let mut position = position_of(error);
    // What is missing at the end is blamed on the last line, not on the one after it.
    position.line = position.line.min(source.lines().count().max(1));
    let line = source.lines().nth(position.line - 1).unwrap_or_default();
    let indent = &line[..line.len() - line.trim_start().len()];
    let reason = if indent.contains('\t') {
        "a tab stands in the indentation; use spaces".to_owned()
    } else {
        let full = error.to_string().replace(['\n', '\r'], " ");
        full.split(" at line ").next().unwrap_or_default().to_owned()
    };
    SyntaxError { position, reason }
}

/// Reads one node, or fails at the node whose number is `stop_at`.
#[derive(Clone, Copy)]
struct Walk<'a> {
    visits: &'a Cell<u32>,
    stop_at: Option<u32>,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        let visit = self.visits.get();
        self.visits.set(visit + 1);
        if self.stop_at == Some(visit) {
            match deserializer.deserialize_any(Stop)? {}
        }
        if visit >= MAX_NODES {
            return Err(D::Error::custom("too many values"));
        }
        let value = deserializer.deserialize_any(self)?;
        Ok(Node { visit, value })
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value without a tag")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Int(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(i128::try_from(value).map_or_else(|_| Value::Text(value.to_string()), Value::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = entries.next_key_seed(self)? {
            let name = match &key.value {
                Value::Null => "null".to_owned(),
                value => value.scalar().ok_or_else(|| A::Error::custom("a key must be text"))?,
            };
            map.push((Key { visit: key.visit, name }, entries.next_value_seed(self)?));
        }
        Ok(Value::Map(map))
    }
}

/// Accepts nothing, so that the parser reports where it stands.
struct Stop;

/// What comes of [`Stop`]: no such value exists.
enum Never {}

impl Visitor<'_> for Stop {
    type Value = Never;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("to stop here")
    }
}
