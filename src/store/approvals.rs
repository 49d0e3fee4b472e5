//! Approvals: the exact payload that is asked about, and the compare-and-set by which each is answered once.

use sqlx::sqlite::SqliteExecutor;

use super::updates::changed_one;
use super::{Store, StoreError, Tx, approval_of, place_of, run_of, to_json, topic_column};
use crate::domain::action::{Fingerprint, Rule};
use crate::domain::approval::{Approval, ApprovalStatus};
use crate::domain::ids::{ApprovalId, Place, TaskId, Timestamp, UserId};
use crate::domain::press::Nonce;

/// A row of `approvals`.
struct ApprovalRow {
    id: String,
    task: i64,
    run: String,
    request: String,
    chat: i64,
    topic: i64,
    requester: i64,
    agent: String,
    payload: String,
    sha256: String,
    nonce: i64,
    asked_at: i64,
    deadline: i64,
    detail: String,
}

/// All columns of an approval, then the rest of the statement.
macro_rules! select_approvals {
    ($rest:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            ApprovalRow,
            r#"SELECT id, task, run, request, chat, topic, requester, agent, payload, sha256, nonce, asked_at,
                   deadline, detail
               FROM approvals "# + $rest
            $(, $argument)*
        )
    };
}

impl Store {
    /// An approval.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn approval(&self, id: ApprovalId) -> Result<Option<Approval>, StoreError> {
        fetch(&self.readers, id).await
    }

    /// The approvals that wait for an answer, in a place or everywhere, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn open_approvals(&self, place: Option<Place>) -> Result<Vec<Approval>, StoreError> {
        fetch_open(&self.readers, place).await
    }

    /// All approvals of a task, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn task_approvals(&self, task: TaskId) -> Result<Vec<Approval>, StoreError> {
        fetch_of_task(&self.readers, task).await
    }

    /// The lasting permissions given in a task, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn rules(&self, task: TaskId) -> Result<Vec<Rule>, StoreError> {
        fetch_rules(&self.readers, task).await
    }
}

impl Tx {
    /// Stores a new approval.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn insert_approval(&mut self, approval: &Approval) -> Result<(), StoreError> {
        let (id, run) = (approval.id.to_string(), approval.run.to_string());
        let topic = topic_column(approval.place);
        let payload = approval.action.payload();
        let status = approval.status.name();
        let detail = to_json(&approval.status)?;
        sqlx::query!(
            "INSERT INTO approvals (id, task, run, request, chat, topic, requester, agent, payload, sha256, nonce,
                 asked_at, deadline, status, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            id,
            approval.task.0,
            run,
            approval.request,
            approval.place.chat.0,
            topic,
            approval.requester.0,
            approval.agent,
            payload,
            approval.fingerprint.0,
            approval.nonce.0,
            approval.asked_at.0,
            approval.deadline.0,
            status,
            detail
        )
        .execute(&mut *self.inner)
        .await?;
        Ok(())
    }

    /// An approval.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn approval(&mut self, id: ApprovalId) -> Result<Option<Approval>, StoreError> {
        fetch(&mut *self.inner, id).await
    }

    /// Stores an approval's final status.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is not open any more.
    pub async fn save_approval(&mut self, approval: &Approval) -> Result<(), StoreError> {
        let id = approval.id.to_string();
        let status = approval.status.name();
        let detail = to_json(&approval.status)?;
        let done = sqlx::query!(
            "UPDATE approvals SET status = ?2, detail = ?3 WHERE id = ?1 AND status = 'open'",
            id,
            status,
            detail
        )
        .execute(&mut *self.inner)
        .await?;
        changed_one(done.rows_affected())
    }

    /// As [`Store::open_approvals`], within the transaction.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn open_approvals(&mut self, place: Option<Place>) -> Result<Vec<Approval>, StoreError> {
        fetch_open(&mut *self.inner, place).await
    }

    /// As [`Store::task_approvals`], within the transaction.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn task_approvals(&mut self, task: TaskId) -> Result<Vec<Approval>, StoreError> {
        fetch_of_task(&mut *self.inner, task).await
    }

    /// The lasting permissions given in a task, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn rules(&mut self, task: TaskId) -> Result<Vec<Rule>, StoreError> {
        fetch_rules(&mut *self.inner, task).await
    }
}

async fn fetch<'e>(db: impl SqliteExecutor<'e>, id: ApprovalId) -> Result<Option<Approval>, StoreError> {
    let id = id.to_string();
    let row = select_approvals!("WHERE id = ?1", id).fetch_optional(db).await?;
    row.map(ApprovalRow::into_approval).transpose()
}

async fn fetch_open<'e>(
    db: impl SqliteExecutor<'e>,
    place: Option<Place>,
) -> Result<Vec<Approval>, StoreError> {
    let rows = match place {
        Some(place) => {
            let topic = topic_column(place);
            select_approvals!(
                "WHERE status = 'open' AND chat = ?1 AND topic = ?2 ORDER BY asked_at, id",
                place.chat.0,
                topic
            )
            .fetch_all(db)
            .await?
        }
        None => select_approvals!("WHERE status = 'open' ORDER BY asked_at, id").fetch_all(db).await?,
    };
    rows.into_iter().map(ApprovalRow::into_approval).collect()
}

async fn fetch_of_task<'e>(db: impl SqliteExecutor<'e>, task: TaskId) -> Result<Vec<Approval>, StoreError> {
    let rows = select_approvals!("WHERE task = ?1 ORDER BY asked_at, id", task.0);
    rows.fetch_all(db).await?.into_iter().map(ApprovalRow::into_approval).collect()
}

async fn fetch_rules<'e>(db: impl SqliteExecutor<'e>, task: TaskId) -> Result<Vec<Rule>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, detail FROM approvals WHERE task = ?1 AND status = 'granted' ORDER BY asked_at, id",
        task.0
    )
    .fetch_all(db)
    .await?;
    let mut rules = Vec::new();
    for row in rows {
        rules.extend(status_of(&row.id, &row.detail)?.rule().cloned());
    }
    Ok(rules)
}

impl ApprovalRow {
    fn into_approval(self) -> Result<Approval, StoreError> {
        let action = serde_json::from_str(&self.payload)
            .map_err(|why| StoreError::corrupt(format_args!("payload of approval {}", self.id), why))?;
        let nonce = u32::try_from(self.nonce)
            .map_err(|why| StoreError::corrupt(format_args!("nonce of approval {}", self.id), why))?;
        Ok(Approval {
            id: approval_of(&self.id)?,
            task: TaskId(self.task),
            run: run_of(&self.run)?,
            request: self.request,
            place: place_of(self.chat, self.topic),
            requester: UserId(self.requester),
            agent: self.agent,
            action,
            fingerprint: Fingerprint(self.sha256),
            nonce: Nonce(nonce),
            asked_at: Timestamp(self.asked_at),
            deadline: Timestamp(self.deadline),
            status: status_of(&self.id, &self.detail)?,
        })
    }
}

fn status_of(id: &str, detail: &str) -> Result<ApprovalStatus, StoreError> {
    serde_json::from_str(detail)
        .map_err(|why| StoreError::corrupt(format_args!("status of approval {id}"), why))
}
