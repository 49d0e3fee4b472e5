//! When a run is over: once everything that was said has been taken up and dealt with. Pure.

use super::heard::TurnOver;
use super::refusals::Trouble;

/// What a run still waits for.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// Messages that were not taken up yet, oldest first.
    unheard: Vec<Unheard>,
    /// How the latest turn of this run ended.
    outcome: Option<Result<(), Trouble>>,
    /// Whether it has nothing more to do.
    rests: bool,
}

#[derive(Debug)]
struct Unheard {
    name: String,
    /// A slash command. Those that need no model are never told to be taken up.
    command: bool,
    /// The order that it came with; the prompt came with none.
    order: Option<String>,
}

impl Waiting {
    /// A message was sent.
    pub(super) fn said(&mut self, name: String, text: &str, order: Option<String>) {
        self.unheard.push(Unheard { name, command: text.starts_with('/'), order });
        self.rests = false;
    }

    /// A message was taken up: the order that it came with.
    pub(super) fn taken_up(&mut self, name: &str) -> Option<String> {
        self.rests = false;
        self.heard(|unheard| unheard.name == name)
    }

    fn heard(&mut self, message: impl Fn(&Unheard) -> bool) -> Option<String> {
        let at = self.unheard.iter().position(message)?;
        self.unheard.remove(at).order
    }

    /// Whether none of what was sent was taken up yet.
    pub(super) fn has_not_begun(&self) -> bool {
        self.outcome.is_none() && !self.unheard.is_empty()
    }

    /// A turn ended. When it was a command's: the order that the command came with.
    pub(super) fn turn_over(&mut self, over: TurnOver) -> Option<String> {
        let order = over.command.then(|| self.heard(|unheard| unheard.command)).flatten();
        // What an idle session did by itself before this run is no outcome of it.
        if !over.unasked || !self.has_not_begun() {
            self.rests = false;
            self.outcome = Some(over.trouble.map_or(Ok(()), Err));
        }
        order
    }

    /// It has nothing more to do, or something again.
    pub(super) fn rests(&mut self, rests: bool) {
        self.rests = rests;
    }

    /// Whether a turn has ended and it rests, while something that was sent was not taken up. It should not be so.
    pub(super) fn is_stuck(&self, tells_idle: bool) -> bool {
        self.outcome.is_some() && !self.unheard.is_empty() && (self.rests || !tells_idle)
    }

    /// How the run ended; `None` while it goes on. `tells_idle` is whether the program says when it rests;
    /// `has_agents`, whether one works in the background and will have something to report.
    pub(super) fn over(&self, tells_idle: bool, has_agents: bool) -> Option<Result<(), Trouble>> {
        let outcome = self.outcome.clone()?;
        let rests = self.rests || !tells_idle;
        (outcome.is_err() || self.unheard.is_empty() && rests && !has_agents).then_some(outcome)
    }

    /// How the latest turn ended, for a run that ends without waiting any longer.
    pub(super) fn outcome(&self) -> Result<(), Trouble> {
        self.outcome.clone().unwrap_or(Ok(()))
    }
}

#[cfg(test)]
mod tests;
