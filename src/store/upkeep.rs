//! What concerns all tables at once: a chat that gets a new id, and forgetting what nobody needs any more.

use super::{Store, StoreError, Tx};
use crate::domain::ids::{ChatId, Timestamp};

/// How many rows one transaction forgets, so that other writers wait for milliseconds only.
const PRUNED_AT_ONCE: i64 = 1_000;

impl Store {
    /// Forgets updates and deliveries that ended before an instant, and returns how many. Tasks and their history
    /// stay.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn prune(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut pruned = 0;
        loop {
            let updates = sqlx::query!(
                "DELETE FROM updates WHERE update_id IN (
                     SELECT update_id FROM updates WHERE applied_at < ?1 ORDER BY update_id LIMIT ?2)",
                before.0,
                PRUNED_AT_ONCE
            )
            .execute(&self.writer)
            .await?
            .rows_affected();
            let deliveries = sqlx::query!(
                "DELETE FROM outbox WHERE id IN (
                     SELECT id FROM outbox WHERE ended_at < ?1 ORDER BY id LIMIT ?2)",
                before.0,
                PRUNED_AT_ONCE
            )
            .execute(&self.writer)
            .await?
            .rows_affected();
            pruned += updates + deliveries;
            if updates + deliveries == 0 {
                return Ok(pruned);
            }
        }
    }
}

impl Tx {
    /// Moves everything of a chat to its new id. What the new chat has chosen already wins. Message ids do not
    /// carry over: replies become plain messages, and what would be changed is sent anew.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn migrate_chat(&mut self, from: ChatId, to: ChatId) -> Result<(), StoreError> {
        let (from, to) = (from.0, to.0);
        let db = &mut *self.inner;
        sqlx::query!("UPDATE OR IGNORE conversations SET chat = ?2 WHERE chat = ?1", from, to)
            .execute(&mut *db)
            .await?;
        sqlx::query!("DELETE FROM conversations WHERE chat = ?1", from).execute(&mut *db).await?;
        sqlx::query!("UPDATE OR IGNORE dialogues SET chat = ?2 WHERE chat = ?1", from, to)
            .execute(&mut *db)
            .await?;
        sqlx::query!("DELETE FROM dialogues WHERE chat = ?1", from).execute(&mut *db).await?;
        sqlx::query!("UPDATE tasks SET chat = ?2, request_message = NULL WHERE chat = ?1", from, to)
            .execute(&mut *db)
            .await?;
        sqlx::query!("UPDATE chains SET chat = ?2, request_message = NULL WHERE chat = ?1", from, to)
            .execute(&mut *db)
            .await?;
        sqlx::query!("UPDATE races SET chat = ?2, request_message = NULL WHERE chat = ?1", from, to)
            .execute(&mut *db)
            .await?;
        sqlx::query!("UPDATE approvals SET chat = ?2 WHERE chat = ?1", from, to).execute(&mut *db).await?;
        sqlx::query!("UPDATE sessions SET chat = ?2 WHERE chat = ?1", from, to).execute(&mut *db).await?;
        sqlx::query!(
            "UPDATE outbox SET chat = ?2, reply_to = NULL WHERE chat = ?1 AND status = 'pending'",
            from,
            to
        )
        .execute(&mut *db)
        .await?;
        sqlx::query!(
            "INSERT INTO usage_hours (chat, hour, agent, engine, tasks, tokens, cost_usd)
             SELECT ?2, hour, agent, engine, tasks, tokens, cost_usd FROM usage_hours WHERE chat = ?1
             ON CONFLICT (chat, hour, agent, engine) DO UPDATE SET tasks = tasks + excluded.tasks,
                 tokens = tokens + excluded.tokens, cost_usd = cost_usd + excluded.cost_usd",
            from,
            to
        )
        .execute(&mut *db)
        .await?;
        sqlx::query!("DELETE FROM usage_hours WHERE chat = ?1", from).execute(&mut *db).await?;
        sqlx::query!("DELETE FROM posts WHERE chat = ?1", from).execute(&mut *db).await?;
        Ok(())
    }
}
