//! Text of others is brought to the lines and lengths that a card has room for.

use proptest::prelude::*;

use super::*;
use crate::view::text::utf16_len;

#[test]
fn a_line_is_one_line() {
    let cases = [
        ("  two\n words\t here ", 40, "two words here"),
        ("\u{1b}[1;31merror\u{1b}[0m: no", 40, "error: no"),
        ("\u{1b}]0;title\u{7}prompt", 40, "prompt"),
        ("\u{1b}]8;;https://e.org\u{1b}\\link\u{1b}]8;;\u{1b}\\", 40, "link"),
        ("a\u{202e}cba\u{2066}\u{0}", 40, "acba"),
        ("much too long", 6, "much…"),
        ("👩\u{200d}👧 kept", 40, "👩\u{200d}👧 kept"),
        ("", 5, ""),
        ("\u{1b}[", 5, ""),
    ];
    for (text, max, expected) in cases {
        assert_eq!(line(text, max), expected, "{text:?}");
    }
}

#[test]
fn a_block_keeps_its_lines() {
    assert_eq!(block("\n one\r\ntwo\r50%\r100%\n", 40), "one\ntwo\n50%\n100%");
}

#[test]
fn the_end_of_an_output_is_its_last_lines() {
    let cases = [
        ("a\nb\nc\n", 2, 40, "b\nc"),
        ("a", 2, 40, "a"),
        ("", 2, 40, ""),
        ("abcdef", 2, 3, "def"),
        ("a😀", 1, 2, "😀"),
    ];
    for (text, lines, max, expected) in cases {
        assert_eq!(last_lines(text, lines, max), expected, "{text:?}");
    }
}

#[test]
fn the_first_sentence_has_no_full_stop() {
    let cases = [
        ("Reviews code. Then more.", 40, "Reviews code"),
        ("Knows node.js and Rust", 40, "Knows node.js and Rust"),
        ("Ends here.", 40, "Ends here"),
        ("A long description without end", 22, "A long description…"),
        ("A long description without end", 10, "A long de…"),
        ("", 10, ""),
    ];
    for (text, max, expected) in cases {
        assert_eq!(first_sentence(text, max), expected, "{text:?}");
    }
}

proptest! {
    #[test]
    fn nothing_is_longer_than_allowed(text in any::<String>(), max in 1_usize..60, lines in 1_usize..5) {
        let one = line(&text, max);
        let odd = one.contains(['\n', '\t', '\u{1b}', '\u{202e}']);
        prop_assert!(!odd);
        let tail = last_lines(&text, lines, max);
        prop_assert!(tail.lines().count() <= lines);
        for cut in [one, block(&text, max), tail, first_sentence(&text, max)] {
            prop_assert!(utf16_len(&cut) <= max);
        }
    }
}
