//! Bytes of uploaded files: in a folder, or in memory.
//!
//! What a file is called and who sent it is the world's business.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;

use super::world::FileRecord;

/// The largest file that a bot may download.
pub(crate) const DOWNLOAD_LIMIT: u64 = 20 * 1024 * 1024;
/// The largest file that a bot may send.
pub(crate) const UPLOAD_LIMIT: usize = 50 * 1024 * 1024;
/// The largest body: a file, and room for the fields and frames around it.
pub(crate) const BODY_LIMIT: usize = UPLOAD_LIMIT + 1024 * 1024;

/// A file as it comes in.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) name: Option<String>,
    pub(crate) mime: Option<String>,
    pub(crate) bytes: Bytes,
}

/// What a file is sent as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    Document,
    Photo,
    Voice,
}

/// The store of bytes.
#[derive(Debug)]
pub(crate) struct Files {
    folder: Option<PathBuf>,
    memory: Mutex<HashMap<String, Bytes>>,
    next: AtomicU64,
}

impl Files {
    pub(crate) fn new(folder: Option<PathBuf>, next: u64) -> Self {
        Self { folder, memory: Mutex::new(HashMap::new()), next: AtomicU64::new(next) }
    }

    /// Keeps the bytes and returns the record that names them. A photo that is no picture has no pixels.
    pub(crate) async fn keep(&self, upload: Upload, kind: FileKind) -> io::Result<FileRecord> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (letter, folder) = match kind {
            FileKind::Document => ("D", "documents"),
            FileKind::Photo => ("P", "photos"),
            FileKind::Voice => ("V", "voice"),
        };
        let extension = upload.name.as_deref().and_then(extension).unwrap_or(match kind {
            FileKind::Document => "bin",
            FileKind::Photo => "jpg",
            FileKind::Voice => "oga",
        });
        let record = FileRecord {
            number,
            file_id: format!("BQACAgIAAxkBAA{letter}{number:08}"),
            unique_id: format!("AQAD{letter}{number:08}"),
            path: format!("{folder}/file_{number}.{extension}"),
            size: upload.bytes.len() as u64,
            pixels: (kind == FileKind::Photo).then(|| pixels(&upload.bytes)).flatten(),
            name: upload.name,
            mime: upload.mime,
        };
        match &self.folder {
            Some(root) => {
                let target = root.join(&record.path);
                if let Some(parent) = target.parent() {
                    tokio::fs::create_dir_all(parent).await?;
                }
                tokio::fs::write(target, &upload.bytes).await?;
            }
            None => drop(self.memory().insert(record.path.clone(), upload.bytes)),
        }
        Ok(record)
    }

    /// The bytes of a file.
    pub(crate) async fn bytes(&self, record: &FileRecord) -> io::Result<Bytes> {
        match &self.folder {
            Some(root) => tokio::fs::read(root.join(&record.path)).await.map(Bytes::from),
            None => self.memory().get(&record.path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into()),
        }
    }

    /// Forgets a file whose message was refused.
    pub(crate) async fn forget(&self, record: &FileRecord) {
        match &self.folder {
            // A file that stays behind does no harm.
            Some(root) => drop(tokio::fs::remove_file(root.join(&record.path)).await),
            None => drop(self.memory().remove(&record.path)),
        }
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, HashMap<String, Bytes>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The extension of a file name, when it is harmless in a path.
fn extension(name: &str) -> Option<&str> {
    let extension = Path::new(name).extension()?.to_str()?;
    (extension.len() <= 10 && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(extension)
}

/// The type of a PNG, GIF, JPEG or WebP picture.
pub(crate) fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [0xff, 0xd8, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// Width and height of a PNG, GIF or JPEG picture; `None` when it is none of these.
fn pixels(bytes: &[u8]) -> Option<(u32, u32)> {
    let big = |at: usize| Some(u32::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let word = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        return Some((word(16)?, word(20)?));
    }
    if bytes.starts_with(b"GIF8") {
        let little = |at: usize| Some(u32::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
        return Some((little(6)?, little(8)?));
    }
    if !bytes.starts_with(&[0xff, 0xd8]) {
        return None;
    }
    // JPEG: walk the segments to the frame header.
    let mut at = 2;
    loop {
        let marker = *bytes.get(at + 1)?;
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            return Some((big(at + 7)?, big(at + 5)?));
        }
        at += 2 + usize::try_from(big(at + 2)?).ok()?;
    }
}
