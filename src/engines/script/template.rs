//! `{{name}}` in a script's texts: finding the names, and putting the values in. Pure.

use std::collections::BTreeMap;

/// A text with places for values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Value(String),
}

impl Template {
    /// Reads a text.
    ///
    /// # Errors
    /// When a `{{` has no `}}`, in words for the script's author.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, after)) = after.split_once("}}") else {
                return Err("`{{` without `}}`".to_owned());
            };
            pieces.push(Piece::Text(before.to_owned()));
            pieces.push(Piece::Value(name.trim().to_owned()));
            rest = after;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Ok(Self(pieces))
    }

    /// The names of the values it has places for.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Value(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The text with the values in their places. A value is never looked at for places of its own.
    pub(super) fn fill(&self, values: &BTreeMap<String, String>) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Value(name) => values.get(name).cloned().unwrap_or_default(),
        };
        self.0.iter().map(piece).collect()
    }
}

/// The variables that a command is given: of all values those whose upper-case name stands in it, ordered by name.
pub(super) fn variables(command: &str, values: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words: Vec<&str> = command.split(|c| !is_part(c)).collect();
    values
        .iter()
        .map(|(name, value)| (variable(name), value.clone()))
        .filter(|(name, _)| words.contains(&name.as_str()))
        .collect()
}

/// The variable in which commands find a value.
pub(super) fn variable(name: &str) -> String {
    name.to_ascii_uppercase()
}
