//! The budgets, measured: the real program as a child process, against a playground in this one.
//!
//! `cargo bench --bench e2e` measures everything, `cargo bench --bench e2e -- latency stop`
//! only some; `--quick` does a tenth of each, to see that it works. `ADJUTANT_BENCH_PROGRAM` names another program to
//! measure than the one that cargo built, such as the `dist` build. The result is a table in Markdown.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::cast_precision_loss,
    reason = "a measurement ends by panics, speaks on the terminal, and divides counts"
)]

mod agent;
#[path = "../../tests/crash/child.rs"]
mod child;
mod engines;
mod history;
mod latency;
mod playground;
mod program;
#[path = "../../tests/crash/processes.rs"]
mod processes;
mod report;
mod rig;
mod stats;
mod stop;
mod stops;
mod streams;
mod throughput;

use std::time::Instant;

use report::{Report, Row};
use rig::Scale;

/// What can be measured, in the order of the table.
const ITEMS: [&str; 14] = [
    "size",
    "idle",
    "start",
    "latency",
    "final",
    "throughput",
    "ban",
    "streams",
    "history",
    "stop",
    "stops",
    "overhead",
    "sessions",
    "playground",
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if arguments.iter().any(|argument| argument == agent::ARGUMENT) {
        return agent::run();
    }
    let scale = if arguments.iter().any(|argument| argument == "--quick") { Scale(10) } else { Scale(1) };
    let wanted: Vec<&str> =
        arguments.iter().map(String::as_str).filter(|argument| *argument != "--quick").collect();
    if let Some(unknown) = wanted.iter().find(|name| !ITEMS.contains(name)) {
        eprintln!("{unknown} cannot be measured; there is: {}", ITEMS.join(", "));
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut report = Report::default();
    for item in ITEMS.into_iter().filter(|item| wanted.is_empty() || wanted.contains(item)) {
        let begun = Instant::now();
        eprint!("{item} … ");
        report.add(runtime.block_on(measure(item, scale)));
        eprintln!("{:.1} s", begun.elapsed().as_secs_f64());
    }
    println!("{report}");
}

async fn measure(item: &str, scale: Scale) -> Vec<Row> {
    match item {
        "size" => program::size(),
        "idle" => program::idle().await,
        "start" => program::start(scale).await,
        "latency" => latency::first_message(scale).await,
        "final" => latency::final_answer(scale).await,
        "throughput" => throughput::applied(scale).await,
        "ban" => latency::under_a_ban(scale).await,
        "streams" => streams::many(scale).await,
        "history" => history::long(scale).await,
        "overhead" => engines::overhead(scale).await,
        "sessions" => engines::sessions(scale).await,
        "stops" => stops::many(scale).await,
        "playground" => playground::calls(scale).await,
        _ => stop::pressed(scale).await,
    }
}
