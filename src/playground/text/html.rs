//! The `HTML` parse mode.

use super::entities::checked_link;
use crate::playground::errors::ApiError;
use crate::playground::model::Entity;

const TAGS: [&str; 17] = [
    "a",
    "b",
    "strong",
    "i",
    "em",
    "s",
    "strike",
    "del",
    "u",
    "ins",
    "tg-spoiler",
    "tg-emoji",
    "tg-time",
    "span",
    "pre",
    "code",
    "blockquote",
];

/// A tag that waits for its end.
struct Open {
    name: String,
    argument: Option<String>,
    offset: usize,
    text_at: usize,
}

struct Parser<'t> {
    source: &'t str,
    at: usize,
    text: String,
    units: usize,
    open: Vec<Open>,
    entities: Vec<Entity>,
}

/// Text and entities of HTML.
pub(super) fn parse(source: &str) -> Result<(String, Vec<Entity>), ApiError> {
    let mut parser = Parser {
        source,
        at: 0,
        text: String::with_capacity(source.len()),
        units: 0,
        open: Vec::new(),
        entities: Vec::new(),
    };
    while let Some(c) = parser.peek() {
        match c {
            '<' if source[parser.at + 1..].starts_with('/') => parser.end_tag()?,
            '<' => parser.start_tag()?,
            '&' => {
                let c = parser.reference();
                parser.push(c);
            }
            other => {
                parser.at += other.len_utf8();
                parser.push(other);
            }
        }
    }
    if let Some(open) = parser.open.last() {
        return Err(ApiError::parse(&format!(
            "Can't find end tag corresponding to start tag \"{}\"",
            open.name
        )));
    }
    // `<code class="language-x">` means something only inside `<pre>`.
    for entity in parser.entities.iter_mut().filter(|entity| entity.kind == "code") {
        entity.language = None;
    }
    Ok((parser.text, parser.entities))
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.source[self.at..].chars().next()
    }

    fn push(&mut self, c: char) {
        self.text.push(c);
        self.units += c.len_utf16();
    }

    fn skip_blanks(&mut self) {
        let rest = &self.source[self.at..];
        self.at += rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_whitespace()).len();
    }

    /// Takes characters as long as they pass.
    fn take_while(&mut self, pass: impl Fn(char) -> bool) -> String {
        let rest = &self.source[self.at..];
        let length = rest.find(|c| !pass(c)).unwrap_or(rest.len());
        self.at += length;
        rest[..length].to_owned()
    }

    /// Reads `&name;` or `&#number;`; anything else is an ampersand.
    fn reference(&mut self) -> char {
        let rest = &self.source[self.at + 1..];
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '#').unwrap_or(rest.len());
        let name = &rest[..length];
        let decoded = match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            _ => name
                .strip_prefix('#')
                .and_then(|digits| match digits.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok(),
                    None => digits.parse().ok(),
                })
                .and_then(char::from_u32)
                .filter(|c| *c != '\0'),
        };
        let Some(c) = decoded else {
            self.at += 1;
            return '&';
        };
        self.at += 1 + length;
        if self.peek() == Some(';') {
            self.at += 1;
        }
        c
    }

    fn start_tag(&mut self) -> Result<(), ApiError> {
        let begin = self.at;
        self.at += 1;
        let name = self.take_while(|c| !c.is_ascii_whitespace() && c != '>').to_lowercase();
        if self.peek().is_none() {
            return Err(ApiError::parse(&format!("Unclosed start tag at byte offset {begin}")));
        }
        if !TAGS.contains(&name.as_str()) {
            return Err(ApiError::parse(&format!("Unsupported start tag \"{name}\" at byte offset {begin}")));
        }
        let argument = self.attributes(&name, begin)?;
        if name == "span" && argument.as_deref() != Some("spoiler") {
            return Err(ApiError::parse(&format!(
                "Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"
            )));
        }
        self.open.push(Open { name, argument, offset: self.units, text_at: self.text.len() });
        Ok(())
    }

    /// Reads up to and including `>`; returns the one attribute that matters for the tag.
    fn attributes(&mut self, tag: &str, begin: usize) -> Result<Option<String>, ApiError> {
        let mut argument = None;
        let unclosed = || ApiError::parse(&format!("Unclosed start tag \"{tag}\" at byte offset {begin}"));
        loop {
            self.skip_blanks();
            match self.peek() {
                None => return Err(unclosed()),
                Some('>') => {
                    self.at += 1;
                    return Ok(argument);
                }
                Some(_) => {}
            }
            let name =
                self.take_while(|c| !c.is_ascii_whitespace() && !matches!(c, '=' | '>' | '/' | '"' | '\''));
            if name.is_empty() {
                return Err(ApiError::parse(&format!(
                    "Empty attribute name in the tag \"{tag}\" at byte offset {begin}"
                )));
            }
            self.skip_blanks();
            let value = if self.peek() == Some('=') {
                self.at += 1;
                self.skip_blanks();
                self.attribute_value().map_err(|at| match at {
                    Some(at) => ApiError::parse(&format!("Unexpected end of name token at byte offset {at}")),
                    None => unclosed(),
                })?
            } else {
                String::new()
            };
            match (tag, name.as_str()) {
                ("a", "href") | ("tg-emoji", "emoji-id") => argument = Some(value),
                ("code", "class") => {
                    argument = value.strip_prefix("language-").map(str::to_owned).or(argument)
                }
                ("span", "class") => argument = value.strip_prefix("tg-").map(str::to_owned).or(argument),
                ("blockquote", "expandable") => argument = Some("1".to_owned()),
                _ => {}
            }
        }
    }

    /// A quoted or bare value; the error is where a bare one breaks off, or `None` at the end of the text.
    fn attribute_value(&mut self) -> Result<String, Option<usize>> {
        let Some(first) = self.peek() else { return Err(None) };
        if first != '"' && first != '\'' {
            let token_at = self.at;
            let value = self.take_while(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-').to_lowercase();
            return match self.peek() {
                Some(c) if c == '>' || c.is_ascii_whitespace() => Ok(value),
                Some(_) => Err(Some(token_at)),
                None => Err(None),
            };
        }
        self.at += 1;
        let mut value = String::new();
        loop {
            match self.peek() {
                None => return Err(None),
                Some(c) if c == first => {
                    self.at += 1;
                    return Ok(value);
                }
                Some('&') => value.push(self.reference()),
                Some(c) => {
                    self.at += c.len_utf8();
                    value.push(c);
                }
            }
        }
    }

    fn end_tag(&mut self) -> Result<(), ApiError> {
        let begin = self.at;
        self.at += 2;
        let Some(open) = self.open.pop() else {
            return Err(ApiError::parse(&format!("Unexpected end tag at byte offset {begin}")));
        };
        let name = self.take_while(|c| !c.is_ascii_whitespace() && c != '>').to_lowercase();
        self.skip_blanks();
        if self.peek() != Some('>') {
            return Err(ApiError::parse(&format!("Unclosed end tag at byte offset {begin}")));
        }
        self.at += 1;
        if !name.is_empty() && name != open.name {
            return Err(ApiError::parse(&format!(
                "Unmatched end tag at byte offset {begin}, expected \"</{}>\", found \"</{name}>\"",
                open.name
            )));
        }
        if self.units > open.offset {
            self.close(open)?;
        }
        Ok(())
    }

    fn close(&mut self, open: Open) -> Result<(), ApiError> {
        let length = self.units - open.offset;
        let kind = match open.name.as_str() {
            "b" | "strong" => "bold",
            "i" | "em" => "italic",
            "u" | "ins" => "underline",
            "s" | "strike" | "del" => "strikethrough",
            "tg-spoiler" | "span" => "spoiler",
            "blockquote" if open.argument.is_some() => "expandable_blockquote",
            "blockquote" => "blockquote",
            "tg-emoji" => "custom_emoji",
            "a" => "text_link",
            "pre" | "code" => {
                self.close_code(open, length);
                return Ok(());
            }
            // `tg-time`: the text stays, the date is not simulated.
            _ => return Ok(()),
        };
        let mut entity = Entity::plain(kind, open.offset, length);
        if kind == "custom_emoji" {
            let id = open.argument.as_ref().filter(|id| id.parse::<i64>().is_ok_and(|id| id != 0));
            let id = id.ok_or_else(|| ApiError::parse("Invalid custom emoji identifier specified"))?;
            entity.custom_emoji_id = Some(id.clone());
        }
        if kind == "text_link" {
            let url = open.argument.filter(|url| !url.is_empty());
            let Some(url) = checked_link(url.as_deref().unwrap_or(&self.text[open.text_at..])) else {
                return Ok(());
            };
            entity.url = Some(url);
        }
        self.entities.push(entity);
        Ok(())
    }

    /// `<pre>` directly around `<code class="language-…">`, or the other way, is one block with a language.
    fn close_code(&mut self, open: Open, length: usize) {
        let inner =
            self.entities.last_mut().filter(|inner| inner.offset == open.offset && inner.length == length);
        match (open.name.as_str(), inner) {
            ("pre", Some(inner)) if inner.kind == "code" && inner.language.is_some() => {
                inner.kind = "pre".to_owned()
            }
            ("code", Some(inner)) if inner.kind == "pre" && open.argument.is_some() => {
                inner.language = open.argument
            }
            (name, _) => {
                let mut entity = Entity::plain(name, open.offset, length);
                entity.language = open.argument;
                self.entities.push(entity);
            }
        }
    }
}
