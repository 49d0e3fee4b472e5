//! What a line of Claude Code's means to a run. Pure.

use serde_json::Value;

use super::permission::Request;
use super::refusals::Trouble;
use crate::domain::event::{EngineEvent, Offers};

/// What a line means.
#[derive(Debug, PartialEq)]
pub(super) enum Heard {
    /// For whoever follows the run.
    Event(EngineEvent),
    /// A tool is to be used, and Claude Code waits for the answer.
    Asked(Request),
    /// It wants something that we cannot do, and waits for an answer.
    Declined {
        /// Its name for it.
        request: String,
    },
    /// It does not wait for this answer any more.
    Withdrawn {
        /// Its name for the request.
        request: String,
    },
    /// It has answered our first question: this is what the session offers, and the account it works for.
    Ready {
        /// Its slash commands.
        offers: Offers,
        /// What it says of the login.
        account: Value,
    },
    /// It has taken up a message of ours.
    TakenUp {
        /// Our name for it.
        name: String,
    },
    /// A turn has ended.
    TurnOver(TurnOver),
    /// It has nothing more to do, or something again.
    Rests(bool),
}

/// How a turn ended.
#[derive(Debug, PartialEq)]
pub(super) struct TurnOver {
    /// What kept it from doing what it was asked, if anything did.
    pub(super) trouble: Option<Trouble>,
    /// Whether it took up the work by itself, because something in the background had ended.
    pub(super) unasked: bool,
    /// Whether it was a command that needed no model. Such a message is not told to be taken up.
    pub(super) command: bool,
}
