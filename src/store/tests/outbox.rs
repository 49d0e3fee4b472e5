//! What is to be delivered comes back whole, until it has arrived or failed.

use super::*;
use crate::domain::delivery::{Delivery, DeliveryId, NewDelivery, Post, Priority, Subject};
use crate::domain::message::{Button, Document, DocumentContent, Entity, Message, RichText, Style};
use crate::domain::press::Press;
use crate::store::Delivered;

fn message(text: &str) -> Message {
    Message {
        body: RichText {
            text: text.to_owned(),
            entities: vec![Entity { offset: 0, length: 1, style: Style::Pre(Some("rust".to_owned())) }],
        },
        buttons: vec![vec![Button { label: "Stop".to_owned(), press: Press::Stop(TaskId(1)) }]],
        document: Some(Document {
            name: "log.txt".to_owned(),
            content: DocumentContent::Text("é\n".to_owned()),
        }),
        silent: true,
    }
}

fn plain(text: &str) -> NewDelivery {
    NewDelivery::message(CHAT, None, Priority::Message, message(text))
}

fn post(number: i64) -> Post {
    Post { chat: CHAT.chat, message: MessageId(number) }
}

async fn enqueue(store: &Store, new: &NewDelivery) -> Delivery {
    let mut tx = store.begin().await.unwrap();
    let delivery = tx.enqueue(new, NOW).await.unwrap();
    tx.commit().await.unwrap();
    delivery
}

fn arrived(delivery: &Delivery, post: Option<Post>) -> Delivered {
    Delivered { id: delivery.id, subject: delivery.what.subject.clone(), result: Ok(post) }
}

fn refused(delivery: &Delivery) -> Delivered {
    Delivered { result: Err("refused".to_owned()), ..arrived(delivery, None) }
}

async fn pending(store: &Store) -> Vec<DeliveryId> {
    store.pending_deliveries().await.unwrap().iter().map(|delivery| delivery.id).collect()
}

#[tokio::test]
async fn deliveries_come_back_whole_in_the_order_of_their_ids() {
    let store = memory().await;
    let subject = Subject::task(TaskId(1));
    let first = enqueue(&store, &plain("one")).await;
    let news = [
        NewDelivery::edit(TOPIC, subject.clone(), message("two")),
        NewDelivery {
            reply_to: Some(MessageId(4)),
            priority: Priority::Approval,
            after: Some(first.id),
            approval: Some(approval_id(1)),
            ..plain("three").about(subject)
        },
        NewDelivery { priority: Priority::Final, ..plain("four") },
        NewDelivery { place: Place { chat: ChatId(1), topic: None }, ..plain("elsewhere") },
    ];
    let mut all = vec![first];
    for new in &news {
        let delivery = enqueue(&store, new).await;
        assert_eq!(delivery.what, *new);
        all.push(delivery);
    }
    assert_eq!(store.pending_deliveries().await.unwrap(), all);
    assert_eq!(waiting_in(&store, CHAT.chat).await, all[..4]);
    assert_eq!(store.outbox_depth().await.unwrap(), (5, Some(NOW)));
}

#[tokio::test]
async fn what_arrived_is_no_longer_pending_and_can_be_found_by_its_subject() {
    let store = memory().await;
    let subject = Subject::task(TaskId(1));
    let card = enqueue(&store, &plain("card").about(subject.clone())).await;
    let edit = enqueue(&store, &NewDelivery::edit(CHAT, subject.clone(), message("changed"))).await;
    let other = enqueue(&store, &plain("other")).await;
    assert_eq!(store.post(&subject).await.unwrap(), None);

    let done = [arrived(&card, Some(post(70))), arrived(&other, Some(post(71)))];
    store.record_deliveries(&done, NOW).await.unwrap();
    assert_eq!(pending(&store).await, [edit.id]);
    assert_eq!(store.post(&subject).await.unwrap(), Some(post(70)));

    // An edit leaves the message where it is, unless it had to be sent anew.
    store.record_deliveries(&[arrived(&edit, None)], NOW).await.unwrap();
    assert_eq!(store.post(&subject).await.unwrap(), Some(post(70)));
    let again = enqueue(&store, &NewDelivery::edit(CHAT, subject.clone(), message("gone"))).await;
    store.record_deliveries(&[arrived(&again, Some(post(80)))], NOW).await.unwrap();
    assert_eq!(store.post(&subject).await.unwrap(), Some(post(80)));
    assert_eq!(store.outbox_depth().await.unwrap(), (0, None));
    assert_eq!(count(&store, "posts").await, 1);
}

#[tokio::test]
async fn a_failure_takes_along_all_that_waited_for_it() {
    let store = memory().await;
    let first = enqueue(&store, &plain("1")).await;
    let second = enqueue(&store, &NewDelivery { after: Some(first.id), ..plain("2") }).await;
    enqueue(&store, &NewDelivery { after: Some(second.id), ..plain("3") }).await;
    let other = enqueue(&store, &plain("other")).await;
    let follower = enqueue(&store, &NewDelivery { after: Some(other.id), ..plain("follower") }).await;

    store.record_deliveries(&[refused(&first), arrived(&other, Some(post(1)))], NOW).await.unwrap();
    assert_eq!(pending(&store).await, [follower.id]);
    let failed: i64 =
        sqlx::query_scalar("SELECT count(*) FROM outbox WHERE status = 'failed' AND ended_at IS NOT NULL")
            .fetch_one(&store.readers)
            .await
            .unwrap();
    assert_eq!(failed, 3);
}

#[tokio::test]
async fn what_has_ended_stays_as_it_ended() {
    let store = memory().await;
    let first = enqueue(&store, &plain("1")).await;
    let second = enqueue(&store, &NewDelivery { after: Some(first.id), ..plain("2") }).await;
    store.record_deliveries(&[arrived(&first, Some(post(1)))], NOW).await.unwrap();
    store.record_deliveries(&[refused(&first)], NOW).await.unwrap();
    assert_eq!(pending(&store).await, [second.id], "its predecessor did arrive");
}

#[tokio::test]
async fn a_payload_of_another_version_holds_up_no_other() {
    let store = memory().await;
    enqueue(&store, &plain("1")).await;
    let second = enqueue(&store, &plain("2")).await;
    sqlx::query("UPDATE outbox SET payload = json_set(payload, '$.v', 2) WHERE id = 1")
        .execute(&store.writer)
        .await
        .unwrap();
    assert_eq!(pending(&store).await, [second.id]);
}
