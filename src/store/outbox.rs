//! The outbox: messages on their way, and where those stand that are changed later.

use serde::{Deserialize, Serialize};

use super::{Store, StoreError, Tx, approval_of, place_of, to_json, topic_column};
use crate::domain::delivery::{Delivery, DeliveryId, DeliveryKind, NewDelivery, Post, Priority, Subject};
use crate::domain::ids::{ChatId, MessageId, Timestamp};
use crate::domain::message::Message;

/// How a delivery ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Which.
    pub id: DeliveryId,
    /// What it was about.
    pub subject: Option<Subject>,
    /// Where the new message stands, if there is a new one; or why it will never arrive.
    pub result: Result<Option<Post>, String>,
}

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
struct Ended<'a> {
    id: i64,
    status: &'static str,
    subject: Option<&'a str>,
    chat: Option<i64>,
    message: Option<i64>,
    error: Option<&'a str>,
}

/// A row of `outbox` that is pending.
struct PendingRow {
    id: i64,
    chat: i64,
    topic: i64,
    reply_to: Option<i64>,
    kind: String,
    priority: i64,
    subject: Option<String>,
    payload: String,
    after_id: Option<i64>,
    approval: Option<String>,
}

impl Store {
    /// Everything that is on its way, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn pending_deliveries(&self) -> Result<Vec<Delivery>, StoreError> {
        let rows = sqlx::query_as!(
            PendingRow,
            r#"SELECT id AS "id!", chat, topic, reply_to, kind, priority, subject, payload, after_id, approval
               FROM outbox WHERE status = 'pending' ORDER BY id"#
        );
        rows.fetch_all(&self.readers).await?.into_iter().map(PendingRow::into_delivery).collect()
    }

    /// What is on its way to a chat, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn chat_deliveries(&self, chat: ChatId) -> Result<Vec<Delivery>, StoreError> {
        let rows = sqlx::query_as!(
            PendingRow,
            r#"SELECT id AS "id!", chat, topic, reply_to, kind, priority, subject, payload, after_id, approval
               FROM outbox WHERE status = 'pending' AND chat = ?1 ORDER BY id"#,
            chat.0
        );
        rows.fetch_all(&self.readers).await?.into_iter().map(PendingRow::into_delivery).collect()
    }

    /// How many deliveries are on their way, and since when the oldest is.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn outbox_depth(&self) -> Result<(u64, Option<Timestamp>), StoreError> {
        let row = sqlx::query!(
            r#"SELECT count(*) AS "rows!: i64", min(created_at) AS "oldest: i64"
               FROM outbox WHERE status = 'pending'"#
        )
        .fetch_one(&self.readers)
        .await?;
        Ok((u64::try_from(row.rows).unwrap_or(0), row.oldest.map(Timestamp)))
    }

    /// Where the message about a subject stands.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn post(&self, subject: &Subject) -> Result<Option<Post>, StoreError> {
        let row = sqlx::query!("SELECT chat, message_id FROM posts WHERE subject = ?1", subject.0)
            .fetch_optional(&self.readers)
            .await?;
        Ok(row.map(|row| Post { chat: ChatId(row.chat), message: MessageId(row.message_id) }))
    }

    /// Records how deliveries ended, in one transaction: where new messages with a subject stand, and that what
    /// waited for a failed one failed with it. Deliveries that had ended before stay as they were.
    ///
    /// # Errors
    /// See [`StoreError`]; nothing is recorded then.
    pub async fn record_deliveries(&self, done: &[Delivered], now: Timestamp) -> Result<(), StoreError> {
        if done.is_empty() {
            return Ok(());
        }
        let ended: Vec<Ended<'_>> = done.iter().map(Ended::of).collect();
        let ended = to_json(&ended)?;
        let mut tx = self.begin().await?;
        tx.end_deliveries(&ended, now).await?;
        if done.iter().any(|one| one.subject.is_some() && matches!(one.result, Ok(Some(_)))) {
            tx.note_posts(&ended).await?;
        }
        if done.iter().any(|one| one.result.is_err()) {
            tx.fail_followers(&ended, now).await?;
        }
        tx.commit().await
    }
}

impl Tx {
    /// Puts a message on its way.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn enqueue(&mut self, new: &NewDelivery, now: Timestamp) -> Result<Delivery, StoreError> {
        let topic = topic_column(new.place);
        let reply_to = new.reply_to.map(|message| message.0);
        let kind = kind_name(new.kind);
        let priority = priority_rank(new.priority);
        let subject = new.subject.as_ref().map(|subject| subject.0.as_str());
        let payload = to_json(&Payload { v: PAYLOAD_VERSION, message: &new.message })?;
        let after = new.after.map(|after| after.0);
        let approval = new.approval.map(|approval| approval.to_string());
        let id = sqlx::query_scalar!(
            r#"INSERT INTO outbox (chat, topic, reply_to, kind, priority, subject, payload, after_id, approval,
                   created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
               RETURNING id AS "id!""#,
            new.place.chat.0,
            topic,
            reply_to,
            kind,
            priority,
            subject,
            payload,
            after,
            approval,
            now.0
        )
        .fetch_one(&mut *self.inner)
        .await?;
        Ok(Delivery { id: DeliveryId(id), what: new.clone() })
    }

    async fn end_deliveries(&mut self, ended: &str, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE outbox SET status = one.value ->> 'status', ended_at = ?2, message_id = one.value ->> 'message',
                 error = one.value ->> 'error'
             FROM json_each(?1) AS one
             WHERE outbox.id = one.value ->> 'id' AND +outbox.status = 'pending'",
            ended,
            now.0
        )
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    async fn note_posts(&mut self, ended: &str) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO posts (subject, chat, message_id)
             SELECT value ->> 'subject', value ->> 'chat', value ->> 'message' FROM json_each(?1)
             WHERE value ->> 'subject' IS NOT NULL AND value ->> 'message' IS NOT NULL
             ON CONFLICT (subject) DO UPDATE SET chat = excluded.chat, message_id = excluded.message_id",
            ended
        )
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    async fn fail_followers(&mut self, ended: &str, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query!(
            "WITH RECURSIVE failed (id) AS (
                 SELECT outbox.id FROM json_each(?1) AS one
                     CROSS JOIN outbox ON outbox.id = one.value ->> 'id' AND +outbox.status = 'failed'
                 UNION
                 SELECT outbox.id FROM failed CROSS JOIN outbox ON outbox.after_id = failed.id
             )
             UPDATE outbox SET status = 'failed', ended_at = ?2, error = 'an earlier part was not delivered'
             WHERE id IN (SELECT id FROM failed) AND +status = 'pending'",
            ended,
            now.0
        )
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }
}

impl<'a> Ended<'a> {
    fn of(done: &'a Delivered) -> Self {
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
    fn into_delivery(self) -> Result<Delivery, StoreError> {
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

fn kind_name(kind: DeliveryKind) -> &'static str {
    match kind {
        DeliveryKind::Send => "send",
        DeliveryKind::Edit => "edit",
    }
}

fn priority_rank(priority: Priority) -> i64 {
    match priority {
        Priority::Approval => 0,
        Priority::Final => 1,
        Priority::Message => 2,
        Priority::Edit => 3,
    }
}
