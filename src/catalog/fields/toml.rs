//! TOML -> the same entries as of YAML.

use toml::de::{DeTable, DeValue, Error};

use super::{Entry, Place};
use crate::yaml::{Key, Node, Position, SyntaxError, Value};

/// The top-level keys, in the order of the text.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, SyntaxError> {
    let table = DeTable::parse(text).map_err(|error| syntax_error(text, &error))?;
    let mut entries: Vec<(usize, Entry)> = table
        .into_inner()
        .into_iter()
        .map(|(key, value)| {
            let start = key.span().start;
            let line = text[..start].matches('\n').count();
            let place = Place::Lines(line..line + 1);
            let name = key.into_inner().into_owned();
            (start, Entry { name, value: value_of(value.into_inner()), place })
        })
        .collect();
    entries.sort_by_key(|(start, _)| *start);
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
}

fn value_of(value: DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => i128::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Value::Text(number.as_str().to_owned()), Value::Int),
        DeValue::Float(number) => {
            number.as_str().parse().map_or_else(|_| Value::Text(number.as_str().to_owned()), Value::Float)
        }
        DeValue::Boolean(value) => Value::Bool(value),
        DeValue::Datetime(time) => Value::Text(time.to_string()),
        DeValue::Array(items) => {
            Value::List(items.into_iter().map(|item| Node::unplaced(value_of(item.into_inner()))).collect())
        }
        DeValue::Table(table) => Value::Map(
            table
                .into_iter()
                .map(|(key, value)| {
                    let key = Key::unplaced(key.into_inner().into_owned());
                    (key, Node::unplaced(value_of(value.into_inner())))
                })
                .collect(),
        ),
    }
}

fn syntax_error(text: &str, error: &Error) -> SyntaxError {
    let start = error.span().map_or(0, |span| span.start).min(text.len());
    // What is missing at the end is blamed on the last line, not on the one after it.
    let before = text.get(..start).unwrap_or_default();
    let before = if start == text.len() { before.trim_end_matches('\n') } else { before };
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let position = Position { line: before.matches('\n').count() + 1, column };
    SyntaxError { position, reason: error.message().replace('\n', "; ") }
}
