//! A table as aligned lines for a fixed-width font.

use pulldown_cmark::Alignment;

use crate::view::chars::width;

/// Columns are padded up to here; a longer cell sticks out. Keeps one long cell from blowing up all rows.
const MAX_PADDED: usize = 40;

/// A table being read, cell by cell.
#[derive(Debug)]
pub(super) struct Table {
    alignments: Vec<Alignment>,
    /// The first is the head.
    rows: Vec<Vec<String>>,
    cell: String,
}

impl Table {
    pub(super) fn new(alignments: Vec<Alignment>) -> Self {
        Self { alignments, rows: Vec::new(), cell: String::new() }
    }

    /// The text of the cell so far.
    pub(super) fn cell(&self) -> &str {
        &self.cell
    }

    pub(super) fn push(&mut self, text: &str) {
        self.cell.push_str(text);
    }

    pub(super) fn start_row(&mut self) {
        self.rows.push(Vec::with_capacity(self.alignments.len()));
    }

    pub(super) fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        if let Some(row) = self.rows.last_mut() {
            row.push(cell);
        }
    }

    /// The lines of the table, with a rule below the head.
    pub(super) fn layout(&self) -> String {
        let mut widths = vec![1; self.alignments.len()];
        for row in &self.rows {
            for (widest, cell) in widths.iter_mut().zip(row) {
                *widest = width(cell).clamp(*widest, MAX_PADDED);
            }
        }
        let mut lines = String::new();
        for (number, row) in self.rows.iter().enumerate() {
            self.lay_row(&mut lines, row, &widths);
            if number == 0 {
                let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                lines.push_str(&rules.join("-+-"));
                lines.push('\n');
            }
        }
        lines.truncate(lines.trim_end().len());
        lines
    }

    fn lay_row(&self, lines: &mut String, row: &[String], widths: &[usize]) {
        let start = lines.len();
        for (column, (cell, widest)) in row.iter().zip(widths).enumerate() {
            if column > 0 {
                lines.push_str(" | ");
            }
            let gap = widest.saturating_sub(width(cell));
            let left = match self.alignments.get(column) {
                Some(Alignment::Right) => gap,
                Some(Alignment::Center) => gap / 2,
                Some(Alignment::Left | Alignment::None) | None => 0,
            };
            lines.extend(std::iter::repeat_n(' ', left));
            lines.push_str(cell);
            lines.extend(std::iter::repeat_n(' ', gap - left));
        }
        let end = start + lines[start..].trim_end().len();
        lines.truncate(end);
        lines.push('\n');
    }
}
