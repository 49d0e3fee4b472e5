//! Runs: which attempts a task had, with which engine and session.

use super::updates::changed_one;
use super::{StoreError, Tx};
use crate::domain::ids::{RunId, SessionId, TaskId, Timestamp};

impl Tx {
    /// Notes that a run of a task begins.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn insert_run(
        &mut self,
        run: RunId,
        task: TaskId,
        engine: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let run = run.to_string();
        sqlx::query!(
            "INSERT INTO runs (id, task, engine, started_at) VALUES (?1, ?2, ?3, ?4)",
            run,
            task.0,
            engine,
            now.0
        )
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// Notes the session that a run opened.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such run.
    pub async fn set_run_session(&mut self, run: RunId, session: &SessionId) -> Result<(), StoreError> {
        let run = run.to_string();
        let done = sqlx::query!("UPDATE runs SET session = ?2 WHERE id = ?1", run, session.0)
            .execute(&mut *self.inner)
            .await?;
        changed_one(done.rows_affected())
    }

    /// Notes that a run ended.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such run.
    pub async fn end_run(&mut self, run: RunId, now: Timestamp) -> Result<(), StoreError> {
        let run = run.to_string();
        let done = sqlx::query!("UPDATE runs SET ended_at = ?2 WHERE id = ?1", run, now.0)
            .execute(&mut *self.inner)
            .await?;
        changed_one(done.rows_affected())
    }

    /// The session of a task's latest run, if it opened one.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn task_session(&mut self, task: TaskId) -> Result<Option<SessionId>, StoreError> {
        let session = sqlx::query_scalar!(
            "SELECT session FROM runs WHERE task = ?1 ORDER BY started_at DESC LIMIT 1",
            task.0
        )
        .fetch_optional(&mut *self.inner)
        .await?;
        Ok(session.flatten().map(SessionId))
    }
}
