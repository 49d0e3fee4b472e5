//! `/tasks` with a million tasks behind it.

use std::time::Duration;

use adjutant::domain::ids::{ChatId, Place, TaskId};
use adjutant::store::{DatabaseLocation, Store};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use tokio::time::Instant;

use crate::report::Row;
use crate::rig::{FIRST, Rig, Scale, person};
use crate::stats::{Sample, ms};

/// How many people ask for their list.
const PEOPLE: usize = 200;

pub(crate) async fn long(scale: Scale) -> Vec<Row> {
    let tasks = scale.of(1_000_000);
    let mut rig = Rig::new(PEOPLE + 1, &[]).await;
    let location = DatabaseLocation::File(rig.home.database());
    Store::open(&location).await.unwrap().close().await;
    fill(&rig, tasks).await;
    let pages = pages(&rig, tasks).await;
    rig.serve().await;
    let mut lists = Vec::new();
    for at in 0..PEOPLE {
        for _ in 0..4 {
            lists.push(rig.ask(person(at), "/tasks").await);
        }
    }
    rig.end().await;
    let lists = Sample::of(lists);
    vec![
        Row::at_most("`/tasks` with 1,000,000 tasks in history, p99", 10.0, ms(lists.p99()), "ms"),
        Row::info("… median", ms(lists.median()), "ms"),
        Row::at_most("… a page read from the store, p99", 10.0, ms(pages.p99()), "ms"),
    ]
}

/// Half of the tasks are the first person's, the other half everybody's.
async fn fill(rig: &Rig, tasks: usize) {
    let options = SqliteConnectOptions::new().filename(rig.home.database());
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let statement = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {tasks})
         INSERT INTO tasks (chat, topic, requester, request_message, agent, engine, workspace, prompt, phase, outcome,
             queue_rank, steps, created_at, started_at, ended_at)
         SELECT {FIRST} + iif(i % 2, 0, i / 2 % {PEOPLE}), 0, {FIRST}, i, 'reviewer', 'script', 'work',
             'fix the failing test number ' || i, 'finished', 'succeeded', i, 12, i * 1000, i * 1000, i * 1000 + 500
         FROM n"
    );
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Pages from anywhere in the history.
async fn pages(rig: &Rig, tasks: usize) -> Sample {
    let store = Store::open_read_only(&rig.home.database()).await.unwrap();
    let mut times: Vec<Duration> = Vec::new();
    for at in 0..1000 {
        let place = Place { chat: ChatId(person(at % PEOPLE)), topic: None };
        let before = TaskId(i64::try_from(tasks * (at * 7919 % 1000) / 1000).unwrap() + 1);
        let begun = Instant::now();
        store.tasks_page(Some(place), Some(before), 9).await.unwrap();
        times.push(begun.elapsed());
    }
    store.close().await;
    Sample::of(times)
}
