//! The bytes of one file -> what it says. Knows no other file.

use super::claude;
use super::fields::Fields;
use super::frontmatter::{self, Split};
use super::report::FileReport;
use crate::domain::agent::AgentSpec;
use crate::yaml::Position;

/// Ten times the longest description seen; keeps the time for a hostile file short.
const MAX_FRONTMATTER_BYTES: usize = 64 * 1024;
const NO_FRONTMATTER: &str = "has no frontmatter, so it is no agent";
const BEGIN_SO: &str = "begin it with `---`, `name: …`, `description: …`, `---`, or move it elsewhere";

/// What one file says, before anything is taken from other files.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) agent: AgentSpec,
    /// Whether people may call it.
    pub(super) invocable: bool,
    /// The number of the directory that it was found in.
    pub(super) root: usize,
}

/// Reads the bytes of one file; nothing when the report says why.
pub(super) fn read(bytes: &[u8], report: &mut FileReport) -> Option<Definition> {
    match std::str::from_utf8(bytes) {
        Ok(text) => read_text(text, report),
        Err(error) => {
            let at = position_after(&bytes[..error.valid_up_to()]);
            report.fail(Some(at), "is not UTF-8 text", "save the file in UTF-8");
            None
        }
    }
}

fn read_text(text: &str, report: &mut FileReport) -> Option<Definition> {
    let text = frontmatter::normalized(text);
    let frontmatter = match frontmatter::split(&text) {
        Split::Frontmatter(frontmatter) => frontmatter,
        Split::Unclosed => {
            let at = Position { line: 1, column: 1 };
            report.fail(Some(at), "the frontmatter is never closed", "end it with a line `---`");
            return None;
        }
        Split::Missing => {
            report.warn(None, NO_FRONTMATTER, BEGIN_SO);
            return None;
        }
    };
    let at = Position { line: frontmatter.first_line, column: 1 };
    if frontmatter.yaml.len() > MAX_FRONTMATTER_BYTES {
        report.fail(Some(at), "the frontmatter is larger than 64 KB", "move text below the closing `---`");
        return None;
    }
    let fields = match Fields::read(&frontmatter) {
        // Two rules in an ordinary text, with whatever stands between them.
        fields if frontmatter.has_preamble && !fields.as_ref().is_ok_and(Fields::any_known) => {
            report.warn(None, NO_FRONTMATTER, BEGIN_SO);
            return None;
        }
        Ok(fields) => fields,
        Err(flaw) => {
            let text = format!("the frontmatter is not YAML: {}", flaw.reason);
            report.fail(Some(flaw.position), text, "write lines such as `name: value`");
            return None;
        }
    };
    if frontmatter.has_preamble {
        report.warn(Some(at), "text stands before the frontmatter", "begin the file with `---`");
    }
    if let Some(flaw) = &fields.flaw {
        let text = format!("the frontmatter is not YAML ({}); read line by line", flaw.reason);
        report.warn(
            Some(flaw.position),
            text,
            "put the value in quotes, or begin it with `|` on its own line",
        );
    }
    let path = report.path.clone();
    claude::read(&path, &fields, frontmatter.body, report)
}

/// The position that follows `bytes`, which are valid UTF-8.
fn position_after(bytes: &[u8]) -> Position {
    let text = String::from_utf8_lossy(bytes);
    let last_line = text.rsplit('\n').next().unwrap_or_default();
    Position { line: text.matches('\n').count() + 1, column: last_line.chars().count() + 1 }
}
