//! A worktree: a second working directory of a workspace's repository, on a branch of its own, made for one task.
//!
//! Knows what there is to say and to decide about one; how git makes it is an adapter's business.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ids::TaskId;

/// What our branches begin with.
const BRANCHES: &str = "adjutant/";

/// Longest part of a name that comes from an agent's.
const LONGEST: usize = 40;

/// One worktree. Its row is written before it is made, and says what is to become of it before that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worktree {
    /// The task that works in it.
    pub task: TaskId,
    /// Its name, and that of its directory.
    pub name: String,
    /// The workspace that it belongs to.
    pub workspace: PathBuf,
    /// The commit that it begins with.
    pub base: String,
    /// What has become of it.
    pub state: WorktreeState,
    /// What was changed in it, once that is known.
    pub changes: Option<Changes>,
    /// How the workspace's test went in it, if there is one.
    pub test: Option<TestResult>,
}

impl Worktree {
    /// Its branch.
    #[must_use]
    pub fn branch(&self) -> String {
        branch(&self.name)
    }
}

/// The branch of a worktree of this name.
#[must_use]
pub fn branch(name: &str) -> String {
    format!("{BRANCHES}{name}")
}

/// A name for a worktree, such as `race-12-engineer`: one part of a path, and of a branch. The first try has none of the
/// digits that later ones end with.
#[must_use]
pub fn name_of(kind: &str, number: i64, agent: &str, attempt: u32) -> String {
    let mut plain = String::new();
    for c in agent.chars().map(|c| c.to_ascii_lowercase()) {
        if c.is_ascii_alphanumeric() {
            plain.push(c);
        } else if !plain.is_empty() && !plain.ends_with('-') {
            plain.push('-');
        }
    }
    plain.truncate(LONGEST);
    let plain = plain.trim_end_matches('-');
    let again = if attempt == 0 { String::new() } else { format!("-{}", attempt + 1) };
    let dash = if plain.is_empty() { "" } else { "-" };
    format!("{kind}-{number}{dash}{plain}{again}")
}

/// Whether a text is a name that [`name_of`] could have made: no adapter touches a directory or branch of another.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.len() <= 2 * LONGEST && !text.starts_with('-') && text.chars().all(plain)
}

/// What has become of a worktree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorktreeState {
    /// It is being made.
    Making,
    /// Its task works in it.
    Made,
    /// Its task has ended and left changes: a person decides.
    Open,
    /// A person wants it kept: what is not committed is being committed.
    Keeping,
    /// It stays, with its branch.
    Kept,
    /// A person wants its branch merged into the workspace.
    Merging,
    /// Its branch is part of the workspace, and it stays.
    Merged,
    /// It is being removed with its branch.
    Removing,
    /// It is gone.
    Removed,
}

impl WorktreeState {
    /// Its name in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Making => "making",
            Self::Made => "made",
            Self::Open => "open",
            Self::Keeping => "keeping",
            Self::Kept => "kept",
            Self::Merging => "merging",
            Self::Merged => "merged",
            Self::Removing => "removing",
            Self::Removed => "removed",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let all = [
            Self::Making,
            Self::Made,
            Self::Open,
            Self::Keeping,
            Self::Kept,
            Self::Merging,
            Self::Merged,
            Self::Removing,
            Self::Removed,
        ];
        all.into_iter().find(|state| state.name() == name)
    }

    /// Whether its branch is there, and stays for now.
    #[must_use]
    pub fn has_branch(self) -> bool {
        match self {
            Self::Made | Self::Open | Self::Keeping | Self::Kept | Self::Merging | Self::Merged => true,
            Self::Making | Self::Removing | Self::Removed => false,
        }
    }

    /// Whether its task may still change something in it.
    #[must_use]
    pub fn is_in_use(self) -> bool {
        match self {
            Self::Making | Self::Made => true,
            Self::Open
            | Self::Keeping
            | Self::Kept
            | Self::Merging
            | Self::Merged
            | Self::Removing
            | Self::Removed => false,
        }
    }
}

/// What was changed in a worktree, committed or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// How many files.
    pub files: u32,
    /// How many lines came.
    pub added: u64,
    /// How many lines went.
    pub removed: u64,
}

/// How a workspace's test went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "test", rename_all = "snake_case")]
pub enum TestResult {
    /// It passed.
    Passed,
    /// It ended with another code than 0.
    Failed {
        /// Which.
        code: i32,
        /// The end of what it printed.
        tail: String,
    },
    /// It took too long.
    TimedOut,
    /// A person stopped it, or the task before.
    Stopped,
    /// It could not be started.
    NotStarted {
        /// Why.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_part_of_a_path_whatever_the_agent_is_called() {
        for (agent, attempt, name) in [
            ("engineer", 0, "race-12-engineer"),
            ("Rust Engineer", 0, "race-12-rust-engineer"),
            ("../../etc", 0, "race-12-etc"),
            ("Prüfer", 1, "race-12-pr-fer-2"),
            ("日本", 0, "race-12"),
            ("-", 2, "race-12-3"),
        ] {
            assert_eq!(name_of("race", 12, agent, attempt), name, "{agent}");
            assert!(is_name(name));
        }
        assert!(is_name(&name_of("task", i64::MAX, &"x".repeat(500), 9)));
        for foreign in ["", "..", "a/b", "-rf", "A", "main branch", "a.lock"] {
            assert!(!is_name(foreign), "{foreign}");
        }
    }

    #[test]
    fn a_state_is_found_by_its_name() {
        for name in ["making", "made", "open", "keeping", "kept", "merging", "merged", "removing", "removed"]
        {
            assert_eq!(WorktreeState::named(name).map(WorktreeState::name), Some(name));
        }
        assert_eq!(WorktreeState::named("lost"), None);
    }
}
