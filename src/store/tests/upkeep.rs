//! What is forgotten with time, and what a chat's new id changes.

use super::*;
use crate::domain::action::ProposedAction;
use crate::domain::approval::{Approval, ApprovalStatus};
use crate::domain::conversation::Conversation;
use crate::domain::delivery::{DeliveryId, NewDelivery, Post, Priority, Subject};
use crate::domain::dialogue::Dialogue;
use crate::domain::message::{Message, RichText};
use crate::domain::press::Nonce;
use crate::store::Delivered;

const LATER: Timestamp = Timestamp(NOW.0 + 1);
const NEW: ChatId = ChatId(-200);

fn plain(after: Option<DeliveryId>) -> NewDelivery {
    let message = Message { body: RichText::default(), buttons: Vec::new(), document: None, silent: false };
    NewDelivery { after, ..NewDelivery::message(CHAT, Some(MessageId(3)), Priority::Message, message) }
}

#[tokio::test]
async fn pruning_forgets_what_ended_before_and_nothing_else() {
    let store = memory().await;
    let updates: Vec<RawUpdate> = (1..=2_500).map(update).collect();
    store.accept_updates(&updates, NOW).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    for id in 1..=2_500 {
        match id {
            7 => {}
            8 => tx.mark_failed(id, "why", NOW).await.unwrap(),
            9 => tx.mark_applied(&[id], LATER).await.unwrap(),
            _ => tx.mark_applied(&[id], NOW).await.unwrap(),
        }
    }
    let task = tx.insert_task(&new_task(CHAT)).await.unwrap();
    let old = tx.enqueue(&plain(None), NOW).await.unwrap();
    let waiting = tx.enqueue(&plain(Some(old.id)), NOW).await.unwrap();
    tx.commit().await.unwrap();
    let done = Delivered { id: old.id, subject: None, result: Ok(None) };
    store.record_deliveries(&[done], NOW).await.unwrap();

    assert_eq!(store.prune(NOW).await.unwrap(), 0);
    // All updates but the pending one and the one that ended later; and the delivery.
    assert_eq!(store.prune(LATER).await.unwrap(), 2_498 + 1);
    assert_eq!(store.pending_updates(0, 9).await.unwrap(), [update(7)]);
    assert_eq!(stored(&store, task.id).await, task);
    let left = store.pending_deliveries().await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!((left[0].id, left[0].what.after), (waiting.id, None), "it need not wait any more");
}

fn open_approval(task: &Task) -> Approval {
    let action = ProposedAction::WriteFile { path: "/a".to_owned(), content: "b".to_owned() };
    Approval {
        id: approval_id(1),
        task: task.id,
        run: run(1),
        request: "r".to_owned(),
        place: task.place,
        requester: USER,
        agent: task.agent.clone(),
        fingerprint: action.fingerprint(),
        action,
        nonce: Nonce(1),
        asked_at: NOW,
        deadline: LATER,
        status: ApprovalStatus::Open,
    }
}

#[tokio::test]
async fn a_migrated_chat_goes_on_under_its_new_id() {
    let store = memory().await;
    let chosen =
        |place, agent: &str| Conversation { agent: Some(agent.to_owned()), ..Conversation::new(place) };
    let moved = |place: Place| Place { chat: NEW, ..place };
    let subject = Subject::task(TaskId(1));

    let mut tx = store.begin().await.unwrap();
    tx.save_conversation(&chosen(CHAT, "old"), NOW).await.unwrap();
    tx.save_conversation(&chosen(TOPIC, "old"), NOW).await.unwrap();
    tx.save_conversation(&chosen(moved(CHAT), "new"), NOW).await.unwrap();
    tx.save_dialogue(CHAT, USER, &Dialogue::PickingAgent, NOW).await.unwrap();
    tx.save_dialogue(TOPIC, USER, &Dialogue::PickingAgent, NOW).await.unwrap();
    tx.save_dialogue(moved(CHAT), USER, &Dialogue::PickingWorkspace, NOW).await.unwrap();
    let task = tx.insert_task(&new_task(TOPIC)).await.unwrap();
    tx.insert_approval(&open_approval(&task)).await.unwrap();
    let sent = tx.enqueue(&plain(None).about(subject.clone()), NOW).await.unwrap();
    tx.enqueue(&plain(None), NOW).await.unwrap();
    tx.commit().await.unwrap();
    let post = Post { chat: CHAT.chat, message: MessageId(1) };
    let done = Delivered { id: sent.id, subject: Some(subject.clone()), result: Ok(Some(post)) };
    store.record_deliveries(&[done], NOW).await.unwrap();

    let mut tx = store.begin().await.unwrap();
    tx.migrate_chat(CHAT.chat, NEW).await.unwrap();
    assert_eq!(tx.conversation(moved(CHAT)).await.unwrap(), chosen(moved(CHAT), "new"));
    assert_eq!(tx.conversation(moved(TOPIC)).await.unwrap(), chosen(moved(TOPIC), "old"));
    assert_eq!(tx.conversation(CHAT).await.unwrap(), Conversation::new(CHAT));
    assert_eq!(tx.dialogue(moved(CHAT), USER).await.unwrap(), Dialogue::PickingWorkspace);
    assert_eq!(tx.dialogue(moved(TOPIC), USER).await.unwrap(), Dialogue::PickingAgent);
    assert_eq!(tx.dialogue(TOPIC, USER).await.unwrap(), Dialogue::Idle);
    tx.commit().await.unwrap();

    let expected = Task { place: moved(TOPIC), request: None, ..task };
    assert_eq!(stored(&store, expected.id).await, expected);
    assert_eq!(store.open_approvals(Some(moved(TOPIC))).await.unwrap().len(), 1);
    assert_eq!(waiting_in(&store, CHAT.chat).await, []);
    let waiting = waiting_in(&store, NEW).await;
    assert_eq!(waiting.len(), 1);
    assert_eq!((waiting[0].what.place, waiting[0].what.reply_to), (moved(CHAT), None));
    assert_eq!(store.post(&subject).await.unwrap(), None);
}
