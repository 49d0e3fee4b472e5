//! Where lines and blocks begin: gaps, list markers, indentation.
//!
//! Gaps and markers are written only when text follows, so that none is left over and no formatting covers them.

use crate::domain::message::{RichText, Style};
use crate::view::text::RichBuilder;

/// Spaces per level of a list.
const INDENT: &str = "  ";

/// Deeper lists are not indented further: a phone is narrow.
const MAX_INDENTED: usize = 6;

/// A text in the making, block by block.
#[derive(Default)]
pub(super) struct Layout {
    out: RichBuilder,
    /// Line ends due before the next text.
    gap: usize,
    /// The marker due before the next text.
    marker: Option<Marker>,
    /// Length of the text when a list marker was written last: right behind it no line begins.
    marked_at: Option<usize>,
    /// The open lists: the next number, or none for bullets.
    lists: Vec<Option<u64>>,
    /// For each open quotation, how many lists were open around it.
    quotes: Vec<usize>,
}

struct Marker {
    number: Option<u64>,
    task: Option<bool>,
}

impl Layout {
    pub(super) fn finish(self) -> RichText {
        self.out.finish()
    }

    /// The text so far.
    pub(super) fn as_str(&self) -> &str {
        self.out.as_str()
    }

    pub(super) fn write(&mut self, text: &str) {
        if !text.is_empty() {
            self.settle();
            self.out.push(text);
        }
    }

    pub(super) fn open(&mut self, style: Style) {
        self.settle();
        self.out.open(style);
    }

    pub(super) fn close(&mut self) {
        self.out.close();
    }

    /// Writes the gap and the marker that are due.
    pub(super) fn settle(&mut self) {
        self.prepare(self.indent());
    }

    /// Writes a block in `style` that starts at the margin.
    pub(super) fn verbatim(&mut self, style: Style, text: &str) {
        self.prepare(self.block_indent());
        self.out.push_styled(style, text);
    }

    pub(super) fn break_line(&mut self) {
        self.gap = self.gap.max(1);
    }

    pub(super) fn start_paragraph(&mut self) {
        self.begin(2);
    }

    /// Any block but a paragraph. Lists are kept tight.
    pub(super) fn start_block(&mut self) {
        self.begin(if self.depth() == 0 { 2 } else { 1 });
    }

    pub(super) fn end_block(&mut self) {
        self.gap = self.gap.max(1);
    }

    pub(super) fn start_quote(&mut self) {
        self.start_block();
        self.prepare(self.block_indent());
        self.out.open(Style::Quote);
        self.quotes.push(self.lists.len());
    }

    pub(super) fn end_quote(&mut self) {
        self.quotes.pop();
        self.out.close();
        self.end_block();
    }

    pub(super) fn start_list(&mut self, first: Option<u64>) {
        if self.marker.is_some() {
            // A list that starts an item: both markers stand on one line.
            self.settle();
        }
        self.start_block();
        self.lists.push(first);
    }

    pub(super) fn end_list(&mut self) {
        self.lists.pop();
        self.end_block();
    }

    pub(super) fn start_item(&mut self) {
        self.begin(1);
        let number = self.lists.last_mut().and_then(|next| {
            let number = *next;
            *next = next.map(|number| number.saturating_add(1));
            number
        });
        self.marker = Some(Marker { number, task: None });
    }

    pub(super) fn mark_task(&mut self, done: bool) {
        if let Some(marker) = &mut self.marker {
            marker.task = Some(done);
        }
    }

    pub(super) fn end_item(&mut self) {
        if self.marker.is_some() {
            self.settle();
        }
        self.marked_at = None;
        self.end_block();
    }

    /// Asks for at least `gap` line ends before the next text.
    fn begin(&mut self, gap: usize) {
        let behind_marker = self.marker.is_some() || self.marked_at == Some(self.out.len_utf16());
        if !behind_marker {
            self.gap = self.gap.max(gap);
        }
    }

    /// Lists that are open within the innermost quotation.
    fn depth(&self) -> usize {
        self.lists.len().saturating_sub(self.quotes.last().copied().unwrap_or(0))
    }

    /// Levels by which the next line is indented: one less for a marker than for the text of its item.
    fn indent(&self) -> usize {
        let depth = if self.marker.is_some() { self.depth().saturating_sub(1) } else { self.depth() };
        depth.min(MAX_INDENTED)
    }

    /// As [`Self::indent`], for a block that starts at the margin unless a marker comes before it.
    fn block_indent(&self) -> usize {
        if self.marker.is_some() { self.indent() } else { 0 }
    }

    /// Writes what is due before the next text.
    fn prepare(&mut self, indent: usize) {
        let gap = std::mem::take(&mut self.gap);
        if gap > 0 && !self.out.is_empty() {
            let present = self.out.as_str().bytes().rev().take_while(|byte| *byte == b'\n').count();
            self.out.push(&"\n".repeat(gap.saturating_sub(present)));
            self.out.push(&INDENT.repeat(indent));
        }
        if let Some(marker) = self.marker.take() {
            self.out.push(&marker.text());
            self.marked_at = Some(self.out.len_utf16());
        }
    }
}

impl Marker {
    fn text(&self) -> String {
        let number = self.number.map(|number| format!("{number}. ")).unwrap_or_default();
        match self.task {
            Some(true) => format!("{number}☑ "),
            Some(false) => format!("{number}☐ "),
            None if number.is_empty() => "• ".to_owned(),
            None => number,
        }
    }
}
