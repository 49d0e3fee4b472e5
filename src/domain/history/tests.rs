//! Of an output, head and tail are kept whole.

use proptest::prelude::*;

use super::{HistoryEntry, KEPT, KeptOutput};

/// Pushes the pieces and returns head, tail and how many bytes between them are gone.
fn kept(pieces: &[String]) -> (String, String, u64) {
    let mut output = KeptOutput::default();
    for piece in pieces {
        output.push(piece);
        assert!(output.head.len() <= KEPT && output.tail.len() <= 2 * KEPT, "grows without bound");
    }
    match output.entry("a".into()) {
        Some(HistoryEntry::Output { action, head, tail, omitted }) => {
            assert_eq!(action, "a");
            (head, tail, omitted)
        }
        Some(other) => panic!("{other:?} is no output"),
        None => Default::default(),
    }
}

#[test]
fn nothing_printed_leaves_no_entry() {
    assert_eq!(KeptOutput::default().entry("a".into()), None);
    let mut output = KeptOutput::default();
    output.push("");
    assert_eq!(output.entry("a".into()), None);
}

#[test]
fn a_short_output_is_kept_whole() {
    assert_eq!(kept(&["one\n".into(), "two".into()]), ("one\ntwo".into(), String::new(), 0));
    let full = "a".repeat(KEPT);
    assert_eq!(kept(std::slice::from_ref(&full)), (full, String::new(), 0));
}

#[test]
fn the_tail_begins_where_the_head_ends_until_something_is_left_out() {
    let (head, tail, omitted) = kept(&["a".repeat(KEPT), "b".repeat(2 * KEPT)]);
    assert_eq!((head.len(), tail.len(), omitted), (KEPT, 2 * KEPT, 0));
    let (head, tail, omitted) = kept(&["a".repeat(KEPT), "b".repeat(2 * KEPT), "c".into()]);
    assert_eq!((head.len(), tail.len(), omitted), (KEPT, KEPT, KEPT as u64 + 1));
    assert!(tail.ends_with("bc"));
}

#[test]
fn no_character_is_cut() {
    // Three bytes each: neither limit falls between two characters.
    let (head, tail, omitted) = kept(&["€".repeat(KEPT)]);
    assert_eq!(head.len() % 3 + tail.len() % 3, 0);
    assert_eq!(head.len() as u64 + omitted + tail.len() as u64, 3 * KEPT as u64);
    // What comes after a head that is a byte short of full goes behind it, not into it.
    let (head, tail, _) = kept(&["a".repeat(KEPT - 1), "é".into(), "b".into()]);
    assert_eq!((head.len(), tail.as_str()), (KEPT - 1, "éb"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn head_and_tail_are_the_ends_of_the_whole(
        pieces in prop::collection::vec(("[a€👍\n]{1,8}", 0..2_000_usize), 0..12),
    ) {
        let pieces: Vec<String> = pieces.into_iter().map(|(piece, times)| piece.repeat(times)).collect();
        let whole = pieces.concat();
        let (head, tail, omitted) = kept(&pieces);
        prop_assert!(whole.starts_with(&head));
        prop_assert!(whole.ends_with(&tail));
        prop_assert_eq!(head.len() as u64 + omitted + tail.len() as u64, whole.len() as u64);
        if whole.len() <= 2 * KEPT {
            prop_assert_eq!(omitted, 0);
        }
    }
}
