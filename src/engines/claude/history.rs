//! The sessions of a workspace, from the files in which Claude Code keeps them. Blocking; reads only the ends of a file.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use uuid::Uuid;

use crate::domain::ids::{SessionId, Timestamp};
use crate::ports::SessionSummary;

/// How many sessions are listed.
const MOST: usize = 20;

/// How much of a file's beginning and of its end is read, in bytes. A session can be 100 MB.
const PART: u64 = 64 * 1024;

/// How many characters of a directory's name are kept; a longer one ends with a number made from the whole.
const NAME: usize = 200;

/// How long a title may be, in characters.
const TITLE: usize = 120;

/// Claude Code's own directory, for a program with these variables.
pub(super) fn home(env: &BTreeMap<String, String>) -> Option<PathBuf> {
    // Of our own variables it gets `HOME` only.
    let home = || env.get("HOME").map(PathBuf::from).or_else(|| std::env::var_os("HOME").map(PathBuf::from));
    env.get("CLAUDE_CONFIG_DIR").map(PathBuf::from).or_else(|| Some(home()?.join(".claude")))
}

/// The sessions of a workspace below Claude Code's own directory, latest first.
pub(super) fn sessions(home: &Path, workspace: &Path) -> io::Result<Vec<SessionSummary>> {
    let mut files = Vec::new();
    for directory in directories(&home.join("projects"), workspace)? {
        for entry in fs::read_dir(directory)? {
            files.extend(session_file(&entry?.path()));
        }
    }
    files.sort_by_key(|file| Reverse(file.used));
    let mut sessions = Vec::new();
    // Not by `take`: some turn out to hold no conversation.
    for file in files {
        if sessions.len() == MOST {
            break;
        }
        sessions.extend(summary(file));
    }
    Ok(sessions)
}

/// A file that may hold a session.
struct SessionFile {
    path: PathBuf,
    id: String,
    used: SystemTime,
}

fn session_file(path: &Path) -> Option<SessionFile> {
    let id = path.file_stem()?.to_str().filter(|id| Uuid::try_parse(id).is_ok())?.to_owned();
    if path.extension().is_none_or(|extension| extension != "jsonl") {
        return None;
    }
    let metadata = path.metadata().ok().filter(fs::Metadata::is_file)?;
    Some(SessionFile { path: path.to_owned(), id, used: metadata.modified().ok()? })
}

/// Where the sessions of a workspace lie: nowhere, when there was none.
fn directories(projects: &Path, workspace: &Path) -> io::Result<Vec<PathBuf>> {
    let name = escaped(workspace);
    let exact = projects.join(&name);
    if name.len() <= NAME {
        return Ok(if exact.is_dir() { vec![exact] } else { Vec::new() });
    }
    // How the number is made is Claude Code's own affair.
    let beginning = format!("{}-", &name[..NAME]);
    let entries = match fs::read_dir(projects) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let ours = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(&beginning);
    Ok(entries.filter_map(Result::ok).filter(ours).map(|entry| entry.path()).collect())
}

/// A path as the name of a directory: a hyphen for each character (in UTF-16) that is no letter or digit of ASCII.
fn escaped(path: &Path) -> String {
    let path = path.to_string_lossy();
    let kept = |unit| u8::try_from(unit).ok().filter(u8::is_ascii_alphanumeric);
    path.encode_utf16().map(|unit| kept(unit).map_or('-', char::from)).collect()
}

/// What a session is about; `None` when nobody has said anything in it, or it is a subagent's.
fn summary(file: SessionFile) -> Option<SessionSummary> {
    let ends = Ends::read(&file.path).ok()?;
    let mut title = None;
    let mut prompt = None;
    for line in &ends.lines {
        let text = |name: &str| line.get(name).and_then(Value::as_str);
        if line.get("isSidechain") == Some(&Value::Bool(true)) {
            return None;
        }
        match text("type") {
            // The latest counts.
            Some("custom-title") => title = text("customTitle").map(str::to_owned).or(title),
            Some("ai-title") => title = text("aiTitle").map(str::to_owned).or(title),
            Some("summary") => title = text("summary").map(str::to_owned).or(title),
            Some("last-prompt") => prompt = prompt.or_else(|| text("lastPrompt").map(str::to_owned)),
            Some("user") if prompt.is_none() => prompt = first_prompt(line),
            _ => {}
        }
    }
    if ends.complete && title.is_none() && prompt.is_none() {
        return None;
    }
    let title = title.or(prompt).unwrap_or_default();
    Some(SessionSummary { id: SessionId(file.id), title: line_of(&title), used_at: timestamp(file.used) })
}

/// A message that a person wrote: neither a tool's result nor what Claude Code wrote in their name.
fn first_prompt(line: &Value) -> Option<String> {
    if line.get("isMeta") == Some(&Value::Bool(true)) {
        return None;
    }
    let content = line.get("message")?.get("content")?;
    let text = match content {
        Value::String(text) => text.as_str(),
        Value::Array(blocks) => blocks.iter().find_map(|block| block.get("text")?.as_str())?,
        _ => return None,
    };
    let text = text.trim();
    (!text.is_empty() && !text.starts_with('<')).then(|| text.to_owned())
}

/// The lines at the beginning and at the end of a file that are whole and can be read.
struct Ends {
    lines: Vec<Value>,
    /// Whether there are no others.
    complete: bool,
}

impl Ends {
    fn read(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut bytes = Vec::new();
        if length <= 2 * PART {
            file.take(2 * PART).read_to_end(&mut bytes)?;
            return Ok(Self { lines: values(&bytes), complete: true });
        }
        (&mut file).take(PART).read_to_end(&mut bytes)?;
        let mut lines = values(&bytes);
        bytes.clear();
        file.seek(SeekFrom::Start(length - PART))?;
        file.take(PART).read_to_end(&mut bytes)?;
        // The first of these is most likely only a part of one, and no JSON.
        lines.extend(values(&bytes));
        Ok(Self { lines, complete: false })
    }
}

fn values(bytes: &[u8]) -> Vec<Value> {
    bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}

/// The first line of a text, shortened.
fn line_of(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    if line.chars().count() <= TITLE {
        return line.to_owned();
    }
    line.chars().take(TITLE - 1).chain(['…']).collect()
}

fn timestamp(time: SystemTime) -> Option<Timestamp> {
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    Some(Timestamp(i64::try_from(since.as_millis()).ok()?))
}

#[cfg(test)]
mod tests;
