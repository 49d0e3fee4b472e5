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
    assert!(dirty.problem.contains("commit them first") && dirty.passes, "{dirty}");
    git(&place.repository(), &["commit", "--quiet", "--all", "--message", "Other"]);
    let moved = place.trees.merge(tree.clone()).await.unwrap_err();
    assert!(moved.problem.contains("git merge adjutant/task-1-worker") && !moved.passes, "{moved}");
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

/// Files that are a bare repository, whose configuration runs a command as soon as git looks for what it lacks.
fn trap(directory: &Path, mark: &Path) {
    for folder in ["refs/heads", "objects"] {
        fs::create_dir_all(directory.join(folder)).unwrap();
    }
    let lacking = "1234567890123456789012345678901234567890\n";
    fs::write(directory.join("HEAD"), lacking).unwrap();
    let command = format!("touch {}; false", mark.display());
    let config = format!(
        "[core]\nrepositoryformatversion = 1\nbare = false\nworktree = {}\nsshCommand = \"{command}\"\n\
         fsmonitor = \"{command}\"\n[extensions]\npartialClone = origin\n[remote \"origin\"]\nurl = ssh://x/y\n\
         promisor = true\n",
        directory.display()
    );
    fs::write(directory.join("config"), config).unwrap();
}

#[tokio::test]
async fn files_that_look_like_a_repository_run_nothing() {
    let place = Place::new();
    let mark = place.folder.path().join("ran");
    trap(&place.repository().join("api"), &mark);
    assert!(place.trees.head(place.repository().join("api")).await.is_err());
    assert!(!mark.exists());
}

#[tokio::test]
async fn a_repository_in_place_of_a_submodule_runs_nothing() {
    let place = Place::new();
    let mark = place.folder.path().join("ran");
    let first = git(&place.repository(), &["rev-parse", "HEAD"]);
    let entry = format!("160000,{},sub", first.trim());
    git(&place.repository(), &["update-index", "--add", "--cacheinfo", &entry]);
    git(&place.repository(), &["commit", "--quiet", "--message", "Submodule"]);
    let tree = place.tree("").await;
    let directory = place.trees.make(tree.clone()).await.unwrap();
    let nested = directory.join("sub");
    git(&nested, &["init", "--quiet"]);
    // At the very commit that the submodule is at, so that git looks for changes of its files.
    git(&nested, &["fetch", "--quiet", place.repository().to_str().unwrap()]);
    git(&nested, &["reset", "--quiet", "--hard", first.trim()]);
    git(&nested, &["config", "filter.evil.clean", &format!("touch {}; cat", mark.display())]);
    fs::write(nested.join(".gitattributes"), "* filter=evil\n").unwrap();
    fs::write(nested.join("api/src/a.rs"), "one\nTWO\n").unwrap();
    fs::write(directory.join("new.txt"), "new\n").unwrap();
    let changes = place.trees.changes(tree.clone()).await.unwrap();
    place.trees.keep(tree.clone(), "message".to_owned()).await.unwrap();
    assert!(!mark.exists());
    assert_eq!(changes, Changes { files: 1, added: 1, removed: 0 });
    let kept = git(&place.repository(), &["show", "--name-only", "--format=", "adjutant/task-1-worker"]);
    assert_eq!(kept, "new.txt\n");
}

#[tokio::test]
async fn work_on_a_branch_of_the_agents_own_is_kept_on_ours() {
    let place = Place::new();
    let tree = place.tree("").await;
    let directory = place.trees.make(tree.clone()).await.unwrap();
    git(&directory, &["switch", "--quiet", "--create", "feature"]);
    fs::write(directory.join("new.txt"), "new\n").unwrap();
    assert!(place.trees.keep(tree.clone(), "message".to_owned()).await.unwrap());
    place.trees.merge(tree.clone()).await.unwrap();
    assert!(place.repository().join("new.txt").exists());
    // Both branches have gone on.
    git(&place.repository(), &["update-ref", "refs/heads/adjutant/task-1-worker", "HEAD"]);
    fs::write(directory.join("newer.txt"), "newer\n").unwrap();
    git(&directory, &["switch", "--quiet", "adjutant/task-1-worker"]);
    git(&directory, &["add", "newer.txt"]);
    git(&directory, &["commit", "--quiet", "--message", "Ours"]);
    git(&directory, &["switch", "--quiet", "feature"]);
    fs::write(directory.join("newest.txt"), "newest\n").unwrap();
    let both = place.trees.keep(tree, "message".to_owned()).await.unwrap_err();
    assert!(both.contains("other work"), "{both}");
}

#[tokio::test]
async fn a_lock_that_was_left_behind_does_not_stay_in_the_way() {
    let place = Place::new();
    let tree = place.tree("").await;
    let directory = place.trees.make(tree.clone()).await.unwrap();
    fs::write(directory.join("new.txt"), "new\n").unwrap();
    fs::write(place.repository().join(".git/worktrees/task-1-worker/index.lock"), "").unwrap();
    assert!(place.trees.keep(tree, "message".to_owned()).await.unwrap());
}

#[tokio::test]
async fn directories_that_cannot_be_written_are_removed_too() {
    let place = Place::new();
    let tree = place.tree("").await;
    let directory = place.trees.make(tree.clone()).await.unwrap();
    let sealed = directory.join("cache/module");
    fs::create_dir_all(&sealed).unwrap();
    fs::write(sealed.join("a"), "a").unwrap();
    // A link out of it is not followed.
    let outside = place.folder.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::set_permissions(&outside, fs::Permissions::from_mode(0o500)).unwrap();
    symlink(&outside, sealed.join("link")).unwrap();
    for directory in [&sealed, &directory.join("cache")] {
        fs::set_permissions(directory, fs::Permissions::from_mode(0o500)).unwrap();
    }
    place.removed(&tree).await;
    assert_eq!(fs::metadata(&outside).unwrap().permissions().mode() & 0o777, 0o500);
}

#[tokio::test]
async fn the_branch_is_not_forgotten_where_git_fails_for_a_while() {
    let place = Place::new();
    let tree = place.tree("").await;
    place.trees.make(tree.clone()).await.unwrap();
    let config = place.repository().join(".git/config");
    let sound = fs::read(&config).unwrap();
    fs::write(&config, "[broken").unwrap();
    assert!(place.trees.remove(tree.clone()).await.is_err());
    fs::write(&config, sound).unwrap();
    place.removed(&tree).await;
}

#[tokio::test]
async fn a_test_does_not_run_where_a_link_leads() {
    let place = Place::new();
    let tree = place.tree("api").await;
    let directory = place.trees.make(tree.clone()).await.unwrap();
    fs::remove_dir_all(&directory).unwrap();
    symlink(place.repository().join("api"), &directory).unwrap();
    let result = place.trees.test(tree, "true".to_owned()).await;
    assert!(matches!(result, TestResult::NotStarted { .. }), "{result:?}");
}
