//! A task keeps the agent that it was asked of.

use super::*;

#[tokio::test]
async fn a_task_keeps_the_agent_that_it_was_asked_of() {
    let store = memory().await;
    let before = AgentSpec { model: Some("opus".to_owned()), ..reviewer() };
    let mut tx = store.begin().await.unwrap();
    let old = NewTask { agent: Arc::new(before.clone()), ..new_task(CHAT) };
    let first = tx.insert_task(&old).await.unwrap();
    let second = tx.insert_task(&old).await.unwrap();
    let third = tx.insert_task(&new_task(CHAT)).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.agent_of(first.id).await.unwrap(), Some(before.clone()));
    assert_eq!(tx.agent_of(second.id).await.unwrap(), Some(before));
    assert_eq!(tx.agent_of(third.id).await.unwrap(), Some(reviewer()));
    drop(tx);
    assert_eq!(count(&store, "agent_versions").await, 2, "each version is kept once");
}

#[tokio::test]
async fn a_version_that_is_missing_or_not_understood_is_none() {
    let store = memory().await;
    let (old, strange) = (insert(&store, CHAT).await, insert(&store, TOPIC).await);
    store.spoil("UPDATE tasks SET agent_version = NULL WHERE id = 1").await;
    store.spoil("UPDATE agent_versions SET spec = '{\"name\":7}'").await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.agent_of(old.id).await.unwrap(), None);
    assert_eq!(tx.agent_of(strange.id).await.unwrap(), None);
}
