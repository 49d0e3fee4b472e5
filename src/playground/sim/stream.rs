//! Events as they happen, for the page: server-sent events.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};

use super::Sim;
use crate::playground::event::SimEvent;

/// A comment is sent so often, lest a proxy takes the stream for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Where the page left off: what the browser remembers beats what the URL says.
pub(super) fn resume_point(headers: &HeaderMap, after: Option<u64>) -> Option<u64> {
    let remembered = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    remembered.or(after)
}

/// All events after `seq`, then each new one, until the playground stops.
pub(super) fn events(sim: Sim, after: u64) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let start = (sim, after, VecDeque::<SimEvent>::new());
    let events = stream::unfold(start, |(sim, mut after, mut waiting)| async move {
        if waiting.is_empty() {
            waiting.extend(sim.wait_event(after).await);
        }
        // Nothing to wait for any more: the playground stopped.
        let event = waiting.pop_front()?;
        after = event.seq;
        let data = serde_json::to_string(&event).unwrap_or_default();
        Some((Ok(Event::default().id(event.seq.to_string()).data(data)), (sim, after, waiting)))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}
