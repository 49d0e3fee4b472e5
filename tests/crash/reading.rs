//! What the bot's messages mean to the person who reads them. The only place here that knows their words.

use adjutant::playground::{Message, TranscriptMessage};

/// What a message of the bot is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Meaning {
    /// The one message that shows a task: queued, at work, then folded.
    Card,
    /// The question whether something may happen.
    Approval,
    /// The answer of a task that did its work.
    Answer,
    /// Words of a task that then did not do its work.
    Partial,
    /// Why a task did not do its work.
    Unsuccessful,
    /// The answer to a command.
    Notice(Notice),
    /// Anything else.
    Other,
}

/// The answers to commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Notice {
    Whoami,
    Help,
    Status,
    Tasks,
    StartedOver,
    NothingToStop,
}

impl Notice {
    /// The command that is answered so; `/stop` is answered so only when there is nothing to stop.
    pub(crate) const COMMANDS: [(&'static str, Self); 5] = [
        ("/whoami", Self::Whoami),
        ("/help", Self::Help),
        ("/status", Self::Status),
        ("/tasks", Self::Tasks),
        ("/new", Self::StartedOver),
    ];
}

const OUTCOMES: [&str; 6] = ["Done", "Dropped", "Failed", "Stopped", "Timed out", "Interrupted"];

/// What the agents of these tests answer.
pub(crate) const SAID: &str = "I did";

/// What a message is about, by how it first looked.
pub(crate) fn meaning(message: &TranscriptMessage) -> Meaning {
    let text = message.revisions.first().map_or("", |first| &*first.text);
    let beginning = |mark: char| text.starts_with(mark);
    let has = |words: &str| text.contains(words);
    match text {
        _ if has(" wants to ") => Meaning::Approval,
        _ if has(SAID) => Meaning::Answer,
        // A folded card is one line.
        _ if tells_outcome(text) && has("\n") => Meaning::Unsuccessful,
        _ if has("Your user id: ") => Meaning::Notice(Notice::Whoami),
        _ if has("In all chats: ") => Meaning::Notice(Notice::Status),
        _ if has("/agents – look through them") => Meaning::Notice(Notice::Help),
        _ if text.starts_with("Started over") => Meaning::Notice(Notice::StartedOver),
        _ if text.starts_with("Nothing is running here") => Meaning::Notice(Notice::NothingToStop),
        _ if beginning('#') && has(" — ") => Meaning::Notice(Notice::Tasks),
        _ if beginning('○') || beginning('●') || is_folded(&message.message) => Meaning::Card,
        _ if text.starts_with("Not done") => Meaning::Partial,
        _ => Meaning::Other,
    }
}

/// Whether a card shows how its task ended.
pub(crate) fn is_folded(message: &Message) -> bool {
    tells_outcome(message.content())
}

fn tells_outcome(text: &str) -> bool {
    OUTCOMES.iter().any(|word| text.chars().skip(2).collect::<String>().starts_with(&format!("{word} · ")))
}

/// Whether there is a button that still wants to be pressed.
pub(crate) fn is_open(message: &Message) -> bool {
    message.buttons().any(|button| matches!(button.text.as_str(), "Allow" | "Stop" | "Drop"))
}

/// Whether there is such a button.
pub(crate) fn offers(message: &Message, label: &str) -> bool {
    message.buttons().any(|button| button.text == label)
}
