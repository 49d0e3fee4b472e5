//! A message on its way to a chat: what it is about, how urgent it is, what it waits for.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ids::{ApprovalId, ChainId, ChatId, MessageId, Place, RaceId, TaskId};
use super::message::Message;
use super::task::{Part, Task};

/// A row of the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeliveryId(pub i64);

/// How urgent a delivery is within its chat. Earlier variants go first; equals go in the order of their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// A person is waited for.
    Approval,
    /// A task's result.
    Final,
    /// Any other new message.
    Message,
    /// A change of a message that stands already.
    Edit,
}

/// What a message is about, for those that are changed later. A later edit finds its message by this name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subject(pub String);

impl Subject {
    /// A task's card.
    #[must_use]
    pub fn task(task: TaskId) -> Self {
        Self(format!("task:{task}"))
    }

    /// The card of a task: its own, or the one that the steps of a chain share, one after the other.
    #[must_use]
    pub fn card_of(task: &Task) -> Self {
        match task.part {
            Part::Step(chain) => Self(format!("step:{chain}")),
            Part::Alone | Part::Runner(_) => Self::task(task.id),
        }
    }

    /// A chain's card.
    #[must_use]
    pub fn chain(chain: ChainId) -> Self {
        Self(format!("chain:{chain}"))
    }

    /// A race's card.
    #[must_use]
    pub fn race(race: RaceId) -> Self {
        Self(format!("race:{race}"))
    }

    /// The comparison at a race's end.
    #[must_use]
    pub fn comparison(race: RaceId) -> Self {
        Self(format!("comparison:{race}"))
    }

    /// What a task has left in a worktree of its own.
    #[must_use]
    pub fn work(task: TaskId) -> Self {
        Self(format!("work:{task}"))
    }

    /// An approval's card.
    #[must_use]
    pub fn approval(approval: ApprovalId) -> Self {
        Self(format!("approval:{approval}"))
    }

    /// The card of a task's question, counted from 1.
    #[must_use]
    pub fn question(task: TaskId, number: u32) -> Self {
        Self(format!("question:{task}:{number}"))
    }

    /// What was told of a task's silent engine, counted from 1.
    #[must_use]
    pub fn silence(task: TaskId, number: u32) -> Self {
        Self(format!("silence:{task}:{number}"))
    }

    /// The sessions that a message asked for.
    #[must_use]
    pub fn sessions(place: Place, asked: MessageId) -> Self {
        Self(format!("sessions:{place}:{asked}"))
    }

    /// What an owner was told of agents that changed, by its number.
    #[must_use]
    pub fn agents_changed(place: Place, number: u64) -> Self {
        Self(format!("agents-changed:{place}:{number}"))
    }

    /// The latest message of a kind in a place, such as its settings: pressing its buttons changes it.
    #[must_use]
    pub fn panel(kind: &str, place: Place) -> Self {
        Self(format!("{kind}:{place}"))
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A delivery that has no row yet.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDelivery {
    /// Where it goes.
    pub place: Place,
    /// The message that it answers, if that still exists.
    pub reply_to: Option<MessageId>,
    /// A new message, or a change of an earlier one of the same subject.
    pub kind: DeliveryKind,
    /// How urgent it is.
    pub priority: Priority,
    /// What it is about.
    pub subject: Option<Subject>,
    /// The message.
    pub message: Message,
    /// Only after this one has been delivered; when that one fails, so does this.
    pub after: Option<DeliveryId>,
    /// The approval that cannot be answered when this fails.
    pub approval: Option<ApprovalId>,
}

impl NewDelivery {
    /// A new message that nothing else depends on.
    #[must_use]
    pub fn message(place: Place, reply_to: Option<MessageId>, priority: Priority, message: Message) -> Self {
        Self {
            place,
            reply_to,
            kind: DeliveryKind::Send,
            priority,
            subject: None,
            message,
            after: None,
            approval: None,
        }
    }

    /// A change of the message about `subject`.
    #[must_use]
    pub fn edit(place: Place, subject: Subject, message: Message) -> Self {
        Self {
            kind: DeliveryKind::Edit,
            subject: Some(subject),
            ..Self::message(place, None, Priority::Edit, message)
        }
    }

    /// The same, known by a subject, so that it can be changed later.
    #[must_use]
    pub fn about(self, subject: Subject) -> Self {
        Self { subject: Some(subject), ..self }
    }
}

/// Whether a delivery is a new message or a change of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryKind {
    /// A new message.
    Send,
    /// A change of the message with the same subject.
    Edit,
}

/// A delivery with its row.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Its row.
    pub id: DeliveryId,
    /// What is delivered.
    pub what: NewDelivery,
}

/// Where a message of ours stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Post {
    /// The chat.
    pub chat: ChatId,
    /// The message.
    pub message: MessageId,
}

#[cfg(test)]
mod tests;
