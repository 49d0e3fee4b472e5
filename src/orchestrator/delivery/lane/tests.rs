//! A chat's lane: what goes next, when, and what becomes of it when it cannot.

use super::*;
use crate::domain::delivery::NewDelivery;
use crate::domain::ids::{ChatId, MessageId};
use crate::domain::message::RichText;
use uuid::Uuid;

const PLACE: Place = Place { chat: ChatId(7), topic: None };
const PACE: Pace =
    Pace { burst: 3, interval: Duration::from_secs(1), edit_interval: Duration::from_millis(1_500) };

fn text(text: &str) -> Message {
    let body = RichText { text: text.to_owned(), entities: Vec::new() };
    Message { body, buttons: Vec::new(), document: None, silent: false }
}

fn row(id: i64, priority: Priority) -> Delivery {
    let what = NewDelivery::message(PLACE, None, priority, text(&format!("{id}")));
    Delivery { id: DeliveryId(id), what }
}

fn edit(id: i64, subject: &str, words: &str) -> Delivery {
    let what = NewDelivery::edit(PLACE, Subject(subject.to_owned()), text(words));
    Delivery { id: DeliveryId(id), what }
}

fn approval(n: u128) -> ApprovalId {
    ApprovalId(Uuid::from_u128(n))
}

/// A lane with its own time.
struct Ride {
    lane: Lane,
    now: Instant,
}

impl Ride {
    fn new() -> Self {
        let now = Instant::now();
        Self { lane: Lane::new(PACE, now), now }
    }

    fn next(&mut self) -> Next {
        self.lane.next(self.now)
    }

    fn item(&mut self) -> Item {
        match self.next() {
            Next::Deliver(item) => item,
            other => panic!("expected something to deliver, got {other:?}"),
        }
    }

    /// Delivers what is next and says what it was.
    fn deliver(&mut self) -> String {
        let item = self.item();
        self.lane.delivered(&item, Some(Post { chat: PLACE.chat, message: MessageId(1) }), self.now);
        match item {
            Item::Durable(delivery) => delivery.what.message.body.text,
            Item::Live { message, .. } => message.body.text,
        }
    }

    /// Lets the time pass that the lane wants to wait, and says how much that was.
    fn wait(&mut self) -> Duration {
        match self.next() {
            Next::Wait(until) => {
                let waited = until - self.now;
                self.now = until;
                waited
            }
            other => panic!("expected a wait, got {other:?}"),
        }
    }
}

#[test]
fn what_a_person_waits_for_goes_first_and_equals_go_in_order() {
    let mut ride = Ride::new();
    ride.lane.push(edit(1, "a", "edit"));
    ride.lane.push(row(2, Priority::Message));
    ride.lane.push(row(3, Priority::Final));
    ride.lane.push(row(4, Priority::Approval));
    ride.lane.push(row(5, Priority::Approval));
    ride.lane.show(PLACE, Subject("card".to_owned()), text("live"));
    let mut order = Vec::new();
    while ride.next() != Next::Idle {
        if let Next::Wait(until) = ride.next() {
            ride.now = until;
        }
        order.push(ride.deliver());
    }
    assert_eq!(order, ["4", "5", "3", "2", "edit", "live"]);
    assert!(ride.lane.is_empty());
}

#[test]
fn pictures_of_one_card_coalesce_to_the_latest() {
    let mut ride = Ride::new();
    for words in ["first", "second", "third"] {
        ride.lane.show(PLACE, Subject("card".to_owned()), text(words));
    }
    assert_eq!(ride.deliver(), "third");
    assert_eq!(ride.next(), Next::Idle);
}

#[test]
fn a_picture_of_what_stands_already_needs_no_call() {
    let mut ride = Ride::new();
    let card = Subject("card".to_owned());
    ride.lane.push(edit(1, "card", "working"));
    // It may come in before that is delivered.
    ride.lane.show(PLACE, card.clone(), Message { silent: true, ..text("working") });
    assert_eq!(ride.deliver(), "working");
    assert_eq!(ride.next(), Next::Idle, "a person would see no difference");
    assert!(ride.lane.is_empty());

    ride.lane.push(edit(2, "card", "other"));
    ride.lane.show(PLACE, card.clone(), text("working"));
    assert_eq!(ride.deliver(), "other");
    ride.wait();
    let item = ride.item();
    ride.lane.show(PLACE, card, text("other"));
    ride.lane.delivered(&item, None, ride.now);
    ride.wait();
    assert_eq!(ride.deliver(), "other", "the newest picture comes last, though it stood there before");
}

#[test]
fn a_picture_that_comes_in_during_a_delivery_is_not_lost() {
    let mut ride = Ride::new();
    let subject = Subject("card".to_owned());
    ride.lane.show(PLACE, subject.clone(), text("old"));
    let item = ride.item();
    ride.lane.show(PLACE, subject, text("new"));
    ride.lane.delivered(&item, None, ride.now);
    assert_eq!(ride.wait(), PACE.edit_interval);
    assert_eq!(ride.deliver(), "new");
}

#[test]
fn a_durable_edit_overtakes_earlier_edits_of_its_subject_only() {
    let mut ride = Ride::new();
    ride.lane.show(PLACE, Subject("task:1".to_owned()), text("working"));
    assert_eq!(ride.lane.push(edit(1, "task:1", "queued")), []);
    assert_eq!(ride.lane.push(edit(2, "task:2", "other")), []);
    assert_eq!(ride.lane.push(edit(3, "task:1", "folded")), [DeliveryId(1)]);
    assert_eq!([ride.deliver(), ride.deliver()], ["other", "folded"]);
    assert_eq!(ride.next(), Next::Idle);
}

#[test]
fn an_earlier_edit_that_comes_in_late_does_not_undo_a_later_one() {
    let mut ride = Ride::new();
    assert_eq!(ride.lane.push(edit(2, "approval:1", "closed")), []);
    assert_eq!(ride.lane.push(edit(1, "approval:1", "open")), [DeliveryId(1)]);
    assert_eq!(ride.deliver(), "closed");
    assert_eq!(ride.next(), Next::Idle);
}

#[test]
fn a_wait_without_end_is_asked_about_again() {
    let mut ride = Ride::new();
    ride.lane.push(row(1, Priority::Final));
    ride.lane.hold(Duration::MAX, ride.now);
    assert_eq!(ride.wait(), LONGEST_HOLD);
    assert_eq!(ride.deliver(), "1");
}

#[test]
fn a_lane_is_forgotten_only_when_a_new_one_would_do_as_well() {
    let mut ride = Ride::new();
    assert!(ride.lane.is_forgettable(ride.now));
    ride.lane.push(row(1, Priority::Final));
    assert!(!ride.lane.is_forgettable(ride.now), "something waits");
    ride.deliver();
    assert!(!ride.lane.is_forgettable(ride.now), "the pace has not recovered");
    ride.now += PACE.interval * 10;
    assert!(ride.lane.is_forgettable(ride.now));
    ride.lane.hold(Duration::from_secs(3600), ride.now);
    assert!(!ride.lane.is_forgettable(ride.now), "a flood wait");
    ride.now += Duration::from_secs(3600);
    ride.lane.close();
    assert!(!ride.lane.is_forgettable(ride.now), "closed");
}

#[test]
fn messages_keep_the_pace_and_results_may_run_ahead() {
    let mut ride = Ride::new();
    for id in 1..=4 {
        ride.lane.push(row(id, Priority::Message));
    }
    assert_eq!([ride.deliver(), ride.deliver(), ride.deliver()], ["1", "2", "3"]);
    assert_eq!(ride.wait(), PACE.interval);
    assert_eq!(ride.deliver(), "4");
    for id in 5..=8 {
        ride.lane.push(row(id, Priority::Final));
    }
    assert_eq!([ride.deliver(), ride.deliver(), ride.deliver()], ["5", "6", "7"]);
    assert_eq!(ride.wait(), PACE.interval);
    assert_eq!(ride.deliver(), "8");
}

#[test]
fn a_flood_wait_is_obeyed_and_slows_the_lane_down() {
    let mut ride = Ride::new();
    ride.lane.push(row(1, Priority::Approval));
    ride.lane.hold(Duration::from_secs(35), ride.now);
    ride.lane.push(row(2, Priority::Approval));
    assert_eq!(ride.wait(), Duration::from_secs(35), "not even an approval goes earlier");
    assert_eq!([ride.deliver(), ride.deliver()], ["1", "2"]);
    ride.lane.show(PLACE, Subject("card".to_owned()), text("a"));
    ride.wait();
    ride.deliver();
    ride.lane.show(PLACE, Subject("card".to_owned()), text("b"));
    assert!(ride.wait() > PACE.edit_interval, "edits come more slowly after a flood wait");
}

#[test]
fn a_service_that_does_not_answer_is_tried_ever_more_slowly() {
    let mut ride = Ride::new();
    ride.lane.push(row(1, Priority::Message));
    let mut waits = Vec::new();
    for _ in 0..9 {
        ride.item();
        ride.lane.retry(ride.now);
        waits.push(ride.wait());
    }
    assert!(waits.is_sorted());
    assert_eq!(waits.first(), Some(&Duration::from_millis(250)));
    assert_eq!(waits.last(), Some(&LONGEST_BACKOFF));
    assert_eq!(ride.deliver(), "1");
}

#[test]
fn a_closed_chat_keeps_what_waits_until_it_opens_again() {
    let mut ride = Ride::new();
    ride.lane.push(row(1, Priority::Final));
    ride.lane.show(PLACE, Subject("card".to_owned()), text("live"));
    ride.lane.close();
    assert_eq!(ride.next(), Next::Idle);
    ride.lane.push(row(2, Priority::Final));
    assert_eq!(ride.next(), Next::Idle);
    ride.lane.reopen();
    assert_eq!([ride.deliver(), ride.deliver()], ["1", "2"]);
    assert_eq!(ride.next(), Next::Idle, "nobody needs the picture any more");
}

#[test]
fn what_waits_for_a_refused_message_fails_with_it_and_names_its_approval() {
    let mut ride = Ride::new();
    let mut file = row(1, Priority::Approval);
    file.what.approval = Some(approval(9));
    let mut card = row(2, Priority::Approval);
    card.what.after = Some(DeliveryId(1));
    card.what.approval = Some(approval(9));
    ride.lane.push(file);
    ride.lane.push(card);
    ride.lane.push(row(3, Priority::Message));
    let item = ride.item();
    assert_eq!(ride.lane.failed(&item), [approval(9), approval(9)]);
    assert_eq!(ride.deliver(), "3");
    assert_eq!(ride.next(), Next::Idle);
}

#[test]
fn a_lane_remembers_where_its_latest_messages_stand() {
    let mut ride = Ride::new();
    let subject = Subject("task:1".to_owned());
    let mut card = row(1, Priority::Message);
    card.what.subject = Some(subject.clone());
    ride.lane.push(card);
    ride.deliver();
    assert_eq!(ride.lane.post(&subject), Some(Post { chat: PLACE.chat, message: MessageId(1) }));
    assert_eq!(ride.lane.drain(), []);
    assert_eq!(ride.lane.post(&subject), None, "message ids do not carry over to another chat");
}
