//! Every card as a person sees it, and the limits that every card keeps.

use proptest::prelude::*;

use super::chars::is_blank;
use super::render;
use super::split::{MAX_ENTITIES, MESSAGE_LIMIT};
use super::testing::{assert_valid, show};
use super::text::utf16_len;
use crate::domain::card::{Card, Notice};
use crate::domain::message::{DocumentContent, Message};

pub(super) mod samples;
mod tasks;
mod notices;
mod teams;
mod agents;

/// Compares what cards look like with what was agreed.
macro_rules! assert_gallery {
    ($cards:expr) => {
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(crate::view::tests::gallery($cards));
        })
    };
}
use assert_gallery;

/// The messages of cards as text, each card under a name.
fn gallery(cards: impl IntoIterator<Item = (&'static str, Card)>) -> String {
    let mut shown = String::new();
    for (name, card) in cards {
        shown += &format!("=== {name}\n");
        for message in render(&card) {
            shown += &picture(&message);
        }
        shown.push('\n');
    }
    shown
}

fn picture(message: &Message) -> String {
    let mut shown = String::from(if message.silent { "" } else { "(rings)\n" });
    if let Some(document) = &message.document {
        let content = match &document.content {
            DocumentContent::Text(text) => {
                let beginning: String = text.chars().take(300).collect();
                let rest = if beginning.len() < text.len() { "⋯" } else { "" };
                beginning.lines().map(|line| format!("\n    {line}")).collect::<String>() + rest
            }
            DocumentContent::File(path) => format!(" from {}", path.display()),
        };
        shown += &format!("<file {}>{content}\n", document.name);
    }
    shown += &show(&message.body);
    for row in &message.buttons {
        let labels: Vec<String> = row.iter().map(|button| format!("[{}]", button.label)).collect();
        shown += &format!("\n{}", labels.join(" "));
    }
    shown + "\n---\n"
}

fn assert_within_limits(card: &Card) {
    let messages = render(card);
    assert!(!messages.is_empty(), "no message for {card:?}");
    for message in &messages {
        let limit = if message.document.is_some() { 1_024 } else { MESSAGE_LIMIT };
        let length = utf16_len(&message.body.text);
        assert!(length <= limit, "{length} units for {card:?}");
        assert!(message.body.entities.len() <= MAX_ENTITIES, "too many entities for {card:?}");
        assert_valid(&message.body);
        let blank = message.body.text.chars().all(is_blank);
        assert!(message.document.is_some() || !blank, "nothing to see of {card:?}");
        assert_buttons(message);
    }
    let ringing = messages.iter().filter(|message| !message.silent).count();
    assert!(ringing <= usize::from(!matches!(card, Card::Notice(_))), "rings {ringing} times: {card:?}");
}

fn assert_buttons(message: &Message) {
    let buttons: Vec<_> = message.buttons.iter().flatten().collect();
    assert!(message.buttons.iter().all(|row| !row.is_empty() && row.len() <= 8), "{:?}", message.buttons);
    for button in &buttons {
        assert!(utf16_len(&button.label) <= 64, "{button:?}");
        assert!(!button.label.chars().all(is_blank), "{button:?}");
    }
    // On the wire each has up to 64 bytes of meaning and about 45 of punctuation; a chat takes 10 KB and 100 of them.
    let bytes: usize = buttons.iter().map(|button| button.label.len() + 110).sum();
    assert!(buttons.len() <= 100 && bytes <= 10_000, "{} buttons, {bytes} bytes", buttons.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_card_keeps_the_limits(mut source in samples::source()) {
        for card in source.cards() {
            assert_within_limits(&card);
        }
        for notice in source.notices() {
            assert_within_limits(&Card::Notice(notice));
        }
    }
}

/// A notice as a card.
fn said(name: &'static str, notice: Notice) -> (&'static str, Card) {
    (name, Card::Notice(notice))
}

#[test]
fn a_question_full_of_formatting_keeps_the_limit() {
    let text = "**a** ".repeat(150);
    let task = crate::domain::card::TaskSummary {
        id: crate::domain::ids::TaskId(1),
        agent: "tour".to_owned(),
        engine: "script".to_owned(),
    };
    let question = crate::domain::card::QuestionCard {
        task,
        number: 1,
        text,
        options: Vec::new(),
        answer: None,
        closed: None,
        rings: false,
    };
    for message in render(&Card::Question(question)) {
        assert!(message.body.entities.len() <= 100, "{}", message.body.entities.len());
    }
}
