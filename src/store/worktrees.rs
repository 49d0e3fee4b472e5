//! Worktrees: which there are, and what is to become of them. A row comes before its directory.

use super::updates::changed_one;
use super::{Store, StoreError, Tx, to_json};
use crate::domain::ids::TaskId;
use crate::domain::worktree::{Worktree, WorktreeState};

/// A row of `worktrees`.
struct Row {
    task: i64,
    name: String,
    workspace: String,
    base: String,
    state: String,
    changes: Option<String>,
    test: Option<String>,
}

impl Store {
    /// The worktrees about which something is still to be done, or may be: they are being made, used, kept, merged or
    /// removed. One that cannot be read is logged and left out.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn unsettled_worktrees(&self) -> Result<Vec<Worktree>, StoreError> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT task, name, workspace, base, state, changes, test FROM worktrees
             WHERE state IN ('making', 'made', 'keeping', 'merging', 'removing') ORDER BY task"
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(super::readable(rows.into_iter().map(Row::into_worktree)))
    }
}

impl Tx {
    /// The worktree of a task.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn worktree(&mut self, task: TaskId) -> Result<Option<Worktree>, StoreError> {
        let row = sqlx::query_as!(
            Row,
            "SELECT task, name, workspace, base, state, changes, test FROM worktrees WHERE task = ?1",
            task.0
        )
        .fetch_optional(&mut *self.inner)
        .await?;
        row.map(Row::into_worktree).transpose()
    }

    /// Notes that a worktree is about to be made, and so takes its name, which no other ever gets. `false` when the name is
    /// another's already; nothing is noted then.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn insert_worktree(&mut self, tree: &Worktree) -> Result<bool, StoreError> {
        let workspace = tree.workspace.to_str();
        let workspace = workspace.ok_or_else(|| StoreError::corrupt("a path", "it is not text in UTF-8"))?;
        let state = tree.state.name();
        let done = sqlx::query!(
            "INSERT INTO worktrees (task, name, workspace, base, state) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (name) DO NOTHING",
            tree.task.0,
            tree.name,
            workspace,
            tree.base,
            state
        )
        .execute(&mut *self.inner)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Stores what moves of a worktree. `was` is the state that the change started from.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the stored one is in another state.
    pub async fn save_worktree(&mut self, tree: &Worktree, was: WorktreeState) -> Result<(), StoreError> {
        let (state, was) = (tree.state.name(), was.name());
        let changes = tree.changes.as_ref().map(to_json).transpose()?;
        let test = tree.test.as_ref().map(to_json).transpose()?;
        let done = sqlx::query!(
            "UPDATE worktrees SET state = ?2, changes = ?3, test = ?4 WHERE task = ?1 AND state = ?5",
            tree.task.0,
            state,
            changes,
            test,
            was
        )
        .execute(&mut *self.inner)
        .await?;
        changed_one(done.rows_affected())
    }
}

impl Row {
    fn into_worktree(self) -> Result<Worktree, StoreError> {
        let corrupt = |why: &dyn std::fmt::Display| {
            StoreError::corrupt(format_args!("worktree of #{}", self.task), why)
        };
        let state = WorktreeState::named(&self.state)
            .ok_or_else(|| corrupt(&format_args!("state {}", self.state)))?;
        let changes = self.changes.as_deref().map(serde_json::from_str).transpose();
        let test = self.test.as_deref().map(serde_json::from_str).transpose();
        Ok(Worktree {
            task: TaskId(self.task),
            changes: changes.map_err(|why| corrupt(&why))?,
            test: test.map_err(|why| corrupt(&why))?,
            state,
            name: self.name,
            workspace: self.workspace.into(),
            base: self.base,
        })
    }
}
