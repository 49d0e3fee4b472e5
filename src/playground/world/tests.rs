//! The queue's arithmetic, and that a written world reads back the same.

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::playground::cast::{SimChat, SimUser};
use crate::playground::model::{Reaction, SimMessage};

fn world_with_updates(count: i64) -> World {
    let person = SimUser::new(5, "Ann", "ann", "owner");
    let bot = User {
        id: 9,
        is_bot: true,
        first_name: "Bot".into(),
        username: Some("bot".into()),
        language_code: None,
    };
    let mut world = World::new(bot);
    world.apply(0, Change::User(person.clone()));
    world.apply(0, Change::Chat(SimChat::private(&person)));
    for at in 0..count {
        let update = world.update(at, "message", &json!({ "n": at })).expect("is wanted");
        world.apply(at, Change::Update(update));
    }
    world
}

#[test]
fn an_offset_confirms_what_is_below_it() {
    let world = world_with_updates(5);
    let first = 700_000_001;
    let table = [
        (0, None),
        (first, None),
        (first + 1, Some(first)),
        (first + 5, Some(first + 4)),
        // Never given out: nothing is lost.
        (first + 6, None),
        (first + 1_000, None),
        // Negative: keep so many of the newest.
        (-1, Some(first + 3)),
        (-5, None),
        (-50, None),
    ];
    for (offset, confirmed) in table {
        assert_eq!(world.confirmed_by(offset), confirmed, "offset {offset}");
    }
}

#[test]
fn an_update_is_forgotten_after_a_day() {
    let day = 24 * 60 * 60 * 1_000;
    let world = world_with_updates(2);
    assert_eq!(world.outdated(day), None);
    assert_eq!(world.outdated(day + 1), Some(700_000_001));
}

#[test]
fn reactions_and_member_changes_have_to_be_asked_for() {
    let mut world = world_with_updates(0);
    assert!(world.wants("message") && world.wants("my_chat_member") && !world.wants("message_reaction"));
    world.apply(0, Change::Allowed(Some(vec!["message_reaction".into()])));
    assert!(!world.wants("message") && world.wants("message_reaction"));
}

#[test]
fn a_world_reads_back_as_it_was_written() {
    let mut world = world_with_updates(3);
    let person = world.user(5).expect("is there");
    let mut message = world.blank(5, person, 1_000).expect("is there");
    message.text = Some("hi".into());
    let message = Arc::new(SimMessage {
        message,
        silent: true,
        at_ms: 1_000,
        reactions: vec![Reaction { emoji: "👍".into(), user_ids: vec![5] }],
    });
    world.apply(1_000, Change::Message(message));
    world.apply(1_000, Change::Delete { chat_id: 5, message_id: 1 });
    let written = serde_json::to_string(&world).expect("writes");
    let read: World = serde_json::from_str(&written).expect("reads");
    assert_eq!(serde_json::to_string(&read).expect("writes"), written);
}

#[test]
fn events_can_be_read_from_any_point() {
    let mut world = world_with_updates(0);
    let before = world.seq;
    for _ in 0..3 {
        world.apply(1, Change::Action { chat_id: 5, thread_id: None, action: "typing".into() });
    }
    let seqs: Vec<u64> = world.events_after(before + 1).iter().map(|event| event.seq).collect();
    assert_eq!(seqs, [before + 2, before + 3]);
    assert!(world.events_after(before + 3).is_empty());
}

#[test]
fn a_draft_is_open_for_half_a_minute_until_it_is_stopped_or_replaced() {
    let mut world = world_with_updates(0);
    let draft = |draft_id: i64| {
        let (text, entities) = ("t".to_owned(), Vec::new());
        Change::Draft(Draft { chat_id: 5, thread_id: None, draft_id, text, entities, can_stop: true })
    };
    world.apply(0, draft(1));
    world.apply(0, draft(2));
    assert!(world.open_draft(5, 1, 29_999).is_some_and(|draft| draft.can_stop));
    assert_eq!(world.open_draft(5, 1, 30_000), None);
    world.apply(1, Change::DraftStopped { chat_id: 5, draft_id: 2 });
    assert_eq!(world.open_draft(5, 2, 1), None);
    assert!(world.is_stopped(5, 2, 1) && !world.is_stopped(5, 1, 1));
    let message = world.blank(5, world.bot.clone(), 2).expect("is there");
    let message = SimMessage { message, silent: false, at_ms: 2, reactions: Vec::new() };
    world.apply(2, Change::Message(Arc::new(message)));
    assert_eq!(world.open_draft(5, 1, 2), None, "the message takes its place");
}
