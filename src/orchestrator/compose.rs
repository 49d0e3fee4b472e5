//! Cards to messages, whatever happens: a card that breaks the composer costs its looks, not the task or the bot.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::domain::card::Card;
use crate::domain::message::{Document, DocumentContent, Message, RichText};
use crate::ports::Chat;

/// What stands in for a card that could not be composed.
const BROKEN: &str = "Something broke while this message was put together. Adjutant's log says more.";

/// The messages that carry a card, in order; never none.
pub(super) fn compose(chat: &dyn Chat, card: &Card) -> Vec<Message> {
    catch_unwind(AssertUnwindSafe(|| chat.compose(card))).unwrap_or_else(|_| {
        tracing::error!("composing a message panicked; sending its bare words");
        vec![bare(card)]
    })
}

/// No buttons: nobody shall approve what they cannot see.
fn bare(card: &Card) -> Message {
    let words = match card {
        Card::Answer { markdown, .. } => Some(markdown),
        Card::Unsuccessful { partial, .. } => Some(partial),
        Card::Queued { .. }
        | Card::Working(_)
        | Card::Folded { .. }
        | Card::Approval(_)
        | Card::Question(_)
        | Card::Silence(_)
        | Card::Chain(_)
        | Card::Race(_)
        | Card::Comparison(_)
        | Card::Work(_)
        | Card::File { .. }
        | Card::Log { .. }
        | Card::Notice(_) => None,
    };
    let document = words.filter(|words| !words.is_empty()).map(|words| Document {
        name: "answer.md".to_owned(),
        content: DocumentContent::Text(words.clone()),
    });
    let body = RichText { text: BROKEN.to_owned(), entities: Vec::new() };
    Message { body, buttons: Vec::new(), document, silent: false }
}
