//! Sending and fetching files. The bytes were kept before the call came here.

use serde_json::json;

use super::messages::{Envelope, post};
use super::{Answer, Call, done};
use crate::playground::errors::ApiError;
use crate::playground::files::DOWNLOAD_LIMIT;
use crate::playground::model::{Document, Message, PhotoSize};
use crate::playground::world::{Change, FileRecord};

/// Bytes of a photo.
const PHOTO_LIMIT: u64 = 10 * 1024 * 1024;

pub(super) fn send_document(call: &mut Call<'_>) -> Answer {
    send(call, "document", ApiError::NO_DOCUMENT, |message, file| {
        message.document = Some(file.as_document());
        Ok(())
    })
}

pub(super) fn send_photo(call: &mut Call<'_>) -> Answer {
    send(call, "photo", ApiError::NO_PHOTO, |message, file| {
        if file.size > PHOTO_LIMIT {
            return Err(ApiError::FILE_TOO_BIG);
        }
        let (width, height) = file.pixels.ok_or(ApiError::IMAGE_PROCESS_FAILED)?;
        message.photo = vec![PhotoSize {
            file_id: file.file_id.clone(),
            file_unique_id: file.unique_id.clone(),
            width,
            height,
            file_size: file.size,
        }];
        Ok(())
    })
}

fn send(
    call: &mut Call<'_>,
    field: &str,
    missing: ApiError,
    attach: impl FnOnce(&mut Message, &FileRecord) -> Result<(), ApiError>,
) -> Answer {
    let fresh = call.file.take();
    let file = match &fresh {
        Some(file) => file.clone(),
        None => known(call, field, missing)?,
    };
    let caption = call.caption()?;
    let mut message = Envelope::open(call)?.message(call)?;
    attach(&mut message, &file)?;
    message.caption = (!caption.text.is_empty()).then_some(caption.text);
    message.caption_entities = caption.entities;
    if let Some(file) = fresh {
        call.inner.commit(call.now, Change::File(file));
    }
    let message = post(call, message)?;
    call.shown(&message)
}

/// A file that the bot names by its id.
fn known(call: &Call<'_>, field: &str, missing: ApiError) -> Result<FileRecord, ApiError> {
    let id = call.params.text(field).ok_or(missing)?;
    if id.contains("://") {
        // The playground reaches no network.
        return Err(ApiError::NO_URL_CONTENT);
    }
    call.inner.world.files.get(id).cloned().ok_or(ApiError::WRONG_REMOTE_FILE)
}

pub(super) fn get_file(call: &mut Call<'_>) -> Answer {
    let id = call.params.text("file_id").ok_or(ApiError::FILE_ID_MISSING)?;
    let file = call.inner.world.files.get(id).ok_or(ApiError::WRONG_FILE_ID)?;
    if file.size > DOWNLOAD_LIMIT {
        return Err(ApiError::FILE_TOO_BIG);
    }
    done(&json!({
        "file_id": file.file_id, "file_unique_id": file.unique_id, "file_size": file.size, "file_path": file.path,
    }))
}

impl FileRecord {
    /// The file as a message shows it.
    pub(crate) fn as_document(&self) -> Document {
        Document {
            file_id: self.file_id.clone(),
            file_unique_id: self.unique_id.clone(),
            file_name: self.name.clone(),
            mime_type: self.mime.clone(),
            file_size: self.size,
        }
    }
}
