//! Tasks: how they are made and listed, and the compare-and-set by which alone a phase changes.

use std::sync::Arc;

use sqlx::sqlite::SqliteExecutor;

use super::updates::changed_one;
use super::{Store, StoreError, Tx, readable, to_json, topic_column};
use crate::domain::agent::AgentSpec;
use crate::domain::card::Totals;
use crate::domain::ids::{MessageId, Place, SessionId, TaskId, Timestamp, UserId};
use crate::domain::input::SentFile;
use crate::domain::task::{Part, Phase, Task};

mod queue;
mod row;

use row::{PhaseColumns, TaskRow};

/// A task that has no row yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTask {
    /// Where it was asked for.
    pub place: Place,
    /// Who asked.
    pub requester: UserId,
    /// The message that asked.
    pub request: Option<MessageId>,
    /// The agent as it is now, and will be for this task.
    pub agent: Arc<AgentSpec>,
    /// The engine.
    pub engine: String,
    /// The workspace.
    pub workspace: String,
    /// What the agent shall do.
    pub prompt: String,
    /// Files that came with it.
    pub files: Vec<SentFile>,
    /// The session that it continues, whatever its place has come to when it starts.
    pub resume: Option<SessionId>,
    /// What it is part of, if anything.
    pub part: Part,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// A task as lists show it.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskRecord {
    /// The task.
    pub task: Task,
    /// What it did and used; `None` until that is stored.
    pub totals: Option<Totals>,
}

/// All columns of a task, then the rest of the statement.
macro_rules! select_tasks {
    ($rest:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            TaskRow,
            r#"SELECT id AS "id!", chat, topic, requester, request_message, agent, engine, workspace, prompt,
                   files, resume, chain, race, phase, run, approvals, stop_reason, outcome, reason, passed_to, steps, cost_usd,
                   tokens, created_at,
                   started_at, ended_at
               FROM tasks "# + $rest
            $(, $argument)*
        )
    };
}

impl Store {
    /// All tasks that have no outcome yet, in the order of their queue. One that cannot be read is logged and left out.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn unfinished_tasks(&self) -> Result<Vec<Task>, StoreError> {
        let rows = select_tasks!("WHERE phase <> 'finished' ORDER BY queue_rank, id");
        Ok(readable(rows.fetch_all(&self.readers).await?.into_iter().map(TaskRow::into_task)))
    }

    /// A task.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn task(&self, id: TaskId) -> Result<Option<Task>, StoreError> {
        fetch(&self.readers, id).await?.map(TaskRow::into_task).transpose()
    }

    /// A task with what it did and used.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn task_record(&self, id: TaskId) -> Result<Option<TaskRecord>, StoreError> {
        fetch(&self.readers, id).await?.map(TaskRow::into_record).transpose()
    }

    /// Tasks of a place, or of all places; only those older than `before`, newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn tasks_page(
        &self,
        place: Option<Place>,
        before: Option<TaskId>,
        limit: u32,
    ) -> Result<Vec<TaskRecord>, StoreError> {
        page(&self.readers, place, before, limit).await
    }
}

/// One page of tasks, newest first.
async fn page<'e>(
    db: impl SqliteExecutor<'e>,
    place: Option<Place>,
    before: Option<TaskId>,
    limit: u32,
) -> Result<Vec<TaskRecord>, StoreError> {
    let before = before.map_or(i64::MAX, |id| id.0);
    let rows = match place {
        Some(place) => {
            let topic = topic_column(place);
            select_tasks!(
                "WHERE chat = ?1 AND topic = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4",
                place.chat.0,
                topic,
                before,
                limit
            )
            .fetch_all(db)
            .await?
        }
        None => select_tasks!("WHERE id < ?1 ORDER BY id DESC LIMIT ?2", before, limit).fetch_all(db).await?,
    };
    rows.into_iter().map(TaskRow::into_record).collect()
}

impl Tx {
    /// As [`Store::task_record`], within the transaction.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn task_record(&mut self, id: TaskId) -> Result<Option<TaskRecord>, StoreError> {
        fetch(&mut *self.inner, id).await?.map(TaskRow::into_record).transpose()
    }

    /// As [`Store::tasks_page`], within the transaction.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn tasks_page(
        &mut self,
        place: Option<Place>,
        before: Option<TaskId>,
        limit: u32,
    ) -> Result<Vec<TaskRecord>, StoreError> {
        page(&mut *self.inner, place, before, limit).await
    }

    /// Makes a task, at the end of its place's queue.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn insert_task(&mut self, new: &NewTask) -> Result<Task, StoreError> {
        let topic = topic_column(new.place);
        let request = new.request.map(|message| message.0);
        let resume = new.resume.as_ref().map(|session| session.0.as_str());
        let (chain, race) = row::part_columns(new.part);
        let files = if new.files.is_empty() { None } else { Some(to_json(&new.files)?) };
        let version = self.keep_version(&new.agent, new.created_at).await?;
        // No task is ever deleted, so that the rank is the new task's own id. Without `RETURNING`, which makes
        // SQLite prepare a scan of every table that refers to this one.
        let id = sqlx::query!(
            "INSERT INTO tasks (chat, topic, requester, request_message, agent, engine, workspace, prompt,
                 files, resume, phase, queue_rank, created_at, agent_version, chain, race)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'queued',
                 (SELECT coalesce(max(id), 0) + 1 FROM tasks), ?11, ?12, ?13, ?14)",
            new.place.chat.0,
            topic,
            new.requester.0,
            request,
            new.agent.name,
            new.engine,
            new.workspace,
            new.prompt,
            files,
            resume,
            new.created_at.0,
            version,
            chain,
            race
        )
        .execute(&mut *self.inner)
        .await?
        .last_insert_rowid();
        let NewTask {
            place,
            requester,
            request,
            agent,
            engine,
            workspace,
            prompt,
            files,
            resume,
            part,
            created_at,
        } = new.clone();
        Ok(Task {
            id: TaskId(id),
            place,
            requester,
            request,
            agent: agent.name.clone(),
            engine,
            workspace,
            prompt,
            files,
            resume,
            part,
            created_at,
            started_at: None,
            ended_at: None,
            phase: Phase::Queued,
        })
    }

    /// A task.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn task(&mut self, id: TaskId) -> Result<Option<Task>, StoreError> {
        fetch(&mut *self.inner, id).await?.map(TaskRow::into_task).transpose()
    }

    /// Stores what moves of a task: its phase, its beginning and its end. `was` is the phase that the change
    /// started from.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the stored task is in another phase, or of another run.
    pub async fn save_task(&mut self, task: &Task, was: &Phase) -> Result<(), StoreError> {
        let PhaseColumns { phase, run, approvals, stop_reason, outcome, reason, passed_to } =
            PhaseColumns::of(&task.phase)?;
        let started_at = task.started_at.map(|at| at.0);
        let ended_at = task.ended_at.map(|at| at.0);
        let (phase_was, run_was) = (was.name(), was.run().map(|run| run.to_string()));
        let done = sqlx::query!(
            "UPDATE tasks SET phase = ?2, run = ?3, approvals = ?4, stop_reason = ?5, outcome = ?6, reason = ?7,
                 started_at = ?8, ended_at = ?9, passed_to = ?12
             WHERE id = ?1 AND phase = ?10 AND run IS ?11",
            task.id.0,
            phase,
            run,
            approvals,
            stop_reason,
            outcome,
            reason,
            started_at,
            ended_at,
            phase_was,
            run_was,
            passed_to
        )
        .execute(&mut *self.inner)
        .await?;
        changed_one(done.rows_affected())
    }

    /// Stores what a task did and used. How long it took is told by its beginning and its end.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such task.
    pub async fn save_totals(&mut self, id: TaskId, totals: &Totals) -> Result<(), StoreError> {
        let tokens = totals.usage.tokens.map(|tokens| i64::try_from(tokens).unwrap_or(i64::MAX));
        let done = sqlx::query!(
            "UPDATE tasks SET steps = ?2, cost_usd = ?3, tokens = ?4 WHERE id = ?1",
            id.0,
            totals.steps,
            totals.usage.cost_usd,
            tokens
        )
        .execute(&mut *self.inner)
        .await?;
        changed_one(done.rows_affected())
    }
}

async fn fetch<'e>(db: impl SqliteExecutor<'e>, id: TaskId) -> Result<Option<TaskRow>, StoreError> {
    Ok(select_tasks!("WHERE id = ?1", id.0).fetch_optional(db).await?)
}
