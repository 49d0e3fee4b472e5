//! Drafts that the bot streams: which are open, and which a person stopped.
//!
//! They live for half a minute and are not written down: after a restart there are none.

use super::World;
use crate::playground::model::Entity;

/// A draft is shown for this long after its last change.
const SHOWN_MS: i64 = 30_000;

/// A partial message that the bot shows while it is still being made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    pub(crate) chat_id: i64,
    pub(crate) thread_id: Option<i64>,
    pub(crate) draft_id: i64,
    pub(crate) text: String,
    pub(crate) entities: Vec<Entity>,
    /// The person is shown a button that stops it.
    pub(crate) can_stop: bool,
}

/// A draft as the world remembers it.
#[derive(Debug)]
pub(super) struct Shown {
    draft: Draft,
    at: i64,
    stopped: bool,
}

impl World {
    /// The draft with this id that is still being made, if there is one.
    pub(crate) fn open_draft(&self, chat_id: i64, draft_id: i64, now: i64) -> Option<&Draft> {
        let shown = self.drafts.iter().find(|shown| is(shown, chat_id, draft_id))?;
        (!shown.stopped && shown.at + SHOWN_MS > now).then_some(&shown.draft)
    }

    /// Whether a person stopped the draft: the bot may go on, but nobody sees it.
    pub(crate) fn is_stopped(&self, chat_id: i64, draft_id: i64, now: i64) -> bool {
        let mut shown = self.drafts.iter().filter(|shown| is(shown, chat_id, draft_id));
        shown.any(|shown| shown.stopped && shown.at + SHOWN_MS > now)
    }

    /// A draft appears or changes.
    pub(super) fn show_draft(&mut self, at: i64, draft: Draft) {
        let replaced = |shown: &Shown| is(shown, draft.chat_id, draft.draft_id);
        self.drafts.retain(|shown| shown.at + SHOWN_MS > at && !replaced(shown));
        self.drafts.push(Shown { draft, at, stopped: false });
    }

    /// A person stops a draft, or the bot goes on with a stopped one: it stays stopped as long as that.
    pub(super) fn stop_draft(&mut self, at: i64, chat_id: i64, draft_id: i64) {
        for shown in self.drafts.iter_mut().filter(|shown| is(shown, chat_id, draft_id)) {
            shown.stopped = true;
            shown.at = at;
        }
    }

    /// A message of the bot takes the place of the drafts of its chat.
    pub(super) fn end_drafts(&mut self, chat_id: i64) {
        self.drafts.retain(|shown| shown.draft.chat_id != chat_id || shown.stopped);
    }
}

fn is(shown: &Shown, chat_id: i64, draft_id: i64) -> bool {
    shown.draft.chat_id == chat_id && shown.draft.draft_id == draft_id
}
