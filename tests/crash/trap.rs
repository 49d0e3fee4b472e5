//! A trap in the database: the statement that meets it never ends, so that Adjutant stands still before exactly that
//! commit, with everything before it on disk and nothing after.
//!
//! It is a trigger that counts to infinity. Nothing in the program knows of it, and the killed process takes the
//! unfinished statement with it.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, Error};
use tokio::time::{Instant, sleep};

/// A write that lasts this long stands in the trap; others take a few milliseconds.
const STANDS_STILL: Duration = Duration::from_millis(250);

/// Lays the trap. `when` is the beginning of a trigger, such as `BEFORE INSERT ON tasks`.
pub(crate) async fn lay(database: &Path, when: &str) {
    run(database, "CREATE VIEW forever AS WITH RECURSIVE n (x) AS (VALUES (1) UNION ALL SELECT 1 FROM n) SELECT x FROM n")
        .await;
    run(database, &format!("CREATE TRIGGER trap {when} BEGIN SELECT count(*) FROM forever; END")).await;
}

/// Waits until Adjutant stands in the trap; `false` when it does not come.
pub(crate) async fn sprung(database: &Path) -> bool {
    let latest = Instant::now() + Duration::from_secs(10);
    let mut locked_since: Option<Instant> = None;
    while Instant::now() < latest {
        if is_locked(database).await {
            let since = *locked_since.get_or_insert_with(Instant::now);
            if since.elapsed() > STANDS_STILL {
                return true;
            }
        } else {
            locked_since = None;
        }
        sleep(Duration::from_millis(10)).await;
    }
    false
}

/// Takes it away.
pub(crate) async fn remove(database: &Path) {
    run(database, "DROP TRIGGER trap; DROP VIEW forever").await;
}

async fn run(database: &Path, statement: &str) {
    let mut connection = open(database, Duration::from_secs(5)).await;
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn is_locked(database: &Path) -> bool {
    let mut connection = open(database, Duration::ZERO).await;
    let tried = sqlx::raw_sql("BEGIN IMMEDIATE; ROLLBACK").execute(&mut connection).await;
    connection.close().await.unwrap();
    match tried {
        Ok(_) => false,
        Err(Error::Database(error)) if error.message().contains("locked") => true,
        Err(error) => panic!("{error}"),
    }
}

async fn open(database: &Path, patience: Duration) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(database).busy_timeout(patience);
    SqliteConnection::connect_with(&options).await.unwrap()
}
