//! Files that a program reads and writes through us: in the workspace only, text only, of bounded size. Blocking.

use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use agent_client_protocol::v1::schema::{ReadTextFileRequest, WriteTextFileRequest};

use super::super::files;

/// How large a file may be, in bytes.
const LIMIT: u64 = 4 * 1024 * 1024;

/// Which files a program may have.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    /// Whatever lies in here, without symbolic links.
    pub(super) workspace: PathBuf,
    /// Files elsewhere that came with a prompt; to be read only.
    pub(super) attachments: Vec<PathBuf>,
    /// Directories elsewhere; to be read only.
    pub(super) references: Vec<PathBuf>,
}

impl Reach {
    /// Whether there is a file to read. Programs that are about to create one ask first.
    pub(super) fn lacks(&self, path: &Path) -> bool {
        matches!(self.workspace.join(path).try_exists(), Ok(false))
    }

    /// The lines of a file that are asked for.
    pub(super) fn read(&self, request: &ReadTextFileRequest) -> Result<String, String> {
        let shown = request.path.display().to_string();
        let reference = self.references.iter().find(|directory| request.path.starts_with(directory));
        let path = if self.attachments.contains(&request.path) {
            request.path.clone()
        } else if let Some(reference) = reference {
            files::existing(&files::real_directory(reference)?, text(&request.path)?)?
        } else {
            files::existing(&self.workspace, text(&request.path)?)?
        };
        let fail = |error: std::io::Error| format!("`{shown}`: {error}");
        let mut bytes = Vec::new();
        File::open(&path).map_err(fail)?.take(LIMIT + 1).read_to_end(&mut bytes).map_err(fail)?;
        if bytes.len() as u64 > LIMIT {
            return Err(format!("`{shown}` is larger than {LIMIT} bytes"));
        }
        let content = String::from_utf8(bytes).map_err(|_| format!("`{shown}` is not text in UTF-8"))?;
        Ok(lines(content, request.line, request.limit))
    }

    /// Writes a whole file.
    pub(super) fn write(&self, request: &WriteTextFileRequest) -> Result<(), String> {
        let shown = request.path.display().to_string();
        if request.content.len() as u64 > LIMIT {
            return Err(format!("`{shown}` would be larger than {LIMIT} bytes"));
        }
        if request.path.components().any(|component| component == Component::ParentDir) {
            return Err(format!("`{shown}` must be written without `..`"));
        }
        let target = files::target(&self.workspace, text(&request.path)?)?;
        files::replace(&target, &request.content).map_err(|error| format!("`{shown}`: {error}"))
    }
}

fn text(path: &Path) -> Result<&str, String> {
    path.to_str().ok_or_else(|| format!("the path {} is not text in UTF-8", path.display()))
}

/// So many lines from that one on, which counts from 1.
fn lines(content: String, first: Option<u32>, limit: Option<u32>) -> String {
    if first.is_none() && limit.is_none() {
        return content;
    }
    let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let skipped = content.split_inclusive('\n').skip(count(first.unwrap_or(1).saturating_sub(1)));
    skipped.take(limit.map_or(usize::MAX, count)).collect()
}

#[cfg(test)]
mod tests;
