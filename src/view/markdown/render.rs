//! From the parser's events to text with formatting.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

use super::layout::Layout;
use super::link;
use super::table::Table;
use crate::domain::message::{RichText, Style};

/// Longer names are no languages.
const MAX_LANGUAGE_BYTES: usize = 32;

/// Takes the parser's events in order.
pub(super) struct Renderer<'s> {
    source: &'s str,
    layout: Layout,
    /// Where text goes that does not go straight to the layout.
    aside: Option<Aside>,
    /// For each open emphasis, the characters that stand for it instead of formatting.
    marks: Vec<&'static str>,
    links: Vec<OpenLink>,
}

/// A block that is laid out once it is complete.
enum Aside {
    Code { language: Option<String>, text: String },
    Table(Table),
}

struct OpenLink {
    url: String,
    /// Where its text starts, in bytes of what the text goes to.
    start: usize,
    /// Whether the chat carries the address behind the text.
    carried: bool,
}

impl<'s> Renderer<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self { source, layout: Layout::default(), aside: None, marks: Vec::new(), links: Vec::new() }
    }

    pub(super) fn finish(self) -> RichText {
        self.layout.finish()
    }

    /// `range` is the event's place in the source.
    pub(super) fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::InlineHtml(text) => self.write(&text),
            Event::Code(text) => self.code(&text),
            Event::Html(line) => {
                self.write(line.trim_end_matches(['\n', '\r']));
                self.layout.break_line();
            }
            Event::SoftBreak | Event::HardBreak if self.aside.is_some() => self.write(" "),
            Event::SoftBreak | Event::HardBreak => self.layout.break_line(),
            Event::Rule => {
                self.layout.start_block();
                self.layout.write("———");
                self.layout.end_block();
            }
            Event::TaskListMarker(done) => self.layout.mark_task(done),
            // Not enabled, so never seen; their text would be worth keeping all the same.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.write(&text);
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Paragraph => self.layout.start_paragraph(),
            Tag::Heading { .. } => {
                self.layout.start_block();
                self.layout.open(Style::Bold);
            }
            Tag::BlockQuote(_) => self.layout.start_quote(),
            Tag::CodeBlock(kind) => {
                self.layout.start_block();
                self.aside = Some(Aside::Code { language: language(&kind), text: String::new() });
            }
            Tag::HtmlBlock => self.layout.start_block(),
            Tag::List(first) => self.layout.start_list(first),
            Tag::Item => self.layout.start_item(),
            Tag::Table(alignments) => {
                self.layout.start_block();
                self.aside = Some(Aside::Table(Table::new(alignments)));
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(Aside::Table(table)) = &mut self.aside {
                    table.start_row();
                }
            }
            Tag::Emphasis => self.start_emphasis(Style::Italic, &range),
            Tag::Strong => self.start_emphasis(Style::Bold, &range),
            Tag::Strikethrough => self.start_emphasis(Style::Strikethrough, &range),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.start_link(dest_url.into_string())
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.layout.close();
                self.layout.end_block();
            }
            TagEnd::BlockQuote(_) => self.layout.end_quote(),
            TagEnd::CodeBlock | TagEnd::Table => self.end_aside(),
            TagEnd::HtmlBlock => self.layout.end_block(),
            TagEnd::List(_) => self.layout.end_list(),
            TagEnd::Item => self.layout.end_item(),
            TagEnd::TableCell => {
                if let Some(Aside::Table(table)) = &mut self.aside {
                    table.end_cell();
                }
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => match self.marks.pop() {
                Some("") | None => self.close(),
                Some(mark) => self.write(mark),
            },
            TagEnd::Link => self.end_link(""),
            TagEnd::Image => self.end_link("image"),
            _ => {}
        }
    }

    fn write(&mut self, text: &str) {
        match &mut self.aside {
            Some(Aside::Code { text: code, .. }) => code.push_str(text),
            Some(Aside::Table(table)) => table.push(text),
            None => self.layout.write(text),
        }
    }

    fn code(&mut self, text: &str) {
        self.open(Style::Code);
        self.write(text);
        self.close();
    }

    /// Formatting has no place in a table, nor in a code block.
    fn open(&mut self, style: Style) {
        if self.aside.is_none() {
            self.layout.open(style);
        }
    }

    fn close(&mut self) {
        if self.aside.is_none() {
            self.layout.close();
        }
    }

    fn start_emphasis(&mut self, style: Style, range: &Range<usize>) {
        let mark = literal_mark(self.source, range);
        self.marks.push(mark);
        if mark.is_empty() {
            self.open(style);
        } else {
            self.write(mark);
        }
    }

    fn start_link(&mut self, url: String) {
        let carried = self.aside.is_none() && self.links.is_empty() && link::is_accepted(&url);
        if carried {
            self.open(Style::Link(url.clone()));
        } else if self.aside.is_none() {
            self.layout.settle();
        }
        let start = self.target().len();
        self.links.push(OpenLink { url, start, carried });
    }

    /// `unnamed` stands for a text that is missing; if empty, the address does.
    fn end_link(&mut self, unnamed: &str) {
        let Some(OpenLink { url, start, carried }) = self.links.pop() else { return };
        let shown = link::shown(&url);
        let text = self.target().get(start..).unwrap_or_default().trim();
        let fallback = if unnamed.is_empty() { shown } else { unnamed };
        let (missing, named) =
            if text.is_empty() { (fallback, fallback == shown) } else { ("", text == shown) };
        // An address within a link, a badge say, would only be in the way.
        let addressed = carried || named || shown.is_empty() || !self.links.is_empty();
        self.write(missing);
        if !addressed {
            self.write(&format!(" ({shown})"));
        }
        if carried {
            self.close();
        }
    }

    /// What text goes to at present.
    fn target(&self) -> &str {
        match &self.aside {
            Some(Aside::Code { text, .. }) => text,
            Some(Aside::Table(table)) => table.cell(),
            None => self.layout.as_str(),
        }
    }

    fn end_aside(&mut self) {
        match self.aside.take() {
            Some(Aside::Code { language, text }) => {
                self.layout.verbatim(Style::Pre(language), text.trim_end())
            }
            Some(Aside::Table(table)) => self.layout.verbatim(Style::Pre(None), &table.layout()),
            None => {}
        }
        self.layout.end_block();
    }
}

fn language(kind: &CodeBlockKind<'_>) -> Option<String> {
    let CodeBlockKind::Fenced(info) = kind else { return None };
    let name = info
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '{' | '}'))
        .find(|word| !word.is_empty())?;
    (name.len() <= MAX_LANGUAGE_BYTES).then(|| name.to_owned())
}

/// The underscores around a word that is an identifier rather than emphasized: `__init__`, but also the `_name_` in
/// `_name_.py`. Otherwise nothing.
fn literal_mark(source: &str, range: &Range<usize>) -> &'static str {
    let span = source.get(range.clone()).unwrap_or_default();
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
    };
    let within =
        |mark: &str| span.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark)).is_some_and(is_word);
    if within("__") {
        "__"
    } else if within("_") && is_glued(source, range) {
        "_"
    } else {
        ""
    }
}

/// Whether the span is part of a longer name or path.
fn is_glued(source: &str, range: &Range<usize>) -> bool {
    let before = source.get(..range.start).and_then(|text| text.chars().next_back());
    let mut after = source.get(range.end..).unwrap_or_default().chars();
    let joins = |c: char| matches!(c, '.' | '/' | '\\' | ':' | '-' | '(' | '[');
    let names = |c: char| c.is_alphanumeric() || matches!(c, '_' | ')' | ']');
    before.is_some_and(|c| matches!(c, '.' | '/' | '\\' | '-' | '$' | '@'))
        || (after.next().is_some_and(joins) && after.next().is_some_and(names))
}
