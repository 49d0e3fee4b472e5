//! What an earlier run left behind: queued tasks go on, runs that died are told as interrupted, messages are delivered.
//! Nothing is run a second time unasked.

use std::sync::Arc;

use crate::domain::event::{EngineEvent, TaskEvent};
use crate::domain::history::HistoryEntry;
use crate::domain::progress::Progress;
use crate::domain::task::{Phase, Task};
use crate::store::StoreError;

use super::advance::{AdvanceError, advance};
use super::core::{Core, FollowUp};

/// Brings everything back into order. Runs before the first update is applied.
pub(super) async fn recover(core: &Arc<Core>) -> Result<(), StoreError> {
    // First what was never delivered, so that the order in each chat stays.
    let waiting = core.store.pending_deliveries().await?;
    if !waiting.is_empty() {
        tracing::info!(count = waiting.len(), "delivering what an earlier run did not");
    }
    core.lanes.deliver(waiting);
    let mut queued = Vec::new();
    for task in core.store.unfinished_tasks().await? {
        match task.phase {
            Phase::Queued => queued.push(FollowUp::Enqueue(task.place, task.id)),
            Phase::Starting { .. }
            | Phase::Running { .. }
            | Phase::AwaitingApproval { .. }
            | Phase::Stopping { .. } => interrupt(core, &task).await?,
            Phase::Finished(_) => {}
        }
    }
    core.perform(queued);
    Ok(())
}

/// The run died with the earlier process: its task ends as interrupted, and the chat is told so.
async fn interrupt(core: &Arc<Core>, task: &Task) -> Result<(), StoreError> {
    let progress = match remembered(core, task).await {
        // What cannot be read any more must not keep the task from ending, and us from starting.
        Err(error @ StoreError::Corrupt { .. }) => {
            tracing::error!(task = %task.id, %error, "what the run did is not known");
            Progress::default()
        }
        remembered => remembered?,
    };
    let mut tx = core.store.begin().await?;
    let event = TaskEvent::Interrupted;
    match advance(&mut tx, &*core.chat, task.id, event, core.clock.now(), Some(&progress)).await {
        Ok(advanced) => {
            tx.commit().await?;
            tracing::warn!(task = %task.id, "was interrupted");
            core.metrics.task_ended("interrupted", std::time::Duration::ZERO);
            core.lanes.deliver(advanced.deliveries);
            Ok(())
        }
        Err(AdvanceError::Rejected(_) | AdvanceError::Unknown(_)) => Ok(()),
        Err(AdvanceError::Store(error)) => Err(error),
    }
}

/// What is known of the run's progress: its committed actions.
async fn remembered(core: &Arc<Core>, task: &Task) -> Result<Progress, StoreError> {
    let mut progress = Progress::default();
    for (_, entry) in core.store.history(task.id).await? {
        if let HistoryEntry::Action { update } = entry {
            progress.fold(&EngineEvent::Action(update));
        }
    }
    Ok(progress)
}
