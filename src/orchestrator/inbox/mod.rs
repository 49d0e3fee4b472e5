//! The way in: what arrives is committed, acknowledged, and then applied in order, many updates in one transaction.

mod arrivals;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::ports::Batch;
use crate::store::StoreError;

use super::core::{Core, FollowUp};
use super::intake;
use arrivals::Arrival;

/// How many updates one transaction applies.
const CHUNK: u32 = 100;

/// Between two tries while the database refuses.
const RETRY: Duration = Duration::from_millis(250);

/// How long the next piece of a long paste is waited for.
const NEXT_PIECE: Duration = Duration::from_millis(700);

/// A long text that may go on, and until when it is waited for.
struct Held {
    latest: i64,
    until: Instant,
}

/// Takes in updates until `shutdown`; first applies those that an earlier run had committed but not applied.
pub(super) async fn run(core: Arc<Core>, mut batches: mpsc::Receiver<Batch>, shutdown: CancellationToken) {
    let mut inbox = Inbox { core, shutdown, held: None };
    inbox.apply_pending().await;
    loop {
        let piece_due = inbox.held.as_ref().map(|held| held.until);
        let batch = tokio::select! {
            biased;
            () = inbox.shutdown.cancelled() => return,
            batch = batches.recv() => match batch {
                Some(batch) => batch,
                None => return,
            },
            () = at(piece_due) => {
                inbox.apply_pending().await;
                continue;
            }
        };
        let core = &inbox.core;
        if let Err(error) = core.store.accept_updates(&batch.updates, core.clock.now()).await {
            // `accepted` is dropped unfired: the updates stay with Telegram and come again.
            tracing::error!(%error, "updates could not be stored; they will be fetched again");
            continue;
        }
        // An error means that the poller has gone; the updates are ours all the same.
        let _ = batch.accepted.send(());
        inbox.apply_pending().await;
    }
}

/// Waits until an instant, or for ever.
async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

struct Inbox {
    core: Arc<Core>,
    shutdown: CancellationToken,
    held: Option<Held>,
}

impl Inbox {
    /// Applies everything that is committed and not applied, but for a text that may still go on.
    async fn apply_pending(&mut self) {
        let mut after = i64::MIN;
        loop {
            let updates = match self.core.store.pending_updates(after, CHUNK).await {
                Ok(updates) => updates,
                Err(error) => {
                    tracing::error!(%error, "the inbox cannot be read; trying again");
                    if pause(&self.shutdown).await { continue } else { return }
                }
            };
            let Some(last) = updates.last().map(|update| update.id) else { return };
            let chat = &self.core.chat;
            let arrivals = arrivals::join(updates.iter().map(|u| (u.id, chat.read(&u.body))));
            let full = u32::try_from(updates.len()).is_ok_and(|count| count >= CHUNK);
            let (ready, next) = self.ready(arrivals, last, full);
            match apply_chunk(&self.core, &ready).await {
                Ok(()) => after = next,
                Err(error) => {
                    tracing::error!(%error, "updates cannot be applied; trying again");
                    if !pause(&self.shutdown).await {
                        return;
                    }
                }
            }
        }
    }

    /// What of a chunk is applied now, and the update after which the next chunk begins.
    fn ready(&mut self, mut arrivals: Vec<Arrival>, last: i64, full: bool) -> (Vec<Arrival>, i64) {
        if full
            && arrivals.len() > 1
            && let Some(open) = arrivals.pop_if(|arrival| arrival.may_go_on())
        {
            // Its next piece may be the first of the next chunk.
            return (arrivals, open.updates.first().map_or(last, |first| first - 1));
        }
        let Some(latest) = arrivals.iter().filter(|a| a.may_go_on()).map(Arrival::latest).max() else {
            return (arrivals, last);
        };
        let now = Instant::now();
        match &self.held {
            Some(held) if held.latest == latest && held.until <= now => self.held = None,
            Some(held) if held.latest == latest => arrivals.retain(|arrival| !arrival.may_go_on()),
            Some(_) | None => {
                self.held = Some(Held { latest, until: now + NEXT_PIECE });
                arrivals.retain(|arrival| !arrival.may_go_on());
            }
        }
        (arrivals, last)
    }
}

/// Waits a moment; `false` when it is time to go.
async fn pause(shutdown: &CancellationToken) -> bool {
    tokio::select! {
        () = tokio::time::sleep(RETRY) => true,
        () = shutdown.cancelled() => false,
    }
}

/// Applies a chunk in one transaction; if one of its updates breaks, each in a transaction of its own.
async fn apply_chunk(core: &Arc<Core>, arrivals: &[Arrival]) -> Result<(), StoreError> {
    let begun = Instant::now();
    match apply_together(core, arrivals).await {
        Ok(follow_ups) => {
            core.metrics.updates("applied", arrivals.len());
            core.metrics.applied_in(begun.elapsed());
            core.perform(follow_ups);
            return Ok(());
        }
        Err(Broken::Store(error)) if error.is_temporary() => return Err(error),
        Err(broken) => tracing::warn!(%broken, "applying these updates one by one"),
    }
    for arrival in arrivals {
        match apply_together(core, std::slice::from_ref(arrival)).await {
            Ok(follow_ups) => {
                core.metrics.updates("applied", 1);
                core.perform(follow_ups);
            }
            Err(Broken::Store(error)) if error.is_temporary() => return Err(error),
            Err(broken) => give_up(core, arrival, &broken).await?,
        }
    }
    Ok(())
}

/// Why an update could not be applied.
#[derive(Debug, thiserror::Error)]
enum Broken {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Our own code broke.
    #[error("applying it panicked")]
    Panic,
}

async fn apply_together(core: &Arc<Core>, arrivals: &[Arrival]) -> Result<Vec<FollowUp>, Broken> {
    if arrivals.is_empty() {
        return Ok(Vec::new());
    }
    let now = core.clock.now();
    let mut tx = core.store.begin().await?;
    let mut follow_ups = Vec::with_capacity(arrivals.len() * 2);
    for arrival in arrivals {
        let applying = intake::apply(core, &mut tx, arrival.incoming.clone(), now);
        follow_ups.extend(AssertUnwindSafe(applying).catch_unwind().await.map_err(|_| Broken::Panic)??);
    }
    let updates: Vec<i64> = arrivals.iter().flat_map(|arrival| arrival.updates.iter().copied()).collect();
    tx.mark_applied(&updates, now).await?;
    tx.commit().await?;
    Ok(follow_ups)
}

/// What can never be applied must not hold up the rest. It is kept, marked, and logged.
async fn give_up(core: &Arc<Core>, arrival: &Arrival, broken: &Broken) -> Result<(), StoreError> {
    tracing::error!(updates = ?arrival.updates, %broken, "an update could not be applied; it is kept as failed");
    core.metrics.updates("failed", 1);
    let now = core.clock.now();
    let mut tx = core.store.begin().await?;
    for update in &arrival.updates {
        tx.mark_failed(*update, &broken.to_string(), now).await?;
    }
    let apology = intake::apologize(core, &mut tx, arrival.incoming.clone(), now);
    let follow_ups = AssertUnwindSafe(apology).catch_unwind().await.unwrap_or(Ok(Vec::new()))?;
    tx.commit().await?;
    core.perform(follow_ups);
    Ok(())
}
