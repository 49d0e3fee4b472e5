//! What is kept of a task: its milestones, and the beginning and end of what its commands printed.

use serde::{Deserialize, Serialize};

use super::approval::ApprovalStatus;
use super::event::{ActionUpdate, PlanEntry, TaskEvent};
use super::ids::{ApprovalId, TaskId};

/// One entry of a task's history. Stored as JSON; new kinds may be added, none may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum HistoryEntry {
    /// The task itself moved on.
    Task {
        /// By this.
        moved: TaskEvent,
    },
    /// An action began or changed.
    Action {
        /// Which, and how far.
        update: ActionUpdate,
    },
    /// What an action printed.
    Output {
        /// Which action.
        action: String,
        /// Its beginning.
        head: String,
        /// Its end, where it did not fit whole.
        tail: String,
        /// How many bytes between the two were not kept.
        omitted: u64,
    },
    /// The plan changed.
    Plan {
        /// The whole plan.
        plan: Vec<PlanEntry>,
    },
    /// An approval was asked for.
    Asked {
        /// Which.
        approval: ApprovalId,
        /// The exact payload.
        payload: String,
    },
    /// An approval ended.
    Resolved {
        /// Which.
        approval: ApprovalId,
        /// How.
        status: ApprovalStatus,
    },
    /// The agent asked something.
    Question {
        /// What.
        text: String,
    },
    /// A person answered it.
    Answer {
        /// What.
        text: String,
    },
    /// The agent took a question back.
    Withdrawn {
        /// Which of the task's questions, counted from 1.
        question: u32,
    },
    /// The session that was to be continued was gone: a new one began.
    SessionLost,
    /// Something was not as the agent's definition wants it, and the chat was told.
    Warned {
        /// In words for a person.
        text: String,
    },
    /// A person's words went into the running turn.
    Steered {
        /// The task that they had been.
        task: TaskId,
        /// The words.
        text: String,
    },
    /// The engine gave no sign of life for a while, and the chat was told.
    Silent {
        /// For how long, in seconds.
        seconds: u64,
    },
    /// After that it gave one.
    Heard,
    /// A file was sent.
    File {
        /// Its path.
        path: String,
    },
    /// The answer, whole.
    Said {
        /// In Markdown.
        markdown: String,
    },
}

/// How much of the beginning, and again of the end, of an output is kept, in bytes.
const KEPT: usize = 8 * 1024;

/// The part of an action's output that is kept: its beginning and its end, and how much lay between.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptOutput {
    head: String,
    tail: String,
    omitted: u64,
}

impl KeptOutput {
    /// Takes in a piece.
    pub fn push(&mut self, chunk: &str) {
        let room = KEPT.saturating_sub(self.head.len());
        let mut rest = chunk;
        if self.tail.is_empty() && self.omitted == 0 && room > 0 {
            let cut = chunk.floor_char_boundary(room.min(chunk.len()));
            self.head.push_str(&chunk[..cut]);
            rest = &chunk[cut..];
        }
        if rest.is_empty() {
            return;
        }
        self.tail.push_str(rest);
        // Cut only now and then, so that many small pieces do not each move the whole tail.
        if self.tail.len() > 2 * KEPT {
            let cut = self.tail.ceil_char_boundary(self.tail.len() - KEPT);
            self.omitted += cut as u64;
            self.tail.drain(..cut);
        }
    }

    /// The history entry for it; `None` when nothing was printed.
    #[must_use]
    pub fn entry(self, action: String) -> Option<HistoryEntry> {
        let Self { head, tail, omitted } = self;
        (!head.is_empty()).then_some(HistoryEntry::Output { action, head, tail, omitted })
    }
}

#[cfg(test)]
mod tests;
