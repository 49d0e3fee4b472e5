//! The loop that fetches updates. Knows nothing of what is in them but their ids.
//!
//! Own, and not one of teloxide's listeners: asking for the next updates tells Telegram to forget the last
//! ones, so that must wait until they are stored; and what is stored is the text as it came, which outlives
//! what this version of teloxide can read.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use teloxide::requests::Payload;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::Telegram;
use super::api::CallError;
use super::reach::{Reach, TokenRefused};
use crate::domain::input::RawUpdate;
use crate::ports::Batch;

/// How long Telegram holds a request open when there is nothing new.
const LONG_POLL: Duration = Duration::from_secs(30);
/// After this a request that should have ended long ago is given up.
const GIVE_UP: Duration = Duration::from_secs(60);
/// Sent with every request: Telegram remembers the last list, and other programs may have set another.
const ALLOWED: &[&str] = &["message", "edited_message", "callback_query", "my_chat_member"];

/// Why no more updates come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PollError {
    /// The token was revoked.
    #[error("the token was refused: check TELOXIDE_TOKEN, or ask @BotFather for a new one")]
    TokenRefused,
    /// Nobody takes batches any more.
    #[error("the inbox has ended")]
    InboxEnded,
}

/// Fetches updates until told to stop. Starts with whatever Telegram still holds: an offset remembered from before
/// would hide what comes after a quiet week, when Telegram's numbers may begin anew at a lower one.
///
/// # Errors
/// See [`PollError`]; what may pass is logged and tried again.
pub async fn poll(
    telegram: Telegram,
    sink: mpsc::Sender<Batch>,
    shutdown: CancellationToken,
) -> Result<(), PollError> {
    tokio::select! {
        biased;
        () = shutdown.cancelled() => Ok(()),
        error = run(&telegram, &sink) => Err(error),
    }
}

/// Where updates come from.
trait Source {
    /// Waits for updates from `offset` on, and lets all earlier ones be forgotten.
    fn updates(&self, offset: Option<i64>) -> impl Future<Output = Result<Vec<RawUpdate>, CallError>> + Send;
}

impl Source for Telegram {
    async fn updates(&self, offset: Option<i64>) -> Result<Vec<RawUpdate>, CallError> {
        let payload =
            GetUpdates { offset, limit: 100, timeout: LONG_POLL.as_secs(), allowed_updates: ALLOWED };
        let updates: Vec<Box<RawValue>> = self.api.call_within(&payload, GIVE_UP).await?;
        updates.into_iter().map(raw_update).collect()
    }
}

/// The loop itself; ends only by an error. May be dropped at any await: what was not accepted comes again.
async fn run(source: &impl Source, sink: &mpsc::Sender<Batch>) -> PollError {
    let mut offset = None;
    let mut reach = Reach::default();
    loop {
        let wait = match source.updates(offset).await {
            Ok(updates) => match updates.last().map(|update| update.id) {
                None => {
                    reach.fine();
                    continue;
                }
                Some(last) => {
                    let (accepted, acceptance) = oneshot::channel();
                    if sink.send(Batch { updates, accepted }).await.is_err() {
                        return PollError::InboxEnded;
                    }
                    if acceptance.await.is_ok() {
                        reach.fine();
                        // The last of this batch, not the highest ever: after a quiet week ids start anew.
                        offset = Some(after(last));
                        continue;
                    }
                    reach.not_accepted()
                }
            },
            Err(error) => match reach.failed(&error) {
                Ok(wait) => wait,
                Err(TokenRefused) => return PollError::TokenRefused,
            },
        };
        tokio::time::sleep(wait).await;
    }
}

fn after(id: i64) -> i64 {
    id.saturating_add(1)
}

/// teloxide's own payload would parse the updates, and lose those that it does not know.
#[derive(Serialize)]
struct GetUpdates {
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<i64>,
    limit: u8,
    timeout: u64,
    allowed_updates: &'static [&'static str],
}

impl Payload for GetUpdates {
    type Output = Vec<Box<RawValue>>;
    const NAME: &'static str = "getUpdates";
}

fn raw_update(raw: Box<RawValue>) -> Result<RawUpdate, CallError> {
    #[derive(Deserialize)]
    struct Id {
        update_id: i64,
    }
    let Id { update_id } = serde_json::from_str(raw.get())
        .map_err(|_| CallError::Unreachable("an update without an id".to_owned()))?;
    Ok(RawUpdate { id: update_id, body: String::from(Box::<str>::from(raw)) })
}

#[cfg(test)]
mod tests;
