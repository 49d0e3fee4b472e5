//! The inbox: raw updates, each committed before it is acknowledged and applied exactly once.

use sqlx::sqlite::SqliteExecutor;

use super::{Store, StoreError, Tx, to_json};
use crate::domain::ids::Timestamp;
use crate::domain::input::RawUpdate;

impl Store {
    /// Commits a batch of updates and returns how many of them were new. Once this returns, they may be
    /// acknowledged.
    ///
    /// # Errors
    /// See [`StoreError`]; none of them is stored then.
    pub async fn accept_updates(&self, updates: &[RawUpdate], now: Timestamp) -> Result<usize, StoreError> {
        insert(&self.writer, updates, now).await
    }

    /// Updates not yet applied whose id is above `after`, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn pending_updates(&self, after: i64, limit: u32) -> Result<Vec<RawUpdate>, StoreError> {
        Ok(sqlx::query_as!(
            RawUpdate,
            r#"SELECT update_id AS "id!", body FROM updates
               WHERE status = 'pending' AND update_id > ?1 ORDER BY update_id LIMIT ?2"#,
            after,
            limit
        )
        .fetch_all(&self.readers)
        .await?)
    }
}

impl Tx {
    /// Stores a batch of updates and returns how many of them were new. They may be acknowledged once the transaction
    /// is committed.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn accept_updates(
        &mut self,
        updates: &[RawUpdate],
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        insert(&mut *self.inner, updates, now).await
    }

    /// Marks updates as applied, in the transaction that holds their effects.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when one is not pending: its effects must not happen again.
    pub async fn mark_applied(&mut self, updates: &[i64], now: Timestamp) -> Result<(), StoreError> {
        let ids = to_json(&updates)?;
        let done = sqlx::query!(
            "UPDATE updates SET status = 'applied', applied_at = ?2
             WHERE update_id IN (SELECT value FROM json_each(?1)) AND status = 'pending'",
            ids,
            now.0
        )
        .execute(&mut *self.inner)
        .await?;
        let changed = usize::try_from(done.rows_affected()).unwrap_or(usize::MAX);
        if changed == updates.len() { Ok(()) } else { Err(StoreError::Conflict) }
    }

    /// Marks an update as one that could not be applied, and why. It is not tried again.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is not pending.
    pub async fn mark_failed(&mut self, update: i64, error: &str, now: Timestamp) -> Result<(), StoreError> {
        let done = sqlx::query!(
            "UPDATE updates SET status = 'failed', applied_at = ?3, error = ?2
             WHERE update_id = ?1 AND status = 'pending'",
            update,
            error,
            now.0
        )
        .execute(&mut *self.inner)
        .await?;
        changed_one(done.rows_affected())
    }
}

async fn insert<'e>(
    db: impl SqliteExecutor<'e>,
    updates: &[RawUpdate],
    now: Timestamp,
) -> Result<usize, StoreError> {
    if updates.is_empty() {
        return Ok(0);
    }
    // One statement for any number of rows: it is prepared once, and is a transaction of its own.
    let rows: Vec<(i64, &str)> = updates.iter().map(|update| (update.id, update.body.as_str())).collect();
    let rows = to_json(&rows)?;
    let done = sqlx::query!(
        "INSERT INTO updates (update_id, body, received_at)
             SELECT value ->> 0, value ->> 1, ?2 FROM json_each(?1) WHERE true
             ON CONFLICT (update_id) DO NOTHING",
        rows,
        now.0
    )
    .execute(db)
    .await?;
    Ok(usize::try_from(done.rows_affected()).unwrap_or(usize::MAX))
}

/// Reads a compare-and-set's count of changed rows.
pub(super) fn changed_one(rows: u64) -> Result<(), StoreError> {
    if rows == 0 { Err(StoreError::Conflict) } else { Ok(()) }
}
