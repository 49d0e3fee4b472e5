//! What a task has left in a worktree of its own, as the chat is told.

use crate::domain::card::{Card, WorkCard};
use crate::domain::delivery::{Delivery, NewDelivery, Priority, Subject};
use crate::domain::ids::Timestamp;
use crate::domain::task::Task;
use crate::domain::worktree::Worktree;
use crate::store::{StoreError, Tx};

use super::super::compose::compose;
use super::super::core::Core;

/// What there is to say besides what is stored.
#[derive(Debug, Clone, Default)]
pub(in crate::orchestrator) struct Told {
    /// Whether the branch can be merged at once.
    pub(in crate::orchestrator) merges: bool,
    /// What went wrong.
    pub(in crate::orchestrator) problem: Option<String>,
}

/// Tells what a task has left, as a new message.
pub(super) async fn told(
    tx: &mut Tx,
    core: &Core,
    task: &Task,
    tree: &Worktree,
    how: Told,
    now: Timestamp,
) -> Result<Vec<Delivery>, StoreError> {
    let rings = tx.conversation(task.place).await?.settings.rings.result();
    let card = WorkCard { rings, ..card(core, task, tree, how) };
    let mut rows = Vec::new();
    for message in compose(&*core.chat, &Card::Work(card)) {
        let delivery = NewDelivery::message(task.place, task.request, Priority::Final, message)
            .about(Subject::work(task.id));
        rows.push(tx.enqueue(&delivery, now).await?);
    }
    Ok(rows)
}

/// Shows what has become of it: in the message that told of it, else in a new one.
pub(in crate::orchestrator) async fn shown(
    tx: &mut Tx,
    core: &Core,
    task: &Task,
    tree: &Worktree,
    how: Told,
    now: Timestamp,
) -> Result<Delivery, StoreError> {
    let card = Card::Work(card(core, task, tree, how));
    let message = compose(&*core.chat, &card).pop().unwrap_or_default();
    tx.enqueue(&NewDelivery::edit(task.place, Subject::work(task.id), message), now).await
}

fn card(core: &Core, task: &Task, tree: &Worktree, how: Told) -> WorkCard {
    let Told { merges, problem } = how;
    WorkCard {
        task: task.id,
        agent: task.agent.clone(),
        changes: tree.changes.unwrap_or_default(),
        state: tree.state,
        branch: tree.branch(),
        path: core.worktrees.path(&tree.name),
        merges,
        problem,
        rings: false,
    }
}
