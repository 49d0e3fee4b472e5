//! A database is opened by one Adjutant, read beside it, and every trouble with it has its name.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use futures_util::FutureExt as _;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use super::*;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_new_database_is_readable_by_its_user_only() {
    let (dir, store) = on_disk().await;
    store.accept_updates(&[update(1)], NOW).await.unwrap();
    for name in ["adjutant.db", "adjutant.db-wal", "adjutant.db-shm", "adjutant.db.lock"] {
        assert_eq!(mode(&dir.path().join(name)), 0o600, "{name}");
    }
}

#[tokio::test]
async fn what_was_committed_is_there_after_reopening() {
    let (dir, store) = on_disk().await;
    let task = insert(&store, TOPIC).await;
    store.close().await;
    let again = in_file(&dir.path().join("adjutant.db")).await.unwrap();
    assert_eq!(stored(&again, task.id).await, task);
}

#[tokio::test]
async fn a_second_adjutant_is_turned_away_until_the_first_is_gone() {
    let (dir, store) = on_disk().await;
    let path = dir.path().join("adjutant.db");
    assert!(matches!(in_file(&path).await, Err(StoreError::InUse)));
    store.close().await;
    in_file(&path).await.unwrap();
}

#[tokio::test]
async fn a_lock_that_is_left_for_a_moment_turns_nobody_away() {
    let (dir, store) = on_disk().await;
    let path = dir.path().join("adjutant.db");
    let mut opening = Box::pin(in_file(&path));
    // It has seen the lock once.
    assert!(opening.as_mut().now_or_never().is_none());
    store.close().await;
    opening.await.unwrap();
}

#[tokio::test]
async fn a_database_that_cannot_be_made_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let error = in_file(&dir.path().join("missing/adjutant.db")).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
    assert!(error.to_string().contains("missing/adjutant.db"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_corrupt() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("adjutant.db");
    std::fs::write(
        &path,
        "this is a text, and long enough to be taken for a header of a hundred bytes".repeat(9),
    )
    .unwrap();
    assert!(matches!(in_file(&path).await, Err(StoreError::Corrupt { .. })));
}

#[tokio::test]
async fn readers_see_a_store_that_is_in_use_and_change_nothing() {
    let (dir, store) = on_disk().await;
    let task = insert(&store, CHAT).await;
    let reader = Store::open_read_only(&dir.path().join("adjutant.db")).await.unwrap();
    assert_eq!(stored(&reader, task.id).await, task);
    assert!(matches!(reader.accept_updates(&[update(1)], NOW).await, Err(StoreError::Full)));
    assert!(matches!(
        reader.begin().await.unwrap().insert_task(&new_task(CHAT)).await,
        Err(StoreError::Full)
    ));
}

#[tokio::test]
async fn readers_see_a_store_that_nobody_uses() {
    let (dir, store) = on_disk().await;
    let task = insert(&store, CHAT).await;
    store.close().await;
    let reader = Store::open_read_only(&dir.path().join("adjutant.db")).await.unwrap();
    assert_eq!(stored(&reader, task.id).await, task);
}

#[tokio::test]
async fn readers_refuse_a_missing_or_an_older_database() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("missing.db");
    assert!(matches!(Store::open_read_only(&missing).await, Err(StoreError::Unavailable { .. })));
    assert!(!missing.exists());

    let empty = dir.path().join("empty.db");
    std::fs::write(&empty, "").unwrap();
    let error = Store::open_read_only(&empty).await.unwrap_err();
    assert!(matches!(error, StoreError::Schema(_)), "{error}");
}

#[tokio::test]
async fn a_newer_database_is_refused() {
    let (dir, store) = on_disk().await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', 1, x'00', 0)",
    )
    .execute(&store.writer)
    .await
    .unwrap();
    store.close().await;
    let path = dir.path().join("adjutant.db");
    assert!(matches!(in_file(&path).await, Err(StoreError::Schema(_))));
    assert!(matches!(Store::open_read_only(&path).await, Err(StoreError::Schema(_))));
}

#[tokio::test]
async fn a_locked_database_is_busy() {
    let (dir, store) = on_disk().await;
    sqlx::query("PRAGMA busy_timeout = 0").execute(&store.writer).await.unwrap();
    let mut other =
        SqliteConnectOptions::new().filename(dir.path().join("adjutant.db")).connect().await.unwrap();
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    assert!(matches!(store.begin().await, Err(StoreError::Busy)));
    assert!(matches!(store.accept_updates(&[update(1)], NOW).await, Err(StoreError::Busy)));
    lock.rollback().await.unwrap();
    assert_eq!(store.accept_updates(&[update(1)], NOW).await.unwrap(), 1);
}

#[tokio::test]
async fn a_full_database_says_so_keeps_what_it_has_and_recovers() {
    let (_dir, store) = on_disk().await;
    let task = insert(&store, CHAT).await;
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&store.writer).await.unwrap();
    let limit = |pages: i64| sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
    sqlx::query(limit(pages)).execute(&store.writer).await.unwrap();

    let big = [RawUpdate { id: 1, body: "x".repeat(1 << 20) }];
    assert!(matches!(store.accept_updates(&big, NOW).await, Err(StoreError::Full)));
    let mut tx = store.begin().await.unwrap();
    let prompt = "x".repeat(1 << 20);
    let refused = tx.insert_task(&NewTask { prompt, ..new_task(CHAT) }).await;
    assert!(matches!(refused, Err(StoreError::Full)));
    drop(tx);

    sqlx::query(limit(1 << 30)).execute(&store.writer).await.unwrap();
    assert_eq!(store.unfinished_tasks().await.unwrap(), [task]);
    assert_eq!(store.accept_updates(&big, NOW).await.unwrap(), 1);
    insert(&store, CHAT).await;
}

#[tokio::test]
async fn approvals_of_an_earlier_version_are_kept() {
    let mut db =
        SqliteConnectOptions::new().filename(":memory:").foreign_keys(false).connect().await.unwrap();
    for sql in [
        include_str!("../../../migrations/0001_initial.sql"),
        "INSERT INTO approvals (id, task, run, request, chat, topic, requester, agent, payload, sha256, nonce, asked_at,
             deadline, status, detail)
         VALUES ('a', 1, 'r', 'q', 7, 0, 9, 'x', '{}', 'f', 5, 11, 12, 'open', '{\"status\":\"open\"}')",
        include_str!("../../../migrations/0006_policy.sql"),
        "UPDATE approvals SET status = 'denied_by_policy'",
    ] {
        sqlx::raw_sql(sql).execute(&mut db).await.unwrap();
    }
    let kept: (String, i64, i64, String) =
        sqlx::query_as("SELECT id, nonce, deadline, payload FROM approvals")
            .fetch_one(&mut db)
            .await
            .unwrap();
    assert_eq!(kept, ("a".to_owned(), 5, 12, "{}".to_owned()));
    let indexes: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'approvals' AND sql IS NOT NULL ORDER BY name",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert_eq!(indexes, ["approvals_open", "approvals_task"]);
    let keys = sqlx::query("PRAGMA foreign_key_list(approvals)").fetch_all(&mut db).await.unwrap();
    assert_eq!(keys.len(), 1);
}
