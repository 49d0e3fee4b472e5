//! The bytes of one file -> what it says. Knows no other file.

use std::sync::Arc;

use super::dialect;
use super::fields::Fields;
use super::frontmatter::{self, Split};
use super::report::FileReport;
use crate::domain::agent::{AgentSpec, Dialect, folded};
use crate::yaml::Position;

/// Ten times the longest description seen; keeps the time for a hostile file short.
const MAX_FRONTMATTER_BYTES: usize = 64 * 1024;
/// The instructions are part of it.
const MAX_TOML_BYTES: usize = 256 * 1024;
const NO_FRONTMATTER: &str = "has no frontmatter, so it is no agent";
const BEGIN_SO: &str = "begin it with `---`, `name: …`, `description: …`, `---`, or move it elsewhere";

/// What one file says, before anything is taken from other files.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) agent: Arc<AgentSpec>,
    /// Whether people may call it.
    pub(super) invocable: bool,
    /// The agent whose definition this one adds to.
    pub(super) extends: Option<Named>,
    /// The agent as which a skill runs.
    pub(super) runs_as: Option<Named>,
    /// The other files of a skill, relative to its folder.
    pub(super) files: Vec<String>,
}

/// The name of another agent, and the line on which it stands.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) line: usize,
}

/// Reads the bytes of one file; nothing when the report says why.
pub(super) fn read(bytes: &[u8], report: &mut FileReport) -> Option<Definition> {
    let dialect = dialect::of(&report.path);
    report.dialect = Some(dialect);
    match std::str::from_utf8(bytes) {
        Ok(text) => read_text(text, dialect, report),
        Err(error) => {
            let at = position_after(&bytes[..error.valid_up_to()]);
            report.fail(Some(at), "is not UTF-8 text", "save the file in UTF-8");
            None
        }
    }
}

fn read_text(text: &str, dialect: Dialect, report: &mut FileReport) -> Option<Definition> {
    let path = report.path.clone();
    let text = frontmatter::normalized(text);
    if dialect == Dialect::Codex {
        let fields = toml(&text, report)?;
        return dialect::read(dialect, &path, &fields, "", report);
    }
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
    dialect::read(dialect, &path, &fields, frontmatter.body, report)
}

/// The keys of a TOML file, when it is meant as an agent.
fn toml<'t>(text: &'t str, report: &mut FileReport) -> Option<Fields<'t>> {
    if text.len() > MAX_TOML_BYTES {
        report.fail(None, "is larger than 256 KB", "shorten the instructions");
        return None;
    }
    let fields = Fields::toml(text)
        .map_err(|flaw| {
            let text = format!("the file is not TOML: {}", flaw.reason);
            report.fail(Some(flaw.position), text, "write lines such as `name = \"…\"`");
        })
        .ok()?;
    let is_one = |key: &str| ["name", "description", "developerinstructions"].contains(&folded(key).as_str());
    if !fields.entries.iter().any(|entry| is_one(&entry.name)) {
        let remedy = "add `name`, `description` and `developer_instructions`, or move it elsewhere";
        report.warn(None, "has no key of an agent, so it is none", remedy);
        return None;
    }
    Some(fields)
}

/// The position that follows `bytes`, which are valid UTF-8.
fn position_after(bytes: &[u8]) -> Position {
    let text = String::from_utf8_lossy(bytes);
    let last_line = text.rsplit('\n').next().unwrap_or_default();
    Position { line: text.matches('\n').count() + 1, column: last_line.chars().count() + 1 }
}
