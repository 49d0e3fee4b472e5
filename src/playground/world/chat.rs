//! One chat and its messages.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::playground::cast::{SimChat, SimTopic, SimUser};
use crate::playground::event::Revision;
use crate::playground::model::{ChatKind, ChatRef, SimMessage};

/// Messages that a chat remembers; older ones are forgotten.
const MESSAGES_KEPT: usize = 10_000;
/// Former versions of one message that the transcript remembers; the first one is never forgotten.
const REVISIONS_KEPT: usize = 500;

/// How the bot stands to a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BotStatus {
    /// It may write.
    Member,
    /// It was removed; in a private chat: blocked.
    Kicked,
    /// It left.
    Left,
}

/// A message with its versions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub(crate) message: Arc<SimMessage>,
    /// Since when it has stood as it stands, Unix milliseconds.
    since: i64,
    /// How it stood before, oldest first.
    former: Vec<Revision>,
    pub(crate) deleted: bool,
}

impl Stored {
    /// Every version, oldest first, the present one included. Service messages have none.
    pub(crate) fn revisions(&self) -> Vec<Revision> {
        let present = (!self.message.is_service()).then(|| revision(&self.message, self.since));
        self.former.iter().cloned().chain(present).collect()
    }
}

/// A chat as the playground keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Chat {
    pub(crate) info: SimChat,
    pub(crate) bot: BotStatus,
    /// A person has to write first before the bot may.
    pub(crate) started: bool,
    pub(crate) migrated_to: Option<i64>,
    /// Ids of the pinned messages, the newest pin last.
    #[serde(default)]
    pub(crate) pinned: Vec<i64>,
    pub(crate) next_message_id: i64,
    pub(crate) messages: BTreeMap<i64, Stored>,
}

impl Chat {
    pub(crate) fn new(info: SimChat) -> Self {
        let next_message_id = info.topics.iter().map(|topic| topic.id).max().unwrap_or(0) + 1;
        let started = info.kind != ChatKind::Private;
        Self {
            info,
            bot: BotStatus::Member,
            started,
            migrated_to: None,
            pinned: Vec::new(),
            next_message_id,
            messages: BTreeMap::new(),
        }
    }

    /// The short form for messages; a private chat shows the person's names.
    pub(crate) fn reference(&self, person: Option<&SimUser>) -> ChatRef {
        let is_private = self.info.kind == ChatKind::Private;
        ChatRef {
            id: self.info.id,
            kind: self.info.kind,
            title: (!is_private).then(|| self.info.title.clone()),
            first_name: is_private.then(|| self.info.title.clone()),
            username: person.filter(|_| is_private).and_then(|person| person.username.clone()),
            is_forum: self.info.is_forum.then_some(true),
        }
    }

    /// Telegram's number for "this chat as this bot sees it".
    pub(crate) fn instance(&self) -> String {
        (self.info.id.wrapping_mul(2_654_435_761).wrapping_add(40_503)).to_string()
    }

    pub(crate) fn topic(&self, id: i64) -> Option<&SimTopic> {
        self.info.topics.iter().find(|topic| topic.id == id)
    }

    pub(crate) fn has_topic(&self, id: i64) -> bool {
        self.topic(id).is_some()
    }

    /// A message that was not deleted.
    pub(crate) fn live(&self, id: i64) -> Option<&Arc<SimMessage>> {
        self.messages.get(&id).filter(|stored| !stored.deleted).map(|stored| &stored.message)
    }

    pub(super) fn insert(&mut self, message: Arc<SimMessage>) {
        self.next_message_id = self.next_message_id.max(message.message_id + 1);
        let since = message.at_ms;
        self.messages
            .insert(message.message_id, Stored { message, since, former: Vec::new(), deleted: false });
        while self.messages.len() > MESSAGES_KEPT {
            self.messages.pop_first();
        }
    }

    /// Marks a message as deleted; a pin goes with it.
    pub(super) fn forget(&mut self, id: i64) {
        if let Some(stored) = self.messages.get_mut(&id) {
            stored.deleted = true;
        }
        self.pinned.retain(|pinned| *pinned != id);
    }

    pub(super) fn replace(&mut self, message: Arc<SimMessage>, at: i64) {
        if let Some(stored) = self.messages.get_mut(&message.message_id) {
            // Most messages are edited once or not at all: no room for more than there is.
            stored.former.reserve_exact(1);
            stored.former.push(revision(&stored.message, stored.since));
            if stored.former.len() > REVISIONS_KEPT {
                stored.former.remove(1);
            }
            stored.since = at;
            stored.message = message;
        }
    }
}

fn revision(message: &SimMessage, at: i64) -> Revision {
    let entities = if message.text.is_some() { &message.entities } else { &message.caption_entities };
    Revision {
        at,
        text: message.content().into(),
        entities: entities.as_slice().into(),
        reply_markup: message.reply_markup.clone().map(Box::new),
    }
}
