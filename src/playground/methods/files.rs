//! `sendDocument`, `sendPhoto`, `sendVoice`, `getFile`. The bytes were kept before the call came here.

use serde_json::json;

use super::messages::{Envelope, post};
use super::{Answer, Call, done};
use crate::playground::errors::ApiError;
use crate::playground::files::{DOWNLOAD_LIMIT, FileKind};
use crate::playground::model::{Document, Message, PhotoSize, Voice};
use crate::playground::world::{Change, FileRecord};

/// Bytes of a photo.
const PHOTO_LIMIT: u64 = 10 * 1024 * 1024;

pub(super) fn send_document(call: &mut Call<'_>) -> Answer {
    send(call, "document", FileKind::Document, ApiError::NO_DOCUMENT)
}

pub(super) fn send_photo(call: &mut Call<'_>) -> Answer {
    send(call, "photo", FileKind::Photo, ApiError::NO_PHOTO)
}

pub(super) fn send_voice(call: &mut Call<'_>) -> Answer {
    send(call, "voice", FileKind::Voice, ApiError::NO_VOICE)
}

fn send(call: &mut Call<'_>, field: &str, kind: FileKind, missing: ApiError) -> Answer {
    let file = call.file(field, call.params.text(field))?.ok_or(missing)?;
    let caption = call.caption()?;
    let mut message = Envelope::open(call)?.message(call)?;
    message.attach(kind, &file, call.params.int("duration"))?;
    message.has_media_spoiler = message.if_photo(call.params.flag("has_spoiler"));
    message.show_caption_above_media = message.if_photo(call.params.flag("show_caption_above_media"));
    message.caption = (!caption.text.is_empty()).then_some(caption.text);
    message.caption_entities = caption.entities;
    call.keep(file);
    let message = post(call, message);
    call.shown(&message)
}

impl Call<'_> {
    /// The file that `value` names, or that came in the field itself; `None` when there is none.
    pub(super) fn file(&self, field: &str, value: Option<&str>) -> Result<Option<FileRecord>, ApiError> {
        let Some(value) = value else { return Ok(self.files.get(field).cloned()) };
        if value.starts_with("attach://") {
            return Ok(self.files.get(value).cloned());
        }
        if value.contains("://") {
            // The playground reaches no network.
            return Err(ApiError::NO_URL_CONTENT);
        }
        let known = self.inner.world.files.get(value).cloned();
        known.map(Some).ok_or(ApiError::WRONG_REMOTE_FILE)
    }

    /// Lets the world know a file that is now part of a message.
    pub(super) fn keep(&mut self, file: FileRecord) {
        if !self.inner.world.files.contains_key(&file.file_id) {
            self.inner.commit(self.now, Change::File(file));
        }
    }
}

impl Message {
    /// Makes the file the message's only one.
    pub(super) fn attach(
        &mut self,
        kind: FileKind,
        file: &FileRecord,
        duration: Option<i64>,
    ) -> Result<(), ApiError> {
        (self.document, self.voice, self.photo) = (None, None, Vec::new());
        (self.has_media_spoiler, self.show_caption_above_media) = (None, None);
        match kind {
            FileKind::Document => self.document = Some(Box::new(file.as_document())),
            FileKind::Voice => self.voice = Some(Box::new(file.as_voice(duration))),
            FileKind::Photo => self.photo = vec![file.as_photo()?],
        }
        Ok(())
    }

    /// A switch that only photos have.
    pub(super) fn if_photo(&self, flag: bool) -> Option<bool> {
        (flag && !self.photo.is_empty()).then_some(true)
    }

    /// Whether there is a file in it.
    pub(super) fn has_file(&self) -> bool {
        self.document.is_some() || self.voice.is_some() || !self.photo.is_empty()
    }
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

    fn as_voice(&self, seconds: Option<i64>) -> Voice {
        Voice {
            file_id: self.file_id.clone(),
            file_unique_id: self.unique_id.clone(),
            duration: seconds.unwrap_or(0).max(0),
            mime_type: self.mime.clone(),
            file_size: self.size,
        }
    }

    fn as_photo(&self) -> Result<PhotoSize, ApiError> {
        if self.size > PHOTO_LIMIT {
            return Err(ApiError::bad(&format!(
                "file of size {} bytes is too big for a photo; the maximum size is {PHOTO_LIMIT} bytes",
                self.size
            )));
        }
        let (width, height) = self.pixels.ok_or(ApiError::IMAGE_PROCESS_FAILED)?;
        Ok(PhotoSize {
            file_id: self.file_id.clone(),
            file_unique_id: self.unique_id.clone(),
            width,
            height,
            file_size: self.size,
        })
    }
}
