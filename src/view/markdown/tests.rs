//! Markdown becomes Telegram's formatting, whatever is thrown at it.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser};

use super::markdown;
use crate::view::testing::{assert_valid, markdown_source, show};

/// Each source renders as expected, and validly.
fn check(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        let rich = markdown(source);
        assert_valid(&rich);
        assert_eq!(show(&rich), *expected, "from {source:?}");
    }
}

#[test]
fn inline_formatting() {
    check(&[
        ("plain", "plain"),
        ("  trimmed \n\n", "trimmed"),
        ("**b** *i* _i_ ~~s~~ `c`", "<b>b</b> <i>i</i> <i>i</i> <s>s</s> <code>c</code>"),
        ("**b _both_**", "<b>b <i>both</i></b>"),
        ("**b `c` b**", "<b>b </b><code>c</code><b> b</b>"),
        ("**a **b** c**", "<b>a b c</b>"),
        ("``a ` b``", "<code>a ` b</code>"),
        ("*unclosed **too", "*unclosed **too"),
        ("x < y && z \\* &amp;", "x < y && z * &"),
        ("😀 **b**", "😀 <b>b</b>"),
    ]);
}

#[test]
fn identifiers_stay_literal() {
    check(&[
        ("__init__.py", "__init__.py"),
        ("see __init__ and foo.__class__.__name__", "see __init__ and foo.__class__.__name__"),
        ("snake_case_name and _private_.py", "snake_case_name and _private_.py"),
        ("src/_gen_/a and `__x__`", "src/_gen_/a and <code>__x__</code>"),
        ("*args, **kwargs", "*args, **kwargs"),
        ("__two words__ and _one_.", "<b>two words</b> and <i>one</i>."),
        ("**__all__**", "<b>__all__</b>"),
    ]);
}

#[test]
fn lines_and_paragraphs() {
    check(&[
        ("one\ntwo", "one\ntwo"),
        ("one  \ntwo\\\nthree", "one\ntwo\nthree"),
        ("one\n\n\n\ntwo", "one\n\ntwo"),
        ("one\r\n\r\ntwo", "one\n\ntwo"),
        ("# H1\ntext\n### H3 `c`", "<b>H1</b>\n\ntext\n\n<b>H3 </b><code>c</code>"),
        ("a\n\n---\n\nb", "a\n\n———\n\nb"),
        ("#\n\na", "a"),
    ]);
}

#[test]
fn lists() {
    check(&[
        ("text\n- a\n- b\n\nafter", "text\n\n• a\n• b\n\nafter"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("- a\n  - b\n    1. c\n- d", "• a\n  • b\n    1. c\n• d"),
        ("- a\n\n  more\n\n- b", "• a\n\n  more\n• b"),
        ("- a\n  soft", "• a\n  soft"),
        ("- [ ] a\n- [x] b\n1. [x] c", "☐ a\n☑ b\n\n1. ☑ c"),
        ("- **b**\n-\n- c", "• <b>b</b>\n• \n• c"),
        ("- - a\n  - b", "• • a\n  • b"),
        ("- a\n  ```sh\n  ls\n  ```\n  b", "• a\n<pre sh>ls</pre>\n  b"),
        ("> - a\n>   - b", "<quote>• a\n  • b</quote>"),
        ("- > q\n- b", "• <quote>q</quote>\n• b"),
    ]);
}

#[test]
fn quotes() {
    check(&[
        ("a\n> q\n> r\n\nb", "a\n\n<quote>q\nr</quote>\n\nb"),
        ("> a\n> > b\n\nc", "<quote>a\n\nb</quote>\n\nc"),
        ("> **b** `c`\n>\n> ```\n> d\n> ```", "<quote><b>b</b> <code>c</code>\n\n<pre>d</pre></quote>"),
        (">\n\na", "a"),
    ]);
}

#[test]
fn code_blocks() {
    check(&[
        ("a\n```rust\nfn x() {\n\n    y\n}\n```\nb", "a\n\n<pre rust>fn x() {\n\n    y\n}</pre>\n\nb"),
        ("```\n  indented\n```", "<pre>  indented</pre>"),
        ("```rust,ignore\n**x**\n```", "<pre rust>**x**</pre>"),
        ("    indented *code*", "<pre>indented *code*</pre>"),
        ("```\nunclosed", "<pre>unclosed</pre>"),
        ("```\n```\na", "a"),
    ]);
}

#[test]
fn tables() {
    check(&[
        (
            "| a | bb | c |\n|---|--:|:-:|\n| **long** | 1 | x |\n| 日本 | 100 | yes |",
            "<pre>a    |  bb |  c\n-----+-----+----\nlong |   1 |  x\n日本 | 100 | yes</pre>",
        ),
        ("|a|\n|-|\n|[x](https://e.org) `c`|", "<pre>a\n-------------------\nx (https://e.org) c</pre>"),
        ("a|b\n-|-\n1|", "<pre>a | b\n--+--\n1 |</pre>"),
    ]);
}

#[test]
fn links_and_images() {
    check(&[
        ("[a](https://e.org/x_(y))", "<a https://e.org/x_(y)>a</a>"),
        ("[a](tg://user?id=1)", "<a tg://user?id=1>a</a>"),
        ("<https://e.org>", "<a https://e.org>https://e.org</a>"),
        ("[a.rs](src/a.rs#L3)", "a.rs (src/a.rs#L3)"),
        ("[src/a.rs](src/a.rs)", "src/a.rs"),
        ("[a](http://localhost:3000)", "a (http://localhost:3000)"),
        ("[a](javascript:x) [m](mailto:a@b.c) <a@b.c>", "a (javascript:x) m (a@b.c) a@b.c"),
        ("[](https://e.org) []() [a]()", "<a https://e.org>https://e.org</a>  a"),
        ("- [](x)", "• x"),
        ("[`c` d](https://e.org)", "<a https://e.org>c d</a>"),
        ("**[a](https://e.org)**", "<b><a https://e.org>a</a></b>"),
        ("![alt](https://e.org/i.png)", "<a https://e.org/i.png>alt</a>"),
        ("![](https://e.org/i.png) ![](i.png)", "<a https://e.org/i.png>image</a> image (i.png)"),
        ("[![b](https://e.org/b.svg)](https://e.org)", "<a https://e.org>b</a>"),
        ("[a][r]\n\n[r]: https://e.org", "<a https://e.org>a</a>"),
        ("[^1]\n\n[^2]: note", "[^1]"),
    ]);
}

#[test]
fn html_is_literal() {
    check(&[
        ("a <b>x</b> &lt;", "a <b>x</b> <"),
        (
            "<details>\n<summary>s</summary>\n</details>\n\nb",
            "<details>\n<summary>s</summary>\n</details>\n\nb",
        ),
    ]);
}

#[test]
fn addresses_that_telegram_takes() {
    let accepted = [
        "http://e.org",
        "HTTPS://e.org:8080/a?b#c",
        "https://u:p@e.org",
        "http://1.2.3.4",
        "http://[::1]:80/",
        "tg://resolve?domain=x",
    ];
    let refused = [
        "",
        "e.org",
        "/a",
        "#a",
        "http://localhost",
        "http://",
        "https:///a.b",
        "https://.org",
        "https://e.",
        "ftp://e.org",
        "tg://",
        "https://e.org/a b",
        "file:///a.b",
        "https://a@localhost/b.c",
    ];
    for url in accepted {
        assert!(super::link::is_accepted(url), "{url}");
    }
    for url in refused {
        assert!(!super::link::is_accepted(url), "{url}");
    }
    assert!(!super::link::is_accepted(&format!("https://e.org/{}", "a".repeat(4000))));
}

#[test]
fn absurd_nesting_is_left_as_it_is() {
    for source in [">".repeat(1000) + "a", "- ".repeat(1000) + "a", "1. ".repeat(1000) + "a"] {
        assert_eq!(show(&markdown(&source)), source);
    }
    let wide_code = format!("```\n{}x\n```", " ".repeat(1000));
    assert_eq!(show(&markdown(&wide_code)), format!("<pre>{}x</pre>", " ".repeat(1000)));
}

/// Ends in reasonable time only if no step is quadratic.
#[test]
fn a_megabyte_of_anything_is_rendered() {
    let fill = |unit: &str| unit.repeat((1 << 20) / unit.len());
    let sources = [
        fill("["),
        fill("[a]("),
        fill("*a **b "),
        "*a ".repeat(170_000) + &" a*".repeat(170_000),
        "![".repeat(170_000) + &"](a)".repeat(170_000),
        (1..1400).map(|length| "`".repeat(length) + " ").collect(),
        fill(">"),
        fill("> "),
        "> ".repeat(200) + &fill("a\n"),
        "- ".repeat(200) + &fill("\n"),
        format!("|{}\n|{}\n{}", "a|".repeat(500), "-|".repeat(500), fill("a\n")),
        format!("|a|\n|-|\n|{}|\n{}", fill("x"), "|b|\n".repeat(100_000)),
        fill("<!--"),
    ];
    for source in sources {
        let parts = crate::view::split::split(&markdown(&source), crate::view::split::MESSAGE_LIMIT);
        assert!(!parts.is_empty());
    }
}

/// What the parser takes for text, letters and digits only.
fn letters(source: &str) -> Vec<char> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut letters = Vec::new();
    for event in Parser::new_ext(source, options) {
        if let Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) = event {
            letters.extend(text.chars().filter(|c| c.is_alphanumeric()));
        }
    }
    letters
}

proptest! {
    #[test]
    fn any_source_renders_validly_and_whole(source in markdown_source()) {
        let rich = markdown(&source);
        assert_valid(&rich);
        prop_assert!(!rich.text.starts_with('\n') && !rich.text.ends_with(char::is_whitespace));
        let mut rendered = rich.text.chars();
        for letter in letters(&source) {
            prop_assert!(rendered.any(|c| c == letter), "{letter:?} is lost in {:?}", rich.text);
        }
    }

    #[test]
    fn arbitrary_text_does_no_harm(source in any::<String>()) {
        assert_valid(&markdown(&source));
    }
}
