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
/// Telegram's kinds of updates.
const KINDS: [&str; 28] = [
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "message_reaction",
    "message_reaction_count",
    "chat_boost",
    "removed_chat_boost",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "purchased_paid_media",
    "managed_bot",
    "guest_message",
    "stopped_message_generation",
    "custom_event",
    "custom_query",
];
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
    if let Ok(Some(names)) = params.json::<Vec<String>>("allowed_updates", "allowed updates") {
        let kinds = known_kinds(&names);
        if inner.world.allowed != kinds {
            inner.commit(now, Change::Allowed(kinds));
        }
    }
    let offset = params.int("offset").unwrap_or(0);
    inner.drop_outdated(now);
    if let Some(up_to) = inner.world.confirmed_by(offset) {
        inner.commit(now, Change::Confirmed(up_to));
    }
    Ok(())
}

/// The kinds that a bot asks for, in Telegram's order. A list without any asks for the default set.
fn known_kinds(names: &[String]) -> Option<Vec<String>> {
    let is_asked = |kind: &&&str| names.iter().any(|name| name.eq_ignore_ascii_case(kind));
    let kinds: Vec<String> = KINDS.iter().filter(is_asked).map(|kind| (*kind).to_owned()).collect();
    (!kinds.is_empty()).then_some(kinds)
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
