//! How many commands a second are applied for good.

use std::path::Path;

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tokio::time::Instant;

use crate::report::Row;
use crate::rig::{Rig, Scale, person, until};

/// Twice many commands at once: answers, then tasks. Applied means committed to disk with all effects.
pub(crate) async fn applied(scale: Scale) -> Vec<Row> {
    let answers = commands_per_second(scale.of(20_000), 100, "/whoami").await;
    let spread = commands_per_second(scale.of(20_000), 5_000 / scale.0, "/whoami").await;
    let tasks = commands_per_second(scale.of(20_000), 100, "/agent echo hi").await;
    vec![
        Row::at_least("commands applied, durable: `/whoami` in 100 chats", 5000.0, answers, "per second"),
        Row::info("… in 5,000 chats, with all answers sent meanwhile", spread, "per second"),
        Row::info(
            "… `/agent echo hi` in 100 chats, while 100 of these tasks run at once",
            tasks,
            "per second",
        ),
    ]
}

async fn commands_per_second(count: usize, chats: usize, text: &str) -> f64 {
    let rig = Rig::started(chats + 1, &[("echo", "- say: \"{{prompt}}\"".to_owned())]).await;
    let mut database = open(&rig.home.database()).await;
    let known = applied_so_far(&mut database).await;
    // Adjutant takes them in while they are still being written; what counts is its pace, from the first to the last.
    let begun = Instant::now();
    for at in 0..count {
        let person = person(at % chats);
        rig.sim.say(person, person, text).unwrap();
    }
    let written = begun.elapsed();
    let count = i64::try_from(count).unwrap();
    until("all are applied", async || applied_so_far(&mut database).await >= known + count).await;
    let took = begun.elapsed();
    eprintln!("\n  {count} {text} written in {written:?}, applied in {took:?}");
    database.close().await.unwrap();
    rig.kill().await;
    count as f64 / took.as_secs_f64()
}

async fn open(database: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(database).read_only(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn applied_so_far(database: &mut SqliteConnection) -> i64 {
    let query =
        "SELECT (SELECT count(*) FROM updates) - (SELECT count(*) FROM updates WHERE status = 'pending')";
    sqlx::query_scalar(query).fetch_one(database).await.unwrap()
}
