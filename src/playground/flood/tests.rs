//! The flood rules as a table of seconds.

use super::*;

const PRIVATE: i64 = 7;
const GROUP: i64 = -7;

/// Sends or edits at the given milliseconds; what each call is told.
fn run(chat_id: i64, cost: Cost, at: &[i64]) -> Vec<Result<(), u64>> {
    let mut flood = Flood::new();
    at.iter().map(|now| flood.check(chat_id, chat_id < 0, cost, *now)).collect()
}

#[test]
fn five_messages_at_once_pass_and_the_sixth_bans_for_three_seconds() {
    let told = run(PRIVATE, Cost::Send, &[0, 0, 0, 0, 0, 0, 1_000, 2_999, 3_000]);
    assert_eq!(told[..5], [Ok(()); 5]);
    assert_eq!(told[5..], [Err(3), Err(2), Err(1), Ok(())]);
}

#[test]
fn one_message_a_second_always_passes() {
    let every_second: Vec<i64> = (0..120).map(|second| second * 1_000).collect();
    assert!(run(PRIVATE, Cost::Send, &every_second).iter().all(Result::is_ok));
}

#[test]
fn calls_during_a_ban_do_not_prolong_it() {
    let told = run(PRIVATE, Cost::Send, &[0, 0, 0, 0, 0, 0, 500, 1_000, 1_500, 2_000, 2_500, 3_001]);
    assert_eq!(told.last(), Some(&Ok(())));
}

#[test]
fn ten_edits_at_once_pass() {
    let told = run(PRIVATE, Cost::Edit, &[0; 11]);
    assert_eq!(told.iter().filter(|told| told.is_ok()).count(), 10);
    assert_eq!(told[10], Err(3));
}

#[test]
fn a_group_takes_twenty_calls_a_minute_of_both_kinds() {
    let mut flood = Flood::new();
    let mut passed = 0;
    for second in 0..60 {
        let cost = if second % 2 == 0 { Cost::Send } else { Cost::Edit };
        match flood.check(GROUP, true, cost, second * 1_000) {
            Ok(()) => passed += 1,
            Err(seconds) => {
                assert_eq!(seconds, 20);
                break;
            }
        }
    }
    assert!((20..=30).contains(&passed), "{passed}");
}

#[test]
fn a_ban_stays_in_its_chat() {
    let mut flood = Flood::new();
    for _ in 0..6 {
        let _ = flood.check(PRIVATE, false, Cost::Send, 0);
    }
    assert_eq!(flood.check(PRIVATE, false, Cost::Edit, 0), Err(3));
    assert_eq!(flood.check(8, false, Cost::Send, 0), Ok(()));
}

#[test]
fn thirty_chats_a_second_pass_and_the_next_waits() {
    let mut flood = Flood::new();
    let told: Vec<_> = (1..=31).map(|chat| flood.check(chat, false, Cost::Send, 0)).collect();
    assert!(told[..30].iter().all(Result::is_ok));
    assert_eq!(told[30], Err(1));
    assert_eq!(flood.check(31, false, Cost::Send, 1_000), Ok(()));
}
