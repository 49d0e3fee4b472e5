//! What people decide about work in a worktree: keep it, throw it away, merge it; in a race, one of several.

use crate::domain::ids::{RaceId, TaskId};
use crate::domain::race::{Race, RaceState};
use crate::domain::task::{Part, Task};
use crate::domain::toast::Toast;
use crate::domain::worktree::{Worktree, WorktreeState};
use crate::store::StoreError;

use super::super::core::FollowUp;
use super::super::races;
use super::super::worktrees::{Told, decide, shown};
use super::{Intake, Speaker};

impl Intake<'_> {
    /// Keeps a task's work; that of the others in its race is removed.
    pub(super) async fn keep(&mut self, who: &Speaker, id: TaskId) -> Result<Option<Toast>, StoreError> {
        let (task, tree) = match self.work(who, id).await? {
            Ok(work) => work,
            Err(toast) => return Ok(Some(toast)),
        };
        if tree.state != WorktreeState::Open {
            return Ok(Some(Toast::AlreadyDecided));
        }
        if let Part::Runner(race) = task.part {
            let Some(race) = self.tx.race(race).await? else { return Ok(Some(Toast::UnknownTask)) };
            match race.state {
                RaceState::Deciding { .. } => self.decide_race(race, Some(id)).await?,
                // It was chosen before, and could not be kept then.
                RaceState::Kept { task } if task == id => {}
                RaceState::Preparing
                | RaceState::Running { .. }
                | RaceState::Kept { .. }
                | RaceState::NoneKept
                | RaceState::Refused { .. } => return Ok(Some(Toast::AlreadyDecided)),
            }
        }
        self.decide(&task, &tree, WorktreeState::Keeping).await?;
        Ok(Some(Toast::Keeping))
    }

    /// Throws a task's work away.
    pub(super) async fn discard(&mut self, who: &Speaker, id: TaskId) -> Result<Option<Toast>, StoreError> {
        let (task, tree) = match self.work(who, id).await? {
            Ok(work) => work,
            Err(toast) => return Ok(Some(toast)),
        };
        if tree.state != WorktreeState::Open {
            return Ok(Some(Toast::AlreadyDecided));
        }
        if let Part::Runner(race) = task.part {
            // In a race it is decided about all of them at once; but one that was chosen and could not be kept may still go.
            let race = self.tx.race(race).await?.filter(|race| race.state == RaceState::Kept { task: id });
            let Some(race) = race else { return Ok(Some(Toast::AlreadyDecided)) };
            self.conclude(Race { state: RaceState::NoneKept, ..race }).await?;
        }
        self.decide(&task, &tree, WorktreeState::Removing).await?;
        Ok(Some(Toast::Discarding))
    }

    /// Makes a kept branch part of the workspace.
    pub(super) async fn merge(&mut self, who: &Speaker, id: TaskId) -> Result<Option<Toast>, StoreError> {
        let (task, tree) = match self.work(who, id).await? {
            Ok(work) => work,
            Err(toast) => return Ok(Some(toast)),
        };
        if tree.state != WorktreeState::Kept {
            return Ok(Some(Toast::AlreadyDecided));
        }
        self.decide(&task, &tree, WorktreeState::Merging).await?;
        Ok(Some(Toast::Merging))
    }

    /// Keeps nothing of a race.
    pub(super) async fn keep_none(&mut self, who: &Speaker, id: RaceId) -> Result<Option<Toast>, StoreError> {
        let race = self.tx.race(id).await?.filter(|race| race.place.chat == who.place.chat);
        let Some(race) = race else { return Ok(Some(Toast::UnknownTask)) };
        if !self.core.access.may_control(who.user(), who.place.chat, race.requester) {
            return Ok(Some(Toast::NotYours));
        }
        if !matches!(race.state, RaceState::Deciding { .. }) {
            return Ok(Some(Toast::AlreadyDecided));
        }
        self.decide_race(race, None).await?;
        Ok(Some(Toast::Discarding))
    }

    /// The work of a task of this chat, for somebody who may decide about it.
    async fn work(
        &mut self,
        who: &Speaker,
        id: TaskId,
    ) -> Result<Result<(Task, Worktree), Toast>, StoreError> {
        let Some(task) = self.task_here(who, id).await? else { return Ok(Err(Toast::UnknownTask)) };
        if !self.core.access.may_control(who.user(), who.place.chat, task.requester) {
            return Ok(Err(Toast::NotYours));
        }
        Ok(match self.tx.worktree(id).await? {
            Some(tree) => Ok((task, tree)),
            None => Err(Toast::UnknownTask),
        })
    }

    async fn decide(&mut self, task: &Task, tree: &Worktree, state: WorktreeState) -> Result<(), StoreError> {
        let after = decide(self.tx, tree, state).await?;
        let now_shown = Worktree { state, ..tree.clone() };
        let row = shown(self.tx, self.core, task, &now_shown, Told::default(), self.now).await?;
        self.after.extend([FollowUp::Deliver(row), after]);
        Ok(())
    }

    /// What is not kept is removed, and the comparison says so.
    async fn decide_race(&mut self, mut race: Race, kept: Option<TaskId>) -> Result<(), StoreError> {
        race.state = kept.map_or(RaceState::NoneKept, |task| RaceState::Kept { task });
        for id in race.tasks().filter(|task| Some(*task) != kept) {
            let open = self.tx.worktree(id).await?.filter(|tree| tree.state == WorktreeState::Open);
            if let Some(tree) = open {
                self.after.push(decide(self.tx, &tree, WorktreeState::Removing).await?);
            }
        }
        self.conclude(race).await
    }

    async fn conclude(&mut self, race: Race) -> Result<(), StoreError> {
        self.tx.save_race(&race).await?;
        let row = races::decided(self.tx, self.core, &race, self.now).await?;
        self.after.push(FollowUp::Deliver(row));
        Ok(())
    }
}
