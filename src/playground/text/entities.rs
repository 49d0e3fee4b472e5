//! Entities: reading them, checking them against the text, cleaning and trimming both together, and
//! resolving overlaps.

use serde_json::Value;

use super::{Formatted, utf16_len};
use crate::playground::errors::ApiError;
use crate::playground::model::Entity;

/// Kinds that only the server sets; a bot that sends them is ignored.
const FOUND_BY_SERVER: [&str; 8] =
    ["mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"];
/// Entities beyond these are not looked at: what they cost grows with the square of their number.
const ENTITIES_READ: usize = 1_000;
/// Offsets and lengths beyond this are nonsense.
const OFFSET_LIMIT: i64 = 1_000_000;

/// How a kind behaves when it meets others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Quote,
    /// Links, mentions, emoji: whole or not at all.
    Solid,
    /// Styles: may be cut and joined.
    Style,
    /// Code: nothing else inside.
    Verbatim,
}

fn class(kind: &str) -> Class {
    match kind {
        "blockquote" | "expandable_blockquote" => Class::Quote,
        "bold" | "italic" | "underline" | "strikethrough" | "spoiler" => Class::Style,
        "code" | "pre" => Class::Verbatim,
        _ => Class::Solid,
    }
}

/// Reads the `entities` parameter.
pub(super) fn read(json: Option<&str>) -> Result<Vec<Entity>, ApiError> {
    let Some(json) = json else { return Ok(Vec::new()) };
    // Telegram ignores a value that is no list.
    let Ok(Value::Array(values)) = serde_json::from_str(json) else { return Ok(Vec::new()) };
    let mut entities = Vec::with_capacity(values.len());
    for value in values {
        entities.extend(
            read_one(&value)
                .map_err(|reason| ApiError::bad(&format!("can't parse MessageEntity: {reason}")))?,
        );
    }
    Ok(entities)
}

fn read_one(value: &Value) -> Result<Option<Entity>, String> {
    let object = value.as_object().ok_or("expected an Object")?;
    let number = |name: &str| -> Result<usize, String> {
        let field = object.get(name).ok_or_else(|| format!("Can't find field \"{name}\""))?;
        let number = field
            .as_i64()
            .or_else(|| field.as_str()?.parse().ok())
            .ok_or_else(|| format!("Field \"{name}\" must be of type Number"))?;
        if !(0..=OFFSET_LIMIT).contains(&number) {
            return Err(format!("receive an entity with incorrect {name} {number}"));
        }
        usize::try_from(number).map_err(|error| error.to_string())
    };
    let text = |name: &str| object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (offset, length) = (number("offset")?, number("length")?);
    let kind = text("type").ok_or("Type is not specified")?;
    if FOUND_BY_SERVER.contains(&kind) {
        return Ok(None);
    }
    let mut entity = Entity::plain(kind, offset, length);
    match kind {
        "bold"
        | "italic"
        | "underline"
        | "strikethrough"
        | "spoiler"
        | "code"
        | "blockquote"
        | "expandable_blockquote"
        | "date_time" => {}
        "pre" => entity.language = text("language").map(str::to_owned),
        "text_link" => {
            let url = text("url").ok_or("Can't find field \"url\"")?;
            match checked_link(url) {
                Some(url) => entity.url = Some(url),
                None => return Ok(None),
            }
        }
        "text_mention" => entity.user = Some(object.get("user").ok_or("Can't find field \"user\"")?.clone()),
        "custom_emoji" => {
            entity.custom_emoji_id =
                Some(text("custom_emoji_id").ok_or("Can't find field \"custom_emoji_id\"")?.to_owned());
        }
        _ => return Err("Unsupported type specified".to_owned()),
    }
    Ok(Some(entity))
}

/// A link that Telegram accepts, with a scheme; `None` drops the entity and keeps its text.
pub(super) fn checked_link(url: &str) -> Option<String> {
    let url = url.trim();
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    let scheme = scheme.to_ascii_lowercase();
    let is_host = host.contains('.') || host.starts_with("localhost") || host.contains(':');
    match scheme.as_str() {
        "http" | "https" | "ftp" | "tonsite" if is_host && !host.contains(char::is_whitespace) => {
            let slash = if rest.len() == host.len() { "/" } else { "" };
            Some(format!("{scheme}://{rest}{slash}"))
        }
        "tg" | "ton" if !rest.is_empty() => Some(format!("{scheme}://{rest}")),
        _ => None,
    }
}

/// What becomes of a character: itself, a space, or nothing.
fn cleaned(c: char) -> Option<char> {
    match c {
        '\n' => Some('\n'),
        '\r' | '\u{2028}'..='\u{202e}' | '\u{333}' | '\u{33f}' | '\u{30a}' => None,
        '\0'..='\u{1f}' => Some(' '),
        other => Some(other),
    }
}

/// Cleans and trims text and entities together. Blank text comes back empty, without entities.
pub(super) fn clean(text: &str, mut entities: Vec<Entity>) -> Result<Formatted, ApiError> {
    entities.retain(|entity| entity.length > 0);
    let mut out = String::with_capacity(text.len());
    // For every UTF-16 offset of the old text the new one; `None` inside a surrogate pair.
    let mut moved: Vec<Option<usize>> = Vec::new();
    let keeps_offsets = !entities.is_empty();
    let mut at = 0;
    for c in text.chars() {
        if keeps_offsets {
            moved.push(Some(at));
            if c.len_utf16() == 2 {
                moved.push(None);
            }
        }
        if let Some(c) = cleaned(c) {
            out.push(c);
            at += c.len_utf16();
        }
    }
    moved.push(Some(at));
    for entity in &mut entities {
        let (offset, end) = bounds(entity, &moved)?;
        entity.offset = offset;
        entity.length = end.saturating_sub(offset);
    }
    sort(&mut entities);
    entities.truncate(ENTITIES_READ);
    let mut entities = resolve(entities);
    trim(&mut out, &mut entities);
    Ok(Formatted { text: out, entities })
}

fn bounds(entity: &Entity, moved: &[Option<usize>]) -> Result<(usize, usize), ApiError> {
    let (offset, end) = (entity.offset, entity.end());
    let begin = *moved.get(offset).ok_or_else(|| {
        ApiError::bad(&format!("entity begins after the end of the text at UTF-16 offset {offset}"))
    })?;
    let begin = begin.ok_or_else(|| {
        ApiError::bad(&format!("entity begins in a middle of a UTF-16 symbol at byte offset {offset}"))
    })?;
    let close = *moved.get(end).ok_or_else(|| {
        ApiError::bad(&format!(
            "entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {end}"
        ))
    })?;
    let close = close.ok_or_else(|| {
        ApiError::bad(&format!(
            "entity beginning at UTF-16 offset {offset} ends in a middle of a UTF-16 symbol at byte offset {end}"
        ))
    })?;
    Ok((begin, close))
}

/// Cuts blanks off the end, and off the beginning as far as the first entity.
fn trim(text: &mut String, entities: &mut Vec<Entity>) {
    let blank = |c: char| c == ' ' || c == '\n';
    if text
        .chars()
        .all(|c| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'))
    {
        text.clear();
        entities.clear();
        return;
    }
    text.truncate(text.trim_end_matches(blank).len());
    let end = utf16_len(text);
    entities.retain(|entity| entity.offset < end);
    for entity in entities.iter_mut() {
        entity.length = entity.length.min(end - entity.offset);
    }
    // Blanks are one byte and one unit each.
    let leading = text.len() - text.trim_start_matches(blank).len();
    let cut = entities.first().map_or(leading, |first| leading.min(first.offset));
    text.drain(..cut);
    for entity in entities.iter_mut() {
        entity.offset -= cut;
    }
}

/// Adds what the server found, where no stronger entity stands.
pub(super) fn merge(own: Vec<Entity>, found: Vec<Entity>) -> Vec<Entity> {
    let mut all = own;
    for entity in found {
        let clashes = |other: &Entity| {
            matches!(class(&other.kind), Class::Solid | Class::Verbatim)
                && other.offset < entity.end()
                && entity.offset < other.end()
        };
        if !all.iter().any(clashes) {
            all.push(entity);
        }
    }
    resolve(all)
}

/// Sorts, joins styles that touch, drops what may not overlap, and cuts what overlaps only in part.
fn resolve(mut entities: Vec<Entity>) -> Vec<Entity> {
    entities.retain(|entity| entity.length > 0);
    sort(&mut entities);
    let mut kept: Vec<Entity> = Vec::with_capacity(entities.len());
    for entity in entities.iter().filter(|entity| class(&entity.kind) == Class::Verbatim) {
        if !kept.iter().any(|other| overlap(other, entity)) {
            kept.push(entity.clone());
        }
    }
    for entity in entities {
        let class_of = class(&entity.kind);
        let meets =
            |wanted: Class| kept.iter().any(|other| class(&other.kind) == wanted && overlap(other, &entity));
        match class_of {
            Class::Verbatim => {}
            Class::Quote if meets(Class::Quote) => {}
            Class::Solid if meets(Class::Solid) || meets(Class::Verbatim) => {}
            Class::Style if meets(Class::Verbatim) => {}
            Class::Style => {
                let same =
                    kept.iter_mut().find(|other| other.kind == entity.kind && entity.offset <= other.end());
                match same {
                    Some(other) => other.length = other.length.max(entity.end() - other.offset),
                    None => kept.push(entity),
                }
            }
            Class::Quote | Class::Solid => kept.push(entity),
        }
    }
    sort(&mut kept);
    cut_crossings(kept)
}

fn overlap(a: &Entity, b: &Entity) -> bool {
    a.offset < b.end() && b.offset < a.end()
}

fn sort(entities: &mut [Entity]) {
    entities.sort_by(|a, b| {
        a.offset
            .cmp(&b.offset)
            .then(b.length.cmp(&a.length))
            .then_with(|| class(&a.kind).cmp(&class(&b.kind)))
    });
}

/// Cuts an entity that outlasts the one around it in two, so that all are nested.
fn cut_crossings(sorted: Vec<Entity>) -> Vec<Entity> {
    let mut out: Vec<Entity> = Vec::with_capacity(sorted.len());
    let mut open: Vec<usize> = Vec::new();
    let mut waiting: Vec<Entity> = sorted.into_iter().rev().collect();
    while let Some(mut entity) = waiting.pop() {
        open.retain(|end| *end > entity.offset);
        if let Some(end) = open.iter().copied().filter(|end| *end < entity.end()).min() {
            let mut tail = entity.clone();
            tail.offset = end;
            tail.length = entity.end() - end;
            entity.length = end - entity.offset;
            let place = waiting.partition_point(|other| other.offset >= tail.offset);
            waiting.insert(place, tail);
        }
        open.push(entity.end());
        out.push(entity);
    }
    sort(&mut out);
    out
}
