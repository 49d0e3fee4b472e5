//! The `MarkdownV2` parse mode and its predecessor `Markdown`.

use super::entities::checked_link;
use crate::playground::errors::ApiError;
use crate::playground::model::Entity;

/// Characters that plain text of `MarkdownV2` has to escape.
const RESERVED: &str = "_*[]()~`>#+-=|{}.!";

/// A mark that waits for its end.
struct Open {
    kind: &'static str,
    language: Option<String>,
    offset: usize,
    text_at: usize,
    source_at: usize,
}

struct Parser<'t> {
    source: &'t str,
    at: usize,
    text: String,
    units: usize,
    open: Vec<Open>,
    entities: Vec<Entity>,
}

impl<'t> Parser<'t> {
    fn new(source: &'t str) -> Self {
        Self { source, at: 0, text: String::new(), units: 0, open: Vec::new(), entities: Vec::new() }
    }

    fn rest(&self) -> &'t str {
        &self.source[self.at..]
    }

    /// Moves one character over to the text.
    fn take(&mut self) {
        if let Some(c) = self.rest().chars().next() {
            self.at += c.len_utf8();
            self.text.push(c);
            self.units += c.len_utf16();
        }
    }

    fn begin(&mut self, kind: &'static str, mark_length: usize) {
        let source_at = self.at;
        self.at += mark_length;
        let mut language = None;
        if kind == "pre" {
            let word = self.rest();
            let end = word.find(|c: char| c.is_ascii_whitespace() || c == '`').unwrap_or(word.len());
            if end > 0 && word[end..].starts_with(|c: char| c.is_ascii_whitespace()) {
                language = Some(word[..end].to_owned());
                self.at += end;
            }
            let line = self.rest();
            self.at += line.len()
                - line.strip_prefix("\r\n").or_else(|| line.strip_prefix('\n')).unwrap_or(line).len();
        }
        self.open.push(Open { kind, language, offset: self.units, text_at: self.text.len(), source_at });
    }

    fn end(&mut self, mark_length: usize) -> Result<(), ApiError> {
        self.at += mark_length;
        let Some(open) = self.open.pop() else { return Ok(()) };
        let mut entity = Entity::plain(open.kind, open.offset, self.units - open.offset);
        entity.language = open.language;
        if open.kind == "custom_emoji" {
            entity.custom_emoji_id = Some(self.emoji_id()?);
        }
        if open.kind == "text_link" {
            let shown = self.text[open.text_at..].to_owned();
            let target = if self.rest().starts_with('(') { self.target("a URL")? } else { shown };
            match checked_link(&target) {
                Some(url) => entity.url = Some(url),
                None => return Ok(()),
            }
        }
        if entity.length > 0 {
            self.entities.push(entity);
        }
        Ok(())
    }

    /// Reads `(tg://emoji?id=5)`.
    fn emoji_id(&mut self) -> Result<String, ApiError> {
        if !self.rest().starts_with('(') {
            return Err(ApiError::parse("Custom emoji entity must contain a tg://emoji URL"));
        }
        let url = self.target("a custom emoji URL")?.to_ascii_lowercase();
        let id = url.strip_prefix("tg://emoji?id=");
        let id = id.ok_or_else(|| ApiError::parse("Custom emoji URL must have an emoji identifier"))?;
        let is_one = id.parse::<i64>().is_ok_and(|id| id != 0);
        let wrong = || ApiError::parse("Invalid custom emoji identifier specified");
        is_one.then(|| id.to_owned()).ok_or_else(wrong)
    }

    /// Reads `(url)`; `what` names it in the error.
    fn target(&mut self, what: &str) -> Result<String, ApiError> {
        self.at += 1;
        let begin = self.at;
        let mut url = String::new();
        let mut characters = self.rest().char_indices();
        while let Some((at, c)) = characters.next() {
            match c {
                ')' => {
                    self.at = begin + at + 1;
                    return Ok(url);
                }
                '\\' => url.extend(characters.next().map(|(_, escaped)| escaped)),
                other => url.push(other),
            }
        }
        Err(ApiError::parse(&format!("Can't find end of {what} at byte offset {begin}")))
    }

    fn in_quote(&self) -> bool {
        self.open.iter().any(|open| is_quote(open.kind))
    }

    /// Ends the quote here. A `||` right before its end is no spoiler: it makes the quote expandable.
    fn end_quote(&mut self) -> Result<(), ApiError> {
        let is_mark = |open: &&mut Open| {
            open.kind == "spoiler" && matches!(&self.source[open.source_at..self.at], "||" | "||\r")
        };
        if self.open.last_mut().filter(is_mark).is_some() {
            self.open.pop();
            if let Some(quote) = self.open.last_mut().filter(|open| is_quote(open.kind)) {
                quote.kind = "expandable_blockquote";
            }
        }
        match self.open.last() {
            Some(open) if !is_quote(open.kind) => Err(unfinished(open)),
            _ => self.end(0),
        }
    }

    fn finish(mut self) -> Result<(String, Vec<Entity>), ApiError> {
        if self.in_quote() {
            self.end_quote()?;
        }
        match self.open.last() {
            Some(open) => Err(unfinished(open)),
            None => Ok((self.text, self.entities)),
        }
    }
}

fn is_quote(kind: &str) -> bool {
    matches!(kind, "blockquote" | "expandable_blockquote")
}

fn unfinished(open: &Open) -> ApiError {
    let name = match open.kind {
        "bold" => "Bold",
        "italic" => "Italic",
        "underline" => "Underline",
        "strikethrough" => "Strikethrough",
        "spoiler" => "Spoiler",
        "code" => "Code",
        "pre" if open.language.is_some() => "PreCode",
        "pre" => "Pre",
        "text_link" => "TextUrl",
        "custom_emoji" => "CustomEmoji",
        _ => "BlockQuote",
    };
    ApiError::parse(&format!("Can't find end of {name} entity at byte offset {}", open.source_at))
}

/// Mark that ends an open entity of `MarkdownV2`.
fn closing_mark(kind: &str) -> &'static str {
    match kind {
        "bold" => "*",
        "italic" => "_",
        "underline" => "__",
        "strikethrough" => "~",
        "spoiler" => "||",
        "code" => "`",
        "pre" => "```",
        "text_link" | "custom_emoji" => "]",
        _ => "\n",
    }
}

/// Text and entities of `MarkdownV2`.
pub(super) fn parse_v2(source: &str) -> Result<(String, Vec<Entity>), ApiError> {
    let mut parser = Parser::new(source);
    // Marks do not count: a quote may follow them.
    let mut at_line_start = true;
    while let Some(c) = parser.rest().chars().next() {
        if c == '\\'
            && parser.rest()[1..].starts_with(|next: char| next.is_ascii() && next != '\0' && next != '\x7f')
        {
            parser.at += 1;
            at_line_start = parser.rest().starts_with('\n');
            parser.take();
            continue;
        }
        let in_code = parser.open.last().is_some_and(|open| matches!(open.kind, "code" | "pre"));
        if in_code && c != '`' {
            at_line_start = false;
            parser.take();
            continue;
        }
        if c == '\n' {
            line_break(&mut parser)?;
            at_line_start = true;
            continue;
        }
        if !RESERVED.contains(c) {
            at_line_start &= c == '\r';
            parser.take();
            continue;
        }
        let closing = parser.open.last().map(|open| closing_mark(open.kind));
        let is_end = closing.is_some_and(|mark| {
            parser.rest().starts_with(mark) && !(mark == "_" && parser.rest().starts_with("__"))
        });
        match closing.filter(|_| is_end) {
            Some(mark) => parser.end(mark.len())?,
            None if in_code => parser.take(),
            None => begin_v2(&mut parser, c, at_line_start)?,
        }
    }
    parser.finish()
}

/// A line break ends a quote, unless the next line goes on with it.
fn line_break(parser: &mut Parser<'_>) -> Result<(), ApiError> {
    let goes_on = parser.rest()[1..].starts_with('>');
    if parser.in_quote() && !goes_on {
        parser.end_quote()?;
    }
    parser.take();
    Ok(())
}

fn begin_v2(parser: &mut Parser<'_>, c: char, line_start: bool) -> Result<(), ApiError> {
    let rest = parser.rest();
    match c {
        '_' if rest.starts_with("__") => parser.begin("underline", 2),
        '_' => parser.begin("italic", 1),
        '*' => parser.begin("bold", 1),
        '~' => parser.begin("strikethrough", 1),
        '|' if rest.starts_with("||") => parser.begin("spoiler", 2),
        '[' => parser.begin("text_link", 1),
        '`' if rest.starts_with("```") => parser.begin("pre", 3),
        '`' => parser.begin("code", 1),
        '!' if rest.starts_with("![") => parser.begin("custom_emoji", 2),
        '>' if line_start && parser.in_quote() => parser.at += 1,
        '>' if line_start => parser.begin("blockquote", 1),
        other => {
            return Err(ApiError::parse(&format!(
                "Character '{other}' is reserved and must be escaped with the preceding '\\'"
            )));
        }
    }
    Ok(())
}

/// Text and entities of the old `Markdown`, which nests nothing.
pub(super) fn parse_v1(source: &str) -> Result<(String, Vec<Entity>), ApiError> {
    let mut parser = Parser::new(source);
    while let Some(c) = parser.rest().chars().next() {
        let rest = parser.rest();
        if let Some(open) = parser.open.last() {
            let mark = closing_mark(open.kind);
            if rest.starts_with(mark) {
                parser.end(mark.len())?
            } else {
                parser.take()
            }
            continue;
        }
        match c {
            '\\' if rest[1..].starts_with(['_', '*', '`', '[']) => {
                parser.at += 1;
                parser.take();
            }
            '_' => parser.begin("italic", 1),
            '*' => parser.begin("bold", 1),
            '[' => parser.begin("text_link", 1),
            '`' if rest.starts_with("```") => parser.begin("pre", 3),
            '`' => parser.begin("code", 1),
            _ => parser.take(),
        }
    }
    match parser.open.last() {
        Some(open) => Err(ApiError::parse(&format!(
            "Can't find end of the entity starting at byte offset {}",
            open.source_at
        ))),
        None => Ok((parser.text, parser.entities)),
    }
}
