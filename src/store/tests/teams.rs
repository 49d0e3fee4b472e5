//! Chains, races and worktrees: what is stored comes back, and goes along with its chat.

use super::*;
use crate::domain::chain::{ChainState, Step, StepState};
use crate::domain::history::HistoryEntry;
use crate::domain::ids::{ChainId, RaceId};
use crate::domain::race::{RaceState, Runner};
use crate::domain::task::Part;
use crate::domain::worktree::{Changes, TestResult, Worktree, WorktreeState};
use crate::store::{NewChain, NewRace};

fn new_chain() -> NewChain {
    let step = |agent: &str| Step {
        agent: agent.to_owned(),
        engine: "script".to_owned(),
        workspace: "api".to_owned(),
        state: StepState::Pending,
        task: None,
    };
    NewChain {
        place: TOPIC,
        requester: USER,
        request: Some(MessageId(11)),
        prompt: "build".to_owned(),
        steps: vec![step("one"), step("two")],
        created_at: NOW,
    }
}

fn new_race() -> NewRace {
    let runner = |agent: &str| Runner { agent: agent.to_owned(), engine: "script".to_owned(), task: None };
    NewRace {
        place: TOPIC,
        requester: USER,
        request: None,
        prompt: "build".to_owned(),
        workspace: "api".to_owned(),
        runners: vec![runner("one"), runner("two")],
        created_at: NOW,
    }
}

#[tokio::test]
async fn a_chain_comes_back_as_it_was_stored() {
    let store = memory().await;
    let mut tx = store.begin().await.unwrap();
    let mut chain = tx.insert_chain(new_chain()).await.unwrap();
    assert_eq!(tx.chain(chain.id).await.unwrap().as_ref(), Some(&chain));
    let task = tx.insert_task(&NewTask { part: Part::Step(chain.id), ..new_task(TOPIC) }).await.unwrap();
    assert_eq!(tx.task(task.id).await.unwrap(), Some(task.clone()));
    chain.steps[0].task = Some(task.id);
    for state in [
        ChainState::Working,
        ChainState::Waiting,
        ChainState::Stopping,
        ChainState::Succeeded,
        ChainState::Stopped,
    ] {
        chain.state = state;
        tx.save_chain(&chain).await.unwrap();
        assert_eq!(tx.chain(chain.id).await.unwrap().as_ref(), Some(&chain));
    }
    assert_eq!(tx.chain(ChainId(99)).await.unwrap(), None);
    chain.id = ChainId(99);
    assert!(matches!(tx.save_chain(&chain).await, Err(StoreError::Conflict)));
}

#[tokio::test]
async fn a_race_is_under_way_until_it_is_over_and_its_tasks_wait_in_no_queue() {
    let (_dir, store) = on_disk().await;
    let mut tx = store.begin().await.unwrap();
    let mut race = tx.insert_race(new_race()).await.unwrap();
    let task = tx.insert_task(&NewTask { part: Part::Runner(race.id), ..new_task(TOPIC) }).await.unwrap();
    assert_eq!(tx.task(task.id).await.unwrap(), Some(task.clone()));
    assert_eq!(tx.queued(TOPIC).await.unwrap(), []);
    race.runners[0].task = Some(task.id);
    race.state = RaceState::Running { base: "abc".to_owned(), dirty: true };
    tx.save_race(&race).await.unwrap();
    assert_eq!(tx.race(race.id).await.unwrap().as_ref(), Some(&race));
    assert_eq!(tx.races_here(TOPIC).await.unwrap(), [race.id]);
    assert_eq!(tx.races_here(CHAT).await.unwrap(), []);
    tx.commit().await.unwrap();
    assert_eq!(store.races_under_way().await.unwrap(), [race.id]);
    let mut tx = store.begin().await.unwrap();
    race.state = RaceState::Kept { task: task.id };
    tx.save_race(&race).await.unwrap();
    assert_eq!(tx.races_here(TOPIC).await.unwrap(), []);
    tx.commit().await.unwrap();
    assert_eq!(store.races_under_way().await.unwrap(), []);
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.race(RaceId(99)).await.unwrap(), None);
}

#[tokio::test]
async fn a_worktree_moves_only_from_where_it_was() {
    let (_dir, store) = on_disk().await;
    let (task, other) = (insert(&store, CHAT).await, insert(&store, CHAT).await);
    let mut tree = Worktree {
        task: task.id,
        name: "task-1-reviewer".to_owned(),
        workspace: "/srv/api".into(),
        base: "abc".to_owned(),
        state: WorktreeState::Making,
        changes: None,
        test: None,
    };
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.worktree(task.id).await.unwrap(), None);
    assert!(tx.insert_worktree(&tree).await.unwrap());
    assert_eq!(tx.worktree(task.id).await.unwrap().as_ref(), Some(&tree));
    let second = Worktree { name: "task-1-other".to_owned(), ..tree.clone() };
    assert!(tx.insert_worktree(&second).await.is_err(), "a task has one");
    let namesake = Worktree { task: other.id, ..tree.clone() };
    assert!(!tx.insert_worktree(&namesake).await.unwrap(), "a name is given out once");
    assert_eq!(tx.worktree(other.id).await.unwrap(), None);
    tree.state = WorktreeState::Open;
    tree.changes = Some(Changes { files: 1, added: 2, removed: 3 });
    tree.test = Some(TestResult::Failed { code: 1, tail: "no".to_owned() });
    let stale = tx.save_worktree(&tree, WorktreeState::Made).await;
    assert!(matches!(stale, Err(StoreError::Conflict)));
    tx.save_worktree(&tree, WorktreeState::Making).await.unwrap();
    assert_eq!(tx.worktree(task.id).await.unwrap().as_ref(), Some(&tree));
    tx.commit().await.unwrap();
    assert_eq!(store.unsettled_worktrees().await.unwrap(), []);
    let mut tx = store.begin().await.unwrap();
    tree.state = WorktreeState::Removing;
    tx.save_worktree(&tree, WorktreeState::Open).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.unsettled_worktrees().await.unwrap(), [tree]);
}

#[tokio::test]
async fn they_follow_their_group_to_its_new_id() {
    let store = memory().await;
    let mut tx = store.begin().await.unwrap();
    let chain = tx.insert_chain(new_chain()).await.unwrap();
    let race = tx.insert_race(new_race()).await.unwrap();
    tx.migrate_chat(TOPIC.chat, ChatId(-7)).await.unwrap();
    let moved = Place { chat: ChatId(-7), ..TOPIC };
    let chain = tx.chain(chain.id).await.unwrap().unwrap();
    assert_eq!((chain.place, chain.request), (moved, None));
    assert_eq!(tx.race(race.id).await.unwrap().unwrap().place, moved);
}

#[tokio::test]
async fn the_answer_of_a_task_is_the_last_that_it_said() {
    let store = memory().await;
    let task = insert(&store, CHAT).await;
    let said = |markdown: &str| HistoryEntry::Said { markdown: markdown.to_owned() };
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.answer(task.id).await.unwrap(), None);
    tx.append_history(task.id, NOW, &[said("first"), said("second \"quoted\""), HistoryEntry::Heard])
        .await
        .unwrap();
    assert_eq!(tx.answer(task.id).await.unwrap().as_deref(), Some("second \"quoted\""));
}
