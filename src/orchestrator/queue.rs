//! The cards of the tasks that wait in a place: they say how many go before, and whether their words can go into the
//! running turn instead.

use crate::domain::card::Card;
use crate::domain::delivery::{Delivery, NewDelivery, Subject};
use crate::domain::ids::{Place, Timestamp};
use crate::domain::task::{Part, Phase, Task};
use crate::store::{StoreError, Tx};

use super::advance::{starting, summary};
use super::compose::compose;
use super::core::Core;

/// So many cards of those that wait are drawn anew when a task at work changes. More would keep the pictures of its
/// work from being shown for a while.
pub(super) const REDRAWN: usize = 3;

/// Draws the first `count` cards of a place's queue as they are now.
pub(super) async fn redraw(
    core: &Core,
    tx: &mut Tx,
    place: Place,
    count: usize,
    now: Timestamp,
) -> Result<Vec<Delivery>, StoreError> {
    let running = steered(core, tx, place).await?;
    let mut rows = Vec::new();
    for (at, id) in tx.queued(place).await?.into_iter().take(count).enumerate() {
        let Some(task) = tx.task(id).await? else { continue };
        let steer = running.as_ref().is_some_and(|running| takes(running, &task));
        let card = Card::Queued { task: summary(&task), place: at + 1, steer };
        if let Some(message) = compose(&*core.chat, &card).pop() {
            let edit = NewDelivery::edit(task.place, Subject::card_of(&task), message);
            rows.push(tx.enqueue(&edit, now).await?);
        }
    }
    Ok(rows)
}

/// The first card of a task that was just filed behind `ahead` others of its place.
pub(super) async fn first_card(
    core: &Core,
    tx: &mut Tx,
    task: &Task,
    ahead: usize,
) -> Result<Card, StoreError> {
    let (busy, full) = {
        let scheduler = core.scheduler();
        (scheduler.active(task.place).is_some(), scheduler.is_full())
    };
    let steer = steered(core, tx, task.place).await?.is_some_and(|running| takes(&running, task));
    let queued = |place| Card::Queued { task: summary(task), place, steer };
    Ok(match (busy || full, ahead) {
        (false, 0) => starting(task),
        // The first of those ahead begins at once.
        (false, ahead) => queued(ahead),
        (true, 0) if !busy => queued(0),
        (true, ahead) => queued(ahead + 1),
    })
}

/// The task at work in a place, if words can be passed into its running turn.
pub(super) async fn steered(core: &Core, tx: &mut Tx, place: Place) -> Result<Option<Task>, StoreError> {
    let active = core.scheduler().active(place).filter(|task| core.steers(*task));
    let Some(id) = active else { return Ok(None) };
    Ok(tx.task(id).await?.filter(|task| match task.phase {
        Phase::Starting { .. } | Phase::Running { .. } | Phase::AwaitingApproval { .. } => true,
        Phase::Queued | Phase::Stopping { .. } | Phase::Finished(_) => false,
    }))
}

/// Whether a queued task is nothing but words that mean the same when they are said to the running one: same agent, same
/// session and none of its own, no step of a chain, and no files, for which an order has no room.
pub(super) fn takes(running: &Task, queued: &Task) -> bool {
    let who = |task: &Task| (task.agent.clone(), task.engine.clone(), task.workspace.clone());
    let alone = queued.part == Part::Alone && matches!(running.part, Part::Alone | Part::Step(_));
    alone && who(running) == who(queued) && queued.files.is_empty() && queued.resume.is_none()
}

#[cfg(test)]
mod tests;
