//! The messages of all chats as they stand, kept up to date by events: asking for all of them over and over would cost
//! more with every round.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use adjutant::playground::{EventKind, SimMessage};

use crate::sim::SimClient;

pub(crate) struct Chats {
    sim: SimClient,
    /// The newest event that is taken in.
    seq: u64,
    /// By chat and message.
    messages: BTreeMap<(i64, i64), Arc<SimMessage>>,
}

impl Chats {
    pub(crate) fn new(sim: SimClient) -> Self {
        Self { sim, seq: 0, messages: BTreeMap::new() }
    }

    /// Takes in what has happened; when nothing has, waits for so long at most until something does.
    pub(crate) async fn catch_up(&mut self, patience: Duration) {
        for event in self.sim.wait_event_for(self.seq, patience).await {
            self.seq = event.seq;
            match event.kind {
                EventKind::Message { message } | EventKind::Edit { message } => {
                    self.messages.insert((event.chat_id, message.message_id), message);
                }
                EventKind::Delete { message_id } => {
                    self.messages.remove(&(event.chat_id, message_id));
                }
                _ => {}
            }
        }
    }

    /// The messages of a chat, oldest first.
    pub(crate) fn of(&self, chat: i64) -> impl Iterator<Item = &Arc<SimMessage>> {
        self.messages.range((chat, i64::MIN)..=(chat, i64::MAX)).map(|(_, message)| message)
    }
}
