//! What a watchdog and a monitor ask the bot over HTTP.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use adjutant::playground::{Fault, FaultKind};

use crate::support::{Plan, YOU};

/// An address that was free a moment ago.
fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

async fn get(address: SocketAddr, path: &str) -> String {
    let answer = reqwest::get(format!("http://{address}{path}")).await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    answer.text().await.unwrap()
}

#[tokio::test]
async fn health_and_metrics_are_served_when_wanted() {
    let mut world = Plan::new().parrot().start().await;
    let address = free_address();
    let mut chat = world.private(YOU);
    chat.settle().await;
    world.end().await;
    world.config.listen = Some(address);
    world.begin();
    world.sim.fault(&Fault::next("sendMessage", FaultKind::Internal)).await;
    chat.send("/agent parrot one").await;
    chat.expect_new("turn 1: one").await;
    chat.expect_edit("Done · parrot").await;
    assert_eq!(get(address, "/healthz").await, "ok\n");
    let metrics = get(address, "/metrics").await;
    for wanted in ["succeeded", "unreachable", "# EOF"] {
        assert!(metrics.contains(wanted), "{wanted:?} is missing:\n{metrics}");
    }
    let token = world.config.token.as_ref().unwrap().expose().to_owned();
    assert!(!metrics.contains(&token) && !metrics.contains("1001"), "says too much:\n{metrics}");
}
