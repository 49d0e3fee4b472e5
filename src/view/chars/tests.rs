//! Cutting and measuring text as a person sees it.

use super::*;

#[test]
fn a_cut_spares_what_looks_like_one_character() {
    // (text, where the cut is wished, where it falls), in bytes.
    let cases = [
        ("abc", 2, 2),
        ("ae\u{301}b", 2, 1),
        ("a👍🏽b", 5, 1),
        ("a👩\u{200d}👧b", 5, 1),
        ("a👩\u{200d}👧b", 8, 1),
        ("a❤\u{fe0f}b", 4, 1),
        ("🇩🇪🇫🇷", 12, 8),
        ("🇩🇪🇫🇷", 8, 8),
        ("a\r\nb", 2, 1),
        // One cluster from the start: there is no better place.
        ("e\u{301}\u{301}b", 3, 3),
    ];
    for (text, at, expected) in cases {
        assert_eq!(floor_cluster(text, 0, at), expected, "{text:?} at {at}");
    }
}

#[test]
fn an_endless_cluster_is_cut_all_the_same() {
    let text = format!("ab{}", "\u{301}".repeat(500));
    assert_eq!(floor_cluster(&text, 0, 602), 602);
}

#[test]
fn width_counts_columns() {
    for (text, expected) in [("abc", 3), ("日本", 4), ("e\u{301}", 1), ("😀", 2), ("", 0), ("—", 1)] {
        assert_eq!(width(text), expected, "{text:?}");
    }
}
