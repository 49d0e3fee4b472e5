//! The scripted model server as a program, for `tests/recordings/record.py` and for trying an agent by hand: prints its
//! address and serves until its standard input ends.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "for tests only"
)]

#[allow(unused_imports, reason = "the tests know the plan")]
mod model;

use std::io::{Read, stdin};

#[tokio::main]
async fn main() {
    let model = model::Model::start().await;
    println!("{}", model.url);
    tokio::task::spawn_blocking(|| stdin().read_to_end(&mut Vec::new())).await.unwrap().unwrap();
}
