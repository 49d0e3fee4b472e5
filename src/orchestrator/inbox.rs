//! The way in: what arrives is committed, acknowledged, and then applied in order, many updates in one transaction.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::domain::input::RawUpdate;
use crate::ports::Batch;
use crate::store::StoreError;

use super::core::{Core, FollowUp};
use super::intake;

/// How many updates one transaction applies.
const CHUNK: u32 = 100;

/// Between two tries while the database refuses.
const RETRY: Duration = Duration::from_millis(250);

/// Takes in updates until `shutdown`; first applies those that an earlier run had committed but not applied.
pub(super) async fn run(core: Arc<Core>, mut batches: mpsc::Receiver<Batch>, shutdown: CancellationToken) {
    apply_pending(&core, &shutdown).await;
    loop {
        let batch = tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            batch = batches.recv() => match batch {
                Some(batch) => batch,
                None => return,
            },
        };
        if let Err(error) = core.store.accept_updates(&batch.updates, core.clock.now()).await {
            // `accepted` is dropped unfired: the updates stay with Telegram and come again.
            tracing::error!(%error, "updates could not be stored; they will be fetched again");
            continue;
        }
        // An error means that the poller has gone; the updates are ours all the same.
        let _ = batch.accepted.send(());
        apply_pending(&core, &shutdown).await;
    }
}

/// Applies everything that is committed and not applied.
async fn apply_pending(core: &Arc<Core>, shutdown: &CancellationToken) {
    let mut after = i64::MIN;
    loop {
        let updates = match core.store.pending_updates(after, CHUNK).await {
            Ok(updates) => updates,
            Err(error) => {
                tracing::error!(%error, "the inbox cannot be read; trying again");
                if pause(shutdown).await { continue } else { return }
            }
        };
        let Some(last) = updates.last().map(|update| update.id) else { return };
        match apply_chunk(core, &updates).await {
            Ok(()) => after = last,
            Err(error) => {
                tracing::error!(%error, "updates cannot be applied; trying again");
                if !pause(shutdown).await {
                    return;
                }
            }
        }
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
async fn apply_chunk(core: &Arc<Core>, updates: &[RawUpdate]) -> Result<(), StoreError> {
    let begun = Instant::now();
    match apply_together(core, updates).await {
        Ok(follow_ups) => {
            core.metrics.updates("applied", updates.len());
            core.metrics.applied_in(begun.elapsed());
            core.perform(follow_ups);
            return Ok(());
        }
        Err(Broken::Store(error)) if is_temporary(&error) => return Err(error),
        Err(broken) => tracing::warn!(%broken, "applying these updates one by one"),
    }
    for update in updates {
        match apply_together(core, std::slice::from_ref(update)).await {
            Ok(follow_ups) => {
                core.metrics.updates("applied", 1);
                core.perform(follow_ups);
            }
            Err(Broken::Store(error)) if is_temporary(&error) => return Err(error),
            Err(broken) => give_up(core, update, &broken).await?,
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

fn is_temporary(error: &StoreError) -> bool {
    matches!(error, StoreError::Busy | StoreError::Full | StoreError::Unavailable { .. })
}

async fn apply_together(core: &Arc<Core>, updates: &[RawUpdate]) -> Result<Vec<FollowUp>, Broken> {
    let now = core.clock.now();
    let mut tx = core.store.begin().await?;
    let mut follow_ups = Vec::with_capacity(updates.len() * 2);
    for update in updates {
        let applied = AssertUnwindSafe(intake::apply(core, &mut tx, update, now)).catch_unwind().await;
        follow_ups.extend(applied.map_err(|_| Broken::Panic)??);
    }
    tx.commit().await?;
    Ok(follow_ups)
}

/// An update that can never be applied must not hold up the others. It is kept, marked, and logged.
async fn give_up(core: &Arc<Core>, update: &RawUpdate, broken: &Broken) -> Result<(), StoreError> {
    tracing::error!(update = update.id, %broken, "an update could not be applied; it is kept as failed");
    core.metrics.updates("failed", 1);
    let mut tx = core.store.begin().await?;
    tx.mark_failed(update.id, &broken.to_string(), core.clock.now()).await?;
    let told =
        AssertUnwindSafe(intake::apologize(core, &mut tx, update, core.clock.now())).catch_unwind().await;
    let follow_ups = told.unwrap_or(Ok(Vec::new()))?;
    tx.commit().await?;
    core.perform(follow_ups);
    Ok(())
}
