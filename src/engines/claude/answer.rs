//! The answer and the thoughts of one run as they come. Pure.

use crate::domain::event::EngineEvent;

/// What Claude Code says in place of nothing.
const NOTHING: &str = "(no content)";

/// Puts pieces of text together: with a paragraph's gap between messages, and each text once, whether it comes in
/// pieces, as a whole, or only at the end of the turn.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// Whether the run has said anything.
    begun: bool,
    /// Whether the next piece begins a new paragraph.
    gap: bool,
    /// Whether the turn has said anything.
    spoke: bool,
    /// The message that comes in pieces.
    streaming: String,
    /// The line of thought that is not complete yet.
    thought: String,
}

impl Answer {
    pub(super) fn message_begins(&mut self, id: String) {
        self.streaming = id;
    }

    pub(super) fn block_begins(&mut self) {
        self.gap = true;
    }

    pub(super) fn piece(&mut self, text: &str) -> Option<EngineEvent> {
        if text.is_empty() {
            return None;
        }
        let gap = if self.begun && self.gap { "\n\n" } else { "" };
        self.begun = true;
        self.spoke = true;
        self.gap = false;
        Some(EngineEvent::Text(format!("{gap}{text}")))
    }

    /// A whole text of a message, which is said unless it has come in pieces.
    pub(super) fn whole(&mut self, message: &str, text: &str) -> Option<EngineEvent> {
        if message == self.streaming || text.trim() == NOTHING {
            return None;
        }
        self.paragraph(text)
    }

    /// Says a text as a paragraph of its own.
    pub(super) fn paragraph(&mut self, text: &str) -> Option<EngineEvent> {
        self.block_begins();
        let said = self.piece(text);
        self.block_begins();
        said
    }

    /// A piece of a thought. Told by the line: a card shows one at a time.
    pub(super) fn thinks(&mut self, piece: &str) -> Option<EngineEvent> {
        self.thought.push_str(piece);
        let end = self.thought.rfind('\n')?;
        let lines = self.thought[..end].trim().to_owned();
        self.thought.drain(..=end);
        (!lines.is_empty()).then_some(EngineEvent::Thought(lines))
    }

    pub(super) fn block_ends(&mut self) -> Option<EngineEvent> {
        let rest = std::mem::take(&mut self.thought);
        let rest = rest.trim();
        (!rest.is_empty()).then(|| EngineEvent::Thought(rest.to_owned()))
    }

    /// The turn ends with this result, which is said unless something was.
    pub(super) fn turn_ends(&mut self, result: Option<&str>) -> Option<EngineEvent> {
        let spoke = std::mem::take(&mut self.spoke);
        result.filter(|text| !spoke && text.trim() != NOTHING).and_then(|text| {
            let said = self.paragraph(text);
            self.spoke = false;
            said
        })
    }
}
