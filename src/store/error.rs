//! Why the store did not do it, by what the caller can do about it. Owns the reading of SQLite's result codes.

use std::fmt;
use std::path::PathBuf;

use sqlx::migrate::MigrateError;

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database stayed locked for longer than we wait: try again.
    #[error("the database is locked by another process")]
    Busy,
    /// Nothing can be written: a person has to make room or lift a protection.
    #[error("the database cannot be written to: the disk is full, or the file is read-only")]
    Full,
    /// The row is not what the caller took it for: read it again.
    #[error("someone else changed it meanwhile")]
    Conflict,
    /// Something stored cannot be read back.
    #[error("the database holds something unreadable: {what}")]
    Corrupt {
        /// What, and why.
        what: String,
    },
    /// Another Adjutant works with this database.
    #[error("another adjutant is using this database")]
    InUse,
    /// There is no such file, or it cannot be opened.
    #[error("cannot open the database {}: {source}", .path.display())]
    Unavailable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database was made by an older or a newer Adjutant, and this opening may not change it.
    #[error("the database does not fit this version of adjutant: {0}")]
    Schema(String),
    /// Anything else.
    #[error("the database failed: {0}")]
    Sqlx(#[source] sqlx::Error),
}

impl StoreError {
    pub(super) fn corrupt(what: impl fmt::Display, why: impl fmt::Display) -> Self {
        Self::Corrupt { what: format!("{what}: {why}") }
    }
}

impl StoreError {
    /// Whether another try can end better: the database is busy or full, or the disk has trouble. What lies in the
    /// data itself stays as it is.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Busy | Self::Full | Self::Unavailable { .. } => true,
            Self::Conflict | Self::Corrupt { .. } | Self::InUse | Self::Schema(_) => false,
            Self::Sqlx(error) => match primary_code(error) {
                Some(code) => matches!(code, NOMEM | INTERRUPT | IOERR | CANTOPEN | PROTOCOL),
                None => {
                    matches!(error, sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed)
                }
            },
        }
    }
}

// Primary result codes, from https://www.sqlite.org/rescode.html
const BUSY: u32 = 5;
const LOCKED: u32 = 6;
const NOMEM: u32 = 7;
const READONLY: u32 = 8;
const INTERRUPT: u32 = 9;
const IOERR: u32 = 10;
const CORRUPT: u32 = 11;
const FULL: u32 = 13;
const CANTOPEN: u32 = 14;
const PROTOCOL: u32 = 15;
const NOTADB: u32 = 26;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // Waiting for our own writer connection is no other than waiting for another process.
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::Busy;
        }
        match primary_code(&error) {
            Some(BUSY | LOCKED) => Self::Busy,
            Some(FULL | READONLY) => Self::Full,
            Some(CORRUPT | NOTADB) => Self::corrupt("the file", error),
            _ => Self::Sqlx(error),
        }
    }
}

/// SQLite's result code without the extension in its upper bytes.
fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let extended: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xff)
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            other => Self::Schema(other.to_string()),
        }
    }
}
