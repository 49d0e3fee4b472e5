//! The queue of a place: tasks whose turn has not come, in their order.

use crate::domain::ids::{Place, TaskId};
use crate::domain::task::Task;
use crate::store::updates::changed_one;
use crate::store::{StoreError, Tx, topic_column};

impl Tx {
    /// Lets a queued task go before the others of its place.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is no longer queued.
    pub async fn put_first(&mut self, task: &Task) -> Result<(), StoreError> {
        let topic = topic_column(task.place);
        let done = sqlx::query!(
            "UPDATE tasks SET queue_rank = (
                 SELECT min(queue_rank) - 1 FROM tasks
                 WHERE chat = ?2 AND topic = ?3 AND phase = 'queued' AND phase <> 'finished')
             WHERE id = ?1 AND phase = 'queued'",
            task.id.0,
            task.place.chat.0,
            topic
        )
        .execute(&mut *self.inner)
        .await?;
        changed_one(done.rows_affected())
    }

    /// The queued tasks of a place; the first goes first. Those who run a race wait for nobody here.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn queued(&mut self, place: Place) -> Result<Vec<TaskId>, StoreError> {
        let topic = topic_column(place);
        // The second condition on the phase is the one by which SQLite recognises the partial index.
        let ids = sqlx::query_scalar!(
            r#"SELECT id AS "id!" FROM tasks
               WHERE chat = ?1 AND topic = ?2 AND phase = 'queued' AND phase <> 'finished' AND race IS NULL
               ORDER BY queue_rank, id"#,
            place.chat.0,
            topic
        )
        .fetch_all(&mut *self.inner)
        .await?;
        Ok(ids.into_iter().map(TaskId).collect())
    }
}
