//! An action that an engine wants to take, its fingerprint, and the rules that allow more of its kind.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use pattern::Pattern;

mod pattern;

/// One exact action. What is shown, hashed and carried out is this value and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ProposedAction {
    /// Run a shell command.
    Command {
        /// The command line, as the shell gets it.
        command: String,
        /// The directory it runs in.
        cwd: String,
        /// Variables set for it alone, as the command sees them, ordered by name.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        env: Vec<(String, String)>,
    },
    /// Write a file, replacing what is there.
    WriteFile {
        /// The file.
        path: String,
        /// Its whole new content.
        content: String,
    },
    /// Anything else, described by the engine.
    Other {
        /// What the engine calls it.
        title: String,
        /// The whole of what it would do, as text.
        detail: String,
        /// The directory it works in.
        cwd: String,
    },
}

/// The SHA-256 of an action's canonical JSON, in hex.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub String);

impl ProposedAction {
    /// The exact bytes that are stored and hashed: JSON with fields in declaration order.
    #[must_use]
    #[expect(clippy::expect_used, reason = "serializing strings to a string cannot fail")]
    pub fn payload(&self) -> String {
        // Not by way of `serde_json::Value`: the order of its fields depends on what other crates switch on.
        serde_json::to_string(self).expect("an action consists of strings only")
    }

    /// The fingerprint of [`Self::payload`].
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        let digest = Sha256::digest(self.payload().as_bytes());
        Fingerprint(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The directory that the action works in or the file it changes.
    #[must_use]
    pub fn location(&self) -> &str {
        match self {
            Self::Command { cwd, .. } | Self::Other { cwd, .. } => cwd,
            Self::WriteFile { path, .. } => path,
        }
    }

    /// The action in a few words, for lists. Not for deciding: a card shows the whole.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Command { command, .. } => format!("Run {}", command.lines().next().unwrap_or_default()),
            Self::WriteFile { path, .. } => format!("Write {path}"),
            Self::Other { title, .. } => title.clone(),
        }
    }

    /// The pattern that this action is an example of, if it is a plain command that has one.
    ///
    /// A command with any shell syntax (`;`, `|`, `&`, `$`, redirections, globs, …) has none: what it
    /// would run cannot be told from its words. Nor has one that sets variables for itself.
    #[must_use]
    pub fn pattern(&self) -> Option<Pattern> {
        let Self::Command { cwd, .. } = self else { return None };
        Pattern::of(&self.plain_words()?, cwd)
    }

    fn plain_words(&self) -> Option<Vec<String>> {
        let Self::Command { command, env, .. } = self else { return None };
        if !env.is_empty() || command.contains(|c: char| SHELL_SYNTAX.contains(&c) || c.is_control()) {
            return None;
        }
        shell_words::split(command).ok()
    }
}

/// Characters with which a command line can do more than run one program with fixed words.
const SHELL_SYNTAX: &[char] =
    &[';', '|', '&', '$', '`', '<', '>', '(', ')', '{', '}', '*', '?', '[', ']', '~', '!', '#', '\\'];

/// A lasting permission within one task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Just this action, byte by byte.
    Exact(Fingerprint),
    /// Plain commands of this pattern.
    Pattern(Pattern),
}

impl Rule {
    /// Whether the rule allows an action. Decided on parsed words, never on a prefix of a string.
    #[must_use]
    pub fn allows(&self, action: &ProposedAction) -> bool {
        match self {
            Self::Exact(fingerprint) => *fingerprint == action.fingerprint(),
            // The same judgement that made the rule: nothing is allowed that would not itself offer this pattern.
            Self::Pattern(pattern) => action.pattern().as_ref() == Some(pattern),
        }
    }
}

#[cfg(test)]
mod tests;
