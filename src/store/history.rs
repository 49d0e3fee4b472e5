//! A task's history: its entries in order, as JSON.

use sqlx::sqlite::SqliteExecutor;

use super::{Store, StoreError, Tx, to_json};
use crate::domain::history::HistoryEntry;
use crate::domain::ids::{TaskId, Timestamp};

impl Store {
    /// A task's history, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn history(&self, task: TaskId) -> Result<Vec<(Timestamp, HistoryEntry)>, StoreError> {
        fetch(&self.readers, task).await
    }
}

impl Tx {
    /// As [`Store::history`], within the transaction.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn history(&mut self, task: TaskId) -> Result<Vec<(Timestamp, HistoryEntry)>, StoreError> {
        fetch(&mut *self.inner, task).await
    }

    /// The answer of a task that has ended; `None` when it said nothing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn answer(&mut self, task: TaskId) -> Result<Option<String>, StoreError> {
        let markdown = sqlx::query_scalar!(
            r#"SELECT body ->> 'markdown' AS "markdown: String" FROM task_events
               WHERE task = ?1 AND body ->> 'entry' = 'said' ORDER BY seq DESC LIMIT 1"#,
            task.0
        )
        .fetch_optional(&mut *self.inner)
        .await?;
        Ok(markdown.flatten())
    }

    /// Adds entries to the end of a task's history.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn append_history(
        &mut self,
        task: TaskId,
        now: Timestamp,
        entries: &[HistoryEntry],
    ) -> Result<(), StoreError> {
        if entries.is_empty() {
            return Ok(());
        }
        let entries = to_json(&entries)?;
        sqlx::query!(
            "INSERT INTO task_events (task, seq, at, body)
             SELECT ?1, (SELECT coalesce(max(seq), 0) FROM task_events WHERE task = ?1) + 1 + key, ?2, value
             FROM json_each(?3)",
            task.0,
            now.0,
            entries
        )
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }
}

async fn fetch<'e>(
    db: impl SqliteExecutor<'e>,
    task: TaskId,
) -> Result<Vec<(Timestamp, HistoryEntry)>, StoreError> {
    let rows = sqlx::query!("SELECT seq, at, body FROM task_events WHERE task = ?1 ORDER BY seq", task.0)
        .fetch_all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            let entry = serde_json::from_str(&row.body)
                .map_err(|why| StoreError::corrupt(format_args!("entry {} of task {task}", row.seq), why))?;
            Ok((Timestamp(row.at), entry))
        })
        .collect()
}
