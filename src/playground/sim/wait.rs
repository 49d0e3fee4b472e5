//! Waiting for a condition: a message of the bot, an event, a call, or that the bot has nothing left to read.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::people::{no_chat, no_topic};
use super::{Sim, SimError};
use crate::playground::event::SimEvent;
use crate::playground::model::SimMessage;
use crate::playground::traffic::CallRecord;

/// Things that the answer to a vain wait names.
const NAMED: usize = 5;

/// What to wait for: exactly one condition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wait {
    /// How long at most, milliseconds; 5,000 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// A message of the bot that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<WaitMessage>,
    /// Something that happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<WaitEvent>,
    /// A call of the bot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<WaitCall>,
    /// The bot has confirmed all updates.
    pub idle: bool,
}

/// A message of the bot that is there; the newest one counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitMessage {
    /// Where.
    pub chat_id: i64,
    /// In which topic; General is 1.
    #[serde(default)]
    pub thread_id: Option<i64>,
    /// Words of its text or caption.
    #[serde(default)]
    pub contains: Option<String>,
    /// The label of one of its buttons.
    #[serde(default)]
    pub button: Option<String>,
}

/// An event; the oldest one counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitEvent {
    /// Its kind, such as `edit`.
    pub kind: String,
    /// Where.
    #[serde(default)]
    pub chat_id: Option<i64>,
    /// Only after this number.
    #[serde(default)]
    pub after: u64,
}

/// A call of the bot; the oldest one counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitCall {
    /// The method, in any case.
    pub method: String,
    /// The chat that it names.
    #[serde(default)]
    pub chat_id: Option<i64>,
    /// Only after this number.
    #[serde(default)]
    pub after: u64,
}

/// What was waited for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", untagged)]
pub enum Found {
    /// A message.
    Message {
        /// As it stands.
        message: Arc<SimMessage>,
    },
    /// An event.
    Event {
        /// As it was.
        event: SimEvent,
    },
    /// A call.
    Call {
        /// As it was.
        call: Box<CallRecord>,
    },
    /// Nothing that could be shown: the bot is idle.
    Idle(Map<String, Value>),
}

impl Sim {
    /// Waits for a condition as long as it takes.
    ///
    /// # Errors
    /// When there is not exactly one condition, or it names what does not exist, or the playground stops.
    pub async fn wait(&self, wait: &Wait) -> Result<Found, SimError> {
        tokio::select! {
            found = self.find(wait) => found,
            () = self.hub.closed() => Err(SimError::new("the playground stopped")),
        }
    }

    async fn find(&self, wait: &Wait) -> Result<Found, SimError> {
        match (&wait.message, &wait.event, &wait.call, wait.idle) {
            (Some(wanted), None, None, false) => self.wait_message(wanted).await,
            (None, Some(wanted), None, false) => Ok(self.wait_for_event(wanted).await),
            (None, None, Some(wanted), false) => Ok(self.wait_call(wanted).await),
            (None, None, None, true) => {
                // The sender lives in the hub, so this ends only by the value.
                let _ = self.hub.unconfirmed.subscribe().wait_for(|left| *left == 0).await;
                Ok(Found::Idle(Map::new()))
            }
            _ => Err(SimError::new("wait for one of \"message\", \"event\", \"call\", \"idle\": true")),
        }
    }

    async fn wait_message(&self, wanted: &WaitMessage) -> Result<Found, SimError> {
        self.hub.read(|inner| {
            let chat = inner.world.chats.get(&wanted.chat_id).ok_or_else(|| no_chat(wanted.chat_id))?;
            let unknown = wanted.thread_id.filter(|id| chat.info.is_forum && !chat.has_topic(*id));
            unknown.map_or(Ok(()), |id| Err(no_topic(id)))
        })?;
        let mut newest = self.hub.newest.subscribe();
        loop {
            newest.mark_unchanged();
            let messages = self.bots_messages(wanted);
            let is_it = |message: &&Arc<SimMessage>| {
                wanted.contains.as_deref().is_none_or(|words| message.content().contains(words))
                    && wanted
                        .button
                        .as_deref()
                        .is_none_or(|label| message.buttons().any(|button| button.text == label))
            };
            if let Some(message) = messages.iter().rev().find(is_it) {
                return Ok(Found::Message { message: Arc::clone(message) });
            }
            // The sender lives in the hub.
            let _ = newest.changed().await;
        }
    }

    async fn wait_for_event(&self, wanted: &WaitEvent) -> Found {
        let mut after = wanted.after;
        let mut newest = self.hub.newest.subscribe();
        loop {
            let _ = newest.wait_for(|seq| *seq > after).await;
            for event in self.events(after) {
                after = event.seq;
                let here = wanted.chat_id.is_none_or(|id| id == event.chat_id);
                if here && kind_of(&event) == wanted.kind {
                    return Found::Event { event };
                }
            }
        }
    }

    async fn wait_call(&self, wanted: &WaitCall) -> Found {
        let mut after = wanted.after;
        let mut newest = self.hub.traffic.subscribe();
        loop {
            let _ = newest.wait_for(|n| *n > after).await;
            let page = self.calls(after);
            after = page.next.max(after);
            let mut calls = page.calls.into_iter();
            let is_it = |call: &CallRecord| {
                call.method.eq_ignore_ascii_case(&wanted.method)
                    && wanted.chat_id.is_none_or(|id| call.chat_id == Some(id))
            };
            if let Some(call) = calls.find(is_it) {
                return Found::Call { call: Box::new(call) };
            }
        }
    }

    /// What is there instead of what was waited for.
    pub(super) fn instead(&self, wait: &Wait) -> String {
        let newest = |mut names: Vec<String>| {
            names.reverse();
            names.truncate(NAMED);
            format!("{names:?}")
        };
        if let Some(wanted) = &wait.message {
            let shown = self.bots_messages(wanted).iter().map(|message| summary(message)).collect();
            format!("no such message; the bot's newest there: {}", newest(shown))
        } else if let Some(wanted) = &wait.event {
            let kinds = self.events(wanted.after).iter().map(kind_of).collect();
            format!("no such event; the newest: {}", newest(kinds))
        } else if let Some(wanted) = &wait.call {
            let methods = self.calls(wanted.after).calls.into_iter().map(|call| call.method).collect();
            format!("no such call; the newest: {}", newest(methods))
        } else {
            format!("the bot has {} updates left to confirm", self.pending_updates())
        }
    }

    fn bots_messages(&self, wanted: &WaitMessage) -> Vec<Arc<SimMessage>> {
        let mut messages = self.messages(wanted.chat_id, wanted.thread_id);
        messages.retain(|message| message.from.is_bot);
        messages
    }
}

/// The name of an event's kind, as it is written.
fn kind_of(event: &SimEvent) -> String {
    let kind = serde_json::to_value(&event.kind).unwrap_or_default();
    kind["kind"].as_str().unwrap_or("").to_owned()
}

fn summary(message: &SimMessage) -> String {
    let labels: Vec<&str> = message.buttons().map(|button| button.text.as_str()).collect();
    let text: String = message.content().chars().take(200).collect();
    if labels.is_empty() { text } else { format!("{text} {labels:?}") }
}
