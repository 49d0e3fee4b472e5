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

/// What git may not do, whatever a repository's configuration says: run programs that it names, or ask.
const QUIET: [&str; 6] = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "gc.auto=0"];

/// Runs git.
pub(super) struct Git<'a> {
    pub(super) guard: &'a Guard,
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
        let status = self.run(workspace, &["status", "--porcelain", "--untracked-files=normal"]).await?;
        Ok(Head { commit, dirty: !status.trim().is_empty() })
    }

    pub(super) async fn repository(&self, workspace: &Path) -> Result<Repository, String> {
        let ask = ["rev-parse", "--path-format=absolute", "--show-toplevel", "--git-common-dir"];
        let said = match self.run(workspace, &ask).await {
            Ok(said) => said,
            Err(why)
                if why.contains("not a git repository") || why.contains("must be run in a work tree") =>
            {
                return Err(format!(
                    "The workspace {} is no git repository. A worktree needs one: git init, and a first commit.",
                    workspace.display()
                ));
            }
            Err(why) => return Err(why),
        };
        let mut paths = said.lines().filter(|line| line.starts_with('/')).map(PathBuf::from);
        let (Some(top), Some(common)) = (paths.next(), paths.next()) else {
            return Err(format!("git does not say where the repository is: {}", short(&said)));
        };
        let real = workspace.canonicalize().unwrap_or_else(|_| workspace.to_owned());
        let within = real.strip_prefix(&top).map(Path::to_owned).unwrap_or_default();
        Ok(Repository { common, within })
    }
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
    fn a_failure_is_told_by_the_name_of_what_failed() {
        let args = ["--git-dir=/x", "--work-tree=/y", "-c", "user.name=A", "commit", "--quiet"];
        assert_eq!(name_of(&args), "commit");
        assert_eq!(name_of(&["--version"]), "");
    }
}
