//! Tasks, their order, history and runs come back; stale changes are refused.

use std::time::Duration;

use super::*;
use crate::domain::card::Totals;
use crate::domain::event::{ActionState, ActionUpdate, Ending, TaskEvent, Usage};
use crate::domain::history::HistoryEntry;
use crate::domain::ids::SessionId;
use crate::domain::task::{Outcome, Phase, StopReason};

fn phases() -> Vec<Phase> {
    let run = run(1);
    vec![
        Phase::Starting { run },
        Phase::Running { run },
        Phase::AwaitingApproval { run, approvals: vec![approval_id(9), approval_id(2)] },
        Phase::Stopping { run, why: StopReason::User },
        Phase::Stopping { run, why: StopReason::Timeout },
        Phase::Stopping { run, why: StopReason::Timeout },
        Phase::Finished(Outcome::Succeeded),
        Phase::Finished(Outcome::Failed { reason: "exit 1".to_owned() }),
        Phase::Finished(Outcome::Stopped),
        Phase::Finished(Outcome::TimedOut),
        Phase::Finished(Outcome::Interrupted),
        Phase::Finished(Outcome::PassedOn { to: TaskId(1) }),
    ]
}

#[tokio::test]
async fn a_new_task_is_queued_and_comes_back_whole() {
    let store = memory().await;
    let new = NewTask { request: None, ..new_task(TOPIC) };
    let mut tx = store.begin().await.unwrap();
    let task = tx.insert_task(&new).await.unwrap();
    assert_eq!(task.phase, Phase::Queued);
    assert_eq!((task.place, &task.prompt), (TOPIC, &new.prompt));
    assert_eq!(tx.task(task.id).await.unwrap(), Some(task.clone()));
    tx.commit().await.unwrap();
    assert_eq!(stored(&store, task.id).await, task);
    assert_eq!(store.task(TaskId(99)).await.unwrap(), None);
}

#[tokio::test]
async fn every_phase_comes_back() {
    let store = memory().await;
    for phase in phases() {
        let task = insert(&store, CHAT).await;
        let moved = Task {
            phase,
            started_at: Some(NOW),
            ended_at: Some(NOW.plus(Duration::from_secs(2))),
            ..task.clone()
        };
        let mut tx = store.begin().await.unwrap();
        tx.save_task(&moved, &task.phase).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(stored(&store, task.id).await, moved);
    }
}

#[tokio::test]
async fn a_change_that_starts_from_another_phase_or_run_is_refused() {
    let store = memory().await;
    let queued = insert(&store, CHAT).await;
    let starting = Task { phase: Phase::Starting { run: run(1) }, ..queued.clone() };
    let mut tx = store.begin().await.unwrap();
    tx.save_task(&starting, &Phase::Queued).await.unwrap();

    let running = Task { phase: Phase::Running { run: run(1) }, ..queued.clone() };
    for was in [Phase::Queued, Phase::Running { run: run(1) }, Phase::Starting { run: run(2) }] {
        assert!(matches!(tx.save_task(&running, &was).await, Err(StoreError::Conflict)), "{was:?}");
    }
    assert_eq!(tx.task(queued.id).await.unwrap(), Some(starting.clone()));
    tx.save_task(&running, &starting.phase).await.unwrap();
}

#[tokio::test]
async fn the_queue_of_a_place_keeps_its_order_unless_one_is_put_first() {
    let store = memory().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(insert(&store, CHAT).await);
        insert(&store, TOPIC).await;
    }
    let [a, b, c] = [&ids[0], &ids[1], &ids[2]];
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.queued(CHAT).await.unwrap(), [a.id, b.id, c.id]);
    tx.put_first(c).await.unwrap();
    assert_eq!(tx.queued(CHAT).await.unwrap(), [c.id, a.id, b.id]);
    tx.put_first(b).await.unwrap();
    assert_eq!(tx.queued(CHAT).await.unwrap(), [b.id, c.id, a.id]);

    let started = Task { phase: Phase::Starting { run: run(1) }, ..b.clone() };
    tx.save_task(&started, &Phase::Queued).await.unwrap();
    assert_eq!(tx.queued(CHAT).await.unwrap(), [c.id, a.id]);
    assert!(matches!(tx.put_first(&started).await, Err(StoreError::Conflict)));
    tx.commit().await.unwrap();
    let unfinished = store.unfinished_tasks().await.unwrap();
    let unfinished: Vec<i64> = unfinished.iter().map(|task| task.id.0).collect();
    assert_eq!(unfinished, [3, 5, 1, 2, 4, 6]);
}

#[tokio::test]
async fn pages_go_back_in_time() {
    let store = memory().await;
    for _ in 0..5 {
        insert(&store, CHAT).await;
        insert(&store, TOPIC).await;
    }
    let page = async |place, before: Option<i64>, limit| -> Vec<i64> {
        let records = store.tasks_page(place, before.map(TaskId), limit).await.unwrap();
        records.iter().map(|record| record.task.id.0).collect()
    };
    assert_eq!(page(None, None, 3).await, [10, 9, 8]);
    assert_eq!(page(None, Some(3), 9).await, [2, 1]);
    assert_eq!(page(Some(CHAT), None, 3).await, [9, 7, 5]);
    assert_eq!(page(Some(CHAT), Some(5), 3).await, [3, 1]);
    assert_eq!(page(Some(TOPIC), Some(5), 1).await, [4]);
    assert!(page(Some(Place { chat: ChatId(1), topic: None }), None, 9).await.is_empty());
}

#[tokio::test]
async fn totals_come_with_the_record() {
    let store = memory().await;
    let task = insert(&store, CHAT).await;
    assert_eq!(store.task_record(task.id).await.unwrap().unwrap().totals, None);

    let ended = Task {
        phase: Phase::Finished(Outcome::Stopped),
        started_at: Some(NOW),
        ended_at: Some(NOW.plus(Duration::from_secs(90))),
        ..task.clone()
    };
    let totals = Totals {
        elapsed: Duration::from_secs(90),
        steps: 12,
        usage: Usage { cost_usd: Some(0.125), tokens: Some(4_200) },
    };
    let mut tx = store.begin().await.unwrap();
    tx.save_task(&ended, &Phase::Queued).await.unwrap();
    tx.save_totals(task.id, &totals).await.unwrap();
    assert!(matches!(tx.save_totals(TaskId(99), &totals).await, Err(StoreError::Conflict)));
    tx.commit().await.unwrap();
    let record = store.task_record(task.id).await.unwrap().unwrap();
    assert_eq!((record.task, record.totals), (ended, Some(totals)));
}

#[tokio::test]
async fn history_keeps_its_order_over_many_additions() {
    let store = memory().await;
    let (task, other) = (insert(&store, CHAT).await.id, insert(&store, CHAT).await.id);
    let said = |text: &str| HistoryEntry::Said { markdown: text.to_owned() };
    let entries = [
        HistoryEntry::Task { moved: TaskEvent::Started { run: run(1) } },
        HistoryEntry::Action {
            update: ActionUpdate { id: "a".to_owned(), title: None, state: ActionState::Running },
        },
        HistoryEntry::Output {
            action: "a".to_owned(),
            head: "1 \"quoted\"\n\u{1b}[0m é 💡".to_owned(),
            tail: String::new(),
            omitted: u64::MAX,
        },
        said("done"),
        HistoryEntry::Task { moved: TaskEvent::Ended { run: run(1), ending: Ending::Completed } },
    ];
    let later = Timestamp(NOW.0 + 1);
    let mut tx = store.begin().await.unwrap();
    tx.append_history(task, NOW, &entries[..2]).await.unwrap();
    tx.append_history(other, NOW, &[said("mine")]).await.unwrap();
    tx.append_history(task, NOW, &[]).await.unwrap();
    tx.append_history(task, later, &entries[2..]).await.unwrap();
    tx.commit().await.unwrap();

    let (times, found): (Vec<_>, Vec<_>) = store.history(task).await.unwrap().into_iter().unzip();
    assert_eq!(found, entries);
    assert_eq!(times, [NOW, NOW, later, later, later]);
    assert_eq!(store.history(other).await.unwrap(), [(NOW, said("mine"))]);
}

#[tokio::test]
async fn runs_are_noted() {
    let store = memory().await;
    let task = insert(&store, CHAT).await;
    let mut tx = store.begin().await.unwrap();
    tx.insert_run(run(1), task.id, "claude", NOW).await.unwrap();
    tx.set_run_session(run(1), &SessionId("s-1".to_owned())).await.unwrap();
    tx.end_run(run(1), Timestamp(NOW.0 + 5)).await.unwrap();
    assert_eq!(tx.task_session(task.id).await.unwrap(), Some(SessionId("s-1".to_owned())));
    assert_eq!(tx.task_session(TaskId(99)).await.unwrap(), None);
    assert!(matches!(tx.end_run(run(2), NOW).await, Err(StoreError::Conflict)));
    assert!(tx.insert_run(run(3), TaskId(99), "claude", NOW).await.is_err(), "a run needs its task");
    tx.commit().await.unwrap();
    let row: (String, i64, String, i64) = sqlx::query_as("SELECT id, task, session, ended_at FROM runs")
        .fetch_one(&store.readers)
        .await
        .unwrap();
    assert_eq!(row, (run(1).to_string(), task.id.0, "s-1".to_owned(), NOW.0 + 5));
}

#[tokio::test]
async fn an_unreadable_task_is_named() {
    let store = memory().await;
    let task = insert(&store, CHAT).await;
    sqlx::query("UPDATE tasks SET phase = 'running', run = 'nonsense'").execute(&store.writer).await.unwrap();
    let error = store.task(task.id).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    assert!(error.to_string().contains("nonsense"), "{error}");
}
