//! Long text becomes valid parts, and nothing of it is lost.

use proptest::prelude::*;

use super::*;
use crate::view::markdown::markdown;
use crate::view::testing::{assert_valid, markdown_source, show, visible};
use crate::view::text::RichBuilder;

fn plain(text: &str) -> RichText {
    RichText { text: text.to_owned(), entities: Vec::new() }
}

fn parts(text: &RichText, limit: usize) -> Vec<String> {
    let parts = split(text, limit);
    parts.iter().for_each(assert_valid);
    parts.iter().map(show).collect()
}

#[test]
fn plain_text_is_cut_where_it_hurts_least() {
    // (text, limit, parts)
    let cases: &[(&str, usize, &[&str])] = &[
        ("", 10, &[]),
        (" \n\u{200b}\n", 10, &[]),
        ("fits", 4, &["fits"]),
        ("one\ntwo\n\nthree\nfour", 16, &["one\ntwo", "three\nfour"]),
        ("one\ntwo\nthree", 9, &["one\ntwo", "three"]),
        ("one two three", 7, &["one two", "three"]),
        ("one two three", 6, &["one", "two", "three"]),
        ("abcdefgh", 3, &["abc", "def", "gh"]),
        ("a\n\nbcdefgh ijklm", 12, &["a\n\nbcdefgh", "ijklm"]),
        ("😀😀😀", 3, &["😀", "😀", "😀"]),
        ("😀😀", 0, &["😀", "😀"]),
        ("aae\u{301}b", 3, &["aa", "e\u{301}b"]),
        ("a👩\u{200d}👧b", 5, &["a", "👩\u{200d}👧", "b"]),
        ("one\n\n\n\n  two", 6, &["one", "two"]),
    ];
    for (text, limit, expected) in cases {
        assert_eq!(parts(&plain(text), *limit), *expected, "{text:?} at {limit}");
    }
}

#[test]
fn formatting_goes_on_in_the_next_part() {
    let text = markdown("**one two _three_** [four five](https://e.org)");
    let expected =
        ["<b>one two</b>", "<b><i>three</i></b>", "<a https://e.org>four</a>", "<a https://e.org>five</a>"];
    assert_eq!(parts(&text, 8), expected);
}

#[test]
fn a_long_code_block_keeps_its_language_and_indentation() {
    let text = markdown("```rust\nfn a() {\n    b();\n\n    c();\n}\n```");
    let expected = ["<pre rust>fn a() {</pre>", "<pre rust>    b();</pre>", "<pre rust>    c();\n}</pre>"];
    assert_eq!(parts(&text, 12), expected);
}

#[test]
fn a_code_block_that_fits_stays_whole() {
    let text = markdown("- x\n  ```\n  one\n  two\n  ```\n  after");
    assert_eq!(parts(&text, 10), ["• x", "<pre>one\ntwo</pre>", "after"]);
    let text = markdown("```\none\n\ntwo\n```\n\nunbreakable");
    assert_eq!(parts(&text, 12), ["<pre>one\n\ntwo</pre>", "unbreakable"]);
}

#[test]
fn an_empty_line_in_code_ends_no_block() {
    let text = markdown("first\n\n```\naaa\n\nb\nccccccccccccc\n```");
    assert_eq!(parts(&text, 16), ["first", "<pre>aaa\n\nb</pre>", "<pre>ccccccccccccc</pre>"]);
}

#[test]
fn no_part_has_too_many_entities() {
    let text = markdown(&"**a** ".repeat(250));
    let parts = split(&text, MESSAGE_LIMIT);
    let counts: Vec<usize> = parts.iter().map(|part| part.entities.len()).collect();
    assert_eq!(counts, [100, 100, 50]);
    let quoted = markdown(&format!("> {}", "**a** ".repeat(150)));
    let counts: Vec<usize> = split(&quoted, MESSAGE_LIMIT).iter().map(|part| part.entities.len()).collect();
    assert_eq!(counts, [100, 52]);
}

#[test]
fn a_part_is_never_over_a_real_limit() {
    let text = markdown(&"Some *words* and `code`, some more words.\n\n- item 😀\n- item\n\n".repeat(400));
    let parts = split(&text, MESSAGE_LIMIT);
    assert!(parts.len() > 4);
    for part in &parts {
        assert!(utf16_len(&part.text) <= MESSAGE_LIMIT && part.entities.len() <= MAX_ENTITIES);
    }
}

proptest! {
    #[test]
    fn nothing_is_lost_and_all_parts_are_valid(source in markdown_source(), limit in 2..120usize) {
        let text = markdown(&source);
        let parts = split(&text, limit);
        for part in &parts {
            assert_valid(part);
            prop_assert!(utf16_len(&part.text) <= limit);
            prop_assert!(part.entities.len() <= MAX_ENTITIES);
            prop_assert!(!part.text.chars().all(is_blank));
            prop_assert!(!part.text.starts_with('\n') && !part.text.ends_with(char::is_whitespace));
        }
        let joined: Vec<_> = parts.iter().flat_map(visible).collect();
        prop_assert_eq!(joined, visible(&text));
    }

    #[test]
    fn broken_formatting_does_no_harm(
        entities in prop::collection::vec((0..60usize, 0..60usize, any::<bool>()), 0..150),
        limit in 2..30usize,
    ) {
        let mut builder = RichBuilder::new();
        builder.push("Words 😀😀 and\n\n  more 👩\u{200d}👧 words, some longer than others");
        let mut text = builder.finish();
        text.entities = entities
            .into_iter()
            .map(|(offset, length, code)| Entity {
                offset,
                length,
                style: if code { Style::Pre(None) } else { Style::Bold },
            })
            .collect();
        let parts = split(&text, limit);
        prop_assert!(parts.iter().all(|part| utf16_len(&part.text) <= limit && part.entities.len() <= MAX_ENTITIES));
        let letters = |text: &str| text.chars().filter(|c| !is_blank(*c)).collect::<String>();
        let joined: String = parts.iter().map(|part| letters(&part.text)).collect();
        prop_assert_eq!(joined, letters(&text.text));
    }
}
