//! The line of a file that a remark is about, with a mark below the column.

use crate::cli::text::plain;

/// How much of a long line is shown, in characters.
const WIDTH: usize = 60;

/// How much of it stands before the column.
const BEFORE: usize = 20;

/// A line of a text, as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The line, or the part of it around the column.
    pub(super) line: String,
    /// How many characters stand before the column in `line`.
    pub(super) column: usize,
}

impl Excerpt {
    /// Line and column count from 1; `None` when there is no such line.
    pub(super) fn of(text: &str, line: usize, column: usize) -> Option<Self> {
        let whole = plain(text.lines().nth(line.checked_sub(1)?)?).replace('\t', " ");
        let column = column.saturating_sub(1).min(whole.chars().count());
        let first = if whole.chars().count() > WIDTH { column.saturating_sub(BEFORE) } else { 0 };
        let mut line: String = whole.chars().skip(first).take(WIDTH).collect();
        let cut_after = whole.chars().count() > first + WIDTH;
        if first > 0 {
            line = format!("…{}", line.chars().skip(1).collect::<String>());
        }
        if cut_after {
            line.push('…');
        }
        Some(Self { line: line.trim_end().to_owned(), column: column - first })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_around_the_column_and_the_mark_stays_below_it() {
        let long = format!("{}X{}", "a".repeat(100), "b".repeat(100));
        for (text, line, column, shown, mark) in [
            ("name: a\ntools: { b }", 2, 8, "tools: { b }", Some('{')),
            ("name: a\n", 1, 99, "name: a", None),
            (&long, 1, 101, "…aaaaaaaaaaaaaaaaaaaXbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…", Some('X')),
            ("\u{1b}[31mred", 1, 1, "[31mred", Some('[')),
        ] {
            let excerpt = Excerpt::of(text, line, column).unwrap();
            assert_eq!(excerpt.line, shown);
            assert_eq!(excerpt.line.chars().nth(excerpt.column), mark, "{text}");
        }
        assert_eq!(Excerpt::of("one", 2, 1), None);
    }
}
