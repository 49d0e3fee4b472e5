//! `sendMediaGroup`, `editMessageMedia`: files that are described in a JSON value.

use serde_json::{Value, json};

use super::messages::{Envelope, post};
use super::{Answer, Call, done, edits};
use crate::playground::errors::ApiError;
use crate::playground::files::FileKind;
use crate::playground::keyboard;
use crate::playground::model::Message;
use crate::playground::text::{self, CAPTION_LIMIT, Formatted};
use crate::playground::world::FileRecord;

/// Messages of one album.
const ALBUM_LIMIT: usize = 10;

/// One `InputMedia`.
struct Item {
    kind: FileKind,
    file: FileRecord,
    caption: Formatted,
}

pub(super) fn send(call: &mut Call<'_>) -> Answer {
    let media = call.params.required("media")?;
    let media: Value =
        serde_json::from_str(media).map_err(|_| ApiError::bad("can't parse media JSON object"))?;
    let media = media.as_array().ok_or_else(|| ApiError::bad("expected an Array of InputMedia"))?;
    let items = media.iter().map(|item| read(call, item, true)).collect::<Result<Vec<_>, _>>()?;
    if items.len() > ALBUM_LIMIT {
        return Err(ApiError::ALBUM_TOO_LARGE);
    }
    let Some(first) = items.first() else { return Err(ApiError::ALBUM_EMPTY) };
    if items.iter().any(|item| item.kind != first.kind) {
        return Err(ApiError::DOCUMENT_MIXED);
    }
    let envelope = Envelope::open(call)?;
    // An album counts as one message: a chat that has rested takes one of any length.
    envelope.pay(call)?;
    // One message alone is no album.
    let group = (items.len() > 1).then(|| call.inner.world.album_id(call.now));
    let mut made = Vec::with_capacity(items.len());
    for (offset, item) in (0..).zip(items) {
        let mut message = envelope.blank(call)?;
        message.message_id += offset;
        message.media_group_id.clone_from(&group);
        message.reply_markup = None;
        made.push((fill(message, &item)?, item.file));
    }
    // Nothing is refused from here on: an album comes whole or not at all.
    let mut shown = Vec::with_capacity(made.len());
    for (message, file) in made {
        call.keep(file);
        let message = post(call, message);
        shown.push(json!(*call.inner.world.for_bot(&message)));
    }
    done(&shown)
}

pub(super) fn edit(call: &mut Call<'_>) -> Answer {
    let keyboard = keyboard::read(call.params.text("reply_markup"))?;
    let media = call.params.required("media")?;
    let media: Value =
        serde_json::from_str(media).map_err(|_| ApiError::bad("can't parse input media JSON object"))?;
    let item = read(call, &media, false)?;
    let old = edits::editable(call)?;
    if !old.has_file() {
        return Err(ApiError::NO_MEDIA_TO_EDIT);
    }
    let mut new = fill(old.message.clone(), &item)?;
    new.reply_markup = keyboard;
    new.edit_date = Some(call.now / 1_000);
    call.keep(item.file);
    edits::replace(call, &old, new)
}

fn fill(mut message: Message, item: &Item) -> Result<Message, ApiError> {
    message.attach(item.kind, &item.file, None)?;
    message.caption = (!item.caption.text.is_empty()).then(|| item.caption.text.clone());
    message.caption_entities.clone_from(&item.caption.entities);
    Ok(message)
}

/// Reads an `InputMedia` object.
fn read(call: &Call<'_>, value: &Value, for_album: bool) -> Result<Item, ApiError> {
    let wrong = |reason: &str| ApiError::bad(&format!("can't parse InputMedia: {reason}"));
    let object = value.as_object().ok_or_else(|| wrong("expected an Object"))?;
    let field = |name: &str| object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let entities = object.get("caption_entities").map(Value::to_string);
    let caption = text::prepare(field("caption").unwrap_or(""), field("parse_mode"), entities.as_deref())
        .map_err(|error| wrong(error.description.trim_start_matches("Bad Request: ")))?;
    let kind = object.get("type").ok_or_else(|| wrong("Can't find field \"type\""))?;
    let kind = kind.as_str().ok_or_else(|| wrong("Field \"type\" must be of type String"))?;
    let file = call.file("", field("media"))?.ok_or_else(|| wrong("media not found"))?;
    let kind = match kind {
        "photo" => FileKind::Photo,
        "document" => FileKind::Document,
        "animation" if for_album => {
            return Err(wrong("type \"animation\" can't be used in sendMediaGroup"));
        }
        "video" | "audio" | "animation" | "live_photo" => {
            return Err(ApiError::not_built(&format!("media of the type {kind}")));
        }
        other => return Err(wrong(&format!("type \"{other}\" is unsupported"))),
    };
    if caption.len() > CAPTION_LIMIT {
        Err(ApiError::CAPTION_TOO_LONG)
    } else {
        Ok(Item { kind, file, caption })
    }
}
