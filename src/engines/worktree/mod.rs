//! Worktrees made with `git`, below one folder of ours, on branches of ours.
//!
//! Every git runs below the guard, without hooks, questions or more than the usual environment, and not for long. It is told
//! where its repository is: the `.git` file of a worktree lies where an agent can write. Nothing is removed but the directory
//! and the branch of the worktree that is given, and only below our folder.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::worktree::{Changes, TestResult, Worktree, branch, is_name};
use crate::engines::process::{Guard, Launch, ProcessTree};
use crate::ports::{BoxFuture, Head, MergeError, Worktrees};

mod git;
mod removal;

use git::{At, Git, NoRepository, Repository, has_changes};
use removal::remove_directory;

/// How long a workspace's test may take.
const TEST_TIME: Duration = Duration::from_secs(15 * 60);

/// How much of the end of a test's output is kept, in bytes.
const TAIL: usize = 2_000;

/// Makes worktrees of any repository.
#[derive(Debug, Clone)]
pub struct GitWorktrees {
    guard: Guard,
    /// Holds all of them.
    folder: PathBuf,
}

impl GitWorktrees {
    /// Below a folder, which is made when it is needed.
    #[must_use]
    pub fn new(guard: Guard, folder: PathBuf) -> Self {
        Self { guard, folder }
    }

    fn git(&self) -> Git<'_> {
        Git { guard: &self.guard }
    }

    /// The directory of a worktree.
    fn directory(&self, name: &str) -> Result<PathBuf, String> {
        if is_name(name) { Ok(self.folder.join(name)) } else { Err(format!("{name:?} is no name of ours")) }
    }

    async fn make_in(&self, tree: &Worktree) -> Result<PathBuf, String> {
        let directory = self.directory(&tree.name)?;
        std::fs::create_dir_all(&self.folder)
            .map_err(|error| format!("the folder {} cannot be made: {error}", self.folder.display()))?;
        let git = self.git();
        let repository = git.repository(&tree.workspace).await?;
        let (path, branch) = (text_of(&directory)?, tree.branch());
        let add = ["worktree", "add", "--quiet", "--no-track", "-b", &branch, path, &tree.base];
        git.run(&tree.workspace, &add).await?;
        Ok(directory.join(repository.within))
    }

    /// The worktree with the repository that it was made of, which its own `.git` file has no say in.
    async fn opened(&self, tree: &Worktree) -> Result<Opened<'_>, String> {
        let directory = self.directory(&tree.name)?;
        let git = self.git();
        let Repository { common, .. } = git.repository(&tree.workspace).await?;
        let own = common.join("worktrees").join(&tree.name);
        if !own.is_dir() || !directory.is_dir() {
            return Err(format!("The worktree {} is not there any more.", directory.display()));
        }
        let at = [format!("--git-dir={}", text_of(&own)?), format!("--work-tree={}", text_of(&directory)?)];
        Ok(Opened { git, directory, own, at })
    }

    async fn changes_in(&self, tree: &Worktree) -> Result<Changes, String> {
        let opened = self.opened(tree).await?;
        // New files count, too, as far as the repository does not ignore them.
        opened.add(true).await?;
        let diff = [
            "diff",
            "--numstat",
            "--no-renames",
            "--no-ext-diff",
            "--no-textconv",
            "--ignore-submodules=dirty",
            &tree.base,
            "--",
        ];
        Ok(git::changes(&opened.run(&diff).await?))
    }

    async fn keep_in(&self, tree: &Worktree, message: &str) -> Result<bool, String> {
        let opened = self.opened(tree).await?;
        opened.add(false).await?;
        if opened.run(&["diff", "--cached", "--quiet"]).await.is_err() {
            let commit = ["commit", "--quiet", "--no-verify", "--no-gpg-sign", "--message", message];
            let named = opened.run(&["var", "GIT_AUTHOR_IDENT"]).await.is_ok();
            let whose: &[&str] = if named {
                &[]
            } else {
                &["-c", "user.name=Adjutant", "-c", "user.email=adjutant@localhost"]
            };
            opened.run(&[whose, &commit].concat()).await?;
        }
        opened.collect(tree).await?;
        Ok(self.can_merge(tree).await.is_ok())
    }

    /// Whether the workspace stands where the worktree began, without changes to files that git knows.
    async fn can_merge(&self, tree: &Worktree) -> Result<(), MergeError> {
        let git = self.git();
        let Head { commit, .. } = git.head(&tree.workspace).await.map_err(later)?;
        if commit != tree.base {
            let branch = tree.branch();
            let problem =
                format!("The workspace has moved on since. In a terminal, git merge {branch} joins the two.");
            return Err(MergeError { problem, passes: false });
        }
        let status = ["status", "--porcelain", "--untracked-files=no", "--ignore-submodules=dirty"];
        if has_changes(&git.run(&tree.workspace, &status).await.map_err(later)?) {
            return Err(later(
                "The workspace has changes that are not committed: commit them first.".to_owned(),
            ));
        }
        Ok(())
    }

    async fn merge_in(&self, tree: &Worktree) -> Result<(), MergeError> {
        let branch = format!("refs/heads/{}", tree.branch());
        let git = self.git();
        // After a crash it may have been done already.
        if git.run(&tree.workspace, &["merge-base", "--is-ancestor", &branch, "HEAD"]).await.is_ok() {
            return Ok(());
        }
        self.can_merge(tree).await?;
        let merge = ["merge", "--ff-only", "--quiet", "--no-verify", &branch];
        git.run(&tree.workspace, &merge).await.map(drop).map_err(later)
    }

    async fn remove_in(&self, tree: &Worktree) -> Result<(), String> {
        let directory = self.directory(&tree.name)?;
        let git = self.git();
        let common = match git.repository(&tree.workspace).await {
            Ok(Repository { common, .. }) => Some(common),
            // Gone with all its branches.
            Err(NoRepository::None(_)) => None,
            // Whatever else it is may pass, and the branches be there again.
            Err(why @ NoRepository::Failed(_)) => return Err(why.into()),
        };
        if common.is_some() {
            let path = text_of(&directory)?;
            // Refused when an agent has spoilt its `.git` file, and when it is gone already: looked at below.
            let _ = git.run(&tree.workspace, &["worktree", "remove", "--force", "--force", path]).await;
        }
        remove_directory(&directory).await?;
        let Some(common) = common else { return Ok(()) };
        remove_directory(&common.join("worktrees").join(&tree.name)).await?;
        let branch = tree.branch();
        let full = format!("refs/heads/{branch}");
        if git.run(&tree.workspace, &["rev-parse", "--verify", "--quiet", &full]).await.is_ok() {
            git.run(&tree.workspace, &["branch", "--quiet", "-D", &branch]).await?;
        }
        Ok(())
    }

    async fn test_in(&self, tree: &Worktree, command: &str) -> TestResult {
        let not_started = |reason: String| TestResult::NotStarted { reason };
        let within = match self.git().repository(&tree.workspace).await {
            Ok(repository) => repository.within,
            Err(reason) => return not_started(reason.into()),
        };
        let cwd = match self.directory(&tree.name).and_then(|directory| below(&directory, &within)) {
            Ok(cwd) => cwd,
            Err(reason) => return not_started(reason),
        };
        let args = vec!["-c".into(), command.into()];
        let launch = Launch { program: "sh".into(), args, cwd, env: Vec::new() };
        let mut running = match ProcessTree::spawn(&self.guard, &launch) {
            Ok(running) => running,
            Err(error) => return not_started(error.to_string()),
        };
        let mut tail = String::new();
        let read = async {
            while let Some(chunk) = running.next_chunk().await {
                tail.push_str(&chunk);
                let cut = tail.ceil_char_boundary(tail.len().saturating_sub(TAIL));
                tail.drain(..cut);
            }
        };
        if tokio::time::timeout(TEST_TIME, read).await.is_err() {
            running.stop().await;
            return TestResult::TimedOut;
        }
        match running.exit_code().await {
            0 => TestResult::Passed,
            code => TestResult::Failed { code, tail },
        }
    }
}

/// A worktree that is there.
struct Opened<'a> {
    git: Git<'a>,
    directory: PathBuf,
    /// Its own part of the repository.
    own: PathBuf,
    /// The options that say where both are.
    at: [String; 2],
}

impl Opened<'_> {
    async fn run(&self, args: &[&str]) -> Result<String, String> {
        let [own, work] = &self.at;
        self.git.run(&self.directory, &[&[own.as_str(), work], args].concat()).await
    }

    async fn add(&self, intent: bool) -> Result<(), String> {
        let [own, work] = &self.at;
        let at = At { directory: &self.directory, own, work };
        self.git.add(&self.own, &at, intent).await
    }

    /// Brings the worktree's branch to where its work is: an agent may have left the branch for one of its own.
    async fn collect(&self, tree: &Worktree) -> Result<(), String> {
        let branch = tree.branch();
        let full = format!("refs/heads/{branch}");
        let there = self.run(&["rev-parse", "--verify", "--quiet", &full]).await.is_ok();
        if there && self.run(&["merge-base", "--is-ancestor", &full, "HEAD"]).await.is_err() {
            return Err(format!(
                "There is work on the branch {branch}, and other work on what is checked out in {}. In a terminal, git merge \
                 joins the two; then keep it.",
                self.directory.display()
            ));
        }
        self.run(&["update-ref", &full, "HEAD"]).await.map(drop)
    }
}

impl Worktrees for GitWorktrees {
    fn head(&self, workspace: PathBuf) -> BoxFuture<'_, Result<Head, String>> {
        Box::pin(async move { self.git().head(&workspace).await })
    }

    fn is_free(&self, workspace: PathBuf, name: String) -> BoxFuture<'_, Result<bool, String>> {
        Box::pin(async move {
            let directory = self.directory(&name)?;
            let git = self.git();
            let Repository { common, .. } = git.repository(&workspace).await?;
            let full = format!("refs/heads/{}", branch(&name));
            let known = git.run(&workspace, &["rev-parse", "--verify", "--quiet", &full]).await.is_ok();
            // Not followed: a link of that name is there, too.
            let there = |path: &Path| path.symlink_metadata().is_ok();
            Ok(!known && !there(&directory) && !there(&common.join("worktrees").join(&name)))
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn make(&self, tree: Worktree) -> BoxFuture<'_, Result<PathBuf, String>> {
        Box::pin(async move { self.make_in(&tree).await })
    }

    fn changes(&self, tree: Worktree) -> BoxFuture<'_, Result<Changes, String>> {
        Box::pin(async move { self.changes_in(&tree).await })
    }

    fn test(&self, tree: Worktree, command: String) -> BoxFuture<'_, TestResult> {
        Box::pin(async move { self.test_in(&tree, &command).await })
    }

    fn keep(&self, tree: Worktree, message: String) -> BoxFuture<'_, Result<bool, String>> {
        Box::pin(async move { self.keep_in(&tree, &message).await })
    }

    fn merge(&self, tree: Worktree) -> BoxFuture<'_, Result<(), MergeError>> {
        Box::pin(async move { self.merge_in(&tree).await })
    }

    fn remove(&self, tree: Worktree) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move { self.remove_in(&tree).await })
    }
}

/// A directory below a worktree's, once all links are followed: an agent may have put one in its place.
fn below(directory: &Path, within: &Path) -> Result<PathBuf, String> {
    let gone = |error| format!("{} is not there any more: {error}", directory.display());
    let found = directory.join(within).canonicalize().map_err(gone)?;
    let is_link = directory.symlink_metadata().map_err(gone)?.is_symlink();
    if is_link || !found.starts_with(directory.canonicalize().map_err(gone)?) {
        return Err(format!("{} leads out of the worktree", directory.join(within).display()));
    }
    Ok(found)
}

/// What stands in the way of a merge now, and may not later.
fn later(problem: String) -> MergeError {
    MergeError { problem, passes: true }
}

fn text_of(path: &Path) -> Result<&str, String> {
    path.to_str().ok_or_else(|| format!("the path {} is not text in UTF-8", path.display()))
}
