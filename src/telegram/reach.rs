//! Whether Telegram answers: says so once per change in the log, and how long to wait before the next try.

use std::time::Duration;

use tracing::{error, info, warn};

use super::api::{CallError, Refusal};

const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What keeps updates from arriving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// No answer.
    Unreachable,
    /// Too many calls.
    Flood,
    /// A webhook gets the updates.
    Webhook,
    /// Another program polls.
    OtherPoller,
    /// Telegram does not like the call.
    Refused,
    /// The inbox did not take a batch.
    NotAccepted,
}

/// The token is wrong, or was revoked: trying again is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TokenRefused;

/// The state of the connection, as last said.
#[derive(Debug, Default)]
pub(super) struct Reach {
    trouble: Option<Trouble>,
    failures: u32,
}

impl Reach {
    /// Everything works; whether that is news.
    pub(super) fn fine(&mut self) -> bool {
        self.failures = 0;
        let Some(trouble) = self.trouble.take() else { return false };
        match trouble {
            Trouble::Unreachable => info!("Telegram is reachable again"),
            Trouble::Flood
            | Trouble::Webhook
            | Trouble::OtherPoller
            | Trouble::Refused
            | Trouble::NotAccepted => info!("updates arrive again"),
        }
        true
    }

    /// A call failed: how long to wait before the next.
    pub(super) fn failed(&mut self, error: &CallError) -> Result<Duration, TokenRefused> {
        let trouble = match error {
            CallError::Unreachable(_) => Trouble::Unreachable,
            CallError::Flood(wait) => {
                self.trouble(Trouble::Flood, error);
                return Ok(*wait);
            }
            CallError::Refused(Refusal { code: 401 | 404, .. }) => return Err(TokenRefused),
            CallError::Refused(Refusal { code: 409, description, .. }) if description.contains("webhook") => {
                Trouble::Webhook
            }
            CallError::Refused(Refusal { code: 409, .. }) => Trouble::OtherPoller,
            CallError::Refused(_) => Trouble::Refused,
        };
        self.trouble(trouble, error);
        Ok(self.wait())
    }

    /// A batch was not accepted: how long to wait before it is fetched again.
    pub(super) fn not_accepted(&mut self) -> Duration {
        self.trouble(Trouble::NotAccepted, &"the inbox did not take it");
        self.wait()
    }

    /// Says what is wrong, unless that was said last.
    fn trouble(&mut self, trouble: Trouble, why: &dyn std::fmt::Display) -> bool {
        if self.trouble.replace(trouble) == Some(trouble) {
            return false;
        }
        match trouble {
            Trouble::Unreachable => warn!("Telegram is not reachable: {why}; trying again"),
            Trouble::Flood => warn!("Telegram asks for a pause: {why}; obeying"),
            Trouble::Webhook => error!(
                "A webhook is set for this bot, and gets all its updates. To use the bot here, remove the \
                 webhook: open https://api.telegram.org/bot<your token>/deleteWebhook. Trying again until then"
            ),
            Trouble::OtherPoller => error!(
                "Another program fetches this bot's updates. Stop it, or give this one a bot of its own \
                 (@BotFather, /newbot). Trying again until then"
            ),
            Trouble::Refused => error!("Telegram refuses to give updates: {why}; trying again"),
            Trouble::NotAccepted => error!("updates could not be stored: {why}; fetching them again"),
        }
        true
    }

    /// Twice as long after each failure.
    fn wait(&mut self) -> Duration {
        let wait = FIRST_WAIT.saturating_mul(1_u32.checked_shl(self.failures).unwrap_or(u32::MAX));
        self.failures = self.failures.saturating_add(1);
        wait.min(LONGEST_WAIT)
    }
}

#[cfg(test)]
mod tests;
