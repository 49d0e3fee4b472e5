//! Looking: the state, messages and their history, events, calls and updates, how near the limits are.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;

use super::people::{no_chat, no_message};
use super::{Sim, SimError};
use crate::playground::event::{ChatView, Revision, SimEvent, SimState, Transcript, TranscriptMessage};
use crate::playground::flood::Flood;
use crate::playground::meter::FloodState;
use crate::playground::model::SimMessage;
use crate::playground::traffic::CallPage;
use crate::playground::world::Chat;

impl Sim {
    /// Everything at a glance.
    pub fn state(&self) -> SimState {
        self.hub.read(|inner| {
            let world = &inner.world;
            let mut chats: Vec<&Chat> =
                world.chats.values().filter(|chat| chat.migrated_to.is_none()).collect();
            // Private chats first, then groups, then supergroups, each in the order in which they were made.
            chats.sort_by_key(|chat| (chat.info.id < 0, chat.info.id.abs()));
            let view = |chat: &Chat| ChatView {
                chat: chat.info.clone(),
                last_message_id: chat.messages.last_key_value().map_or(0, |(id, _)| *id),
                pinned: chat.pinned.clone(),
            };
            SimState {
                bot: world.bot.clone(),
                users: world.users.values().cloned().collect(),
                chats: chats.into_iter().map(view).collect(),
                folder: self.hub.label.clone(),
                commands: world.commands.clone(),
                flood: self.hub.flood,
                seq: world.seq,
            }
        })
    }

    /// The messages of a chat as they stand, oldest first; of one topic when it is given (1 is General).
    pub fn messages(&self, chat_id: i64, thread_id: Option<i64>) -> Vec<Arc<SimMessage>> {
        self.hub.read(|inner| {
            let Some(chat) = inner.world.chats.get(&chat_id) else { return Vec::new() };
            let stored = chat.messages.values().filter(|stored| !stored.deleted);
            let in_topic = |message: &SimMessage| {
                thread_id.is_none_or(|id| message.message_thread_id.unwrap_or(1) == id)
            };
            let whole = thread_id.is_none() || !chat.info.is_forum;
            stored
                .filter(|stored| whole || in_topic(&stored.message))
                .map(|stored| Arc::clone(&stored.message))
                .collect()
        })
    }

    /// Sequence number of the newest event.
    pub fn seq(&self) -> u64 {
        self.hub.read(|inner| inner.world.seq)
    }

    /// Events after `seq` that are still remembered, oldest first.
    pub fn events(&self, after: u64) -> Vec<SimEvent> {
        self.hub.read(|inner| inner.world.events_after(after))
    }

    /// Waits until there is an event after `seq`, and returns all of them. Returns nothing once the playground
    /// has stopped.
    pub async fn wait_event(&self, after: u64) -> Vec<SimEvent> {
        let mut newest = self.hub.newest.subscribe();
        tokio::select! {
            _ = newest.wait_for(|seq| *seq > after) => self.events(after),
            () = self.hub.closed() => self.events(after),
        }
    }

    /// The same, for at most so long; then returns nothing.
    pub async fn wait_event_for(&self, after: u64, longest: Duration) -> Vec<SimEvent> {
        tokio::time::timeout(longest, self.wait_event(after)).await.unwrap_or_default()
    }

    /// Everything that happened, in one chat or in all.
    pub fn transcript(&self, chat_id: Option<i64>) -> Transcript {
        let wanted = |id: i64| chat_id.is_none_or(|chat_id| chat_id == id);
        self.hub.read(|inner| {
            let chats = inner.world.chats.values().filter(|chat| wanted(chat.info.id));
            let messages = chats.flat_map(|chat| chat.messages.values()).map(|stored| TranscriptMessage {
                message: Arc::clone(&stored.message),
                revisions: stored.revisions(),
                deleted: stored.deleted,
            });
            let answers = inner.world.answers.iter().filter(|(id, _)| wanted(*id));
            Transcript {
                messages: messages.collect(),
                answers: answers.map(|(_, answer)| answer.clone()).collect(),
            }
        })
    }

    /// Every version of a message, oldest first, the present one included; of deleted ones, too.
    ///
    /// # Errors
    /// When there was no such message.
    pub fn history(&self, chat_id: i64, message_id: i64) -> Result<Vec<Revision>, SimError> {
        self.hub.read(|inner| {
            let chat = inner.world.chats.get(&chat_id).ok_or_else(|| no_chat(chat_id))?;
            let stored = chat.messages.get(&message_id).ok_or_else(|| no_message(chat_id, message_id))?;
            Ok(stored.revisions())
        })
    }

    /// Bot API calls after the `n`-th entry of the traffic. Polls that brought no update are left out.
    pub fn calls(&self, after: u64) -> CallPage {
        let (calls, next) = self.hub.read(|inner| (inner.traffic.calls_after(after), inner.traffic.newest()));
        // Read back without the lock: there may be thousands.
        let calls = calls.iter().filter_map(|json| serde_json::from_str(json).ok()).collect();
        CallPage { calls, next }
    }

    /// Waits until there is traffic after the `n`-th entry: JSON of each, with its number. Nothing once the
    /// playground has stopped.
    pub(super) async fn wait_traffic(&self, after: u64) -> Vec<(u64, String)> {
        let mut newest = self.hub.traffic.subscribe();
        tokio::select! {
            _ = newest.wait_for(|n| *n > after) => {}
            () = self.hub.closed() => {}
        }
        self.hub.read(|inner| inner.traffic.after(after))
    }

    /// How near the bot is to the flood rules, and which faults wait for it.
    pub fn flood(&self) -> FloodState {
        self.hub.change(|inner, now| {
            let (overall_left, overall_wait_ms) =
                inner.flood.as_ref().map_or((0, 0), |flood| flood.overall(now));
            FloodState {
                on: inner.flood.is_some(),
                limits: Flood::limits(),
                overall_left,
                overall_wait_ms,
                chats: inner.flood.as_ref().map(|flood| flood.meters(now)).unwrap_or_default(),
                faults: inner.faults.waiting(now),
            }
        })
    }

    /// How many updates the bot has not confirmed.
    pub fn pending_updates(&self) -> usize {
        self.hub.read(|inner| inner.world.queue.len())
    }

    /// A file's name and bytes.
    ///
    /// # Errors
    /// When there is no such file.
    pub async fn file(&self, file_id: &str) -> Result<(Option<String>, Bytes), SimError> {
        let none = || SimError::new(format!("there is no file {file_id}"));
        let record = self.hub.read(|inner| inner.world.files.get(file_id).cloned()).ok_or_else(none)?;
        let bytes = self.hub.files.bytes(&record).await.map_err(|_| none())?;
        Ok((record.name, bytes))
    }
}
