//! Approvals and rules come back as they were stored.

use super::*;
use crate::domain::action::{ProposedAction, Rule};
use crate::domain::approval::{Approval, ApprovalStatus, Moot};
use crate::domain::press::Nonce;

fn approval(number: u128, task: &Task) -> Approval {
    let action = ProposedAction::Command {
        command: format!("cargo test {number} – \"ü\""),
        cwd: "/src/api".to_owned(),
        env: vec![("RUST_LOG".to_owned(), "debug".to_owned())],
    };
    Approval {
        id: approval_id(number),
        task: task.id,
        run: run(1),
        request: format!("request-{number}"),
        place: task.place,
        requester: task.requester,
        agent: task.agent.clone(),
        fingerprint: action.fingerprint(),
        action,
        nonce: Nonce(u32::MAX),
        asked_at: Timestamp(NOW.0 + i64::try_from(number).unwrap()),
        deadline: Timestamp(NOW.0 + 900_000),
        status: ApprovalStatus::Open,
    }
}

async fn ask(store: &Store, approval: &Approval) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_approval(approval).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_approval_comes_back_with_its_exact_payload() {
    let store = memory().await;
    let asked = approval(1, &insert(&store, TOPIC).await);
    ask(&store, &asked).await;
    assert_eq!(store.approval(asked.id).await.unwrap(), Some(asked.clone()));
    assert_eq!(store.approval(approval_id(2)).await.unwrap(), None);
    let payload: String =
        sqlx::query_scalar("SELECT payload FROM approvals").fetch_one(&store.readers).await.unwrap();
    assert_eq!(payload, asked.action.payload());
}

#[tokio::test]
async fn every_status_comes_back_and_is_final() {
    let store = memory().await;
    let task = insert(&store, CHAT).await;
    let rule = Some(Rule::Exact(approval(1, &task).fingerprint));
    let statuses = [
        ApprovalStatus::Granted { by: USER, name: "Ann".to_owned(), at: NOW, rule },
        ApprovalStatus::Granted { by: USER, name: "Ann".to_owned(), at: NOW, rule: None },
        ApprovalStatus::GrantedByRule { at: NOW },
        ApprovalStatus::GrantedByPolicy { at: NOW, rule: "bash: allow".to_owned(), by: "a.md:1".to_owned() },
        ApprovalStatus::DeniedByPolicy { at: NOW, rule: "bash: deny".to_owned(), by: "a.md:1".to_owned() },
        ApprovalStatus::Denied { by: USER, name: String::new(), at: NOW },
        ApprovalStatus::Expired { at: NOW },
        ApprovalStatus::Superseded { at: NOW, why: Moot::Withdrawn },
        ApprovalStatus::Undeliverable { at: NOW },
    ];
    for (number, status) in (1..).zip(statuses) {
        let asked = approval(number, &task);
        ask(&store, &asked).await;
        let answered = Approval { status, ..asked.clone() };
        let mut tx = store.begin().await.unwrap();
        tx.save_approval(&answered).await.unwrap();
        let late = Approval { status: ApprovalStatus::Expired { at: NOW }, ..asked };
        assert!(matches!(tx.save_approval(&late).await, Err(StoreError::Conflict)));
        assert_eq!(tx.approval(answered.id).await.unwrap(), Some(answered));
        tx.commit().await.unwrap();
    }
    assert_eq!(store.open_approvals(None).await.unwrap(), []);
}

#[tokio::test]
async fn open_ones_are_listed_by_place_oldest_first() {
    let store = memory().await;
    let (here, there) = (insert(&store, CHAT).await, insert(&store, TOPIC).await);
    let [a, b, c] = [approval(3, &here), approval(2, &here), approval(1, &there)];
    for one in [&a, &b, &c] {
        ask(&store, one).await;
    }
    let closed = approval(9, &here);
    ask(&store, &closed).await;
    let closed = closed.closed(ApprovalStatus::Superseded { at: NOW, why: Moot::Withdrawn }).unwrap();
    let mut tx = store.begin().await.unwrap();
    tx.save_approval(&closed).await.unwrap();
    assert_eq!(tx.open_approvals(Some(CHAT)).await.unwrap(), [b.clone(), a.clone()]);
    tx.commit().await.unwrap();

    assert_eq!(store.open_approvals(None).await.unwrap(), [c.clone(), b.clone(), a.clone()]);
    assert_eq!(store.open_approvals(Some(CHAT)).await.unwrap(), [b.clone(), a.clone()]);
    assert_eq!(store.open_approvals(Some(TOPIC)).await.unwrap(), [c]);
    assert_eq!(store.task_approvals(here.id).await.unwrap(), [b, a, closed]);
}

#[tokio::test]
async fn rules_are_those_given_in_the_task() {
    let store = memory().await;
    let (task, other) = (insert(&store, CHAT).await, insert(&store, CHAT).await);
    let exact = Rule::Exact(approval(1, &task).fingerprint);
    let grant = |rule| ApprovalStatus::Granted { by: USER, name: "Ann".to_owned(), at: NOW, rule };
    let answers = [
        (approval(1, &task), grant(Some(exact.clone()))),
        (approval(2, &task), grant(None)),
        (approval(3, &task), ApprovalStatus::Denied { by: USER, name: String::new(), at: NOW }),
        (approval(4, &other), grant(Some(exact.clone()))),
    ];
    for (asked, status) in answers {
        ask(&store, &Approval { status, ..asked }).await;
    }
    let expected = [exact];
    assert_eq!(store.rules(task.id).await.unwrap(), expected);
    assert_eq!(store.begin().await.unwrap().rules(task.id).await.unwrap(), expected);
}
