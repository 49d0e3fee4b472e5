//! Ids and instants: how they read, and how they are counted with.

use std::time::Duration;

use proptest::prelude::*;
use uuid::Uuid;

use super::{ApprovalId, ChatId, Place, RunId, TaskId, Timestamp, TopicId};

#[test]
fn instants_add_and_saturate() {
    let table = [
        (0, Duration::ZERO, 0),
        (1_000, Duration::from_secs(2), 3_000),
        (-500, Duration::from_millis(700), 200),
        (0, Duration::from_micros(1_999), 1),
        (i64::MAX - 1, Duration::from_secs(1), i64::MAX),
        (0, Duration::MAX, i64::MAX),
        (i64::MAX, Duration::MAX, i64::MAX),
    ];
    for (start, duration, end) in table {
        assert_eq!(Timestamp(start).plus(duration), Timestamp(end), "{start} + {duration:?}");
    }
}

#[test]
fn a_clock_that_went_back_makes_no_time_pass() {
    let table = [
        (3_000, 1_000, Duration::from_secs(2)),
        (1_000, 1_000, Duration::ZERO),
        (999, 1_000, Duration::ZERO),
        (i64::MIN, i64::MAX, Duration::ZERO),
        (500, -500, Duration::from_secs(1)),
        (i64::MAX, i64::MIN, Duration::from_millis(i64::MAX.unsigned_abs())),
    ];
    for (later, earlier, expected) in table {
        assert_eq!(Timestamp(later).since(Timestamp(earlier)), expected, "{later} - {earlier}");
    }
}

#[test]
fn ids_print_as_they_are_named_in_the_chat_and_in_logs() {
    assert_eq!(TaskId(42).to_string(), "42");
    assert_eq!(format!("{:>5}", TaskId(42)), "   42");
    assert_eq!(RunId(Uuid::from_u128(0xab)).to_string(), "000000000000000000000000000000ab");
    assert_eq!(ApprovalId(Uuid::from_u128(1)).to_string().len(), 32);
    let chat = ChatId(-100);
    assert_eq!(Place { chat, topic: None }.to_string(), "-100");
    assert_eq!(Place { chat, topic: Some(TopicId(5)) }.to_string(), "-100/5");
}

proptest! {
    #[test]
    fn plus_and_since_undo_each_other(start in -4_000_000_000_000_i64..4_000_000_000_000, ms in 0..4_000_000_000_u64) {
        let (start, duration) = (Timestamp(start), Duration::from_millis(ms));
        prop_assert_eq!(start.plus(duration).since(start), duration);
        prop_assert!(start.plus(duration) >= start);
    }
}
