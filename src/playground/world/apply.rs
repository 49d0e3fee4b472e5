//! Every change that the world can undergo, and its effect.
//!
//! A change is what the journal writes down. Applying the same changes in the same order gives the same
//! world: nothing here reads a clock or draws a number.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ANSWER_WITHIN_MS, ANSWERS_KEPT, BotStatus, Chat, Draft, EVENTS_KEPT, FileRecord, Press, QueuedUpdate,
    World,
};
use crate::playground::cast::{SimChat, SimTopic, SimUser};
use crate::playground::event::{AnswerRecord, Command, CommandSet, EventKind, SimEvent};
use crate::playground::model::{Reaction, SimMessage};

/// One change.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Change {
    User(SimUser),
    /// A chat appears.
    Chat(SimChat),
    BotStatus {
        chat_id: i64,
        status: BotStatus,
    },
    Migrated {
        from: i64,
        to: i64,
    },
    Topic {
        chat_id: i64,
        topic: SimTopic,
    },
    TopicGone {
        chat_id: i64,
        topic_id: i64,
    },
    /// The pinned messages, all of them.
    Pinned {
        chat_id: i64,
        pinned: Vec<i64>,
    },
    /// The people of a chat, all of them.
    Members {
        chat_id: i64,
        members: Vec<i64>,
    },
    Message(Arc<SimMessage>),
    Edit(Arc<SimMessage>),
    Delete {
        chat_id: i64,
        message_id: i64,
    },
    Reactions {
        chat_id: i64,
        message_id: i64,
        reactions: Vec<Reaction>,
    },
    Update(QueuedUpdate),
    /// Updates up to this id are confirmed, or forgotten.
    Confirmed(i64),
    Allowed(Option<Vec<String>>),
    Press(Press),
    Answer {
        chat_id: i64,
        answer: AnswerRecord,
    },
    Commands {
        scope: Value,
        language_code: String,
        commands: Vec<Command>,
    },
    File(FileRecord),
    /// By how much the playground's clock is ahead of the system's, milliseconds.
    Clock(i64),
    Webhook(String),
    Profile {
        field: String,
        text: String,
    },
    /// Shown, not remembered.
    Action {
        chat_id: i64,
        thread_id: Option<i64>,
        action: String,
    },
    /// Shown, not remembered.
    #[serde(skip)]
    Draft(Draft),
    /// A person stops a draft, or the bot goes on with a stopped one. Not remembered.
    #[serde(skip)]
    DraftStopped {
        chat_id: i64,
        draft_id: i64,
    },
}

impl Change {
    /// Whether it has to survive a restart.
    pub(crate) fn is_lasting(&self) -> bool {
        !matches!(self, Self::Action { .. } | Self::Draft(_) | Self::DraftStopped { .. })
    }
}

impl World {
    /// Lets a change happen at a time (Unix milliseconds).
    pub(crate) fn apply(&mut self, at: i64, change: Change) {
        match change {
            Change::User(user) => drop(self.users.insert(user.id, user)),
            Change::Chat(info) => {
                let id = info.id;
                self.chats.insert(id, Chat::new(info));
                self.emit(at, id, EventKind::Chat);
            }
            Change::BotStatus { .. }
            | Change::Migrated { .. }
            | Change::Topic { .. }
            | Change::Pinned { .. }
            | Change::Members { .. }
            | Change::TopicGone { .. } => {
                self.apply_to_chat(at, change);
            }
            Change::Message(_) | Change::Edit(_) | Change::Delete { .. } | Change::Reactions { .. } => {
                self.apply_to_message(at, change);
            }
            Change::Update(update) => {
                self.next_update_id = self.next_update_id.max(update.id + 1);
                self.queue.push_back(update);
            }
            Change::Confirmed(up_to) => self.confirm(up_to),
            Change::Allowed(kinds) => self.allowed = kinds,
            Change::Press(press) => self.apply_press(at, press),
            Change::Answer { chat_id, answer } => {
                self.presses.remove(&answer.query_id);
                self.answers.push_back((chat_id, answer.clone()));
                if self.answers.len() > ANSWERS_KEPT {
                    self.answers.pop_front();
                }
                self.emit(at, chat_id, EventKind::Answer(answer));
            }
            Change::Commands { scope, language_code, commands } => {
                self.commands.retain(|set| set.scope != scope || set.language_code != language_code);
                if !commands.is_empty() {
                    self.commands.push(CommandSet { scope, language_code, commands });
                }
                self.emit(at, 0, EventKind::Commands);
            }
            Change::File(file) => drop(self.files.insert(file.file_id.clone(), file)),
            Change::Clock(ahead_ms) => self.clock_ahead_ms = ahead_ms,
            Change::Webhook(url) => self.webhook = url,
            Change::Profile { field, text } => {
                self.profile.insert(field, text);
                self.name_bot();
            }
            Change::Action { chat_id, thread_id, action } => {
                self.emit(at, chat_id, EventKind::Action { action, thread_id });
            }
            Change::Draft(draft) => {
                self.show_draft(at, draft.clone());
                let Draft { chat_id, thread_id, draft_id, text, entities, can_stop } = draft;
                self.emit(at, chat_id, EventKind::Draft { draft_id, thread_id, text, entities, can_stop });
            }
            Change::DraftStopped { chat_id, draft_id } => self.stop_draft(at, chat_id, draft_id),
        }
    }

    fn apply_to_chat(&mut self, at: i64, change: Change) {
        match change {
            Change::BotStatus { chat_id, status } => self.edit_chat(at, chat_id, |chat| chat.bot = status),
            Change::Migrated { from, to } => self.edit_chat(at, from, |chat| chat.migrated_to = Some(to)),
            Change::Topic { chat_id, topic } => self.edit_chat(at, chat_id, |chat| {
                let topics = &mut chat.info.topics;
                match topics.iter_mut().find(|known| known.id == topic.id) {
                    Some(known) => *known = topic,
                    None => topics.push(topic),
                }
            }),
            Change::Pinned { chat_id, pinned } => {
                if let Some(chat) = self.chats.get_mut(&chat_id) {
                    chat.pinned.clone_from(&pinned);
                }
                self.emit(at, chat_id, EventKind::Pin { pinned });
            }
            Change::Members { chat_id, members } => {
                self.edit_chat(at, chat_id, |chat| chat.info.members = members);
            }
            Change::TopicGone { chat_id, topic_id } => self.edit_chat(at, chat_id, |chat| {
                chat.info.topics.retain(|topic| topic.id != topic_id);
                for stored in chat.messages.values_mut() {
                    stored.deleted |= stored.message.message_thread_id == Some(topic_id);
                }
                let messages = &chat.messages;
                chat.pinned.retain(|id| messages.get(id).is_none_or(|stored| !stored.deleted));
            }),
            _ => {}
        }
    }

    fn edit_chat(&mut self, at: i64, chat_id: i64, edit: impl FnOnce(&mut Chat)) {
        if let Some(chat) = self.chats.get_mut(&chat_id) {
            edit(chat);
        }
        self.emit(at, chat_id, EventKind::Chat);
    }

    fn apply_to_message(&mut self, at: i64, change: Change) {
        match change {
            Change::Message(message) => {
                let chat_id = message.chat.id;
                if let Some(chat) = self.chats.get_mut(&chat_id) {
                    chat.started |= !message.from.is_bot;
                    chat.insert(Arc::clone(&message));
                }
                if message.from.id == self.bot.id {
                    self.end_drafts(chat_id);
                }
                self.emit(at, chat_id, EventKind::Message { message });
            }
            Change::Edit(message) => {
                let chat_id = message.chat.id;
                if let Some(chat) = self.chats.get_mut(&chat_id) {
                    chat.replace(Arc::clone(&message), at);
                }
                self.emit(at, chat_id, EventKind::Edit { message });
            }
            Change::Delete { chat_id, message_id } => {
                if let Some(chat) = self.chats.get_mut(&chat_id) {
                    chat.forget(message_id);
                }
                self.emit(at, chat_id, EventKind::Delete { message_id });
            }
            Change::Reactions { chat_id, message_id, reactions } => {
                if let Some(stored) = self.stored_mut(chat_id, message_id) {
                    Arc::make_mut(&mut stored.message).reactions.clone_from(&reactions);
                }
                self.emit(at, chat_id, EventKind::Reaction { message_id, reactions });
            }
            _ => {}
        }
    }

    fn apply_press(&mut self, at: i64, press: Press) {
        self.next_press += 1;
        self.presses.retain(|_, other| other.at + 4 * ANSWER_WITHIN_MS > at);
        let kind = EventKind::Callback {
            query_id: press.id.clone(),
            user_id: press.user_id,
            message_id: press.message_id,
            data: press.data.clone(),
        };
        let chat_id = press.chat_id;
        self.presses.insert(press.id.clone(), press);
        self.emit(at, chat_id, kind);
    }

    fn stored_mut(&mut self, chat_id: i64, message_id: i64) -> Option<&mut super::Stored> {
        self.chats.get_mut(&chat_id)?.messages.get_mut(&message_id)
    }

    pub(super) fn emit(&mut self, at: i64, chat_id: i64, kind: EventKind) {
        self.seq += 1;
        self.events.push_back(SimEvent { seq: self.seq, at, chat_id, kind });
        if self.events.len() > EVENTS_KEPT {
            self.events.pop_front();
        }
    }
}
