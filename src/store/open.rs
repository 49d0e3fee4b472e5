//! Opening a database: the file's mode, the lock against a second Adjutant, SQLite's settings, the migrations.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqlitePool};
use tokio::time::{Instant, sleep};

use super::{Store, StoreError};

static MIGRATOR: Migrator = sqlx::migrate!();

/// How long a statement waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an Adjutant waits for the one before it to be gone. One that is killed while it starts a child process
/// leaves its lock to the child until the child becomes another program: milliseconds, more on a busy machine.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);
const LOCK_RETRY: Duration = Duration::from_millis(20);
/// How long a caller waits for a connection that others use.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);
/// Connections for lists. Two, so that a long one does not hold up a short one.
const READERS: u32 = 2;

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseLocation {
    /// In a file, made when missing.
    File(PathBuf),
    /// In memory, gone when the store is dropped.
    Memory,
}

impl Store {
    /// Opens a database for the only Adjutant that works with it; makes it when missing, and brings its schema up
    /// to date.
    ///
    /// # Errors
    /// [`StoreError::InUse`], [`StoreError::Unavailable`], [`StoreError::Schema`] when a newer Adjutant made it,
    /// and what the database says.
    pub async fn open(location: &DatabaseLocation) -> Result<Self, StoreError> {
        match location {
            DatabaseLocation::File(path) => Self::open_file(path).await,
            DatabaseLocation::Memory => {
                let writer = pool(options(Path::new(":memory:")), 1);
                MIGRATOR.run(&writer).await?;
                Ok(Self { readers: writer.clone(), writer, _lock: None })
            }
        }
    }

    async fn open_file(path: &Path) -> Result<Self, StoreError> {
        let lock = lock(path).await?;
        // Made by us before SQLite opens it, so that nobody else can ever read it; SQLite gives its `-wal` and
        // `-shm` files the mode of the database.
        private_file(path).map_err(|source| unavailable(path, source))?;
        let writer = pool(options(path).journal_mode(SqliteJournalMode::Wal), 1);
        MIGRATOR.run(&writer).await?;
        let readers = pool(options(path).read_only(true), READERS);
        Ok(Self { writer, readers, _lock: Some(Arc::new(lock)) })
    }

    /// Opens an existing database for reading only, also while an Adjutant works with it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is none, [`StoreError::Schema`] when it was made by an older or a
    /// newer Adjutant.
    pub async fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        // SQLite would only say that it was "unable to open".
        File::open(path).map_err(|source| unavailable(path, source))?;
        let readers = pool(options(path).read_only(true), READERS);
        check_schema(&readers).await?;
        Ok(Self { writer: readers.clone(), readers, _lock: None })
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        // What is acknowledged must survive a power cut.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("cache_size", "-2000")
        .thread_name(|id| format!("sqlite-{id}"))
        .disable_statement_logging()
}

fn pool(options: SqliteConnectOptions, connections: u32) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A connection lives as long as the store: it holds its prepared statements, or the whole database.
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        // SQLite can end a transaction by itself when the disk is full; sqlx then goes on counting it, and such a
        // connection could never begin another.
        .before_acquire(|connection, _| {
            let usable = !connection.is_in_transaction();
            Box::pin(async move { Ok(usable) })
        })
        .connect_lazy_with(options)
}

async fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let path = PathBuf::from(name);
    let file = private_file(&path).map_err(|source| unavailable(&path, source))?;
    let patience = Instant::now() + LOCK_PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < patience => sleep(LOCK_RETRY).await,
            Err(TryLockError::WouldBlock) => return Err(StoreError::InUse),
            Err(TryLockError::Error(source)) => return Err(unavailable(&path, source)),
        }
    }
}

/// Opens a file, made for this user alone when missing.
fn private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

fn unavailable(path: &Path, source: io::Error) -> StoreError {
    StoreError::Unavailable { path: path.to_owned(), source }
}

async fn check_schema(pool: &SqlitePool) -> Result<(), StoreError> {
    // Not a checked query: the table belongs to sqlx, and may be missing.
    let table: Option<i64> =
        sqlx::query_scalar("SELECT 1 FROM sqlite_schema WHERE name = '_sqlx_migrations'")
            .fetch_optional(pool)
            .await?;
    let found: Option<i64> = match table {
        Some(_) => {
            sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
                .fetch_one(pool)
                .await?
        }
        None => None,
    };
    let wanted = MIGRATOR.iter().map(|migration| migration.version).max();
    if found == wanted {
        return Ok(());
    }
    let version = |version: Option<i64>| version.map_or("none".to_owned(), |version| version.to_string());
    Err(StoreError::Schema(format!(
        "its schema is {}, expected {}; `adjutant serve` brings an older one up to date",
        version(found),
        version(wanted)
    )))
}
