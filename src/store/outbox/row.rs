//! The outbox's rows: how a delivery spreads over columns, and how columns become one again.

use serde::{Deserialize, Serialize};

use crate::domain::delivery::{Delivery, DeliveryId, DeliveryKind, NewDelivery, Priority, Subject};
use crate::domain::ids::MessageId;
use crate::domain::message::Message;
use crate::store::outbox::Delivered;
use crate::store::{StoreError, approval_of, place_of, to_json};

/// The version of [`Payload`] that is written.
const PAYLOAD_VERSION: u8 = 1;

/// A message as the `payload` column has it.
#[derive(Serialize)]
struct Payload<'a> {
    v: u8,
    message: &'a Message,
}

/// A `payload` column, read.
#[derive(Deserialize)]
struct StoredPayload {
    v: u8,
    message: Message,
}

/// [`Delivered`], as the statements that record it take it.
#[derive(Serialize)]
pub(super) struct Ended<'a> {
    id: i64,
    status: &'static str,
    subject: Option<&'a str>,
    chat: Option<i64>,
    message: Option<i64>,
    error: Option<&'a str>,
}

/// A row of `outbox` that is pending.
pub(super) struct PendingRow {
    pub(super) id: i64,
    pub(super) chat: i64,
    pub(super) topic: i64,
    pub(super) reply_to: Option<i64>,
    pub(super) kind: String,
    pub(super) priority: i64,
    pub(super) subject: Option<String>,
    pub(super) payload: String,
    pub(super) after_id: Option<i64>,
    pub(super) approval: Option<String>,
}

/// The `payload` column of a message.
pub(super) fn payload_of(message: &Message) -> Result<String, StoreError> {
    to_json(&Payload { v: PAYLOAD_VERSION, message })
}

impl<'a> Ended<'a> {
    pub(super) fn of(done: &'a Delivered) -> Self {
        let (status, post, error) = match &done.result {
            Ok(post) => ("delivered", *post, None),
            Err(error) => ("failed", None, Some(error.as_str())),
        };
        Self {
            id: done.id.0,
            status,
            subject: done.subject.as_ref().map(|subject| subject.0.as_str()),
            chat: post.map(|post| post.chat.0),
            message: post.map(|post| post.message.0),
            error,
        }
    }
}

impl PendingRow {
    pub(super) fn into_delivery(self) -> Result<Delivery, StoreError> {
        let corrupt =
            |why: &dyn std::fmt::Display| StoreError::corrupt(format_args!("delivery {}", self.id), why);
        let payload: StoredPayload = serde_json::from_str(&self.payload).map_err(|why| corrupt(&why))?;
        if payload.v != PAYLOAD_VERSION {
            return Err(corrupt(&format_args!("version {} of its payload", payload.v)));
        }
        let kind = match self.kind.as_str() {
            "send" => DeliveryKind::Send,
            "edit" => DeliveryKind::Edit,
            other => return Err(corrupt(&format_args!("kind {other}"))),
        };
        let priority = match self.priority {
            0 => Priority::Approval,
            1 => Priority::Final,
            2 => Priority::Message,
            3 => Priority::Edit,
            other => return Err(corrupt(&format_args!("priority {other}"))),
        };
        let what = NewDelivery {
            place: place_of(self.chat, self.topic),
            reply_to: self.reply_to.map(MessageId),
            kind,
            priority,
            subject: self.subject.map(Subject),
            message: payload.message,
            after: self.after_id.map(DeliveryId),
            approval: self.approval.as_deref().map(approval_of).transpose()?,
        };
        Ok(Delivery { id: DeliveryId(self.id), what })
    }
}

pub(super) fn kind_name(kind: DeliveryKind) -> &'static str {
    match kind {
        DeliveryKind::Send => "send",
        DeliveryKind::Edit => "edit",
    }
}

pub(super) fn priority_rank(priority: Priority) -> i64 {
    match priority {
        Priority::Approval => 0,
        Priority::Final => 1,
        Priority::Message => 2,
        Priority::Edit => 3,
    }
}
