//! The worktrees of tasks that work in one of their own: entered before the run, looked at after it, and then kept or
//! removed as a person decides.
//!
//! What is to become of a worktree is stored before it is done, and done again after a crash. The work with git is the
//! port's; nothing here runs inside a transaction or an update.

use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::agent::Isolation;
use crate::domain::card::{Card, WorkCard};
use crate::domain::delivery::{Delivery, NewDelivery, Priority, Subject};
use crate::domain::ids::{TaskId, Timestamp};
use crate::domain::race::RaceState;
use crate::domain::task::{Part, Task};
use crate::domain::worktree::{Worktree, WorktreeState, name_of};
use crate::store::{StoreError, Tx};

use super::advance::AdvanceError;
use super::compose::compose;
use super::core::{Core, FollowUp};
use super::patience::Patience;
use super::races;

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
pub(super) async fn enter(core: &Core, task: &Task) -> Result<Room, String> {
    let isolated = core.agents.named(&task.agent).is_some_and(|agent| agent.isolation == Isolation::Worktree);
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
        if core.worktrees.is_free(tree.workspace.clone(), tree.name.clone()).await? {
            // Its name is stored while nothing of it is there: whatever is found under it later is ours.
            noted(core, &tree, None).await?;
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

/// Stores a worktree, or a change of it, however long the database takes.
async fn noted(core: &Core, tree: &Worktree, was: Option<WorktreeState>) -> Result<(), String> {
    let mut patience = Patience::new(core, "a worktree");
    loop {
        let stored = async {
            let mut tx = core.store.begin().await?;
            match was {
                Some(was) => tx.save_worktree(tree, was).await?,
                None => tx.insert_worktree(tree).await?,
            }
            tx.commit().await
        };
        let Err(error) = stored.await else {
            patience.over();
            return Ok(());
        };
        if let Err(error) = patience.after(AdvanceError::Store(error)).await {
            tracing::error!(task = %tree.task, %error, "a worktree could not be noted");
            return Err(TROUBLE.to_owned());
        }
    }
}

/// Does whatever is to be done about a task's worktree now: looks at it when the task has ended, keeps, merges or removes
/// it when that has been decided.
pub(super) async fn tidy(core: Arc<Core>, id: TaskId) {
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
            if let Some(command) = test {
                let testing = core.stopping.run_until_cancelled(core.worktrees.test(tree, command)).await;
                // Going down: the next start begins it anew.
                let Some(result) = testing else { return Ok(false) };
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
        Err(problem) => {
            tracing::warn!(task = %task.id, problem, "a branch could not be merged");
            let told = Told { problem: Some(problem), ..Told::default() };
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

/// What there is to say besides what is stored.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    /// Whether the branch can be merged at once.
    pub(super) merges: bool,
    /// What went wrong.
    pub(super) problem: Option<String>,
}

/// Tells what a task has left, as a new message.
async fn told(
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
pub(super) async fn shown(
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
        test: tree.test.clone(),
        state: tree.state,
        branch: tree.branch(),
        path: core.worktrees.path(&tree.name),
        merges,
        problem,
        rings: false,
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
