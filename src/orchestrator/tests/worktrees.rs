//! Worktrees in memory: what is asked for is written down, and what there is to see is the test's to say.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::domain::worktree::{Changes, TestResult, Worktree};
use crate::ports::{BoxFuture, Head, MergeError, Worktrees};

/// One repository, in which every worktree looks the same.
pub(super) struct FakeWorktrees {
    pub(super) head: Mutex<Result<Head, String>>,
    pub(super) changes: Mutex<Changes>,
    /// What was done, in words.
    pub(super) done: Mutex<Vec<String>>,
    /// Whether it takes for ever to make one.
    pub(super) slow: AtomicBool,
    /// Why none can be kept.
    pub(super) unkept: Mutex<Option<String>>,
}

impl FakeWorktrees {
    pub(super) fn new() -> Self {
        let head = Head { commit: "abc".to_owned(), dirty: false };
        let changes = Changes { files: 1, added: 2, removed: 0 };
        Self {
            head: Mutex::new(Ok(head)),
            changes: Mutex::new(changes),
            done: Mutex::default(),
            slow: AtomicBool::default(),
            unkept: Mutex::default(),
        }
    }

    fn note<T>(&self, what: String, result: T) -> T {
        self.done.lock().unwrap().push(what);
        result
    }
}

impl Worktrees for FakeWorktrees {
    fn head(&self, _workspace: PathBuf) -> BoxFuture<'_, Result<Head, String>> {
        let head = self.head.lock().unwrap().clone();
        Box::pin(async { head })
    }

    fn is_free(&self, _workspace: PathBuf, name: String) -> BoxFuture<'_, Result<bool, String>> {
        let made = format!("made {name}");
        let free = !self.done.lock().unwrap().contains(&made);
        Box::pin(async move { Ok(free) })
    }

    fn path(&self, name: &str) -> PathBuf {
        Path::new("/worktrees").join(name)
    }

    fn make(&self, tree: Worktree) -> BoxFuture<'_, Result<PathBuf, String>> {
        let path = self.note(format!("made {}", tree.name), self.path(&tree.name));
        let slow = self.slow.load(Ordering::Relaxed);
        Box::pin(async move { if slow { std::future::pending().await } else { Ok(path) } })
    }

    fn changes(&self, _tree: Worktree) -> BoxFuture<'_, Result<Changes, String>> {
        let changes = *self.changes.lock().unwrap();
        Box::pin(async move { Ok(changes) })
    }

    fn test(&self, _tree: Worktree, _command: String) -> BoxFuture<'_, TestResult> {
        // As long as nobody stops it.
        Box::pin(std::future::pending())
    }

    fn keep(&self, tree: Worktree, _message: String) -> BoxFuture<'_, Result<bool, String>> {
        let unkept = self.unkept.lock().unwrap().clone();
        let kept = self.note(format!("kept {}", tree.name), unkept.map_or(Ok(true), Err));
        Box::pin(async { kept })
    }

    fn merge(&self, tree: Worktree) -> BoxFuture<'_, Result<(), MergeError>> {
        let merged = self.note(format!("merged {}", tree.name), Ok(()));
        Box::pin(async { merged })
    }

    fn remove(&self, tree: Worktree) -> BoxFuture<'_, Result<(), String>> {
        let removed = self.note(format!("removed {}", tree.name), Ok(()));
        Box::pin(async { removed })
    }
}
