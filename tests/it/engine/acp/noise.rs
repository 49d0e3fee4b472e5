//! Programs that say what makes no sense, or too much: the run goes on as if they had not.

use adjutant::domain::event::Ending;

use super::agent::LAST;
use super::bench::{program, start};

#[tokio::test]
async fn what_makes_no_sense_is_left_out() {
    let mut bench = start(program("speaks nonsense"));
    assert_eq!(bench.ending().await, Ending::Completed);
    assert_eq!(bench.text(), LAST);
}

#[tokio::test]
async fn a_line_may_come_in_any_pieces() {
    let mut bench = start(program("speaks in pieces"));
    assert_eq!(bench.ending().await, Ending::Completed);
    assert_eq!(bench.text(), format!("grün. {LAST}"));
}

#[tokio::test]
async fn large_pieces_of_text_come_through() {
    let mut bench = start(program("speaks much"));
    assert_eq!(bench.ending().await, Ending::Completed);
    assert_eq!(bench.text().len(), 5 * 200_000 + LAST.len());
}

#[tokio::test]
async fn a_line_of_fifty_megabytes_is_dropped() {
    let mut bench = start(program("speaks in long lines"));
    assert_eq!(bench.ending().await, Ending::Completed);
    assert_eq!(bench.text(), LAST);
}

#[tokio::test]
async fn what_is_said_after_the_end_is_not_heard() {
    let mut bench = start(program("speaks on"));
    assert_eq!(bench.ending().await, Ending::Completed);
    assert_eq!(bench.text(), "");
}

#[tokio::test]
async fn complaints_without_end_hold_up_nothing() {
    let mut bench = start(program("shouts"));
    assert_eq!(bench.ending().await, Ending::Completed);
    assert_eq!(bench.text(), LAST);
}
