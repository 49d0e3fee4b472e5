//! Rich messages: `sendRichMessage`, and the `rich_message` of other methods. Of their three forms only
//! Markdown is read.

use serde_json::{Map, Value, json};

use super::messages::{Envelope, post};
use super::{Answer, Call};
use crate::playground::errors::ApiError;
use crate::playground::model::Message;
use crate::playground::text::rich::{self, Rich};

pub(super) fn send(call: &mut Call<'_>) -> Answer {
    call.params.required("rich_message")?;
    let rich = call.rich()?.ok_or(ApiError::RICH_EMPTY)?;
    let mut message = Envelope::open(call)?.message(call)?;
    message.become_rich(rich);
    let message = post(call, message);
    call.shown(&message)
}

impl Call<'_> {
    /// The rich message of the call, if it has one.
    pub(super) fn rich(&self) -> Result<Option<Rich>, ApiError> {
        let Some(value) = self.params.json::<Value>("rich_message", "rich message")? else { return Ok(None) };
        let object: Map<String, Value> = match value {
            Value::Object(object) => object,
            _ => return Err(ApiError::bad("object expected as InputRichMessage")),
        };
        if object.contains_key("html") || object.contains_key("blocks") {
            return Err(ApiError::not_built("a rich message of HTML or blocks is a form"));
        }
        let markdown = object.get("markdown").and_then(Value::as_str).ok_or(ApiError::RICH_EMPTY)?;
        let finds = object.get("skip_entity_detection") != Some(&Value::Bool(true));
        rich::parse(markdown, finds).map(Some)
    }
}

impl Message {
    /// Takes over a rich message's content.
    pub(super) fn become_rich(&mut self, rich: Rich) {
        self.text = Some(rich.shown.text);
        self.entities = rich.shown.entities;
        self.rich_message = Some(Box::new(json!({ "blocks": rich.blocks })));
    }
}
