//! `sendMessage`, and what all sending methods share.

use std::sync::Arc;

use serde_json::Value;

use super::{Answer, Call};
use crate::playground::errors::ApiError;
use crate::playground::flood::Cost;
use crate::playground::keyboard;
use crate::playground::model::{Keyboard, Message, SimMessage};
use crate::playground::text::TEXT_LIMIT;
use crate::playground::world::Change;

pub(super) fn send_message(call: &mut Call<'_>) -> Answer {
    let formatted = call.text()?;
    let envelope = Envelope::open(call)?;
    if formatted.len() > TEXT_LIMIT {
        return Err(ApiError::MESSAGE_TOO_LONG);
    }
    let mut message = envelope.message(call)?;
    message.text = Some(formatted.text);
    message.entities = formatted.entities;
    message.link_preview_options = call.link_preview()?;
    let message = post(call, message);
    call.shown(&message)
}

/// Everything about a message but its content.
pub(super) struct Envelope {
    chat_id: i64,
    topic: Option<i64>,
    reply: Option<Arc<SimMessage>>,
    quote: Option<Value>,
    keyboard: Option<Keyboard>,
}

impl Envelope {
    /// Checks where the message shall go.
    pub(super) fn open(call: &Call<'_>) -> Result<Self, ApiError> {
        let keyboard = keyboard::read(call.params.text("reply_markup"))?;
        let chat_id = call.writable()?;
        let topic = call.topic(chat_id)?;
        let reply = call.reply(chat_id)?;
        let quote = reply.as_ref().and_then(|target| call.quote(target).transpose()).transpose()?;
        // An answer goes to the topic of what it answers.
        let topic = topic.or_else(|| reply.as_ref().and_then(|message| message.message_thread_id));
        Ok(Self { chat_id, topic, reply, quote, keyboard })
    }

    /// The message without content, from the bot, if it is not sending too fast.
    pub(super) fn message(&self, call: &mut Call<'_>) -> Result<Message, ApiError> {
        self.pay(call)?;
        self.blank(call)
    }

    /// Counts as one message for the flood rules, or is refused.
    pub(super) fn pay(&self, call: &mut Call<'_>) -> Result<(), ApiError> {
        call.inner.flood_check(self.chat_id, Cost::Send, call.now)
    }

    /// The message without content.
    pub(super) fn blank(&self, call: &Call<'_>) -> Result<Message, ApiError> {
        let bot = call.inner.world.bot.clone();
        let mut message =
            call.inner.world.blank(self.chat_id, bot, call.now).ok_or(ApiError::CHAT_NOT_FOUND)?;
        message.message_thread_id = self.topic;
        message.is_topic_message = self.topic.map(|_| true);
        message.reply_to_message = self.reply.as_ref().map(|target| Box::new(target.message.without_reply()));
        message.quote = self.quote.clone().map(Box::new);
        message.reply_markup.clone_from(&self.keyboard);
        message.has_protected_content = call.params.flag("protect_content").then_some(true);
        message.effect_id = call.params.text("message_effect_id").map(str::to_owned);
        Ok(message)
    }
}

/// Puts a message of the bot into its chat.
pub(super) fn post(call: &mut Call<'_>, message: Message) -> Arc<SimMessage> {
    let silent = call.params.flag("disable_notification");
    let message = Arc::new(SimMessage { message, silent, at_ms: call.now, reactions: Vec::new() });
    call.inner.commit(call.now, Change::Message(Arc::clone(&message)));
    message
}
