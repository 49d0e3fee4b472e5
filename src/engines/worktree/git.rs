//! One call of `git` after the other: below the guard, bounded in time, with what it said.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::worktree::Changes;
use crate::engines::process::{Guard, Launch, ProcessTree};
use crate::ports::Head;

/// How long one call may take; checking out a large repository takes the longest.
const TIME: Duration = Duration::from_secs(5 * 60);

/// How much of what it says is kept, in bytes; enough for the files of a large change.
const SAID: usize = 16 * 1024 * 1024;

/// How much of an error is told, in bytes.
const TOLD: usize = 300;

/// What git may not do, whatever a repository's configuration says: run programs that it names, or ask. Files that look like
/// a repository without a `.git` are none: an agent that writes files can write such.
const QUIET: [&str; 8] = [
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "gc.auto=0",
    "-c",
    "safe.bareRepository=explicit",
];

/// How long somebody else's git may hold the index.
const LOCKED: Duration = Duration::from_secs(2);

/// How often it is looked whether it still does.
const LOOK: Duration = Duration::from_millis(50);

/// The mode of a submodule in the index.
const SUBMODULE: &str = "160000 ";

/// Runs git.
pub(super) struct Git<'a> {
    pub(super) guard: &'a Guard,
}

/// Why there is no telling where a repository is.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoRepository {
    /// There is none.
    #[error("The workspace {} is no git repository. A worktree needs one: git init, and a first commit.", .0.display())]
    None(PathBuf),
    /// git says something else.
    #[error("{0}")]
    Failed(String),
}

impl From<NoRepository> for String {
    fn from(why: NoRepository) -> Self {
        why.to_string()
    }
}

/// Where the repository of a directory is.
pub(super) struct Repository {
    /// What all its worktrees share.
    pub(super) common: PathBuf,
    /// The directory within the repository.
    pub(super) within: PathBuf,
}

impl Git<'_> {
    /// Runs git in a directory; gives what it said, errors and warnings among it.
    pub(super) async fn run(&self, directory: &Path, args: &[&str]) -> Result<String, String> {
        let env = [
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_ASKPASS", "true"),
            ("GIT_EDITOR", "true"),
            ("GIT_PAGER", "cat"),
            // Nothing is fetched: that would run what the configuration names.
            ("GIT_NO_LAZY_FETCH", "1"),
            ("GIT_ALLOW_PROTOCOL", "none"),
            ("LC_ALL", "C"),
        ];
        let launch = Launch {
            program: "git".into(),
            args: QUIET.iter().chain(args).map(Into::into).collect(),
            cwd: directory.to_owned(),
            env: env.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        };
        let mut running = ProcessTree::spawn(self.guard, &launch).map_err(|error| error.to_string())?;
        let mut said = String::new();
        let read = async {
            while let Some(chunk) = running.next_chunk().await {
                if said.len() < SAID {
                    said.push_str(&chunk);
                }
            }
        };
        if tokio::time::timeout(TIME, read).await.is_err() {
            running.stop().await;
            return Err("git did not end in time".to_owned());
        }
        match running.exit_code().await {
            0 => Ok(said),
            127 => Err("git is not installed, or not on PATH.".to_owned()),
            _ => Err(format!("git {} failed: {}", name_of(args), short(&said))),
        }
    }

    /// Where a workspace's repository stands.
    pub(super) async fn head(&self, workspace: &Path) -> Result<Head, String> {
        self.repository(workspace).await?;
        let commit = match self.run(workspace, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).await {
            Ok(said) => last_line(&said).to_owned(),
            Err(_) => {
                return Err(format!(
                    "The workspace {} has no commit yet: commit what is to be worked on first.",
                    workspace.display()
                ));
            }
        };
        let status = ["status", "--porcelain", "--untracked-files=normal", "--ignore-submodules=dirty"];
        Ok(Head { commit, dirty: has_changes(&self.run(workspace, &status).await?) })
    }

    /// Runs `add --all` for a worktree, whoever held its index last. What lies below a submodule is none of its business: git
    /// would look into a repository there, which an agent may have written.
    pub(super) async fn add(&self, own: &Path, at: &At<'_>, intent: bool) -> Result<(), String> {
        unlock(&own.join("index.lock")).await?;
        let list = [at.own, at.work, "-c", "core.quotePath=false", "ls-files", "--stage"];
        let listed = self.run(at.directory, &list).await?;
        let mut add = vec![at.own, at.work, "add", "--all"];
        if intent {
            add.push("--intent-to-add");
        }
        let submodules = submodules(&listed)?;
        if !submodules.is_empty() {
            add.extend(["--", ":/"]);
            add.extend(submodules.iter().map(String::as_str));
        }
        self.run(at.directory, &add).await.map(drop)
    }

    pub(super) async fn repository(&self, workspace: &Path) -> Result<Repository, NoRepository> {
        let ask = ["rev-parse", "--path-format=absolute", "--show-toplevel", "--git-common-dir"];
        let said = match self.run(workspace, &ask).await {
            Ok(said) => said,
            Err(why)
                if why.contains("not a git repository") || why.contains("must be run in a work tree") =>
            {
                return Err(NoRepository::None(workspace.to_owned()));
            }
            Err(why) => return Err(NoRepository::Failed(why)),
        };
        let mut paths = said.lines().filter(|line| line.starts_with('/')).map(PathBuf::from);
        let (Some(top), Some(common)) = (paths.next(), paths.next()) else {
            let why = format!("git does not say where the repository is: {}", short(&said));
            return Err(NoRepository::Failed(why));
        };
        let real = workspace.canonicalize().unwrap_or_else(|_| workspace.to_owned());
        let within = real.strip_prefix(&top).map(Path::to_owned).unwrap_or_default();
        Ok(Repository { common, within })
    }
}

/// A worktree, as git is told of it.
pub(super) struct At<'a> {
    /// Its directory.
    pub(super) directory: &'a Path,
    /// The option that names its own part of the repository.
    pub(super) own: &'a str,
    /// The option that names its directory.
    pub(super) work: &'a str,
}

/// Waits a while for whoever holds a lock; one that stays was left by a git that was killed.
async fn unlock(lock: &Path) -> Result<(), String> {
    let by = tokio::time::Instant::now() + LOCKED;
    while lock.symlink_metadata().is_ok() {
        if tokio::time::Instant::now() >= by {
            tracing::warn!(lock = %lock.display(), "a lock that was left behind is removed");
            return std::fs::remove_file(lock)
                .map_err(|error| format!("{} cannot be removed: {error}", lock.display()));
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// What keeps `git add` out of the submodules that `git ls-files --stage` lists.
fn submodules(listed: &str) -> Result<Vec<String>, String> {
    let entries = listed.lines().filter(|entry| entry.starts_with(SUBMODULE));
    let paths = entries.filter_map(|entry| entry.split_once('\t').map(|(_, path)| path));
    paths
        .map(|path| {
            // Such a path is quoted.
            if path.starts_with('"') || path.contains(char::REPLACEMENT_CHARACTER) {
                return Err(format!(
                    "The path of the submodule {path} has characters that cannot be dealt with."
                ));
            }
            Ok(format!(":(top,exclude,literal){path}"))
        })
        .collect()
}

/// Whether `git status --porcelain` tells of changes; warnings are none.
pub(super) fn has_changes(status: &str) -> bool {
    let code = |c: &u8| b" MTADRCU?!".contains(c);
    status.lines().any(|line| {
        let line = line.as_bytes();
        line.len() > 3 && line[..2].iter().all(code) && line[2] == b' '
    })
}

/// What `git diff --numstat` says, added up. Binary files have no lines.
pub(super) fn changes(numstat: &str) -> Changes {
    let mut changes = Changes::default();
    for line in numstat.lines() {
        let mut fields = line.splitn(3, '\t');
        let (Some(added), Some(removed), Some(_)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        let count = |field: &str| if field == "-" { Some(0) } else { field.parse::<u64>().ok() };
        if let (Some(added), Some(removed)) = (count(added), count(removed)) {
            changes.files = changes.files.saturating_add(1);
            changes.added = changes.added.saturating_add(added);
            changes.removed = changes.removed.saturating_add(removed);
        }
    }
    changes
}

/// The subcommand, behind the options.
fn name_of<'a>(args: &[&'a str]) -> &'a str {
    let mut words = args.iter();
    while let Some(word) = words.next() {
        match *word {
            "-c" => drop(words.next()),
            option if option.starts_with('-') => {}
            name => return name,
        }
    }
    ""
}

fn last_line(said: &str) -> &str {
    said.trim_end().lines().last().unwrap_or_default().trim()
}

fn short(said: &str) -> String {
    let said = said.trim();
    said[said.ceil_char_boundary(said.len().saturating_sub(TOLD))..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_added_up_whatever_else_is_said() {
        let said = "warning: something\n3\t1\tsrc/a.rs\n-\t-\tlogo.png\n10\t0\t\"with \\t tab\"\n";
        assert_eq!(changes(said), Changes { files: 3, added: 13, removed: 1 });
        assert_eq!(changes(""), Changes::default());
    }

    #[test]
    fn a_warning_is_no_change() {
        assert!(!has_changes("warning: unable to access '/x': no\n"));
        assert!(has_changes("warning: something\n?? new.txt\n"));
        assert!(has_changes(" M a.rs\n"));
    }

    #[test]
    fn a_failure_is_told_by_the_name_of_what_failed() {
        let args = ["--git-dir=/x", "--work-tree=/y", "-c", "user.name=A", "commit", "--quiet"];
        assert_eq!(name_of(&args), "commit");
        assert_eq!(name_of(&["--version"]), "");
    }
}
