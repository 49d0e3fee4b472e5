//! Permission rules as files write them. What they mean for an action is worked out by the policy.

use serde::{Deserialize, Serialize};

use super::Origin;

/// What a rule says about an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It happens without a question.
    Allow,
    /// A person is asked.
    Ask,
    /// It does not happen, and nobody is asked.
    Deny,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionRule {
    /// The tool as written, such as `bash`, `edit` or `*`.
    pub tool: String,
    /// What the tool is used on, as a glob; everything when absent.
    pub pattern: Option<String>,
    /// What it says.
    pub verdict: Verdict,
    /// Where it stands.
    pub origin: Origin,
}

/// How an agent acts where no rule decides. Source: Claude Code's `permissionMode`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PermissionMode {
    /// It asks.
    #[default]
    Default,
    /// It changes files of the workspace without a question.
    AcceptEdits,
    /// It asks, unless it is certain that the action is harmless; here it asks.
    Auto,
    /// It does only what is allowed beforehand.
    DontAsk,
    /// It does everything without a question; only where an owner has turned that on.
    BypassPermissions,
    /// It looks, and changes nothing.
    Plan,
}

impl PermissionRule {
    /// The rule as people read it, such as `bash "git push*": deny`.
    #[must_use]
    pub fn words(&self) -> String {
        let verdict = match self.verdict {
            Verdict::Allow => "allow",
            Verdict::Ask => "ask",
            Verdict::Deny => "deny",
        };
        match &self.pattern {
            Some(pattern) => format!("{} \"{pattern}\": {verdict}", self.tool),
            None => format!("{}: {verdict}", self.tool),
        }
    }
}

impl PermissionMode {
    /// The mode as files write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::AcceptEdits => "acceptEdits",
            Self::Auto => "auto",
            Self::DontAsk => "dontAsk",
            Self::BypassPermissions => "bypassPermissions",
            Self::Plan => "plan",
        }
    }
}
