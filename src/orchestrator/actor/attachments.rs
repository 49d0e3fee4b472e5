//! Files that came with a prompt: fetched before the engine starts, into a folder of the task's own.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::domain::input::SentFile;
use crate::domain::task::Task;
use crate::ports::{Attachment, ChatError};

use super::super::core::Core;

/// How often a file is asked for, and how long it is waited for in between.
const TRIES: usize = 4;
const PAUSE: Duration = Duration::from_secs(1);

/// The longest wait that the chat service may ask for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Fetches the files of a task, or says in words for a person why that cannot be.
pub(super) async fn fetch(core: &Core, task: &Task) -> Result<Vec<Attachment>, String> {
    if task.files.is_empty() {
        return Ok(Vec::new());
    }
    let folder = core.files.join(task.id.to_string());
    let failed =
        |name: &str, why: &str| format!("The file {name} could not be fetched: {why}. Send it again.");
    let mut attachments = Vec::with_capacity(task.files.len());
    make_folder(&folder).await.map_err(|error| failed(&task.files[0].name, &error.to_string()))?;
    for (number, file) in (1..).zip(&task.files) {
        let path = folder.join(file_name(number, &file.name));
        fetch_one(core, file, &path).await.map_err(|error| failed(&file.name, &error.to_string()))?;
        let (name, media_type) = (file.name.clone(), file.media_type.clone());
        attachments.push(Attachment { path, name, media_type });
    }
    Ok(attachments)
}

async fn fetch_one(core: &Core, file: &SentFile, path: &Path) -> Result<(), ChatError> {
    let mut tries = 1..TRIES;
    loop {
        let error = match core.chat.fetch(file, path).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        // Of a file that broke off, nothing is kept; that there is none is no news.
        let _ = tokio::fs::remove_file(path).await;
        let pause = match &error {
            ChatError::Unreachable(_) => PAUSE,
            ChatError::RetryAfter(wait) if *wait <= PATIENCE => *wait,
            _ => return Err(error),
        };
        if tries.next().is_none() {
            return Err(error);
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = core.stopping.cancelled() => return Err(error),
        }
    }
}

/// Throws away the folders of tasks that are older than `kept`.
pub(in crate::orchestrator) async fn prune(files: &Path, kept: Duration) {
    // There is none before the first file.
    let Ok(mut folders) = tokio::fs::read_dir(files).await else { return };
    while let Ok(Some(folder)) = folders.next_entry().await {
        let age =
            folder.metadata().await.and_then(|data| data.modified()).ok().and_then(|at| at.elapsed().ok());
        if age.is_some_and(|age| age > kept)
            && let Err(error) = tokio::fs::remove_dir_all(folder.path()).await
        {
            tracing::warn!(%error, folder = %folder.path().display(), "old files cannot be thrown away");
        }
    }
}

/// For our own eyes only: what people send to their agents is theirs.
async fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = tokio::fs::DirBuilder::new();
    #[cfg(unix)]
    builder.mode(0o700);
    builder.recursive(true).create(folder).await
}

/// A name that is safe in any folder; the number keeps two of the same name apart.
fn file_name(number: usize, name: &str) -> String {
    let safe = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' };
    let name: String = name.chars().rev().take(80).collect::<Vec<_>>().into_iter().rev().map(safe).collect();
    format!("{number}-{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_elsewhere() {
        for (name, kept) in [
            ("photo.jpg", "1-photo.jpg"),
            ("../../.ssh/id_rsa", "1-.._.._.ssh_id_rsa"),
            ("Bildschirmfoto 1.png", "1-Bildschirmfoto_1.png"),
            ("a\0b\n", "1-a_b_"),
            ("", "1-"),
        ] {
            assert_eq!(file_name(1, name), kept);
        }
        assert_eq!(file_name(1, &"x".repeat(500)).len(), 82);
    }
}
