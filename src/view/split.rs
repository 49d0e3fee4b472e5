//! Cutting a long text into messages that a chat accepts.
//!
//! Owns the choice of the cut and the re-basing of formatting. Must not know what the text is about.
//! A text has no marked blocks, so an empty line outside of code counts as the end of one.

use std::cmp::Reverse;
use std::ops::Range;

use super::chars::{floor_cluster, is_blank};
use super::text::{byte_at, clip, leading_blank, utf16_len};
use crate::domain::message::{Entity, RichText, Style};

#[cfg(test)]
mod tests;

/// The longest message text, in UTF-16 code units.
pub const MESSAGE_LIMIT: usize = 4096;

/// The most formatted ranges of one message; a chat drops the others.
pub const MAX_ENTITIES: usize = 100;

/// A preferred cut is taken if it leaves the part at least this share of its room filled.
const LEAST_FILL: usize = 4;

/// `text` in parts of at most `limit_utf16` UTF-16 units (but at least 2, so that every character fits) and
/// [`MAX_ENTITIES`] formatted ranges each. No part is empty or invisible; an empty text has no parts.
///
/// Cuts at the end of a block if possible, else of a line, else of a word, and leaves a code block whole that fits
/// one part. Formatting that is cut goes on in the next part. Nothing but whitespace at the cuts is lost.
pub fn split(text: &RichText, limit_utf16: usize) -> Vec<RichText> {
    let mut splitter = Splitter::new(text, limit_utf16.max(2));
    let mut parts = Vec::new();
    while let Some(part) = splitter.next_part() {
        if !part.text.chars().all(is_blank) {
            parts.push(part);
        }
    }
    parts
}

/// A code block.
struct Block {
    bytes: Range<usize>,
    units: usize,
}

struct Splitter<'t> {
    text: &'t str,
    limit: usize,
    /// By start, outer before inner.
    entities: Vec<&'t Entity>,
    /// By start, disjoint.
    blocks: Vec<Block>,
    /// Where the next part starts, in bytes and in units.
    byte: usize,
    unit: usize,
    /// The entities that started before here and may reach further.
    active: Vec<&'t Entity>,
    /// The first of the entities that did not start before here.
    next: usize,
}

impl<'t> Splitter<'t> {
    fn new(rich: &'t RichText, limit: usize) -> Self {
        let mut entities: Vec<&Entity> = rich.entities.iter().collect();
        entities.sort_by_key(|entity| (entity.offset, Reverse(entity.length)));
        let blocks = code_blocks(&rich.text, &entities);
        Self { text: &rich.text, limit, entities, blocks, byte: 0, unit: 0, active: Vec::new(), next: 0 }
    }

    fn next_part(&mut self) -> Option<RichText> {
        self.skip_blank();
        if self.byte == self.text.len() {
            return None;
        }
        let cut = self.cut();
        let text = self.text[self.byte..cut].trim_end().to_owned();
        let entities = self.take_entities(self.unit + utf16_len(&text));
        self.advance(cut);
        Some(RichText { text, entities })
    }

    fn advance(&mut self, to: usize) {
        self.unit += utf16_len(&self.text[self.byte..to]);
        self.byte = to;
        self.active.retain(|entity| end(entity) > self.unit);
    }

    /// Skips the whitespace that a part must not start with.
    fn skip_blank(&mut self) {
        loop {
            let block = self.blocks.partition_point(|block| block.bytes.end <= self.byte);
            let (until, in_block) = match self.blocks.get(block) {
                Some(block) if block.bytes.start <= self.byte => (block.bytes.end, true),
                Some(block) => (block.bytes.start, false),
                None => (self.text.len(), false),
            };
            let ahead = &self.text[self.byte..until];
            let all_blank = leading_blank(ahead, false) == ahead.len();
            let skipped = if all_blank { ahead.len() } else { leading_blank(ahead, in_block) };
            self.advance(self.byte + skipped);
            if !all_blank || self.byte == self.text.len() {
                return;
            }
        }
    }

    /// Where the part that starts here ends, in bytes.
    fn cut(&self) -> usize {
        let units = self.limit.min(self.entity_room());
        let first = self.text[self.byte..].chars().next().map_or(0, char::len_utf8);
        let most = self.byte + byte_at(&self.text[self.byte..], units).max(first);
        if most == self.text.len() { most } else { self.spare_code(self.best_cut(most), most) }
    }

    /// Units up to the first entity that would be one too many.
    fn entity_room(&self) -> usize {
        let allowed = MAX_ENTITIES.saturating_sub(self.active.len());
        let beyond = self.entities.get(self.next + allowed..).unwrap_or_default();
        let first = beyond.iter().find(|entity| entity.offset > self.unit);
        first.map_or(usize::MAX, |entity| entity.offset - self.unit)
    }

    /// The best place to cut at or before byte `most`.
    fn best_cut(&self, most: usize) -> usize {
        let least = self.byte + (most - self.byte) / LEAST_FILL;
        // The character after the cut counts: a word that just fits is not cut.
        let after = self.text[most..].chars().next().map_or(0, char::len_utf8);
        let window = &self.text[self.byte..most + after];
        let lines = || {
            let newlines = window.rmatch_indices('\n').map(|(at, _)| self.byte + at);
            newlines.take_while(|at| *at > least)
        };
        let ends_block =
            |at: &usize| self.text[*at..].starts_with("\n\n") && self.block_around(*at).is_none();
        let ends_word =
            || window.rfind(char::is_whitespace).map(|at| self.byte + at).filter(|at| *at > least);
        lines()
            .find(ends_block)
            .or_else(|| lines().next())
            .or_else(ends_word)
            .unwrap_or_else(|| floor_cluster(self.text, self.byte, most))
    }

    /// Moves a cut out of a code block that fits one part.
    fn spare_code(&self, cut: usize, most: usize) -> usize {
        match self.block_around(cut) {
            Some(block) if block.units > self.limit || block.bytes.start < self.byte => cut,
            Some(block) if block.bytes.start > self.byte => block.bytes.start,
            Some(block) if block.bytes.end <= most => block.bytes.end,
            _ => cut,
        }
    }

    /// The code block that has byte `at` inside, not at an edge.
    fn block_around(&self, at: usize) -> Option<&Block> {
        let block = self.blocks.get(self.blocks.partition_point(|block| block.bytes.end <= at))?;
        (block.bytes.start < at).then_some(block)
    }

    /// The entities of the part from here up to unit `to`, from the part's start.
    fn take_entities(&mut self, to: usize) -> Vec<Entity> {
        let ahead = &self.entities[self.next..];
        let started = ahead.partition_point(|entity| entity.offset < to);
        self.active.extend(&ahead[..started]);
        self.next += started;
        let here = self.active.iter().filter_map(|entity| clip(entity, self.unit, to));
        here.take(MAX_ENTITIES).collect()
    }
}

fn end(entity: &Entity) -> usize {
    entity.offset.saturating_add(entity.length)
}

fn code_blocks(text: &str, entities: &[&Entity]) -> Vec<Block> {
    let (mut byte, mut unit) = (0, 0);
    let mut seek = |to: usize| {
        let step = byte_at(&text[byte..], to.saturating_sub(unit));
        unit += utf16_len(&text[byte..byte + step]);
        byte += step;
        byte
    };
    let mut blocks: Vec<Block> = Vec::new();
    for entity in entities.iter().filter(|entity| matches!(entity.style, Style::Pre(_))) {
        let bytes = seek(entity.offset)..seek(end(entity));
        if !bytes.is_empty() {
            blocks.push(Block { bytes, units: entity.length });
        }
    }
    blocks
}
