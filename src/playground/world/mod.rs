//! The state of the playground: people, chats, messages, the bot's update queue.
//!
//! It is changed through `World::apply` alone, by values that can be written down and replayed. It knows no
//! clock, no network and no disk: time comes in as Unix milliseconds.

mod apply;
mod chat;
mod drafts;
mod message;
mod queue;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::cast::SimUser;
use super::event::{AnswerRecord, CommandSet, EventKind, SimEvent};
use super::model::User;

pub(crate) use apply::Change;
pub(crate) use chat::{BotStatus, Chat, Stored};
pub(crate) use drafts::Draft;
pub(crate) use queue::QueuedUpdate;

/// Events that observers may still ask for.
const EVENTS_KEPT: usize = 1_000;
/// Answers to pressed buttons that the transcript shows.
const ANSWERS_KEPT: usize = 5_000;
/// A press has to be answered within this time.
pub(crate) const ANSWER_WITHIN_MS: i64 = 15_000;
/// Where the numbers of events go on at a restart, by the time: those that are not journaled used up some, but never so
/// many. With it they stay below 2^53, which the page can count.
const EVENTS_PER_MS: u64 = 100;

/// A button that was pressed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Press {
    pub(crate) id: String,
    pub(crate) user_id: i64,
    pub(crate) chat_id: i64,
    pub(crate) message_id: i64,
    pub(crate) data: String,
    pub(crate) at: i64,
}

/// A file that was uploaded by the bot or a person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FileRecord {
    pub(crate) number: u64,
    pub(crate) file_id: String,
    pub(crate) unique_id: String,
    pub(crate) name: Option<String>,
    pub(crate) mime: Option<String>,
    pub(crate) size: u64,
    /// What `getFile` calls `file_path`, relative to the files folder.
    pub(crate) path: String,
    /// Pixels, for photos.
    pub(crate) pixels: Option<(u32, u32)>,
}

/// Everything there is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct World {
    pub(crate) bot: User,
    pub(crate) users: BTreeMap<i64, SimUser>,
    pub(crate) chats: BTreeMap<i64, Chat>,
    pub(crate) queue: VecDeque<QueuedUpdate>,
    pub(crate) next_update_id: i64,
    /// Kinds that the bot asked for; `None` is Telegram's default set.
    pub(crate) allowed: Option<Vec<String>>,
    pub(crate) presses: HashMap<String, Press>,
    pub(crate) next_press: u64,
    /// With the chat that each belongs to.
    pub(crate) answers: VecDeque<(i64, AnswerRecord)>,
    pub(crate) commands: Vec<CommandSet>,
    pub(crate) files: HashMap<String, FileRecord>,
    pub(crate) webhook: String,
    /// The bot's name while it has chosen none.
    #[serde(skip)]
    given_name: String,
    /// The bot's name and descriptions, by `<field>/<language>`.
    pub(crate) profile: BTreeMap<String, String>,
    #[serde(skip)]
    drafts: Vec<drafts::Shown>,
    /// By how much the playground's clock is ahead of the system's.
    #[serde(default)]
    pub(crate) clock_ahead_ms: i64,
    pub(crate) seq: u64,
    #[serde(skip)]
    pub(crate) events: VecDeque<SimEvent>,
}

impl World {
    /// A world with nobody in it but the bot.
    pub(crate) fn new(bot: User) -> Self {
        Self {
            given_name: bot.first_name.clone(),
            bot,
            users: BTreeMap::new(),
            chats: BTreeMap::new(),
            queue: VecDeque::new(),
            next_update_id: 700_000_001,
            allowed: None,
            presses: HashMap::new(),
            next_press: 4_000_000_000_000_001,
            answers: VecDeque::new(),
            commands: Vec::new(),
            files: HashMap::new(),
            webhook: String::new(),
            profile: BTreeMap::new(),
            drafts: Vec::new(),
            clock_ahead_ms: 0,
            seq: 0,
            events: VecDeque::new(),
        }
    }

    /// To be called after a replay: no event number of a former life may be given out again, and whoever waits for news
    /// of it hears of this.
    pub(crate) fn resume(&mut self, now: i64) {
        self.seq = self.seq.max(now.unsigned_abs() * EVENTS_PER_MS);
        self.emit(now, 0, EventKind::Chat);
    }

    /// The bot is this one from now on; a name that it has chosen stays.
    pub(crate) fn take_bot(&mut self, bot: User) {
        self.given_name.clone_from(&bot.first_name);
        self.bot = bot;
        self.name_bot();
    }

    /// Gives the bot the name that it has chosen, or its own.
    fn name_bot(&mut self) {
        let chosen = self.profile.get("name/").filter(|name| !name.is_empty());
        self.bot.first_name.clone_from(chosen.unwrap_or(&self.given_name));
    }

    /// The person or bot with this id.
    pub(crate) fn user(&self, id: i64) -> Option<User> {
        if id == self.bot.id { Some(self.bot.clone()) } else { self.users.get(&id).map(SimUser::as_user) }
    }

    /// Number for the next file.
    pub(crate) fn next_file(&self) -> u64 {
        self.files.values().map(|file| file.number).max().unwrap_or(0) + 1
    }

    /// Events after `seq`, oldest first.
    pub(crate) fn events_after(&self, seq: u64) -> Vec<SimEvent> {
        let from = self.events.partition_point(|event| event.seq <= seq);
        self.events.range(from..).cloned().collect()
    }
}
