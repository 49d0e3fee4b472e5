//! For tests of the view: formatted text as readable markup, and the rules a chat holds it to.

use proptest::prelude::*;

use crate::domain::message::{Entity, RichText, Style};

/// `rich` with its formatting as tags: `<b>bold</b>`.
pub(super) fn show(rich: &RichText) -> String {
    let units: Vec<u16> = rich.text.encode_utf16().collect();
    let (mut shown, mut at, mut open) = (String::new(), 0, Vec::<&Entity>::new());
    let text = |from: usize, to: usize| String::from_utf16(&units[from..to]).expect("whole characters");
    for entity in &rich.entities {
        while let Some(done) = open.pop_if(|outer| outer.offset + outer.length <= entity.offset) {
            let end = done.offset + done.length;
            shown += &format!("{}</{}>", text(at, end), tag(&done.style).0);
            at = end;
        }
        let (name, extra) = tag(&entity.style);
        shown += &format!("{}<{name}{extra}>", text(at, entity.offset));
        at = entity.offset;
        open.push(entity);
    }
    while let Some(done) = open.pop() {
        let end = done.offset + done.length;
        shown += &format!("{}</{}>", text(at, end), tag(&done.style).0);
        at = end;
    }
    shown + &text(at, units.len())
}

fn tag(style: &Style) -> (&'static str, String) {
    match style {
        Style::Bold => ("b", String::new()),
        Style::Italic => ("i", String::new()),
        Style::Strikethrough => ("s", String::new()),
        Style::Code => ("code", String::new()),
        Style::Pre(language) => ("pre", language.as_ref().map(|name| format!(" {name}")).unwrap_or_default()),
        Style::Quote => ("quote", String::new()),
        Style::Link(url) => ("a", format!(" {url}")),
    }
}

/// Fails if a chat would refuse or change the formatting of `rich`.
pub(super) fn assert_valid(rich: &RichText) {
    let edges: std::collections::HashSet<usize> = rich
        .text
        .chars()
        .scan(0, |at, c| Some(std::mem::replace(at, *at + c.len_utf16())))
        .chain([super::text::utf16_len(&rich.text)])
        .collect();
    let mut outer: Vec<&Entity> = Vec::new();
    let mut previous = (0, 0);
    for entity in &rich.entities {
        let (start, end) = (entity.offset, entity.offset + entity.length);
        assert!(entity.length > 0, "empty: {entity:?} in {rich:?}");
        assert!(edges.contains(&start) && edges.contains(&end), "no character edge: {entity:?} in {rich:?}");
        let order = (start, usize::MAX - end);
        assert!(previous <= order, "out of order: {entity:?} in {rich:?}");
        previous = order;
        while outer.pop_if(|outer| outer.offset + outer.length <= start).is_some() {}
        for outer in &outer {
            assert!(end <= outer.offset + outer.length, "crosses {outer:?}: {entity:?} in {rich:?}");
            assert!(may_contain(&outer.style, &entity.style), "{outer:?} contains {entity:?} in {rich:?}");
        }
        outer.push(entity);
    }
}

fn may_contain(outer: &Style, inner: &Style) -> bool {
    let code = |style: &Style| matches!(style, Style::Code | Style::Pre(_));
    let same = std::mem::discriminant(outer) == std::mem::discriminant(inner);
    !same && !code(outer) && *inner != Style::Quote && (!code(inner) || *outer == Style::Quote)
}

/// Every visible character with the formatting on it, in an order that does not depend on nesting.
pub(super) fn visible(rich: &RichText) -> Vec<(char, Vec<String>)> {
    let mut at = 0;
    let mut seen = Vec::new();
    for c in rich.text.chars() {
        if !super::chars::is_blank(c) {
            let here = rich.entities.iter().filter(|e| (e.offset..e.offset + e.length).contains(&at));
            let mut styles: Vec<String> = here.map(|e| format!("{:?}", e.style)).collect();
            styles.sort();
            seen.push((c, styles));
        }
        at += c.len_utf16();
    }
    seen
}

/// Text that is likely to mean something as Markdown, and some that is not.
pub(super) fn markdown_source() -> impl Strategy<Value = String> {
    const TOKENS: &[&str] = &[
        "a",
        "word",
        "two words",
        " ",
        "  ",
        "    ",
        "\n",
        "\n\n",
        "\r\n",
        "\t",
        "*",
        "**",
        "***",
        "_",
        "__",
        "~~",
        "`",
        "``",
        "```",
        "```rust\n",
        "\n```\n",
        "~~~\n",
        "# ",
        "## ",
        "> ",
        ">",
        "- ",
        "+ ",
        "1. ",
        "9) ",
        "- [ ] ",
        "- [x] ",
        "[",
        "]",
        "](",
        ")",
        "(",
        "![",
        "[a](https://e.org/x)",
        "[a](src/a.rs)",
        "[`c`](https://e.org)",
        "<https://e.org>",
        "<b>",
        "</b>",
        "<!--",
        "-->",
        "<div>\n",
        "|",
        "|a|b|\n|-|:-:|\n",
        "|1|2|\n",
        "---\n",
        "===\n",
        "***\n",
        "\\",
        "&amp;",
        "&#0;",
        "😀",
        "👩‍👩‍👧",
        "🇩🇪",
        "e\u{301}",
        "日本",
        "\u{200b}",
        "\u{feff}",
        "\0",
        "\u{7}",
        "__init__.py",
        "[x]: https://e.org\n",
        "[x]",
        "[^1]",
    ];
    let token = prop_oneof![
        9 => prop::sample::select(TOKENS).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(token, 0..60).prop_map(|tokens| tokens.concat())
}
