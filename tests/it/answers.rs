//! Answers as they are shown: formatted, split, as files.

use crate::support::{Plan, Seen, YOU};

async fn said(steps: &str) -> (crate::support::World, crate::support::Chat) {
    let world = Plan::new().agent("say", steps).start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent say go").await;
    (world, chat)
}

#[tokio::test]
async fn markdown_becomes_formatting() {
    let steps = "- say: |\n    # Title\n\n    **bold**, `code`, [link](https://example.org/), __init__.py\n\n    ```rust\n    let x = 1;\n    ```\n\n    > quote\n\n    | a | b |\n    |---|---|\n    | 1 | 2 |";
    let (_world, mut chat) = said(steps).await;
    let answer = chat.expect_new("Title").await;
    let formatting = answer.formatting();
    for wanted in
        [("bold", "Title"), ("bold", "bold"), ("code", "code"), ("text_link", "link"), ("pre", "let x = 1;")]
    {
        assert!(formatting.contains(&wanted), "{wanted:?} is missing: {formatting:?}");
    }
    assert!(answer.text().contains("__init__.py"), "{}", answer.text());
    assert!(formatting.iter().any(|(kind, words)| *kind == "expandable_blockquote" && *words == "quote"));
    for mark in ["**", "```", "](", "# "] {
        assert!(!answer.text().contains(mark), "{mark:?} is left: {}", answer.text());
    }
}

#[tokio::test]
async fn what_looks_like_markup_but_is_broken_is_shown_as_it_is() {
    let (_world, mut chat) = said("- say: \"a * b _ c ` d [e](f <g> </h> &amp; \\\\_ ~~ || **\"").await;
    let answer = chat.expect_new("a * b _ c").await;
    assert!(answer.text().contains("<g> </h>"), "{}", answer.text());
}

#[tokio::test]
async fn a_long_answer_comes_in_parts_of_which_the_first_rings() {
    let lines: String = (1..=300).map(|n| format!("    Line {n} of a rather long answer.\n\n")).collect();
    let (_world, mut chat) = said(&format!("- say: |\n{lines}")).await;
    chat.expect_new("Line 300 of").await;
    let parts: Vec<Seen> =
        chat.news().await.into_iter().filter(|seen| seen.text().contains("of a rather long")).collect();
    assert!((2..=5).contains(&parts.len()), "{} parts", parts.len());
    for (at, part) in parts.iter().enumerate() {
        assert_eq!(part.rings(), at == 0, "part {at}");
        assert!(part.text().encode_utf16().count() <= 4096);
    }
    let whole: String = parts.iter().map(|part| format!("{}\n", part.text())).collect();
    for n in 1..=300 {
        assert_eq!(whole.matches(&format!("Line {n} of")).count(), 1, "line {n}");
    }
}

#[tokio::test]
async fn a_very_long_answer_begins_in_messages_and_is_whole_in_a_file() {
    let lines: String =
        (1..=5_000).map(|n| format!("    Line {n} of a very long answer indeed.\n")).collect();
    let (_world, mut chat) = said(&format!("- say: |\n{lines}")).await;
    chat.expect_new("Line 1 of").await;
    let file = chat.expect_file("answer-1.md").await;
    assert!(file.text().contains("The whole answer"), "{}", file.text());
    let whole = chat.text_of(&file).await;
    assert!(whole.len() > 180_000, "{} bytes", whole.len());
    assert!(whole.contains("Line 1 of") && whole.contains("Line 5000 of"));
    let rings = chat.news().await.iter().filter(|seen| seen.rings()).count();
    assert_eq!(rings, 1, "one answer rings once");
}

#[tokio::test]
async fn an_agent_that_says_nothing_is_done_all_the_same() {
    let (_world, mut chat) = said("- think: Nothing to say.").await;
    let answer = chat.expect_new("Done. The agent said nothing.").await;
    assert!(answer.rings());
}

#[tokio::test]
async fn a_file_that_cannot_be_sent_is_told_and_does_not_hold_up_the_answer() {
    let steps = "- run: { command: ': > empty.txt', ask: false }\n- send: empty.txt\n- say: The end.";
    let (_world, mut chat) = said(steps).await;
    chat.expect_new("The end.").await;
    chat.expect_edit("Done · say").await;
}
