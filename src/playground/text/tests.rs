//! Parse modes, entities and trimming, as tables.

use proptest::prelude::*;

use super::*;

/// `text | kind offset+length …`, or the error.
fn shown(result: Result<Formatted, ApiError>) -> String {
    match result {
        Ok(formatted) => formatted.entities.iter().fold(formatted.text.clone(), |line, entity| {
            let extra = entity.url.as_ref().or(entity.language.as_ref()).map(|extra| format!("({extra})"));
            format!(
                "{line} | {} {}+{}{}",
                entity.kind,
                entity.offset,
                entity.length,
                extra.unwrap_or_default()
            )
        }),
        Err(error) => error.description.into_owned(),
    }
}

fn check(mode: Option<&str>, table: &[(&str, &str)]) {
    for (raw, expected) in table {
        assert_eq!(shown(prepare(raw, mode, None)), *expected, "{raw:?}");
    }
}

#[test]
fn html_becomes_entities() {
    check(
        Some("HTML"),
        &[
            ("<b>bold</b> and <i>it</i>", "bold and it | bold 0+4 | italic 9+2"),
            ("<b>a<i>b</i></b>", "ab | bold 0+2 | italic 1+1"),
            ("<a href=\"https://e.com/x?a=1&amp;b=2\">l</a>", "l | text_link 0+1(https://e.com/x?a=1&b=2)"),
            ("<a href='localhost'>l</a>", "l | text_link 0+1(http://localhost/)"),
            ("<pre><code class=\"language-rust\">fn</code></pre>", "fn | pre 0+2(rust)"),
            ("<code class=\"language-rust\">fn</code>", "fn | code 0+2"),
            ("<blockquote expandable>q</blockquote>", "q | expandable_blockquote 0+1"),
            ("<span class=\"tg-spoiler\">s</span><tg-spoiler>t</tg-spoiler>", "st | spoiler 0+2"),
            ("1 &lt; 2 &amp;&amp; 3 &gt; 2 &#x1F600; &unknown;", "1 < 2 && 3 > 2 \u{1F600} &unknown;"),
            ("<b>", "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\""),
            (
                "<b>x</i>",
                "Bad Request: can't parse entities: Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\"",
            ),
            ("x</b>", "Bad Request: can't parse entities: Unexpected end tag at byte offset 1"),
            ("a <x> b", "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 2"),
            ("a <", "Bad Request: can't parse entities: Unclosed start tag at byte offset 2"),
            ("1 < 2 > 1", "Bad Request: can't parse entities: Unsupported start tag \"\" at byte offset 2"),
            (
                "<span>x</span>",
                "Bad Request: can't parse entities: Tag \"span\" must have class \"tg-spoiler\" at byte offset 0",
            ),
        ],
    );
}

#[test]
fn markdown_v2_becomes_entities() {
    check(
        Some("MarkdownV2"),
        &[
            (
                "*b* _i_ __u__ ~s~ ||p|| `c`",
                "b i u s p c | bold 0+1 | italic 2+1 | underline 4+1 | strikethrough 6+1 | spoiler 8+1 | code 10+1",
            ),
            ("[l](https://e.com/\\))", "l | text_link 0+1(https://e.com/))"),
            ("```rust\nfn\n```", "fn | pre 0+2(rust)"),
            ("1\\.5", "1.5"),
            (">a\n>b\nc", "a\nb\nc | blockquote 0+3"),
            (">a\n>b||", "a\nb | expandable_blockquote 0+3"),
            (">a||\nb", "a\nb | expandable_blockquote 0+1"),
            (">||a||", "a | blockquote 0+1 | spoiler 0+1"),
            ("**>q", "q | blockquote 0+1"),
            (">a\n**>b", "a\nb | blockquote 0+1 | blockquote 2+1"),
            ("![👍](tg://emoji?id=5)", "👍 | custom_emoji 0+2"),
            ("![x]", "Bad Request: can't parse entities: Custom emoji entity must contain a tg://emoji URL"),
            (
                "![x](tg://emoji?id=a)",
                "Bad Request: can't parse entities: Invalid custom emoji identifier specified",
            ),
            (">a *b\nc", "Bad Request: can't parse entities: Can't find end of Bold entity at byte offset 3"),
            (
                "a >b",
                "Bad Request: can't parse entities: Character '>' is reserved and must be escaped with the preceding '\\'",
            ),
            ("`a.b!`", "a.b! | code 0+4"),
            (
                "1.5",
                "Bad Request: can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
            ),
            (
                "a-b",
                "Bad Request: can't parse entities: Character '-' is reserved and must be escaped with the preceding '\\'",
            ),
            ("*b", "Bad Request: can't parse entities: Can't find end of Bold entity at byte offset 0"),
            ("a [l](x", "Bad Request: can't parse entities: Can't find end of a URL at byte offset 6"),
        ],
    );
}

#[test]
fn the_old_markdown_still_works() {
    check(
        Some("Markdown"),
        &[
            ("*b* _i_ `c`", "b i c | bold 0+1 | italic 2+1 | code 4+1"),
            ("1.5 \\_x", "1.5 _x"),
            (
                "a_b",
                "Bad Request: can't parse entities: Can't find end of the entity starting at byte offset 1",
            ),
        ],
    );
    check(Some("yaml"), &[("x", "Bad Request: unsupported parse_mode")]);
}

#[test]
fn links_mentions_and_commands_are_found() {
    check(
        None,
        &[
            ("/agent@my_bot fix it", "/agent@my_bot fix it | bot_command 0+13"),
            ("see /a/b and /cmd.", "see /a/b and /cmd. | bot_command 13+4"),
            ("😀 @robin, hi", "😀 @robin, hi | mention 3+6"),
            ("mail me@e.com #tag #1", "mail me@e.com #tag #1 | email 5+8 | hashtag 14+4"),
            ("(https://e.com/a).", "(https://e.com/a). | url 1+15"),
            ("edit README.md", "edit README.md | url 5+9"),
            ("version 1.2.3 a@b", "version 1.2.3 a@b"),
        ],
    );
}

#[test]
fn text_is_cleaned_and_trimmed_with_its_entities() {
    let bold = |offset: usize, length: usize| {
        format!("[{{\"type\":\"bold\",\"offset\":{offset},\"length\":{length}}}]")
    };
    let table = [
        ("  a  ", None, "a"),
        ("\r\n\ta\u{202e}b\r\n", None, "ab"),
        (" \n\u{200b} ", None, ""),
        ("  ab  ", Some(bold(2, 4)), "ab | bold 0+2"),
        ("  ab", Some(bold(1, 2)), " ab | bold 0+2"),
        ("a\rb", Some(bold(2, 1)), "ab | bold 1+1"),
        ("ab", Some(bold(0, 0)), "ab"),
        ("a", Some(bold(5, 1)), "Bad Request: entity begins after the end of the text at UTF-16 offset 5"),
        (
            "a",
            Some(bold(0, 2)),
            "Bad Request: entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 2",
        ),
        (
            "😀",
            Some(bold(1, 1)),
            "Bad Request: entity begins in a middle of a UTF-16 symbol at byte offset 1",
        ),
        (
            "😀",
            Some(bold(0, 1)),
            "Bad Request: entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 1",
        ),
    ];
    for (raw, entities, expected) in table {
        assert_eq!(shown(prepare(raw, None, entities.as_deref())), expected, "{raw:?}");
    }
}

#[test]
fn entities_that_cross_are_cut_and_code_holds_nothing() {
    let table = [
        (
            r#"[{"type":"bold","offset":0,"length":4},{"type":"italic","offset":2,"length":4}]"#,
            "abcdef | bold 0+4 | italic 2+2 | italic 4+2",
        ),
        (
            r#"[{"type":"bold","offset":0,"length":2},{"type":"bold","offset":2,"length":2}]"#,
            "abcdef | bold 0+4",
        ),
        (
            r#"[{"type":"code","offset":0,"length":4},{"type":"bold","offset":1,"length":2}]"#,
            "abcdef | code 0+4",
        ),
        (r#"[{"type":"mention","offset":0,"length":4}]"#, "abcdef"),
        (
            r#"[{"type":"wobble","offset":0,"length":4}]"#,
            "Bad Request: can't parse MessageEntity: Unsupported type specified",
        ),
        (r#"[{"type":"text_link","offset":0,"length":4,"url":"not a link"}]"#, "abcdef"),
        (r#""no list""#, "abcdef"),
    ];
    for (entities, expected) in table {
        assert_eq!(shown(prepare("abcdef", None, Some(entities))), expected, "{entities}");
    }
}

#[test]
fn more_than_a_hundred_entities_are_dropped() {
    let text = "ab ".repeat(150);
    let entities: Vec<String> =
        (0..150).map(|at| format!("{{\"type\":\"bold\",\"offset\":{},\"length\":1}}", at * 3)).collect();
    let formatted = prepare(&text, None, Some(&format!("[{}]", entities.join(",")))).expect("parses");
    assert_eq!(formatted.entities.len(), 100);
}

#[test]
fn of_countless_entities_the_first_thousand_are_looked_at() {
    let link = r#"{"type":"text_link","offset":0,"length":1,"url":"https://e.com"}"#;
    let bold = r#"{"type":"bold","offset":2,"length":1}"#;
    for (links, kept) in [(999, 2), (1_000, 1)] {
        let entities = format!("[{bold}{}]", format!(",{link}").repeat(links));
        let formatted = prepare("a b", None, Some(&entities)).expect("parses");
        assert_eq!(formatted.entities.len(), kept, "{links}");
    }
}

proptest! {
    #[test]
    fn whatever_comes_in_the_entities_fit_the_text(
        raw in "[ a*_`~|<>b/&;\\[\\]()\n\\\\😀@.#-]{0,60}",
        mode in prop_oneof![Just(None), Just(Some("HTML")), Just(Some("MarkdownV2")), Just(Some("Markdown"))],
    ) {
        if let Ok(formatted) = prepare(&raw, mode, None) {
            let units = utf16_len(&formatted.text);
            for entity in &formatted.entities {
                prop_assert!(entity.length > 0 && entity.end() <= units, "{formatted:?}");
            }
            prop_assert_eq!(formatted.text.trim_end_matches([' ', '\n']), formatted.text.as_str());
        }
    }

    #[test]
    fn given_entities_stay_nested(spans in prop::collection::vec((0_usize..20, 1_usize..12, 0_usize..6), 0..12)) {
        let kinds = ["bold", "italic", "code", "blockquote", "underline", "spoiler"];
        let text = "abcdefghij klmnopqrst uvwxyz abcdefgh";
        let entities = spans.iter().map(|(offset, length, kind)| Entity::plain(kinds[*kind], *offset, *length)).collect();
        let formatted = exact(text, entities).expect("in bounds");
        for (at, one) in formatted.entities.iter().enumerate() {
            for other in &formatted.entities[at + 1..] {
                let apart = one.end() <= other.offset || other.end() <= one.offset;
                let nested = other.offset >= one.offset && other.end() <= one.end();
                prop_assert!(apart || nested, "{formatted:?}");
            }
        }
    }
}

proptest! {
    #[test]
    fn any_markdown_becomes_a_rich_message_or_is_empty(markdown in r"[#*_`>|~+\-\[\]() \n\t1.!<a😀:]{0,80}") {
        if let Ok(rich) = rich::parse(&markdown, false) {
            let units = utf16_len(&rich.shown.text);
            prop_assert!(rich.shown.entities.iter().all(|entity| entity.length > 0 && entity.end() <= units));
            prop_assert!(!rich.blocks.is_empty());
        }
    }
}

#[test]
fn an_empty_code_block_takes_nothing_from_what_is_before_it() {
    let rich = rich::parse("a\n\n```\n```\n\nb", false).expect("is read");
    assert_eq!(rich.shown.text.split_whitespace().collect::<Vec<_>>(), ["a", "b"]);
}
