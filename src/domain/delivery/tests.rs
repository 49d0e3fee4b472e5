//! What goes out first, and which messages belong together.

use uuid::Uuid;

use super::{DeliveryKind, NewDelivery, Priority, Subject};
use crate::domain::ids::{ApprovalId, ChainId, ChatId, MessageId, Place, RaceId, TaskId, TopicId};
use crate::domain::message::{Message, RichText};

const PLACE: Place = Place { chat: ChatId(-100), topic: Some(TopicId(5)) };

fn message() -> Message {
    Message { body: RichText::default(), buttons: Vec::new(), document: None, silent: true }
}

/// Later edits find their message by these names, also those of an older version.
#[test]
fn subjects_are_stable_and_distinct() {
    let approval = ApprovalId(Uuid::from_u128(0xab));
    let table = [
        (Subject::task(TaskId(42)), "task:42"),
        (Subject::chain(ChainId(3)), "chain:3"),
        (Subject::race(RaceId(3)), "race:3"),
        (Subject::comparison(RaceId(3)), "comparison:3"),
        (Subject::work(TaskId(42)), "work:42"),
        (Subject::approval(approval), "approval:000000000000000000000000000000ab"),
        (Subject::question(TaskId(42), 3), "question:42:3"),
        (Subject::panel("settings", PLACE), "settings:-100/5"),
        (Subject::panel("settings", Place { topic: None, ..PLACE }), "settings:-100"),
    ];
    for (subject, name) in table {
        assert_eq!(subject.to_string(), name);
    }
}

#[test]
fn what_waits_for_a_person_goes_first_and_edits_last() {
    let mut priorities = [Priority::Edit, Priority::Message, Priority::Approval, Priority::Final];
    priorities.sort();
    assert_eq!(priorities, [Priority::Approval, Priority::Final, Priority::Message, Priority::Edit]);
}

#[test]
fn a_message_is_new_and_depends_on_nothing() {
    let new = NewDelivery::message(PLACE, Some(MessageId(3)), Priority::Final, message());
    assert_eq!(new.kind, DeliveryKind::Send);
    assert_eq!((new.place, new.reply_to, new.priority), (PLACE, Some(MessageId(3)), Priority::Final));
    assert_eq!((new.subject.clone(), new.after, new.approval), (None, None, None));
    let subject = Subject::task(TaskId(1));
    let expected = NewDelivery { subject: Some(subject.clone()), ..new.clone() };
    assert_eq!(new.about(subject), expected);
}

#[test]
fn an_edit_names_the_message_it_changes() {
    let subject = Subject::task(TaskId(1));
    let edit = NewDelivery::edit(PLACE, subject.clone(), message());
    assert_eq!((edit.kind, edit.priority, edit.subject), (DeliveryKind::Edit, Priority::Edit, Some(subject)));
    assert_eq!(edit.reply_to, None);
}
