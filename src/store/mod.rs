//! The store: everything that survives a restart, in one SQLite file.
//!
//! Owns the tables and how domain values become rows; row types are private. All changes go through [`Tx`], one
//! short write transaction at a time on a single writer connection; lists are read beside it. Knows nothing of
//! chats, engines or the orchestrator, and reads no clock.

use std::fmt;
use std::fs::File;
use std::sync::Arc;

use sqlx::{Sqlite, SqlitePool, Transaction};
use uuid::Uuid;

use crate::domain::ids::{ApprovalId, Place, RunId, TopicId};

mod error;
mod open;
mod updates;
mod conversations;
mod tasks;
mod chains;
mod races;
mod worktrees;
mod versions;
mod runs;
mod usage;
mod sessions;
mod history;
mod approvals;
mod outbox;
mod menus;
mod upkeep;

#[cfg(test)]
mod tests;

pub use chains::NewChain;
pub use error::StoreError;
pub use open::DatabaseLocation;
pub use outbox::Delivered;
pub use races::NewRace;
pub use tasks::{NewTask, TaskRecord};

/// An open database. Clones share it.
///
/// A database in memory has a single connection: while a [`Tx`] is open, everything else waits.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
    /// Held, and thereby locked, for as long as any clone lives; none for a read-only or an in-memory store.
    _lock: Option<Arc<File>>,
}

impl Store {
    /// Begins a write transaction. There is one at a time; others wait for it.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when the database stays locked.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        // IMMEDIATE: a transaction that begins as a reader can fail when it turns into a writer.
        Ok(Tx { inner: self.writer.begin_with("BEGIN IMMEDIATE").await? })
    }

    /// From now on every write fails as on a full disk, or no longer does.
    #[cfg(test)]
    pub(crate) async fn refuse_writes(&self, refuse: bool) {
        let pragma = if refuse { "PRAGMA query_only = true" } else { "PRAGMA query_only = false" };
        sqlx::query(pragma).execute(&self.writer).await.unwrap();
    }

    /// Changes what is stored behind the store's back.
    #[cfg(test)]
    pub(crate) async fn spoil(&self, sql: &'static str) {
        sqlx::query(sql).execute(&self.writer).await.unwrap();
    }

    /// Waits for what is under way, then closes the file.
    pub async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// A write transaction. Dropping it undoes everything since [`Store::begin`].
#[must_use = "dropping a transaction undoes it"]
pub struct Tx {
    inner: Transaction<'static, Sqlite>,
}

impl Tx {
    /// Makes everything durable: on disk before this returns.
    ///
    /// # Errors
    /// [`StoreError::Full`] and others; nothing of the transaction has happened then.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.inner.commit().await?)
    }
}

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx").finish_non_exhaustive()
    }
}

/// The rows that can be read: one that another version wrote, say, must not keep Adjutant from starting.
fn readable<T>(rows: impl Iterator<Item = Result<T, StoreError>>) -> Vec<T> {
    rows.filter_map(|row| row.inspect_err(|error| tracing::error!(%error, "left out")).ok()).collect()
}

/// The topic as a column: 0 stands for none, so that it can be part of a key.
fn topic_column(place: Place) -> i64 {
    place.topic.map_or(0, |topic| topic.0)
}

fn place_of(chat: i64, topic: i64) -> Place {
    Place { chat: crate::domain::ids::ChatId(chat), topic: (topic != 0).then_some(TopicId(topic)) }
}

fn run_of(column: &str) -> Result<RunId, StoreError> {
    Uuid::try_parse(column).map(RunId).map_err(|why| StoreError::corrupt(format_args!("run {column}"), why))
}

fn approval_of(column: &str) -> Result<ApprovalId, StoreError> {
    Uuid::try_parse(column)
        .map(ApprovalId)
        .map_err(|why| StoreError::corrupt(format_args!("approval {column}"), why))
}

/// A value as a JSON column.
fn to_json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|why| StoreError::corrupt("a value that JSON cannot hold", why))
}
