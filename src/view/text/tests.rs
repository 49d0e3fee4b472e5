//! Formatted text stays valid however it is built, cut and joined.

use proptest::prelude::*;

use super::*;
use crate::view::testing::{assert_valid, show, visible};

#[test]
fn length_counts_utf16_units() {
    for (text, expected) in [("", 0), ("abc", 3), ("é", 1), ("日本", 2), ("😀", 2), ("a😀b", 4)] {
        assert_eq!(utf16_len(text), expected, "{text:?}");
    }
}

#[test]
fn truncate_keeps_whole_characters() {
    // (text, limit, result)
    let cases = [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("two words", 5, "two…"),
        ("😀😀😀", 5, "😀😀…"),
        ("😀😀😀", 4, "😀…"),
        ("😀😀😀", 6, "😀😀😀"),
        ("abe\u{301}xy", 4, "ab…"),
        ("ab👩\u{200d}👧", 6, "ab…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
    ];
    for (text, limit, expected) in cases {
        assert_eq!(truncate(text, limit, "…"), expected, "{text:?} at {limit}");
    }
    assert_eq!(truncate("abcdef", 2, "..."), "ab");
}

fn built(build: impl FnOnce(&mut RichBuilder)) -> String {
    let mut builder = RichBuilder::new();
    build(&mut builder);
    let rich = builder.finish();
    assert_valid(&rich);
    show(&rich)
}

#[test]
fn builder_nests_and_counts_in_utf16() {
    let mut builder = RichBuilder::new();
    builder
        .push("😀 ")
        .open(Style::Bold)
        .push("a")
        .push_styled(Style::Italic, "b")
        .push("c")
        .close()
        .push("d");
    assert_eq!(builder.len_utf16(), 7);
    let rich = builder.finish();
    assert_eq!(show(&rich), "😀 <b>a<i>b</i>c</b>d");
    assert_eq!((rich.entities[0].offset, rich.entities[0].length), (3, 3));
}

#[test]
fn builder_keeps_to_the_rules() {
    let link = || Style::Link("https://e.org".into());
    let interrupted = built(|b| done(b.open(Style::Bold).push("a").push_styled(Style::Code, "c").push("b")));
    assert_eq!(interrupted, "<b>a</b><code>c</code><b>b</b>");
    let nothing_in_code = built(|b| done(b.open(Style::Pre(None)).push_styled(Style::Bold, "x").push("y")));
    assert_eq!(nothing_in_code, "<pre>xy</pre>");
    let quoted_code = built(|b| done(b.open(Style::Quote).push("q").push_styled(Style::Code, "c")));
    assert_eq!(quoted_code, "<quote>q<code>c</code></quote>");
    let quote_outermost =
        built(|b| done(b.open(Style::Bold).push("a").push_styled(Style::Quote, "q").push("b")));
    assert_eq!(quote_outermost, "<b>a</b><quote><b>q</b></quote><b>b</b>");
    let no_quote_in_quote = built(|b| done(b.open(Style::Quote).push_styled(Style::Quote, "q").push("r")));
    assert_eq!(no_quote_in_quote, "<quote>qr</quote>");
    let link_before_code = built(|b| done(b.open(link()).push("a").push_styled(Style::Code, "c")));
    assert_eq!(link_before_code, "<a https://e.org>ac</a>");
    let link_in_bold = built(|b| done(b.open(Style::Bold).push("a").push_styled(link(), "l").push("b")));
    assert_eq!(link_in_bold, "<b>a<a https://e.org>l</a>b</b>");
    let neighbours = built(|b| done(b.push_styled(Style::Pre(None), "a").push_styled(Style::Pre(None), "b")));
    assert_eq!(neighbours, "<pre>a</pre><pre>b</pre>");
    let empty = built(|b| done(b.push_styled(Style::Bold, "").push("a").close()));
    assert_eq!(empty, "a");
}

/// Ends a chain of calls in a closure that returns nothing.
fn done(_: &mut RichBuilder) {}

#[test]
fn builder_appends_other_texts() {
    let mut inner = RichBuilder::new();
    inner
        .push("😀")
        .open(Style::Bold)
        .push("b")
        .push_styled(Style::Italic, "i")
        .close()
        .push_styled(Style::Code, "c");
    let inner = inner.finish();
    assert_eq!(
        built(|b| done(b.push("é ").push_rich(&inner).push("."))),
        "é 😀<b>b<i>i</i></b><code>c</code>."
    );
    let under_bold = built(|b| done(b.open(Style::Bold).push_rich(&inner).push(".")));
    assert_eq!(under_bold, "<b>😀b<i>i</i></b><code>c</code><b>.</b>");
}

#[test]
fn trim_moves_the_formatting() {
    let trimmed = |style: Style, text: &str| {
        show(&trim({
            let mut builder = RichBuilder::new();
            builder.push_styled(style, text);
            builder.finish()
        }))
    };
    assert_eq!(trimmed(Style::Bold, " \n a \n"), "<b>a</b>");
    assert_eq!(trimmed(Style::Pre(None), "\n  \n  a\n b\n"), "<pre>  a\n b</pre>");
    assert_eq!(trimmed(Style::Bold, " \u{200b}\u{fe0f}\n"), "");
}

fn style() -> impl Strategy<Value = Style> {
    prop_oneof![
        Just(Style::Bold),
        Just(Style::Italic),
        Just(Style::Strikethrough),
        Just(Style::Code),
        Just(Style::Pre(Some("rust".into()))),
        Just(Style::Quote),
        Just(Style::Link("https://e.org".into())),
    ]
}

/// Any formatted text, as a builder makes it.
fn rich() -> impl Strategy<Value = RichText> {
    let step = prop_oneof![
        2 => prop::sample::select(vec!["a", "😀", "b c", "\n", "", "e\u{301}"]).prop_map(|text| (Some(text), None)),
        1 => style().prop_map(|style| (None, Some(style))),
        1 => Just((None, None)),
    ];
    prop::collection::vec(step, 0..40).prop_map(|steps| {
        let mut builder = RichBuilder::new();
        for step in steps {
            match step {
                (Some(text), _) => builder.push(text),
                (None, Some(style)) => builder.open(style),
                (None, None) => builder.close(),
            };
        }
        builder.finish()
    })
}

/// Any text with any entities, valid or not.
fn broken() -> impl Strategy<Value = RichText> {
    let entity = (0..20usize, 0..20usize, style());
    (prop::sample::select(vec!["", "a😀b", "plain text 😀😀"]), prop::collection::vec(entity, 0..6)).prop_map(
        |(text, entities)| RichText {
            text: text.to_owned(),
            entities: entities
                .into_iter()
                .map(|(offset, length, style)| Entity { offset, length, style })
                .collect(),
        },
    )
}

proptest! {
    #[test]
    fn whatever_is_built_is_valid(rich in rich()) {
        assert_valid(&rich);
        assert_valid(&trim(rich));
    }

    #[test]
    fn appending_to_nothing_changes_nothing(rich in rich()) {
        let mut builder = RichBuilder::new();
        builder.push_rich(&rich);
        prop_assert_eq!(visible(&builder.finish()), visible(&rich));
    }

    #[test]
    fn appending_mends_broken_formatting(rich in broken()) {
        let mut builder = RichBuilder::new();
        builder.push_rich(&rich);
        let mended = builder.finish();
        prop_assert_eq!(&mended.text, &rich.text);
        assert_valid(&mended);
    }

    #[test]
    fn truncated_text_fits(text in any::<String>(), limit in 0..40usize) {
        let cut = truncate(&text, limit, "…");
        prop_assert!(utf16_len(&cut) <= limit);
        prop_assert!(utf16_len(&text) > limit || cut == text);
    }
}
