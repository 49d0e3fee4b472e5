//! Text is shown exactly, with what hides in it.

use proptest::prelude::*;

use super::*;

#[test]
fn what_hides_is_shown() {
    // (text, kept, shown)
    let cases = [
        ("cargo test", Keep::Nothing, "cargo test"),
        ("größe 日本 😀", Keep::Nothing, "größe 日本 😀"),
        ("a\u{202e}b\u{2069}", Keep::Lines, "a\\u{202e}b\\u{2069}"),
        ("rm\u{200b} x\u{a0}y\u{3000}z", Keep::Lines, "rm\\u{200b} x\\u{a0}y\\u{3000}z"),
        ("a\nb\tc\rd\u{1b}", Keep::Nothing, "a\\u{a}b\\u{9}c\\u{d}d\\u{1b}"),
        ("a\nb\tc", Keep::Lines, "a\nb\\u{9}c"),
        ("a\nb\tc\r\n", Keep::LinesAndTabs, "a\nb\tc\\u{d}\n"),
        ("tag\u{e0041}\u{fe0f}\u{3164}\u{e000}", Keep::Lines, "tag\\u{e0041}\\u{fe0f}\\u{3164}\\u{e000}"),
        ("A\u{30a}", Keep::Lines, "A\\u{30a}"),
        ("", Keep::Nothing, ""),
    ];
    for (text, keep, shown) in cases {
        assert_eq!(exact(text, keep), shown, "{text:?}");
        assert_eq!(hides(text, keep), shown != text, "{text:?}");
    }
}

proptest! {
    #[test]
    fn nothing_is_left_out(text in any::<String>()) {
        for keep in [Keep::Nothing, Keep::Lines, Keep::LinesAndTabs] {
            let shown = exact(&text, keep);
            prop_assert!(!hides(&shown, keep));
            prop_assert!(text.chars().filter(|c| !is_misleading(*c, keep)).all(|c| shown.contains(c)));
            prop_assert!(shown.chars().count() >= text.chars().count());
        }
    }
}
