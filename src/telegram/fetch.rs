//! Files that people sent: asked for by their id, and fetched into a file of ours.

use std::io;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use teloxide::payloads::GetFile;
use teloxide::types::FileId;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use super::api::Api;
use crate::domain::input::SentFile;
use crate::ports::ChatError;

/// More than a bot may fetch: whoever sends this much is not Telegram.
const LIMIT: usize = 32 << 20;

/// How long a whole download may take.
const TIMEOUT: Duration = Duration::from_secs(90);

#[derive(Deserialize)]
struct Found {
    file_path: Option<String>,
}

/// Fetches a file into a new file at `to`.
pub(super) async fn fetch(api: &Api, file: &SentFile, to: &Path) -> Result<(), ChatError> {
    let found: Found = api.call(&GetFile::new(FileId(file.id.clone()))).await?;
    let gone = || ChatError::Refused("Telegram no longer has it".to_owned());
    let path = found.file_path.ok_or_else(gone)?;
    let mut response = api.download(&path, TIMEOUT).await?.ok_or_else(gone)?;
    let mut target = File::create_new(to).await.map_err(|error| not_written(&error))?;
    let mut length = 0;
    while let Some(piece) = api.next_piece(&mut response).await? {
        length += piece.len();
        if length > LIMIT {
            return Err(ChatError::Refused("the file is bigger than it may be".to_owned()));
        }
        target.write_all(&piece).await.map_err(|error| not_written(&error))?;
    }
    target.flush().await.map_err(|error| not_written(&error))
}

fn not_written(error: &io::Error) -> ChatError {
    ChatError::Refused(format!("the file cannot be kept: {error}"))
}

#[cfg(test)]
mod tests {
    use super::super::fake::{Fake, TOKEN};
    use super::*;

    fn photo() -> SentFile {
        SentFile {
            id: "f1".to_owned(),
            name: "p.jpg".to_owned(),
            media_type: "image/jpeg".to_owned(),
            bytes: None,
        }
    }

    #[tokio::test]
    async fn a_file_is_asked_for_and_then_fetched() {
        let found =
            r#"{"ok":true,"result":{"file_id":"f1","file_unique_id":"u","file_path":"photos/p 1.jpg"}}"#;
        let server = Fake::start([(200, found), (200, "bytes of a photo")]).await;
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("p.jpg");
        fetch(&server.api(), &photo(), &to).await.unwrap();
        assert_eq!(std::fs::read_to_string(&to).unwrap(), "bytes of a photo");
        let calls = server.calls();
        assert_eq!(calls[0].json()["file_id"], "f1");
        assert_eq!(calls[1].path, format!("/file/bot{TOKEN}/photos/p%201.jpg"));
    }

    #[tokio::test]
    async fn what_goes_wrong_says_so_without_the_token() {
        let found = r#"{"ok":true,"result":{"file_path":"p.jpg"}}"#;
        let gone =
            r#"{"ok":false,"error_code":400,"description":"Bad Request: file is temporarily unavailable"}"#;
        for answers in [
            [(400, gone), (200, "")],
            [(200, r#"{"ok":true,"result":{}}"#), (200, "")],
            [(200, found), (404, "no")],
        ] {
            let server = Fake::start(answers).await;
            let folder = tempfile::tempdir().unwrap();
            let error = fetch(&server.api(), &photo(), &folder.path().join("p")).await.unwrap_err();
            assert!(!error.to_string().contains(TOKEN), "{error}");
            assert!(!matches!(error, ChatError::Unreachable(_)), "{error}");
        }
        let server = Fake::start([(200, found)]).await;
        let folder = tempfile::tempdir().unwrap();
        let error = fetch(&server.api(), &photo(), &folder.path().join("p")).await.unwrap_err();
        assert!(matches!(error, ChatError::Unreachable(_)), "{error}");
    }
}
