//! One copy: where it goes, so that its dialect is told as before, and the comment that it gets.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::catalog::read_bytes;
use crate::cli::text::{now, short_path, utc};
use crate::domain::agent::Dialect;

/// Folders inside a skill's folder; deeper ones are left out.
const MAX_DEPTH: usize = 4;

/// Files of one skill.
const MAX_FILES: usize = 200;

/// The largest file of a skill, in bytes.
const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// The opening fence of a frontmatter comes within so many lines.
const PREAMBLE_LINES: usize = 10;

/// How the comment begins.
const IMPORTED: &str = "# Imported from ";

/// A file to copy; of a skill the whole folder.
pub(super) struct Plan {
    from: PathBuf,
    /// Where it goes.
    pub(super) to: PathBuf,
    dialect: Dialect,
}

/// What became of a copy.
pub(super) enum Copied {
    /// It was made.
    New,
    /// It had been made before, of the very same text.
    Already,
}

impl Plan {
    /// A file's dialect is told by where it lies, so the copy lies in a place of the same kind.
    pub(super) fn of(from: &Path, dialect: Dialect, target: &Path) -> Self {
        let file = from.file_name().unwrap_or_default();
        let to = match dialect {
            Dialect::Skill => {
                let folder = from.parent().and_then(Path::file_name).unwrap_or_default();
                target.join("skills").join(folder).join(file)
            }
            Dialect::OpenCode => target.join(".opencode/agents").join(file),
            Dialect::Gemini => target.join(".gemini/agents").join(file),
            Dialect::Copilot if !file.to_string_lossy().to_lowercase().ends_with(".agent.md") => {
                target.join(".github/agents").join(file)
            }
            Dialect::ClaudeCode | Dialect::Copilot | Dialect::Codex | Dialect::BuiltIn => target.join(file),
        };
        Self { from: from.to_owned(), to, dialect }
    }

    /// Makes the copy.
    pub(super) fn carry_out(&self) -> Result<Copied, String> {
        let text = fs::read_to_string(&self.from).map_err(|error| format!("cannot be read: {error}"))?;
        let source = provenance(&self.from, &text);
        if let Ok(there) = fs::read_to_string(&self.to) {
            // The day of the first import is of no account.
            let same = there.lines().any(|line| line.starts_with(IMPORTED) && line.ends_with(&source.1));
            let taken = format!("{} is there already; remove or rename it first", short_path(&self.to));
            return if same { Ok(Copied::Already) } else { Err(taken) };
        }
        // A link that leads nowhere, or what is no text.
        if self.to.symlink_metadata().is_ok() {
            return Err(format!("{} is there already; remove or rename it first", short_path(&self.to)));
        }
        if read_bytes(&self.to, text.as_bytes()).dialect != Some(self.dialect) {
            let to = short_path(&self.to);
            return Err(format!(
                "{to} would be read as another program's; choose another directory with --into"
            ));
        }
        let annotated = annotated(&text, &source.0, self.dialect).ok_or("has no frontmatter")?;
        if self.dialect == Dialect::Skill
            && let (Some(from), Some(to)) = (self.from.parent(), self.to.parent())
        {
            if to.symlink_metadata().is_ok() {
                return Err(format!("{} is there already; remove or rename it first", short_path(to)));
            }
            let mut left = MAX_FILES;
            folder(from, to, 0, &mut left).map_err(|error| format!("its files cannot be copied: {error}"))?;
        }
        write_new(&self.to, annotated.as_bytes()).map_err(|error| format!("cannot be written: {error}"))?;
        Ok(Copied::New)
    }
}

/// The comment, and the part of it that stays the same as long as the text does.
fn provenance(from: &Path, text: &str) -> (String, String) {
    let digest: String =
        Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let day: String = utc(now()).chars().take(10).collect();
    let mark = format!("sha256 {digest}");
    (format!("{IMPORTED}{} on {day}, {mark}", short_path(from)), mark)
}

/// The text with a comment at the beginning of its fields; `None` when it has none.
fn annotated(text: &str, comment: &str, dialect: Dialect) -> Option<String> {
    if dialect == Dialect::Codex {
        return Some(format!("{comment}\n{text}"));
    }
    let mut at = 0;
    for line in text.split_inclusive('\n').take(PREAMBLE_LINES + 1) {
        at += line.len();
        if line.trim_start_matches('\u{feff}').trim_end() == "---" {
            let end = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
            return Some(format!("{}{comment}{end}{}", &text[..at], &text[at..]));
        }
    }
    None
}

/// Copies the plain files of a skill's folder, but for its definition. Links are left out, for they may lead anywhere, and so
/// is what is hidden, such as the skill's own repository.
fn folder(from: &Path, to: &Path, depth: usize, left: &mut usize) -> std::io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, path) = (entry.file_type()?, entry.path());
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let is_definition = depth == 0 && entry.file_name() == "SKILL.md";
        if kind.is_dir() && depth < MAX_DEPTH {
            folder(&path, &to.join(entry.file_name()), depth + 1, left)?;
        } else if kind.is_file() && !is_definition {
            *left = left.checked_sub(1).ok_or_else(|| std::io::Error::other("there are too many of them"))?;
            if entry.metadata()?.len() > MAX_BYTES {
                return Err(std::io::Error::other("one of them is larger than 10 MB"));
            }
            fs::create_dir_all(to)?;
            let mut copy = fs::File::create_new(to.join(entry.file_name()))?;
            std::io::copy(&mut fs::File::open(&path)?, &mut copy)?;
        }
    }
    Ok(())
}

/// Writes a file that does not exist yet.
pub(in crate::cli::agents) fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::File::create_new(path)?.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_comment_stands_where_it_changes_nothing() {
        for (text, dialect, with) in [
            ("---\nname: a\n---\n", Dialect::ClaudeCode, Some("---\n# C\nname: a\n---\n")),
            ("Title\n\n---\nname: a\n---\n", Dialect::Copilot, Some("Title\n\n---\n# C\nname: a\n---\n")),
            ("---\r\nname: a\r\n---\r\n", Dialect::Skill, Some("---\r\n# C\r\nname: a\r\n---\r\n")),
            ("\u{feff}---\nname: a\n---\n", Dialect::Gemini, Some("\u{feff}---\n# C\nname: a\n---\n")),
            ("name = \"a\"\n", Dialect::Codex, Some("# C\nname = \"a\"\n")),
            ("No fields.\n", Dialect::ClaudeCode, None),
        ] {
            assert_eq!(annotated(text, "# C", dialect).as_deref(), with, "{text}");
        }
    }
}
