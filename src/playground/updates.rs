//! `getUpdates`: confirming by offset, waiting, and the rule of one poller.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::errors::ApiError;
use super::hub::{Hub, Inner};
use super::methods::Answer;
use super::params::Params;
use super::world::Change;

/// The longest time that a call may wait.
const LONGEST_WAIT_S: i64 = 50;
/// A poller that was waiting when a webhook was set.
const ENDED_BY_WEBHOOK: &str = "Conflict: terminated by setWebhook request";

/// Answers with the unconfirmed updates, waiting for the first one if the call asks for it.
pub(crate) async fn poll(hub: &Hub, params: &Params) -> Answer {
    let limit = usize::try_from(params.int("limit").unwrap_or(100).clamp(1, 100)).unwrap_or(100);
    let timeout = params.int("timeout").unwrap_or(0).clamp(0, LONGEST_WAIT_S);
    let deadline = Instant::now() + Duration::from_secs(timeout.unsigned_abs());

    hub.change(|inner, now| begin(inner, params, now))?;
    let mut pollers = hub.pollers.subscribe();
    let mut mine = 0;
    hub.pollers.send_modify(|newest| {
        *newest += 1;
        mine = *newest;
    });
    let mut queued = hub.queued.subscribe();
    loop {
        queued.mark_unchanged();
        let found = hub.read(|inner| collect(inner, limit));
        if found.is_some() || timeout == 0 {
            return Ok(found.unwrap_or_else(|| "[]".to_owned()));
        }
        tokio::select! {
            _ = queued.changed() => {}
            _ = pollers.wait_for(|newest| *newest != mine) => return Err(conflict(hub)),
            () = sleep_until(deadline) => return Ok("[]".to_owned()),
            () = hub.closed() => return Ok("[]".to_owned()),
        }
    }
}

/// Remembers what the bot wants and confirms what it has.
fn begin(inner: &mut Inner, params: &Params, now: i64) -> Result<(), ApiError> {
    if !inner.world.webhook.is_empty() {
        return Err(ApiError::WEBHOOK_ACTIVE);
    }
    if let Ok(Some(kinds)) = params.json::<Vec<String>>("allowed_updates", "allowed updates") {
        // An empty list asks for the default set.
        let kinds = (!kinds.is_empty()).then_some(kinds);
        if inner.world.allowed != kinds {
            inner.commit(now, Change::Allowed(kinds));
        }
    }
    let offset = params.int("offset").unwrap_or(0);
    let done_with = inner.world.confirmed_by(offset).max(inner.world.outdated(now));
    if let Some(up_to) = done_with {
        inner.commit(now, Change::Confirmed(up_to));
    }
    Ok(())
}

/// JSON of the first updates of the queue; `None` when it is empty.
fn collect(inner: &Inner, limit: usize) -> Option<String> {
    let queue = &inner.world.queue;
    let bodies: Vec<&str> = queue.iter().take(limit).map(|update| update.body.get()).collect();
    (!bodies.is_empty()).then(|| format!("[{}]", bodies.join(",")))
}

fn conflict(hub: &Hub) -> ApiError {
    let has_webhook = hub.read(|inner| !inner.world.webhook.is_empty());
    if has_webhook {
        ApiError { description: ENDED_BY_WEBHOOK.into(), ..ApiError::OTHER_POLLER }
    } else {
        ApiError::OTHER_POLLER
    }
}
