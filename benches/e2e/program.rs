//! The program by itself: how big it is, how much memory it wants, how fast it starts.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::any;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use crate::child::Home;
use crate::report::Row;
use crate::rig::{Rig, Scale, memory, program};
use crate::stats::{Sample, ms};

pub(crate) fn size() -> Vec<Row> {
    let bytes = std::fs::metadata(program()).unwrap().len();
    vec![Row::at_most("size of the program", 16.0, bytes as f64 / 1e6, "MB")]
}

pub(crate) async fn idle() -> Vec<Row> {
    let rig = Rig::started(2, &[]).await;
    sleep(Duration::from_secs(5)).await;
    let idle = memory(rig.pid());
    rig.end().await;
    vec![Row::at_most("memory of an idle `serve`", 12.0, idle, "MB")]
}

/// From the start of the process to its first `getUpdates`, with a database that is there already.
pub(crate) async fn start(scale: Scale) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let server = Stub::start().await;
    let first = started_in(&folder, &server).await;
    let mut times = Vec::new();
    for _ in 0..scale.of(50) {
        times.push(started_in(&folder, &server).await);
    }
    let times = Sample::of(times);
    vec![
        Row::at_most("start to first `getUpdates`, median", 30.0, ms(times.median()), "ms"),
        Row::info("… longest", ms(times.longest()), "ms"),
        Row::info("… the first time, when the database is made", ms(first), "ms"),
    ]
}

async fn started_in(folder: &TempDir, server: &Stub) -> Duration {
    let home = Home {
        folder: folder.path().to_owned(),
        api: server.url.clone(),
        token: "1:a-token-that-is-as-long-as-real-ones".to_owned(),
        program: program(),
    };
    home.furnish("agents: [./agents]\nworkspaces: { work: { path: ./workspace } }\n", &[]);
    let begun = Instant::now();
    let serving = home.serve(&[("RUST_LOG", "warn"), ("ADJUTANT_OWNERS", "1")]);
    server.polled.notified().await;
    let took = begun.elapsed();
    serving.kill().await;
    took
}

/// A Bot API server that only says who the bot is, and when it was polled.
struct Stub {
    url: String,
    polled: Arc<Notify>,
}

impl Stub {
    async fn start() -> Self {
        let polled = Arc::new(Notify::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().route("/{bot}/{method}", any(answer)).with_state(Arc::clone(&polled));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, polled }
    }
}

async fn answer(
    State(polled): State<Arc<Notify>>,
    Path((_, method)): Path<(String, String)>,
) -> impl IntoResponse {
    match method.to_lowercase().as_str() {
        "getme" => {
            r#"{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"Stub","username":"stub_bot","can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":false,"has_main_web_app":false,"can_connect_to_business":false}}"#
        }
        "getupdates" => {
            polled.notify_one();
            std::future::pending().await
        }
        _ => r#"{"ok":true,"result":true}"#,
    }
}
