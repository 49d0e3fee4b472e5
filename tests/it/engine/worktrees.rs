//! Worktrees in real repositories: made, looked at, kept, merged and removed, whatever an agent has done in them.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use adjutant::domain::ids::TaskId;
use adjutant::domain::worktree::{Changes, TestResult, Worktree, WorktreeState};
use adjutant::engines::worktree::GitWorktrees;
use adjutant::ports::Worktrees;
use tempfile::TempDir;

use super::support::guard;
use crate::teams::git;

/// A repository with one commit, and worktrees beside it.
struct Place {
    folder: TempDir,
    trees: GitWorktrees,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let trees = GitWorktrees::new(guard(), folder.path().join("trees"));
        let place = Self { folder, trees };
        let path = place.repository();
        fs::create_dir_all(path.join("api/src")).unwrap();
        git(&path, &["init", "--quiet"]);
        fs::write(path.join("api/src/a.rs"), "one\ntwo\n").unwrap();
        fs::write(path.join(".gitignore"), "target/\n").unwrap();
        git(&path, &["add", "--all"]);
        git(&path, &["commit", "--quiet", "--message", "First"]);
        place
    }

    fn repository(&self) -> PathBuf {
        self.folder.path().join("repository")
    }

    /// A worktree that is still to be made, for a workspace within the repository.
    async fn tree(&self, within: &str) -> Worktree {
        let workspace = self.repository().join(within);
        let base = self.trees.head(workspace.clone()).await.unwrap().commit;
        let (task, name, state) = (TaskId(1), "task-1-worker".to_owned(), WorktreeState::Making);
        Worktree { task, name, workspace, base, state, changes: None, test: None }
    }

    fn directory(&self) -> PathBuf {
        self.trees.path("task-1-worker")
    }

    fn branches(&self) -> String {
        git(&self.repository(), &["branch", "--list", "adjutant/*", "--format=%(refname:short)"])
    }

    /// Removes the worktree, twice; nothing of it is left, and all else is.
    async fn removed(&self, tree: &Worktree) {
        for _ in 0..2 {
            self.trees.remove(tree.clone()).await.unwrap();
            assert!(self.directory().symlink_metadata().is_err());
            assert_eq!(self.branches(), "");
            assert_eq!(git(&self.repository(), &["worktree", "list"]).lines().count(), 1);
            assert!(self.trees.is_free(tree.workspace.clone(), tree.name.clone()).await.unwrap());
        }
        assert_eq!(fs::read_to_string(self.repository().join("api/src/a.rs")).unwrap(), "one\ntwo\n");
    }
}

#[tokio::test]
async fn a_worktree_is_made_looked_at_and_removed() {
    let place = Place::new();
    let tree = place.tree("api").await;
    assert!(place.trees.is_free(tree.workspace.clone(), tree.name.clone()).await.unwrap());
    let directory = place.trees.make(tree.clone()).await.unwrap();
    assert_eq!(directory, place.directory().join("api"), "the same place within the repository");
    assert!(!place.trees.is_free(tree.workspace.clone(), tree.name.clone()).await.unwrap());
    assert_eq!(place.trees.changes(tree.clone()).await.unwrap(), Changes::default());

    fs::write(directory.join("src/a.rs"), "one\nthree\nfour\n").unwrap();
    fs::write(directory.join("new.txt"), "new\n").unwrap();
    fs::write(directory.join("logo.png"), [0, 159, 146, 150, 0]).unwrap();
    fs::create_dir_all(directory.join("target")).unwrap();
    fs::write(directory.join("target/big"), "ignored\n").unwrap();
    let changes = Changes { files: 3, added: 3, removed: 1 };
    assert_eq!(place.trees.changes(tree.clone()).await.unwrap(), changes);
    git(&directory, &["add", "--all"]);
    git(&directory, &["commit", "--quiet", "--message", "Mine"]);
    assert_eq!(place.trees.changes(tree.clone()).await.unwrap(), changes, "committed or not");
    place.removed(&tree).await;
}

#[tokio::test]
async fn what_is_kept_is_committed_once_and_merged_where_the_workspace_has_not_moved() {
    let place = Place::new();
    let tree = place.tree("").await;
    let directory = place.trees.make(tree.clone()).await.unwrap();
    fs::write(directory.join("new.txt"), "new\n").unwrap();
    assert!(place.trees.keep(tree.clone(), "worker: do it".to_owned()).await.unwrap());
    assert!(place.trees.keep(tree.clone(), "again".to_owned()).await.unwrap());
    let log = git(&place.repository(), &["log", "--format=%s", "adjutant/task-1-worker"]);
    assert_eq!(log, "worker: do it\nFirst\n");

    fs::write(place.repository().join("api/src/a.rs"), "changed\n").unwrap();
    let dirty = place.trees.merge(tree.clone()).await.unwrap_err();
    assert!(dirty.contains("commit them first"), "{dirty}");
    git(&place.repository(), &["commit", "--quiet", "--all", "--message", "Other"]);
    let moved = place.trees.merge(tree.clone()).await.unwrap_err();
    assert!(moved.contains("git merge adjutant/task-1-worker"), "{moved}");
    assert!(!place.trees.keep(tree.clone(), "again".to_owned()).await.unwrap());
    git(&place.repository(), &["reset", "--quiet", "--hard", "HEAD~1"]);
    for _ in 0..2 {
        place.trees.merge(tree.clone()).await.unwrap();
        assert!(place.repository().join("new.txt").exists());
    }
}

#[tokio::test]
async fn hooks_do_not_run() {
    let place = Place::new();
    let mark = place.folder.path().join("ran");
    for hook in
        ["post-checkout", "pre-commit", "commit-msg", "post-commit", "post-merge", "reference-transaction"]
    {
        let path = place.repository().join(".git/hooks").join(hook);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\necho {hook} >> {}\n", mark.display())).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let monitor = format!("touch {}", mark.display());
    git(&place.repository(), &["config", "core.fsmonitor", &monitor]);
    let tree = place.tree("").await;
    let directory = place.trees.make(tree.clone()).await.unwrap();
    fs::write(directory.join("new.txt"), "new\n").unwrap();
    place.trees.changes(tree.clone()).await.unwrap();
    place.trees.keep(tree.clone(), "message".to_owned()).await.unwrap();
    place.trees.merge(tree.clone()).await.unwrap();
    place.trees.remove(tree).await.unwrap();
    assert_eq!(fs::read_to_string(&mark).ok(), None);
}

#[tokio::test]
async fn an_agent_cannot_turn_us_against_another_repository() {
    let place = Place::new();
    let tree = place.tree("").await;
    let directory = place.trees.make(tree.clone()).await.unwrap();
    // A repository of the agent's own making, whose configuration would run a command.
    let evil = place.folder.path().join("evil");
    let mark = place.folder.path().join("ran");
    fs::create_dir(&evil).unwrap();
    git(&evil, &["init", "--quiet"]);
    git(&evil, &["config", "diff.external", &format!("touch {}", mark.display())]);
    fs::write(directory.join(".git"), format!("gitdir: {}\n", evil.join(".git").display())).unwrap();
    fs::write(directory.join("new.txt"), "new\n").unwrap();
    let changes = place.trees.changes(tree.clone()).await.unwrap();
    assert_eq!(changes, Changes { files: 1, added: 1, removed: 0 });
    assert!(!mark.exists());
    place.removed(&tree).await;
}

#[tokio::test]
async fn nothing_is_removed_that_is_not_ours() {
    let place = Place::new();
    let other = place.folder.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("precious"), "").unwrap();
    let tree = place.tree("").await;
    // A link in its place.
    fs::create_dir(place.folder.path().join("trees")).unwrap();
    symlink(&other, place.directory()).unwrap();
    assert!(!place.trees.is_free(tree.workspace.clone(), tree.name.clone()).await.unwrap());
    assert!(place.trees.remove(tree.clone()).await.unwrap_err().contains("is no directory"));
    assert!(other.join("precious").exists());
    for name in ["../other", "/", "", "..", "a/b"] {
        let foreign = Worktree { name: name.to_owned(), ..tree.clone() };
        assert!(place.trees.remove(foreign.clone()).await.is_err(), "{name}");
        assert!(place.trees.make(foreign).await.is_err(), "{name}");
    }
    assert!(other.join("precious").exists());
    fs::remove_file(place.directory()).unwrap();
    // A crash in the middle of making it: the branch is there, the directory is not.
    git(&place.repository(), &["branch", "adjutant/task-1-worker"]);
    place.removed(&tree).await;
    // The directory is there, and git knows nothing of it.
    fs::create_dir_all(place.directory()).unwrap();
    place.removed(&tree).await;
    // The directory is gone, and git still knows of it.
    place.trees.make(tree.clone()).await.unwrap();
    fs::remove_dir_all(place.directory()).unwrap();
    place.removed(&tree).await;
}

#[tokio::test]
async fn a_test_tells_how_it_went() {
    let place = Place::new();
    let tree = place.tree("api").await;
    place.trees.make(tree.clone()).await.unwrap();
    let result = |command: &str| place.trees.test(tree.clone(), command.to_owned());
    assert_eq!(result("test -e src/a.rs").await, TestResult::Passed);
    let failed = TestResult::Failed { code: 3, tail: "no\n".to_owned() };
    assert_eq!(result("echo no; exit 3").await, failed);
    let secrets = result("test -z \"$TELOXIDE_TOKEN$CARGO_MANIFEST_DIR\"").await;
    assert_eq!(secrets, TestResult::Passed, "it gets the usual environment and no more");
    let TestResult::Failed { tail, .. } = result("seq 1 100000; exit 1").await else { panic!("it passed") };
    assert!(tail.len() <= 2_000 && tail.ends_with("99999\n100000\n"), "{tail}");
    fs::remove_dir_all(place.directory()).unwrap();
    assert!(matches!(result("true").await, TestResult::NotStarted { .. }));
}

#[tokio::test]
async fn a_directory_without_a_repository_or_a_commit_is_told() {
    let place = Place::new();
    let bare = |path: &Path| place.trees.head(path.to_owned());
    let folder = tempfile::tempdir().unwrap();
    assert!(bare(folder.path()).await.unwrap_err().contains("is no git repository"));
    git(folder.path(), &["init", "--quiet"]);
    assert!(bare(folder.path()).await.unwrap_err().contains("has no commit yet"));
    assert!(bare(&folder.path().join("gone")).await.unwrap_err().contains("not there any more"));
    fs::write(place.repository().join("draft"), "").unwrap();
    assert!(bare(&place.repository()).await.unwrap().dirty);
}
