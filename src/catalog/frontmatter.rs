//! A file's text -> frontmatter and body, with the line at which the frontmatter begins.

/// The opening fence must come within so many lines: a later one belongs to an example in the text.
const PREAMBLE_LINES: usize = 10;

/// A text taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Split<'a> {
    /// There is a closed frontmatter.
    Frontmatter(Frontmatter<'a>),
    /// The text begins with a fence that nothing closes.
    Unclosed,
    /// There is none.
    Missing,
}

/// A frontmatter and what follows it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frontmatter<'a> {
    pub(super) yaml: &'a str,
    /// The line of the file on which `yaml` begins, counted from 1.
    pub(super) first_line: usize,
    pub(super) body: &'a str,
    /// Whether something other than blank lines stands before it.
    pub(super) has_preamble: bool,
}

/// `text` without a byte order mark, and with `\n` as its only line end.
pub(super) fn normalized(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n")
}

/// Takes a normalized text apart.
pub(super) fn split(text: &str) -> Split<'_> {
    let mut offset = 0;
    let mut has_preamble = false;
    for (index, line) in text.split_inclusive('\n').take(PREAMBLE_LINES + 1).enumerate() {
        offset += line.len();
        if is_fence(line) {
            return match close(&text[offset..]) {
                Some((yaml, body)) => {
                    Split::Frontmatter(Frontmatter { yaml, first_line: index + 2, body, has_preamble })
                }
                None if has_preamble => Split::Missing,
                None => Split::Unclosed,
            };
        }
        has_preamble |= !line.trim().is_empty();
    }
    Split::Missing
}

/// What stands before and after the closing fence.
fn close(rest: &str) -> Option<(&str, &str)> {
    let mut offset = 0;
    for line in rest.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        if is_fence(line) {
            return Some((&rest[..start], &rest[offset..]));
        }
    }
    None
}

fn is_fence(line: &str) -> bool {
    line.trim_end() == "---"
}
