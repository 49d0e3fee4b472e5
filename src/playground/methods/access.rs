//! What several methods ask first: may the bot write there, is the topic real, what is answered.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Call;
use crate::playground::errors::ApiError;
use crate::playground::model::{ChatKind, Message, SimMessage};
use crate::playground::text::{self, Formatted};
use crate::playground::world::{BotStatus, Change, Chat};

/// The `reply_parameters` object, as far as it is simulated.
#[derive(Default, Deserialize)]
struct ReplyParameters {
    #[serde(default)]
    message_id: i64,
    #[serde(default)]
    chat_id: Option<Value>,
    #[serde(default)]
    allow_sending_without_reply: bool,
    #[serde(default)]
    quote: Option<String>,
    #[serde(default)]
    quote_parse_mode: Option<String>,
    #[serde(default)]
    quote_entities: Option<Value>,
}

impl Call<'_> {
    /// The chat that a parameter names; it must exist.
    pub(super) fn chat_id(&self, name: &str) -> Result<i64, ApiError> {
        let text = self.params.text(name).ok_or(ApiError::CHAT_ID_EMPTY)?;
        let id = text.trim().parse().map_err(|_| ApiError::CHAT_NOT_FOUND)?;
        if self.inner.world.chats.contains_key(&id) { Ok(id) } else { Err(ApiError::CHAT_NOT_FOUND) }
    }

    pub(super) fn chat(&self, id: i64) -> Result<&Chat, ApiError> {
        self.inner.world.chats.get(&id).ok_or(ApiError::CHAT_NOT_FOUND)
    }

    /// The chat of `chat_id`, when the bot may write there.
    pub(super) fn writable(&self) -> Result<i64, ApiError> {
        let id = self.chat_id("chat_id")?;
        let chat = self.chat(id)?;
        if let Some(to) = chat.migrated_to {
            return Err(ApiError::migrated(to));
        }
        match (chat.info.kind, chat.bot) {
            (ChatKind::Private, _) if !chat.started => Err(ApiError::CANT_INITIATE),
            (ChatKind::Private, BotStatus::Kicked) => Err(ApiError::BLOCKED),
            (ChatKind::Group, BotStatus::Kicked) => Err(ApiError::KICKED_GROUP),
            (ChatKind::Group, BotStatus::Left) => Err(ApiError::NOT_IN_GROUP),
            _ => self.readable("chat_id"),
        }
    }

    /// The chat that a parameter names, when the bot may look into it: a supergroup is closed to those who are not in it.
    pub(super) fn readable(&self, name: &str) -> Result<i64, ApiError> {
        let id = self.chat_id(name)?;
        let chat = self.chat(id)?;
        match (chat.info.kind, chat.bot) {
            (ChatKind::Supergroup, BotStatus::Kicked) => Err(ApiError::KICKED_SUPERGROUP),
            (ChatKind::Supergroup, BotStatus::Left) => Err(ApiError::NOT_IN_SUPERGROUP),
            _ => Ok(id),
        }
    }

    /// Leaves a service message of the bot in a chat. Telegram tells the bot of its own ones, too.
    pub(super) fn announce(
        &mut self,
        chat_id: i64,
        thread_id: Option<i64>,
        field: &str,
        told: Value,
    ) -> Result<(), ApiError> {
        let bot = self.inner.world.bot.clone();
        let blank = self.inner.world.blank(chat_id, bot, self.now).ok_or(ApiError::CHAT_NOT_FOUND)?;
        let mut message = blank.telling(field, told);
        message.message_thread_id = thread_id;
        message.is_topic_message = thread_id.map(|_| true);
        let at_ms = self.now;
        let message = Arc::new(SimMessage { message, silent: true, at_ms, reactions: Vec::new() });
        self.inner.commit(self.now, Change::Message(Arc::clone(&message)));
        let shown = self.inner.world.for_bot(&message).into_owned();
        self.inner.queue(self.now, "message", &shown);
        Ok(())
    }

    /// The topic to write into. The General topic must be left out; groups without topics ignore it.
    pub(super) fn topic(&self, chat_id: i64) -> Result<Option<i64>, ApiError> {
        let Some(topic) = self.params.int("message_thread_id").filter(|id| *id != 0) else { return Ok(None) };
        let chat = self.chat(chat_id)?;
        if chat.info.kind == ChatKind::Private {
            return Err(ApiError::THREAD_NOT_FOUND);
        }
        if !chat.info.is_forum {
            return Ok(None);
        }
        if topic == 1 || !chat.has_topic(topic) { Err(ApiError::THREAD_NOT_FOUND) } else { Ok(Some(topic)) }
    }

    /// The message that the call answers, if it names one.
    pub(super) fn reply(&self, chat_id: i64) -> Result<Option<Arc<SimMessage>>, ApiError> {
        let parameters = self.reply_parameters()?.unwrap_or_else(|| ReplyParameters {
            message_id: self.params.int("reply_to_message_id").unwrap_or(0),
            allow_sending_without_reply: self.params.flag("allow_sending_without_reply"),
            ..ReplyParameters::default()
        });
        if parameters.message_id <= 0 {
            return Ok(None);
        }
        let elsewhere = parameters.chat_id.and_then(|id| id.as_i64().or_else(|| id.as_str()?.parse().ok()));
        let place = self.chat(elsewhere.unwrap_or(chat_id))?;
        match place.live(parameters.message_id) {
            // An answer to another chat's message is shown as a quotation, which is not simulated.
            Some(_) if place.info.id != chat_id => Ok(None),
            Some(message) => Ok(Some(Arc::clone(message))),
            None if parameters.allow_sending_without_reply => Ok(None),
            None => Err(ApiError::bad("message to be replied not found")),
        }
    }

    fn reply_parameters(&self) -> Result<Option<ReplyParameters>, ApiError> {
        self.params.json("reply_parameters", "reply parameters")
    }

    /// The part of the answered message that the call quotes, as a `TextQuote`. It has to stand there.
    pub(super) fn quote(&self, target: &Message) -> Result<Option<Value>, ApiError> {
        let Some(parameters) = self.reply_parameters()? else { return Ok(None) };
        let Some(quote) = parameters.quote.filter(|quote| !quote.is_empty()) else { return Ok(None) };
        let entities = parameters.quote_entities.map(|entities| entities.to_string());
        let quote = text::prepare(&quote, parameters.quote_parse_mode.as_deref(), entities.as_deref())?;
        let at = target.content().find(&quote.text).ok_or(ApiError::QUOTE_INVALID)?;
        let position = text::utf16_len(&target.content()[..at]);
        let mut shown = json!({ "text": quote.text, "position": position, "is_manual": true });
        if !quote.entities.is_empty() {
            shown["entities"] = json!(quote.entities);
        }
        Ok(Some(shown))
    }

    /// How links of the text shall be shown, when the call says it.
    pub(super) fn link_preview(&self) -> Result<Option<Box<Value>>, ApiError> {
        let options: Option<Map<String, Value>> =
            self.params.json("link_preview_options", "link preview options")?;
        let by_old_name =
            || self.params.flag("disable_web_page_preview").then(|| json!({ "is_disabled": true }));
        Ok(options
            .filter(|options| !options.is_empty())
            .map(Value::Object)
            .or_else(by_old_name)
            .map(Box::new))
    }

    /// Text of the message to send.
    pub(super) fn text(&self) -> Result<Formatted, ApiError> {
        let raw = self.params.text("text").ok_or(ApiError::TEXT_EMPTY)?;
        let formatted = text::prepare(raw, self.params.text("parse_mode"), self.params.text("entities"))?;
        if formatted.text.is_empty() { Err(ApiError::TEXT_BLANK) } else { Ok(formatted) }
    }

    /// Caption of the file to send; empty when there is none.
    pub(super) fn caption(&self) -> Result<Formatted, ApiError> {
        let raw = self.params.text("caption").unwrap_or("");
        let formatted =
            text::prepare(raw, self.params.text("parse_mode"), self.params.text("caption_entities"))?;
        if formatted.len() > text::CAPTION_LIMIT { Err(ApiError::CAPTION_TOO_LONG) } else { Ok(formatted) }
    }

    /// A message of the chat, for a method that works on it; `role` is Telegram's name for it in errors.
    pub(super) fn target(&self, chat_id: i64, role: &str) -> Result<Arc<SimMessage>, ApiError> {
        let id = self.params.int("message_id").unwrap_or(0);
        let found = self.chat(chat_id)?.live(id).cloned();
        found.ok_or_else(|| ApiError::bad(&format!("{role} not found")))
    }

    /// JSON of a message as the bot sees it.
    pub(super) fn shown(&self, message: &Message) -> super::Answer {
        super::done(&*self.inner.world.for_bot(message))
    }
}
