//! An update is kept byte by byte and applied once.

use super::*;

#[tokio::test]
async fn updates_come_back_byte_by_byte_and_once() {
    let (_dir, store) = on_disk().await;
    let batch: Vec<RawUpdate> = (1..=100).map(update).collect();
    assert_eq!(store.accept_updates(&batch, NOW).await.unwrap(), 100);
    assert_eq!(store.accept_updates(&[update(100), update(101)], NOW).await.unwrap(), 1);
    assert_eq!(store.accept_updates(&[], NOW).await.unwrap(), 0);

    assert_eq!(store.pending_updates(0, 100).await.unwrap(), batch);
    assert_eq!(store.pending_updates(100, 100).await.unwrap(), [update(101)]);
    assert_eq!(store.pending_updates(i64::MIN, 1).await.unwrap(), [update(1)]);
}

#[tokio::test]
async fn an_update_is_applied_once() {
    let store = memory().await;
    store.accept_updates(&[update(1), update(2), update(3)], NOW).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.mark_applied(&[1], NOW).await.unwrap();
    tx.mark_failed(2, "no sense in it", NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.pending_updates(0, 9).await.unwrap(), [update(3)]);

    let mut tx = store.begin().await.unwrap();
    for again in [1, 2, 99] {
        assert!(matches!(tx.mark_applied(&[again], NOW).await, Err(StoreError::Conflict)));
        assert!(matches!(tx.mark_failed(again, "", NOW).await, Err(StoreError::Conflict)));
    }
}

#[tokio::test]
async fn a_known_update_stays_applied_when_it_is_sent_again() {
    let store = memory().await;
    store.accept_updates(&[update(1)], NOW).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.mark_applied(&[1], NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.accept_updates(&[update(1)], NOW).await.unwrap(), 0);
    assert_eq!(store.pending_updates(0, 9).await.unwrap(), []);
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing() {
    let (_dir, store) = on_disk().await;
    store.accept_updates(&[update(1)], NOW).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.mark_applied(&[1], NOW).await.unwrap();
    tx.insert_task(&new_task(CHAT)).await.unwrap();
    drop(tx);
    assert_eq!(store.pending_updates(0, 9).await.unwrap(), [update(1)]);
    assert_eq!(store.unfinished_tasks().await.unwrap(), []);
    store.begin().await.unwrap().commit().await.unwrap();
}
