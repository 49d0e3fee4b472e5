//! When a run of Claude Code is over.

use super::*;

fn turn() -> TurnOver {
    TurnOver { trouble: None, unasked: false, command: false }
}

fn begun() -> Waiting {
    let mut waiting = Waiting::default();
    waiting.said("prompt".to_owned(), "Do it", None);
    assert!(waiting.has_not_begun());
    assert_eq!(waiting.taken_up("prompt"), None);
    assert!(!waiting.has_not_begun());
    waiting
}

#[test]
fn a_run_is_over_when_its_turn_is_and_the_program_rests() {
    let mut waiting = begun();
    assert_eq!(waiting.over(true, false), None);
    waiting.turn_over(turn());
    assert_eq!(waiting.over(true, false), None);
    // An old version does not tell that it rests.
    assert_eq!(waiting.over(false, false), Some(Ok(())));
    waiting.rests(true);
    assert_eq!(waiting.over(true, false), Some(Ok(())));
    assert!(!waiting.is_stuck(true));
}

#[test]
fn words_for_the_running_turn_are_dealt_with_first() {
    let mut waiting = begun();
    waiting.said("steer".to_owned(), "Faster", Some("order".to_owned()));
    waiting.turn_over(turn());
    assert_eq!(waiting.over(false, false), None);
    waiting.rests(true);
    assert_eq!(waiting.over(true, false), None);
    assert!(waiting.is_stuck(true));
    assert_eq!(waiting.taken_up("steer"), Some("order".to_owned()));
    assert_eq!(waiting.taken_up("steer"), None);
    assert!(!waiting.is_stuck(true));
    waiting.turn_over(turn());
    waiting.rests(true);
    assert_eq!(waiting.over(true, false), Some(Ok(())));
}

#[test]
fn a_command_that_needs_no_model_is_never_told_to_be_taken_up() {
    let mut waiting = begun();
    waiting.said("command".to_owned(), "/context", Some("order".to_owned()));
    waiting.turn_over(turn());
    waiting.rests(true);
    assert_eq!(waiting.over(true, false), None);
    assert_eq!(waiting.turn_over(TurnOver { command: true, ..turn() }), Some("order".to_owned()));
    waiting.rests(true);
    assert_eq!(waiting.over(true, false), Some(Ok(())));
}

#[test]
fn what_an_idle_session_did_by_itself_is_not_the_run() {
    let mut waiting = Waiting::default();
    waiting.said("prompt".to_owned(), "Do it", None);
    waiting.turn_over(TurnOver { unasked: true, ..turn() });
    waiting.rests(true);
    assert_eq!(waiting.over(true, false), None);
    assert!(waiting.has_not_begun());
    waiting.taken_up("prompt");
    waiting.turn_over(TurnOver { trouble: Some(Trouble::MaxTurns), ..turn() });
    assert_eq!(waiting.over(true, false), Some(Err(Trouble::MaxTurns)));
}

#[test]
fn agents_in_the_background_have_something_to_report() {
    let mut waiting = begun();
    waiting.turn_over(turn());
    waiting.rests(true);
    assert_eq!(waiting.over(true, true), None);
    // The agent has ended; its report is about to begin.
    waiting.rests(false);
    assert_eq!(waiting.over(true, false), None);
    waiting.turn_over(TurnOver { unasked: true, ..turn() });
    waiting.rests(true);
    assert_eq!(waiting.over(true, false), Some(Ok(())));
}

#[test]
fn trouble_ends_a_run_at_once() {
    let mut waiting = begun();
    waiting.said("steer".to_owned(), "Faster", Some("order".to_owned()));
    waiting.turn_over(TurnOver { trouble: Some(Trouble::NotLoggedIn), ..turn() });
    assert_eq!(waiting.over(true, true), Some(Err(Trouble::NotLoggedIn)));
}
