//! The way in: what arrives is committed, acknowledged, and applied in order, many updates in one transaction. Most
//! batches are stored and applied by the same commit.

mod arrivals;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::domain::ids::Timestamp;
use crate::domain::input::{Incoming, RawUpdate};
use crate::ports::Batch;
use crate::store::{StoreError, Tx};

use super::core::{Core, FollowUp};
use super::intake;
use arrivals::{Arrival, Held};

/// How many updates one transaction applies.
const CHUNK: u32 = 100;

/// Between two tries while the database refuses.
const RETRY: Duration = Duration::from_millis(250);

/// Takes in updates until `shutdown`; first applies those that an earlier run had committed but not applied.
pub(super) async fn run(core: Arc<Core>, mut batches: mpsc::Receiver<Batch>, shutdown: CancellationToken) {
    let mut inbox = Inbox { core, shutdown, held: Held::default(), trouble: false };
    inbox.apply_pending().await;
    loop {
        let piece_due = inbox.held.next();
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
        if inbox.is_empty() {
            match inbox.accept_and_apply(&batch.updates).await {
                Ok(follow_ups) => {
                    acknowledge(batch.accepted);
                    inbox.core.perform(follow_ups);
                    continue;
                }
                // Nothing of it is stored. Whatever was in the way shows itself below, where each update counts alone.
                Err(broken) => tracing::debug!(%broken, "a batch is stored first and applied after"),
            }
        }
        let core = &inbox.core;
        if let Err(error) = core.store.accept_updates(&batch.updates, core.clock.now()).await {
            // `accepted` is dropped unfired: the updates stay with Telegram and come again.
            tracing::error!(%error, "updates could not be stored; they will be fetched again");
            continue;
        }
        acknowledge(batch.accepted);
        inbox.apply_pending().await;
    }
}

fn acknowledge(accepted: oneshot::Sender<()>) {
    // An error means that the poller has gone; the updates are ours all the same.
    let _ = accepted.send(());
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
    held: Held,
    /// Whether the store takes nothing, and the log says so.
    trouble: bool,
}

impl Inbox {
    /// Whether everything that is committed is applied.
    fn is_empty(&self) -> bool {
        self.held.next().is_none() && !self.trouble
    }

    /// Stores a batch and applies it in one transaction, which saves the wait for one commit. All of it or nothing:
    /// the batch must be wholly new, and what it brings must not break.
    async fn accept_and_apply(&mut self, updates: &[RawUpdate]) -> Result<Vec<FollowUp>, Broken> {
        let begun = Instant::now();
        let now = self.core.clock.now();
        let mut tx = self.core.store.begin().await?;
        if tx.accept_updates(updates, now).await? < updates.len() {
            return Err(Broken::Known);
        }
        let arrivals = arrivals::join(Vec::new(), updates.iter().map(|u| (u.id, self.read(u))));
        let (unfinished, ready): (Vec<_>, Vec<_>) = arrivals.into_iter().partition(Arrival::may_go_on);
        let follow_ups = apply_in(&self.core, &mut tx, &ready, now).await?;
        tx.commit().await?;
        (self.held, _) = self.held.after(unfinished, Instant::now());
        count_applied(&self.core, &ready, begun);
        Ok(follow_ups)
    }

    /// Applies everything that is committed and not applied, but for texts that may still go on.
    async fn apply_pending(&mut self) {
        let mut after = i64::MIN;
        let mut open = Vec::new();
        loop {
            match self.apply_next(after, std::mem::take(&mut open)).await {
                Ok(Some((last, unfinished))) => (after, open) = (last, unfinished),
                Ok(None) => {
                    if std::mem::take(&mut self.trouble) {
                        tracing::info!("updates are applied again");
                    }
                    return;
                }
                Err(error) => {
                    if !std::mem::replace(&mut self.trouble, true) {
                        tracing::error!(%error, "updates cannot be applied; trying again");
                    }
                    if !pause(&self.shutdown).await {
                        return;
                    }
                    // What was applied is marked; the rest is read again, with what was open.
                    after = i64::MIN;
                }
            }
        }
    }

    /// Applies a chunk that begins with the texts `open` so far. Returns the last update and the texts that are open
    /// now, unless this was all.
    async fn apply_next(
        &mut self,
        after: i64,
        open: Vec<Arrival>,
    ) -> Result<Option<(i64, Vec<Arrival>)>, StoreError> {
        let updates = self.core.store.pending_updates(after, CHUNK).await?;
        let last = updates.last().map(|update| update.id);
        let more = last.filter(|_| u32::try_from(updates.len()).is_ok_and(|count| count >= CHUNK));
        let arrivals = arrivals::join(open, updates.iter().map(|u| (u.id, self.read(u))));
        let (unfinished, mut ready): (Vec<_>, Vec<_>) = arrivals.into_iter().partition(Arrival::may_go_on);
        if let Some(last) = more {
            apply_chunk(&self.core, &ready).await?;
            return Ok(Some((last, unfinished)));
        }
        let (held, complete) = self.held.after(unfinished, Instant::now());
        ready.extend(complete);
        ready.sort_by_key(|arrival| arrival.updates.first().copied());
        apply_chunk(&self.core, &ready).await?;
        self.held = held;
        Ok(None)
    }

    /// Reads an update. One that breaks the reading is put aside like one that says nothing.
    fn read(&self, update: &RawUpdate) -> Incoming {
        catch_unwind(AssertUnwindSafe(|| self.core.chat.read(&update.body))).unwrap_or_else(|_| {
            tracing::error!(update = update.id, "reading an update panicked; it is ignored");
            Incoming::Ignored("reading it panicked")
        })
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
            count_applied(core, arrivals, begun);
            core.perform(follow_ups);
            return Ok(());
        }
        Err(Broken::Store(error)) if error.is_temporary() => return Err(error),
        Err(broken) => tracing::warn!(%broken, "applying these updates one by one"),
    }
    for arrival in arrivals {
        match apply_together(core, std::slice::from_ref(arrival)).await {
            Ok(follow_ups) => {
                core.metrics.updates("applied", arrival.updates.len());
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
    /// Some of the batch had been stored before.
    #[error("some of these updates are known already")]
    Known,
}

fn count_applied(core: &Core, arrivals: &[Arrival], begun: Instant) {
    core.metrics.updates("applied", arrivals.iter().map(|arrival| arrival.updates.len()).sum());
    core.metrics.applied_in(begun.elapsed());
}

async fn apply_together(core: &Arc<Core>, arrivals: &[Arrival]) -> Result<Vec<FollowUp>, Broken> {
    if arrivals.is_empty() {
        return Ok(Vec::new());
    }
    let now = core.clock.now();
    let mut tx = core.store.begin().await?;
    let follow_ups = apply_in(core, &mut tx, arrivals, now).await?;
    tx.commit().await?;
    Ok(follow_ups)
}

async fn apply_in(
    core: &Arc<Core>,
    tx: &mut Tx,
    arrivals: &[Arrival],
    now: Timestamp,
) -> Result<Vec<FollowUp>, Broken> {
    let mut follow_ups = Vec::with_capacity(arrivals.len() * 2);
    for arrival in arrivals {
        let applying = intake::apply(core, tx, arrival.incoming.clone(), now);
        follow_ups.extend(AssertUnwindSafe(applying).catch_unwind().await.map_err(|_| Broken::Panic)??);
    }
    let updates: Vec<i64> = arrivals.iter().flat_map(|arrival| arrival.updates.iter().copied()).collect();
    if !updates.is_empty() {
        tx.mark_applied(&updates, now).await?;
    }
    Ok(follow_ups)
}

/// What can never be applied must not hold up the rest. It is kept, marked, and logged.
async fn give_up(core: &Arc<Core>, arrival: &Arrival, broken: &Broken) -> Result<(), StoreError> {
    tracing::error!(updates = ?arrival.updates, %broken, "an update could not be applied; it is kept as failed");
    let now = core.clock.now();
    let mut tx = core.store.begin().await?;
    for update in &arrival.updates {
        tx.mark_failed(*update, &broken.to_string(), now).await?;
    }
    let apology = intake::apologize(core, &mut tx, arrival.incoming.clone(), now);
    let follow_ups = AssertUnwindSafe(apology).catch_unwind().await.unwrap_or(Ok(Vec::new()))?;
    tx.commit().await?;
    core.metrics.updates("failed", arrival.updates.len());
    core.perform(follow_ups);
    Ok(())
}
