//! The outbox: messages on their way, and where those stand that are changed later.

use super::{Store, StoreError, Tx, readable, to_json, topic_column};
use crate::domain::delivery::{Delivery, DeliveryId, NewDelivery, Post, Subject};
use crate::domain::ids::{ChatId, MessageId, Timestamp};

mod row;

use row::{Ended, PendingRow, kind_name, payload_of, priority_rank};

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

impl Store {
    /// Everything that is on its way, oldest first. What cannot be read is logged and left out.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn pending_deliveries(&self) -> Result<Vec<Delivery>, StoreError> {
        // The `+` keeps SQLite from going through the whole table just because that is in order already.
        let rows = sqlx::query_as!(
            PendingRow,
            r#"SELECT id AS "id!", chat, topic, reply_to, kind, priority, subject, payload, after_id, approval
               FROM outbox WHERE status = 'pending' ORDER BY +id"#
        );
        Ok(readable(rows.fetch_all(&self.readers).await?.into_iter().map(PendingRow::into_delivery)))
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

    /// Remembers that the message about a subject now stands elsewhere.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn move_post(&self, subject: &Subject, post: Post) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO posts (subject, chat, message_id) VALUES (?1, ?2, ?3)
             ON CONFLICT (subject) DO UPDATE SET chat = excluded.chat, message_id = excluded.message_id",
            subject.0,
            post.chat.0,
            post.message.0
        )
        .execute(&self.writer)
        .await?;
        Ok(())
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
        let payload = payload_of(&new.message)?;
        let after = new.after.map(|after| after.0);
        let approval = new.approval.map(|approval| approval.to_string());
        let id = sqlx::query!(
            "INSERT INTO outbox (chat, topic, reply_to, kind, priority, subject, payload, after_id, approval,
                 created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
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
        .execute(&mut *self.inner)
        .await?
        .last_insert_rowid();
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
