//! What is to be done about a worktree, done: looked at when its task has ended; kept, merged or removed once that is
//! decided. Each step is stored, so that a crash repeats at most one, which does no harm.

use std::sync::Arc;

use crate::domain::ids::TaskId;
use crate::domain::task::{Outcome, Part, Phase, Task};
use crate::domain::worktree::{TestResult, Worktree, WorktreeState};
use crate::ports::MergeError;
use crate::store::StoreError;

use super::super::advance::AdvanceError;
use super::super::core::Core;
use super::super::patience::Patience;
use super::super::races;
use super::card::{Told, shown, told};

/// Does whatever is to be done about a task's worktree now: looks at it when the task has ended, keeps, merges or removes
/// it when that has been decided.
pub(in crate::orchestrator) async fn tidy(core: Arc<Core>, id: TaskId) {
    let mut patience = Patience::new(&core, "a worktree");
    loop {
        match step(&core, id).await {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => {
                if let Err(error) = patience.after(AdvanceError::Store(error)).await {
                    tracing::error!(task = %id, %error, "a worktree is left as it is until the next start");
                    return;
                }
            }
        }
    }
    patience.over();
}

/// One step; whether another may follow.
async fn step(core: &Arc<Core>, id: TaskId) -> Result<bool, StoreError> {
    let mut tx = core.store.begin().await?;
    let Some(tree) = tx.worktree(id).await? else { return Ok(false) };
    let ended = tx.task(id).await?.filter(|task| task.ended_at.is_some());
    drop(tx);
    let Some(task) = ended else { return Ok(false) };
    match tree.state {
        WorktreeState::Making | WorktreeState::Made => settle(core, &task, tree).await,
        WorktreeState::Keeping => keep(core, &task, tree).await,
        WorktreeState::Merging => merge(core, &task, tree).await,
        WorktreeState::Removing => remove(core, tree).await,
        WorktreeState::Open | WorktreeState::Kept | WorktreeState::Merged | WorktreeState::Removed => {
            Ok(false)
        }
    }
}

/// The task has ended: is there anything to keep?
async fn settle(core: &Arc<Core>, task: &Task, tree: Worktree) -> Result<bool, StoreError> {
    let was = tree.state;
    let mut settled = tree.clone();
    let mut problem = None;
    settled.state = WorktreeState::Removing;
    // One that was never made whole holds nothing.
    if was == WorktreeState::Made {
        match core.worktrees.changes(tree.clone()).await {
            Ok(changes) => settled.changes = Some(changes),
            Err(reason) => problem = Some(reason),
        }
        // What cannot be looked at is not thrown away.
        if problem.is_some() || settled.changes.is_some_and(|changes| changes.files > 0) {
            settled.state = WorktreeState::Open;
            let test = core.workspaces.named(&task.workspace).and_then(|workspace| workspace.test.clone());
            // Only a race compares; nobody else waits for it.
            if let (Some(command), Part::Runner(_)) = (test, task.part) {
                // Going down: the next start begins it anew.
                let Some(result) = tested(core, task, tree, command).await else { return Ok(false) };
                settled.test = Some(result);
            }
        }
    }
    let now = core.clock.now();
    let mut tx = core.store.begin().await?;
    tx.save_worktree(&settled, was).await?;
    let rows = match task.part {
        Part::Runner(race) => races::progress(&mut tx, core, race, now).await?,
        Part::Alone | Part::Step(_) if settled.state == WorktreeState::Open => {
            told(&mut tx, core, task, &settled, Told { problem, ..Told::default() }, now).await?
        }
        Part::Alone | Part::Step(_) => Vec::new(),
    };
    tx.commit().await?;
    core.lanes.deliver(rows);
    Ok(true)
}

/// How the workspace's test goes in a worktree, unless somebody stops it; `None` when Adjutant goes down before.
async fn tested(core: &Core, task: &Task, tree: Worktree, command: String) -> Option<TestResult> {
    if task.phase == Phase::Finished(Outcome::Stopped) {
        return Some(TestResult::Stopped);
    }
    let stop = core.test_of(task.id);
    let testing = core.stopping.run_until_cancelled(core.worktrees.test(tree, command));
    let result = stop.run_until_cancelled(testing).await.unwrap_or(Some(TestResult::Stopped));
    core.forget_test(task.id);
    result
}

async fn keep(core: &Arc<Core>, task: &Task, tree: Worktree) -> Result<bool, StoreError> {
    let subject = task.prompt.lines().next().unwrap_or_default();
    let message = format!("{}: {}\n\nTask #{} of Adjutant.", task.agent, shortened(subject), task.id);
    match core.worktrees.keep(tree.clone(), message).await {
        Ok(merges) => {
            decided(core, task, tree, WorktreeState::Kept, Told { merges, ..Told::default() }).await
        }
        Err(problem) => {
            tracing::warn!(task = %task.id, problem, "a worktree could not be kept");
            let told = Told { problem: Some(problem), ..Told::default() };
            decided(core, task, tree, WorktreeState::Open, told).await
        }
    }
}

/// Longest first line of a commit that is the task's own words, in characters.
const SUBJECT: usize = 60;

fn shortened(line: &str) -> String {
    let line = line.trim();
    if line.chars().count() <= SUBJECT {
        return line.to_owned();
    }
    let kept: String = line.chars().take(SUBJECT).collect();
    format!("{}…", kept.trim_end())
}

async fn merge(core: &Arc<Core>, task: &Task, tree: Worktree) -> Result<bool, StoreError> {
    match core.worktrees.merge(tree.clone()).await {
        Ok(()) => decided(core, task, tree, WorktreeState::Merged, Told::default()).await,
        Err(MergeError { problem, passes }) => {
            tracing::warn!(task = %task.id, problem, "a branch could not be merged");
            let told = Told { problem: Some(problem), merges: passes };
            decided(core, task, tree, WorktreeState::Kept, told).await
        }
    }
}

async fn remove(core: &Arc<Core>, tree: Worktree) -> Result<bool, StoreError> {
    if let Err(problem) = core.worktrees.remove(tree.clone()).await {
        tracing::warn!(task = %tree.task, problem, "a worktree could not be removed; tried again at the next start");
        return Ok(false);
    }
    let mut tx = core.store.begin().await?;
    let was = tree.state;
    tx.save_worktree(&Worktree { state: WorktreeState::Removed, ..tree }, was).await?;
    tx.commit().await?;
    Ok(false)
}

async fn decided(
    core: &Arc<Core>,
    task: &Task,
    tree: Worktree,
    state: WorktreeState,
    how: Told,
) -> Result<bool, StoreError> {
    let now = core.clock.now();
    let was = tree.state;
    let tree = Worktree { state, ..tree };
    let mut tx = core.store.begin().await?;
    tx.save_worktree(&tree, was).await?;
    let row = shown(&mut tx, core, task, &tree, how, now).await?;
    tx.commit().await?;
    core.lanes.deliver(vec![row]);
    Ok(false)
}
