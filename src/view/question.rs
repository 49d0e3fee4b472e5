//! The card of a question that an agent asks.

use crate::domain::card::QuestionCard;
use crate::domain::message::{Button, Message, RichText, Style};
use crate::domain::press::Press;

use super::clean::{block, line};
use super::compose::{button, name, silent};
use super::markdown::markdown;
use super::split::split;
use super::states;
use super::text::{RichBuilder, utf16_len};

/// Longest part of the question on the card itself, in UTF-16 units; the rest of a longer one goes before it.
const TEXT: usize = 2_400;

/// An option longer than this does not fit a button: it is written out, and its button carries its number.
const LONG_OPTION: usize = 32;

/// Room for the options that are written out, in UTF-16 units.
const OPTIONS: usize = 1_000;

/// Most options: more cannot be told apart on a phone, nor carried by a message.
const MOST_OPTIONS: usize = 40;

/// Room in one row, in letters. Its buttons are equally wide, and each has edges.
const ROW: usize = 40;

/// Room that a button's edges take, in letters.
const EDGES: usize = 4;

/// Most buttons in one row: more than that a chat refuses.
const MOST_IN_ROW: usize = 8;

/// Longest answer that the closed card repeats, in UTF-16 units.
const ANSWER: usize = 300;

/// The question. The message with the buttons is the last one.
pub(super) fn question(card: &QuestionCard) -> Vec<Message> {
    let mut parts = split(&markdown(&card.text), TEXT);
    let last = parts.pop().unwrap_or_default();
    let mut messages: Vec<Message> = parts.into_iter().map(|part| silent(part, Vec::new())).collect();
    messages.push(asking(card, &last));
    messages
}

fn asking(card: &QuestionCard, question: &RichText) -> Message {
    let mut text = RichBuilder::new();
    text.push(states::ASKING).push(" ");
    name(&mut text, &card.task.agent);
    text.push(&format!(" asks · #{}\n\n", card.task.id)).push_rich(question);
    let open = card.answer.is_none() && card.closed.is_none();
    let options = &card.options[..card.options.len().min(MOST_OPTIONS)];
    let numbered = options.iter().any(|option| utf16_len(option) > LONG_OPTION);
    if numbered {
        written_out(&mut text, options);
    }
    text.push("\n\n");
    match (&card.answer, card.closed) {
        (Some(answer), _) => {
            text.push(states::DONE).push(" Answered: ").push_styled(Style::Bold, &block(answer, ANSWER))
        }
        (None, Some(why)) => text.push(&states::moot(why)).push("."),
        (None, None) if options.is_empty() => text.push("Write your answer."),
        (None, None) => text.push("Tap one or write your answer."),
    };
    let buttons = if open { rows(card, options, numbered) } else { Vec::new() };
    let silent = !(open && card.rings);
    Message { silent, ..self::silent(text.finish(), buttons) }
}

fn written_out(text: &mut RichBuilder, options: &[String]) {
    text.push("\n");
    let room = OPTIONS / options.len();
    for (index, option) in options.iter().enumerate() {
        let label = format!("{}. {option}", index + 1);
        text.push("\n").push(&line(&label, room.saturating_sub(1)));
    }
}

/// One button per option, as many in a row as a phone shows well.
fn rows(card: &QuestionCard, options: &[String], numbered: bool) -> Vec<Vec<Button>> {
    let mut rows: Vec<Vec<Button>> = Vec::new();
    let mut widest = 0;
    // A button names its option in one byte.
    for (option, text) in (0_u8..).zip(options) {
        let press = Press::Answer { task: card.task.id, question: card.number, option };
        let label = if numbered { format!("{}", option + 1) } else { text.clone() };
        let button = button(&label, press);
        let width = utf16_len(&button.label) + EDGES;
        widest = widest.max(width);
        match rows.last_mut() {
            Some(row) if row.len() < MOST_IN_ROW && (row.len() + 1) * widest <= ROW => row.push(button),
            _ => {
                rows.push(vec![button]);
                widest = width;
            }
        }
    }
    rows
}
