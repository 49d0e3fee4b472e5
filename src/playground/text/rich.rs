//! The Markdown of rich messages, in the basic formatting that every message can have.
//!
//! Telegram's clients draw headings, lists and tables; here they become bold lines, bullets and rows. Pure.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use serde_json::{Value, json};

use super::{Formatted, exact, finish, utf16_len};
use crate::playground::errors::ApiError;
use crate::playground::model::Entity;

/// Characters of a rich message.
pub(crate) const RICH_LIMIT: usize = 32_768;
/// Bytes of its Markdown: longer Markdown is refused before it is read.
const RAW_LIMIT: usize = 8 * RICH_LIMIT;

/// A rich message: its blocks as the bot sees them, and its text as the page shows it.
pub(crate) struct Rich {
    pub(crate) shown: Formatted,
    pub(crate) blocks: Vec<Value>,
}

/// Reads Markdown; `finds` links, mentions and commands unless the bot asked not to.
pub(crate) fn parse(markdown: &str, finds: bool) -> Result<Rich, ApiError> {
    if markdown.len() > RAW_LIMIT {
        return Err(ApiError::RICH_TOO_LONG);
    }
    let mut writer = Writer::default();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        writer.event(event);
    }
    let Writer { text, entities, blocks, .. } = writer;
    if text.chars().count() > RICH_LIMIT {
        return Err(ApiError::RICH_TOO_LONG);
    }
    let shown = if finds { finish(&text, entities)? } else { exact(&text, entities)? };
    if shown.text.is_empty() { Err(ApiError::RICH_EMPTY) } else { Ok(Rich { shown, blocks }) }
}

#[derive(Default)]
struct Writer {
    text: String,
    units: usize,
    entities: Vec<Entity>,
    /// Places in `entities` whose end is not there yet.
    open: Vec<usize>,
    /// The next number of each open list; `None` for bullets.
    lists: Vec<Option<u64>>,
    blocks: Vec<Value>,
    depth: usize,
    /// Where the outermost block began.
    block_at: usize,
    /// Where the text of an item or a cell begins: no new line there.
    inline_at: usize,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.write(&text),
            Event::Code(code) => {
                self.begin(Entity::plain("code", 0, 0));
                self.write(&code);
                self.close();
            }
            Event::SoftBreak | Event::HardBreak => self.write("\n"),
            Event::Rule => {
                self.gap();
                self.write("———");
                self.blocks.push(json!({ "type": "divider" }));
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        if self.depth == 0 {
            self.gap();
            self.block_at = self.text.len();
        }
        self.depth += 1;
        match tag {
            Tag::Paragraph | Tag::TableHead | Tag::TableRow => self.line(),
            Tag::Heading { .. } => {
                self.line();
                self.begin(Entity::plain("bold", 0, 0));
            }
            Tag::BlockQuote(_) => {
                self.line();
                self.begin(Entity::plain("blockquote", 0, 0));
            }
            Tag::CodeBlock(kind) => {
                self.line();
                let language = match kind {
                    CodeBlockKind::Fenced(language) if !language.is_empty() => Some(language.to_string()),
                    _ => None,
                };
                self.begin(Entity { language, ..Entity::plain("pre", 0, 0) });
            }
            Tag::List(first) => self.lists.push(first),
            Tag::Item => {
                self.line();
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "• ".to_owned(),
                };
                self.write(&mark);
                self.inline_at = self.text.len();
            }
            Tag::TableCell if !self.text.ends_with('\n') && self.text.len() != self.block_at => {
                self.write(" | ")
            }
            Tag::Emphasis => self.begin(Entity::plain("italic", 0, 0)),
            Tag::Strong => self.begin(Entity::plain("bold", 0, 0)),
            Tag::Strikethrough => self.begin(Entity::plain("strikethrough", 0, 0)),
            Tag::Link { dest_url, .. } => {
                self.begin(Entity { url: Some(dest_url.to_string()), ..Entity::plain("text_link", 0, 0) });
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        self.depth = self.depth.saturating_sub(1);
        match tag {
            TagEnd::CodeBlock => {
                // Code ends with a line end that nobody shall see; without code it is not ours.
                let begin = self.open.last().and_then(|at| self.entities.get(*at)).map(|open| open.offset);
                if begin.is_some_and(|begin| begin < self.units) && self.text.ends_with('\n') {
                    self.text.pop();
                    self.units -= 1;
                }
                self.close();
            }
            TagEnd::List(_) => drop(self.lists.pop()),
            TagEnd::Heading(_) | TagEnd::BlockQuote(_) => self.close(),
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link => self.close(),
            _ => {}
        }
        if self.depth == 0 {
            let text = self.text[self.block_at..].trim();
            self.blocks.push(match tag {
                TagEnd::Heading(level) => json!({ "type": "heading", "text": text, "size": level as u8 }),
                TagEnd::CodeBlock => json!({ "type": "pre", "text": text }),
                TagEnd::BlockQuote(_) => {
                    json!({ "type": "blockquote", "blocks": [{ "type": "paragraph", "text": text }] })
                }
                _ => json!({ "type": "paragraph", "text": text }),
            });
        }
    }

    fn write(&mut self, text: &str) {
        self.text.push_str(text);
        self.units += utf16_len(text);
    }

    /// An empty line before the next outermost block.
    fn gap(&mut self) {
        if !self.text.is_empty() {
            self.write("\n\n");
        }
    }

    fn line(&mut self) {
        let begins = self.text.is_empty() || self.text.ends_with('\n') || self.text.len() == self.inline_at;
        if !begins {
            self.write("\n");
        }
    }

    fn begin(&mut self, entity: Entity) {
        self.open.push(self.entities.len());
        self.entities.push(Entity { offset: self.units, ..entity });
    }

    fn close(&mut self) {
        if let Some(entity) = self.open.pop().and_then(|at| self.entities.get_mut(at)) {
            entity.length = self.units.saturating_sub(entity.offset);
        }
    }
}
