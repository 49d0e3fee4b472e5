//! Events and traffic as they happen, for the page: server-sent events.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};

use super::Sim;

/// A comment is sent so often, lest a proxy takes the stream for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What is sent, with its number.
type News = Vec<(u64, String)>;

/// Where the page left off: what the browser remembers beats what the URL says.
pub(super) fn resume_point(headers: &HeaderMap, after: Option<u64>) -> u64 {
    let remembered = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    remembered.or(after).unwrap_or(0)
}

/// JSON of the events after `seq`, as soon as there are some; nothing once the playground has stopped.
pub(super) async fn events_after(sim: Sim, seq: u64) -> News {
    let events = sim.wait_event(seq).await;
    events.iter().map(|event| (event.seq, serde_json::to_string(event).unwrap_or_default())).collect()
}

/// The same of the traffic.
pub(super) async fn traffic_after(sim: Sim, n: u64) -> News {
    sim.wait_traffic(n).await
}

/// Everything after a number, then each new thing, until the playground stops.
pub(super) fn live<F>(
    sim: Sim,
    after: u64,
    news: fn(Sim, u64) -> F,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>>
where
    F: Future<Output = News> + Send + 'static,
{
    let start = (sim, after, VecDeque::new());
    let events = stream::unfold(start, move |(sim, mut after, mut waiting)| async move {
        if waiting.is_empty() {
            waiting.extend(news(sim.clone(), after).await);
        }
        // Nothing to wait for any more: the playground stopped.
        let (number, data) = waiting.pop_front()?;
        after = number;
        Some((Ok(Event::default().id(number.to_string()).data(data)), (sim, after, waiting)))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}
