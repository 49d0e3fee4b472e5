//! Everything that turns meaning into what a chat shows. Pure: the same input gives the same text.
//!
//! The text half: [`text`] builds text with valid formatting, [`markdown`] renders what agents write,
//! [`split`] cuts long texts into messages. The card half: [`render`] and one file per family of cards;
//! [`log`] is a task's history as a document, [`toast`] what a pressed button answers. How times and numbers are
//! written is in `quantity`, which the terminal shares. Nothing here knows tokio, SQL, the network, the clock or
//! the wire format of a chat service; only its limits.

use crate::domain::card::Card;
use crate::domain::message::Message;

pub mod text;
pub mod markdown;
pub mod split;
pub mod log;
pub mod toast;
mod chars;
mod clean;
mod exact;
pub(crate) mod quantity;
mod states;
mod compose;
mod working;
mod answer;
mod approval;
mod chain;
mod race;
mod question;
mod silence;
mod notices;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

/// The first sentence of a text, on one line, in at most `max` UTF-16 units.
#[must_use]
pub fn first_sentence(text: &str, max: usize) -> String {
    clean::first_sentence(text, max)
}

/// The messages that show a card, in the order in which they are sent. Never empty, and each within the limits.
///
/// A card that is edited later is one message; when an approval or a question is too long for that, it is the
/// last one, and those before it never change.
#[must_use]
pub fn render(card: &Card) -> Vec<Message> {
    match card {
        Card::Queued { task, place, steer } => vec![working::queued(task, *place, *steer)],
        Card::Working(card) => vec![working::working(card)],
        Card::Folded { task, outcome, totals } => vec![working::folded(task, outcome, totals)],
        Card::Answer { task, markdown, handoffs, rings } => answer::answer(*task, markdown, handoffs, *rings),
        Card::Unsuccessful { task, outcome, partial, continues, chain, rings } => {
            answer::unsuccessful(task, outcome, partial, *continues, *chain, *rings)
        }
        Card::Approval(card) => approval::approval(card),
        Card::Question(card) => question::question(card),
        Card::Silence(card) => vec![silence::silence(card)],
        Card::Chain(card) => vec![chain::chain(card)],
        Card::Race(card) => vec![race::race(card)],
        Card::Comparison(card) => vec![race::comparison(card)],
        Card::Work(card) => vec![race::work(card)],
        Card::File { path, task: _ } => vec![answer::file(path)],
        Card::Log { task, history } => vec![answer::log(task.id, &log::log(task, history))],
        Card::Notice(notice) => notices::notice(notice),
    }
}
