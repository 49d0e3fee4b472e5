//! What was used is summed up, whatever was reported.

use super::*;
use crate::domain::event::Usage;
use crate::domain::usage::{Used, Window};

const HOUR: i64 = 3_600_000;
const OTHER: Place = Place { chat: ChatId(5), topic: None };

async fn count_of(store: &Store, place: Place, engine: &str, usage: Usage, hours_ago: i64) {
    let mut tx = store.begin().await.unwrap();
    let new = NewTask { engine: engine.to_owned(), ..new_task(place) };
    let task = tx.insert_task(&new).await.unwrap();
    tx.count_usage(&task, &usage, Timestamp(NOW.0 - hours_ago * HOUR)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn within(store: &Store, chat: Option<ChatId>, window: Window) -> Vec<(String, u64, Usage)> {
    let mut tx = store.begin().await.unwrap();
    let used = tx.usage(chat, window.length(), NOW).await.unwrap();
    used.into_iter().map(|Used { engine, tasks, usage, .. }| (engine, tasks, usage)).collect()
}

fn usage(cost_usd: Option<f64>, tokens: Option<u64>) -> Usage {
    Usage { cost_usd, tokens }
}

#[tokio::test]
async fn what_was_used_is_summed_up_for_each_chat_and_for_all() {
    let store = memory().await;
    count_of(&store, CHAT, "claude", usage(Some(0.25), Some(100)), 0).await;
    count_of(&store, TOPIC, "claude", usage(Some(0.5), None), 23).await;
    count_of(&store, CHAT, "codex", usage(None, Some(7)), 30).await;
    count_of(&store, CHAT, "claude", usage(Some(1.0), Some(1)), 24 * 8).await;
    count_of(&store, OTHER, "claude", usage(None, Some(1_000)), 1).await;
    count_of(&store, CHAT, "script", usage(None, None), 1).await;
    count_of(&store, CHAT, "claude", usage(Some(9.0), Some(9)), 24 * 31).await;

    let claude = |tasks, cost, tokens| ("claude".to_owned(), tasks, usage(Some(cost), Some(tokens)));
    let codex = || ("codex".to_owned(), 1, usage(None, Some(7)));
    let here = Some(CHAT.chat);
    assert_eq!(within(&store, here, Window::Day).await, [claude(2, 0.75, 100)]);
    assert_eq!(within(&store, here, Window::Week).await, [claude(2, 0.75, 100), codex()]);
    assert_eq!(within(&store, here, Window::Month).await, [claude(3, 1.75, 101), codex()]);
    assert_eq!(within(&store, None, Window::Day).await, [claude(3, 0.75, 1_100)]);
    assert_eq!(within(&store, Some(ChatId(77)), Window::Month).await, []);
}

#[tokio::test]
async fn nonsense_cannot_keep_a_task_from_ending() {
    let store = memory().await;
    for cost in [f64::NAN, f64::INFINITY, -1.0] {
        count_of(&store, CHAT, "odd", usage(Some(cost), None), 0).await;
    }
    for _ in 0..9 {
        count_of(&store, CHAT, "odd", usage(Some(f64::MAX), Some(u64::MAX)), 0).await;
    }
    let [(_, tasks, sum)] = within(&store, None, Window::Day).await.try_into().unwrap();
    assert_eq!((tasks, sum.tokens), (9, Some(9 << 50)));
}

#[tokio::test]
async fn a_chat_keeps_its_sums_under_its_new_id() {
    let store = memory().await;
    count_of(&store, CHAT, "claude", usage(Some(0.25), Some(100)), 0).await;
    count_of(&store, OTHER, "claude", usage(Some(0.25), Some(10)), 0).await;
    count_of(&store, CHAT, "claude", usage(None, Some(1)), 2).await;
    let mut tx = store.begin().await.unwrap();
    tx.migrate_chat(CHAT.chat, OTHER.chat).await.unwrap();
    tx.commit().await.unwrap();
    let sum = ("claude".to_owned(), 3, usage(Some(0.5), Some(111)));
    assert_eq!(within(&store, Some(CHAT.chat), Window::Day).await, []);
    assert_eq!(within(&store, Some(OTHER.chat), Window::Day).await, std::slice::from_ref(&sum));
    assert_eq!(within(&store, None, Window::Day).await, [sum]);
}
