//! The worktrees of tasks that work in one of their own: entered before the run, looked at after it, and then kept or
//! removed as a person decides.
//!
//! What is to become of a worktree is stored before it is done, and done again after a crash. The work with git is the
//! port's; nothing here runs inside a transaction or an update.

mod card;
mod tidy;

use std::path::PathBuf;

use crate::domain::agent::{AgentSpec, Isolation};
use crate::domain::race::RaceState;
use crate::domain::task::{Part, Task};
use crate::domain::worktree::{Worktree, WorktreeState, name_of};
use crate::store::{StoreError, Tx};

use super::advance::AdvanceError;
use super::core::{Core, FollowUp};
use super::patience::Patience;

pub(super) use card::{Told, shown};
pub(super) use tidy::tidy;

/// So many names are tried.
const NAMES: u32 = 50;

/// What a failure of ours is told as.
const TROUBLE: &str = "Adjutant could not keep its books; see its log.";

/// Where a task works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Room {
    /// In the workspace, as all others.
    Shared,
    /// In a directory that is its own.
    Own(PathBuf),
}

/// Makes the worktree of a task that works in one.
///
/// # Errors
/// Why it cannot be made, in words for a person.
pub(super) async fn enter(core: &Core, task: &Task, agent: Option<&AgentSpec>) -> Result<Room, String> {
    let isolated = agent.is_some_and(|agent| agent.isolation == Isolation::Worktree);
    let kind = match task.part {
        Part::Runner(race) => Some(("race", race.0)),
        Part::Alone | Part::Step(_) => isolated.then_some(("task", task.id.0)),
    };
    let Some((kind, number)) = kind else { return Ok(Room::Shared) };
    let entering = enter_as(core, task, kind, number);
    let entered = core.stopping.run_until_cancelled(entering).await;
    entered.unwrap_or_else(|| Err("Adjutant was stopped before it could begin.".to_owned())).map(Room::Own)
}

async fn enter_as(core: &Core, task: &Task, kind: &str, number: i64) -> Result<PathBuf, String> {
    let workspace = core.workspaces.named(&task.workspace).ok_or_else(|| {
        format!("The workspace {} is not there any more. Choose another with /workspace.", task.workspace)
    })?;
    let base = match base_of_race(core, task).await? {
        Some(base) => base,
        None => core.worktrees.head(workspace.path.clone()).await?.commit,
    };
    let mut tree = Worktree {
        task: task.id,
        name: String::new(),
        workspace: workspace.path.clone(),
        base,
        state: WorktreeState::Making,
        changes: None,
        test: None,
    };
    for attempt in 0..NAMES {
        tree.name = name_of(kind, number, &task.agent, attempt);
        // Its name is stored while nothing of it is there: whatever is found under it later is ours. The store gives each name
        // out once, to one of those who find it free at the same time.
        if core.worktrees.is_free(tree.workspace.clone(), tree.name.clone()).await?
            && noted(core, &tree, None).await?
        {
            let directory = core.worktrees.make(tree.clone()).await?;
            noted(core, &Worktree { state: WorktreeState::Made, ..tree }, Some(WorktreeState::Making))
                .await?;
            return Ok(directory);
        }
    }
    Err(format!("There are too many branches of the name {} already.", tree.branch()))
}

async fn base_of_race(core: &Core, task: &Task) -> Result<Option<String>, String> {
    let Part::Runner(race) = task.part else { return Ok(None) };
    let race = async { core.store.begin().await?.race(race).await }.await;
    match race.map(|race| race.map(|race| race.state)) {
        Ok(Some(RaceState::Running { base, .. })) => Ok(Some(base)),
        Ok(_) => Err("The race is over.".to_owned()),
        Err(error) => {
            tracing::error!(task = %task.id, %error, "a race cannot be read");
            Err(TROUBLE.to_owned())
        }
    }
}

/// Stores a worktree, or a change of it, however long the database takes. `false` when its name is another's.
async fn noted(core: &Core, tree: &Worktree, was: Option<WorktreeState>) -> Result<bool, String> {
    let mut patience = Patience::new(core, "a worktree");
    loop {
        let stored = async {
            let mut tx = core.store.begin().await?;
            let stored = match was {
                Some(was) => tx.save_worktree(tree, was).await.map(|()| true)?,
                None => tx.insert_worktree(tree).await?,
            };
            tx.commit().await.map(|()| stored)
        };
        let error = match stored.await {
            Ok(stored) => {
                patience.over();
                return Ok(stored);
            }
            Err(error) => error,
        };
        if let Err(error) = patience.after(AdvanceError::Store(error)).await {
            tracing::error!(task = %tree.task, %error, "a worktree could not be noted");
            return Err(TROUBLE.to_owned());
        }
    }
}

/// A worktree's new state, decided by a person: stored, and done once that is committed.
pub(super) async fn decide(
    tx: &mut Tx,
    tree: &Worktree,
    state: WorktreeState,
) -> Result<FollowUp, StoreError> {
    tx.save_worktree(&Worktree { state, ..tree.clone() }, tree.state).await?;
    Ok(FollowUp::Tidy(tree.task))
}
