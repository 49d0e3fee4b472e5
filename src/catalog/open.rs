//! A file -> its bytes, within bounds and whatever happens to the file meanwhile.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::report::FileReport;

/// No agent file is larger; the largest seen in public collections has 294 KB.
const MAX_BYTES: u64 = 1024 * 1024;

/// The bytes of a file, or a reason in the report.
pub(super) fn open(path: &Path, report: &mut FileReport) -> Option<Vec<u8>> {
    // Asked before opening: a pipe would wait for its other end.
    match path.metadata() {
        Ok(metadata) if metadata.is_file() => read(File::open(path), report),
        Ok(_) => {
            report.fail(None, "is not a regular file", "replace it by a file, or remove it");
            None
        }
        Err(error) => read(Err::<File, _>(error), report),
    }
}

/// Reads to the end of what was opened. A file that is replaced meanwhile is read as it was; one that shrinks, as far as it goes.
pub(super) fn read(file: io::Result<impl Read>, report: &mut FileReport) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let result = file.and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    if let Err(error) = result {
        report.fail(None, format!("cannot be read: {error}"), "check the permissions");
        return None;
    }
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        report.fail(None, "is larger than 1 MB", "move what the agent need not always know to another file");
        return None;
    }
    Some(bytes)
}
