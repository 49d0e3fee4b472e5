//! The store, through its own doors. What several tests need is here.

use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use uuid::Uuid;

use super::{DatabaseLocation, NewTask, Store, StoreError};
use crate::domain::agent::{AgentSpec, Dialect, Source};
use crate::domain::ids::{ApprovalId, ChatId, MessageId, Place, RunId, TaskId, Timestamp, TopicId, UserId};
use crate::domain::input::RawUpdate;
use crate::domain::task::Task;

mod approvals;
mod conversations;
mod inbox;
mod opening;
mod outbox;
mod plans;
mod sessions;
mod tasks;
mod teams;
mod upkeep;
mod usage;
mod versions;

const CHAT: Place = Place { chat: ChatId(-100), topic: None };
const TOPIC: Place = Place { chat: ChatId(-100), topic: Some(TopicId(7)) };
const USER: UserId = UserId(5);
const NOW: Timestamp = Timestamp(1_700_000_000_000);

async fn memory() -> Store {
    Store::open(&DatabaseLocation::Memory).await.unwrap()
}

async fn in_file(path: &Path) -> Result<Store, StoreError> {
    Store::open(&DatabaseLocation::File(path.to_owned())).await
}

/// A store in a file, for what one connection in memory cannot show.
async fn on_disk() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = in_file(&dir.path().join("adjutant.db")).await.unwrap();
    (dir, store)
}

fn reviewer() -> AgentSpec {
    let source = Source { path: "reviewer.md".into(), dialect: Dialect::ClaudeCode };
    AgentSpec::new("reviewer", "Reviews.", source)
}

fn new_task(place: Place) -> NewTask {
    NewTask {
        place,
        requester: USER,
        request: Some(MessageId(11)),
        agent: Arc::new(reviewer()),
        engine: "script".to_owned(),
        workspace: "api".to_owned(),
        prompt: "fix the failing test".to_owned(),
        files: Vec::new(),
        resume: None,
        part: crate::domain::task::Part::Alone,
        created_at: NOW,
    }
}

async fn insert(store: &Store, place: Place) -> Task {
    let mut tx = store.begin().await.unwrap();
    let task = tx.insert_task(&new_task(place)).await.unwrap();
    tx.commit().await.unwrap();
    task
}

async fn stored(store: &Store, id: TaskId) -> Task {
    store.task(id).await.unwrap().unwrap()
}

fn update(id: i64) -> RawUpdate {
    RawUpdate { id, body: format!(r#"{{"update_id":{id},"text":"\"quoted\" – \u0000 💡"}}"#) }
}

fn run(number: u128) -> RunId {
    RunId(Uuid::from_u128(number))
}

fn approval_id(number: u128) -> ApprovalId {
    ApprovalId(Uuid::from_u128(number))
}

async fn count(store: &Store, table: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
    sqlx::query_scalar(sql).fetch_one(&store.readers).await.unwrap()
}

/// What waits for one chat.
async fn waiting_in(store: &Store, chat: ChatId) -> Vec<crate::domain::delivery::Delivery> {
    let waiting = store.pending_deliveries().await.unwrap();
    waiting.into_iter().filter(|delivery| delivery.what.place.chat == chat).collect()
}
