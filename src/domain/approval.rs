//! An approval: a question whether one exact action may happen. Durable, expiring, answered once.

use serde::{Deserialize, Serialize};

use super::access::Access;
use super::action::{Fingerprint, ProposedAction, Rule};
use super::ids::{ApprovalId, Place, RunId, TaskId, Timestamp, UserId};
use super::policy::Because;
use super::press::{Choice, Nonce};

/// One approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// The task that needs it.
    pub task: TaskId,
    /// The run that asked.
    pub run: RunId,
    /// The engine's own name for the question.
    pub request: String,
    /// Where it is asked; it can be answered nowhere else.
    pub place: Place,
    /// Whose task it is.
    pub requester: UserId,
    /// Which agent asks.
    pub agent: String,
    /// The exact action.
    pub action: ProposedAction,
    /// The fingerprint of the action when it was asked.
    pub fingerprint: Fingerprint,
    /// Ties the buttons to this approval.
    pub nonce: Nonce,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Until when it can be answered.
    pub deadline: Timestamp,
    /// Where it stands.
    pub status: ApprovalStatus,
}

/// Where an approval stands. Every status but `Open` is final.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum ApprovalStatus {
    /// Waits for an answer.
    Open,
    /// Allowed by a person.
    Granted {
        /// By whom.
        by: UserId,
        /// Their first name; empty where an earlier version did not keep it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        /// When.
        at: Timestamp,
        /// The lasting permission given with it.
        rule: Option<Rule>,
    },
    /// Allowed by a lasting permission given earlier in the task.
    GrantedByRule {
        /// When.
        at: Timestamp,
    },
    /// Allowed by the agent's definition.
    GrantedByPolicy {
        /// When.
        at: Timestamp,
        /// The rule, as written.
        rule: String,
        /// Where it stands, such as `reviewer.md:7`.
        by: String,
    },
    /// Forbidden by the agent's definition.
    DeniedByPolicy {
        /// When.
        at: Timestamp,
        /// The rule, as written, and why it applies.
        rule: String,
        /// Where it stands, such as `reviewer.md:7`.
        by: String,
    },
    /// Refused by a person.
    Denied {
        /// By whom.
        by: UserId,
        /// Their first name; empty where an earlier version did not keep it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        /// When.
        at: Timestamp,
    },
    /// Nobody answered in time.
    Expired {
        /// When that was noticed.
        at: Timestamp,
    },
    /// Nobody needs to answer any more.
    Superseded {
        /// When.
        at: Timestamp,
        /// Why.
        #[serde(default, skip_serializing_if = "Moot::is_over")]
        why: Moot,
    },
    /// It could not be shown in full, so nobody could be asked.
    Undeliverable {
        /// When that was noticed.
        at: Timestamp,
    },
}

/// Why a question needs no answer any more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moot {
    /// Its task ended, or its run died.
    #[default]
    Over,
    /// The agent took it back.
    Withdrawn,
}

impl Moot {
    /// Whether the task, or its run, is over. By reference, as serde wants it.
    fn is_over(&self) -> bool {
        *self == Self::Over
    }
}

/// What the engine is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Go ahead.
    Allow,
    /// Don't, because a person said so.
    Deny,
    /// Don't, because nobody answered in time.
    Expired,
    /// Don't, because nobody could be asked.
    Undeliverable,
    /// Don't, because the agent's definition forbids it.
    Forbidden {
        /// Where that stands, such as `reviewer.md:7`.
        by: String,
        /// The rule, and why it applies.
        why: String,
    },
}

impl Decision {
    /// The decision of a rule that forbids.
    #[must_use]
    pub fn forbidden(because: &Because) -> Self {
        Self::Forbidden { by: because.label(), why: because.words() }
    }

    /// In a few words for a person, why the action does not happen; `None` when it does.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        Some(match self {
            Self::Allow => return None,
            Self::Deny => "denied".to_owned(),
            Self::Expired => "nobody answered in time".to_owned(),
            Self::Undeliverable => "nobody could be asked".to_owned(),
            Self::Forbidden { by, .. } => format!("denied by {by}"),
        })
    }

    /// What the agent is told of an action that does not happen.
    #[must_use]
    pub fn to_agent(&self) -> Option<String> {
        Some(match self {
            Self::Allow => return None,
            Self::Deny => "Denied by the person in the chat.".to_owned(),
            Self::Expired => "Not allowed: nobody in the chat answered in time.".to_owned(),
            Self::Undeliverable => "Not allowed: nobody could be asked in the chat.".to_owned(),
            Self::Forbidden { by, why } => {
                format!("Not allowed by {by} ({why}). Do not try again; work without it.")
            }
        })
    }
}

/// Why a press on an approval changes nothing. Shown to the person who pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The presser may not answer it.
    #[error("Only an owner, or the member who asked for the task, can answer this.")]
    NotPermitted,
    /// The button is not of this approval's card, or of another chat.
    #[error("This button does not belong here.")]
    Foreign,
    /// Already answered.
    #[error("This was already answered.")]
    Answered,
    /// Too late.
    #[error("Too late: this expired.")]
    Expired,
    /// The task no longer waits for it.
    #[error("The task no longer waits for this.")]
    Superseded,
    /// The lasting permission that was pressed does not exist for this action.
    #[error("There is no pattern for this action.")]
    NoPattern,
}

/// Who pressed what, where and when.
#[derive(Debug, Clone, Copy)]
pub struct ApprovalPress<'a> {
    /// Who.
    pub by: UserId,
    /// Their first name.
    pub name: &'a str,
    /// Where.
    pub place: Option<Place>,
    /// The nonce that the button carried.
    pub nonce: Nonce,
    /// What was chosen.
    pub choice: Choice,
    /// When.
    pub at: Timestamp,
}

/// What a permitted press does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "made once per press and taken apart at once")]
pub enum PressOutcome {
    /// The approval is answered; the new status is to be stored.
    Answered(Approval),
    /// Only the card changes: show the lasting choices, or hide them again.
    Menu {
        /// Whether the lasting choices are shown.
        lasting: bool,
    },
}

impl Approval {
    /// Applies a press.
    ///
    /// # Errors
    /// A [`Refusal`], when the press may not or cannot answer this approval.
    pub fn press(&self, press: ApprovalPress<'_>, access: &Access) -> Result<PressOutcome, Refusal> {
        let same_chat = press.place.is_some_and(|place| place.chat == self.place.chat);
        if press.nonce != self.nonce || !same_chat || self.action.fingerprint() != self.fingerprint {
            return Err(Refusal::Foreign);
        }
        if !access.may_approve(press.by, self.place.chat, self.requester) {
            return Err(Refusal::NotPermitted);
        }
        self.status.still_open()?;
        if press.at >= self.deadline {
            return Err(Refusal::Expired);
        }
        let (by, name, at) = (press.by, press.name.to_owned(), press.at);
        let rule = match press.choice {
            Choice::AlwaysMenu => return Ok(PressOutcome::Menu { lasting: true }),
            Choice::Back => return Ok(PressOutcome::Menu { lasting: false }),
            Choice::Deny => return Ok(self.answered(ApprovalStatus::Denied { by, name, at })),
            Choice::Allow => None,
            Choice::AlwaysExact => Some(Rule::Exact(self.fingerprint.clone())),
            Choice::AlwaysPattern => Some(Rule::Pattern(self.action.pattern().ok_or(Refusal::NoPattern)?)),
        };
        Ok(self.answered(ApprovalStatus::Granted { by, name, at, rule }))
    }

    fn answered(&self, status: ApprovalStatus) -> PressOutcome {
        PressOutcome::Answered(Self { status, ..self.clone() })
    }

    /// The same approval with a final status that no person gave; `None` when it is no longer open.
    #[must_use]
    pub fn closed(&self, status: ApprovalStatus) -> Option<Self> {
        self.status.still_open().ok().map(|()| Self { status, ..self.clone() })
    }
}

impl ApprovalStatus {
    /// The status' name in the store, in metrics and in lists.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Granted { .. } => "granted",
            Self::GrantedByRule { .. } => "granted_by_rule",
            Self::GrantedByPolicy { .. } => "granted_by_policy",
            Self::DeniedByPolicy { .. } => "denied_by_policy",
            Self::Denied { .. } => "denied",
            Self::Expired { .. } => "expired",
            Self::Superseded { .. } => "superseded",
            Self::Undeliverable { .. } => "undeliverable",
        }
    }

    fn still_open(&self) -> Result<(), Refusal> {
        match self {
            Self::Open => Ok(()),
            Self::Granted { .. }
            | Self::GrantedByRule { .. }
            | Self::GrantedByPolicy { .. }
            | Self::DeniedByPolicy { .. }
            | Self::Denied { .. } => Err(Refusal::Answered),
            Self::Expired { .. } => Err(Refusal::Expired),
            Self::Superseded { .. } | Self::Undeliverable { .. } => Err(Refusal::Superseded),
        }
    }

    /// What the engine is told; `None` while it is open, or when there is no engine left to tell.
    #[must_use]
    pub fn decision(&self) -> Option<Decision> {
        match self {
            Self::Granted { .. } | Self::GrantedByRule { .. } | Self::GrantedByPolicy { .. } => {
                Some(Decision::Allow)
            }
            Self::DeniedByPolicy { rule, by, .. } => {
                Some(Decision::Forbidden { by: by.clone(), why: rule.clone() })
            }
            Self::Denied { .. } => Some(Decision::Deny),
            Self::Expired { .. } => Some(Decision::Expired),
            Self::Undeliverable { .. } => Some(Decision::Undeliverable),
            Self::Open | Self::Superseded { .. } => None,
        }
    }

    /// The lasting permission given with the answer.
    #[must_use]
    pub fn rule(&self) -> Option<&Rule> {
        match self {
            Self::Granted { rule, .. } => rule.as_ref(),
            Self::Open
            | Self::GrantedByRule { .. }
            | Self::GrantedByPolicy { .. }
            | Self::DeniedByPolicy { .. }
            | Self::Denied { .. }
            | Self::Expired { .. }
            | Self::Superseded { .. }
            | Self::Undeliverable { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests;
