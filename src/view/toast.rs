//! The short texts that answer a pressed button.

use crate::domain::approval::ApprovalStatus;
use crate::domain::toast::Toast;

use super::clean::line;

/// Longest text that a chat shows, in UTF-16 units.
const LIMIT: usize = 200;

/// The words of a toast.
#[must_use]
pub fn toast(toast: &Toast) -> String {
    let words = match toast {
        Toast::Stopping => "Stopping.",
        Toast::Dropped => "Dropped.",
        Toast::RunsNext => "It runs next.",
        Toast::Steering(task) => return format!("Passing it on to #{task}."),
        Toast::CannotSteer => "What works here now cannot take it in. It stays in the queue.",
        Toast::WaitingOn => "Waiting on.",
        Toast::SessionGone => "This session is not known any more. Send /continue again.",
        Toast::Retrying => "Running it again.",
        Toast::AlreadyRetrying(task) => return format!("It runs again already, as #{task}."),
        Toast::Continuing => "The agent goes on.",
        Toast::AlreadyContinuing(task) => return format!("The agent goes on already, as #{task}."),
        Toast::CannotContinue => "This session cannot be continued any more. Retry begins the request anew.",
        Toast::Approval(status) => approval(status),
        Toast::Refused(refusal) => return line(&refusal.to_string(), LIMIT),
        Toast::Rejected(rejected) => return line(&rejected.to_string(), LIMIT),
        Toast::NotYours => "Only an owner, or whoever asked for the task, can do this.",
        Toast::UnknownTask => "This task is not known here.",
        Toast::NotQueued => "It is not waiting any more.",
        Toast::NotEnded => "It has not ended yet.",
        Toast::AgentGone { agent } => {
            return line(&format!("The agent {agent} is not there any more."), LIMIT);
        }
        Toast::RetryingStep => "The step runs again.",
        Toast::Skipped => "Going on without it.",
        Toast::ChainStopped => "The chain stops.",
        Toast::ChainRejected(rejected) => return line(&rejected.to_string(), LIMIT),
        Toast::HandedOn { agent } => return line(&format!("Handed on to {agent}."), LIMIT),
        Toast::AlreadyHandedOn(task) => return format!("It is handed on already, as #{task}."),
        Toast::Keeping => "Keeping it.",
        Toast::Discarding => "Discarded.",
        Toast::Merging => "Merging it.",
        Toast::AlreadyDecided => "This has been decided already.",
        Toast::RaceOver => "This race is over.",
        Toast::Bound { agent } => {
            return line(&format!("What you write here goes to {agent} now."), LIMIT);
        }
        Toast::Released => "Released: what you write goes to the agent used last.",
        Toast::VersionUsed => "New tasks use it.",
        Toast::VersionKept => "It stays as it was.",
        Toast::VersionSettled => "This change does not wait any more.",
        Toast::OwnersOnly => "Only an owner can decide this.",
        Toast::NothingToStop => "Nothing runs here.",
        Toast::QuestionGone => "This question can no longer be answered.",
        Toast::Stranger => "This bot does not know you. Send it /whoami in private to see your user id.",
        Toast::UnknownButton => "This button no longer works. Send the command again.",
        Toast::Trouble => "Something went wrong; nothing was done.",
    };
    words.to_owned()
}

/// What pressing an approval's button has brought about.
fn approval(status: &ApprovalStatus) -> &'static str {
    match status {
        ApprovalStatus::Open => "Not answered yet.",
        ApprovalStatus::Granted { rule: None, .. } => "Allowed.",
        ApprovalStatus::Granted { rule: Some(_), .. } | ApprovalStatus::GrantedByRule { .. } => {
            "Allowed for the rest of this task."
        }
        ApprovalStatus::GrantedByPolicy { .. } => "Allowed.",
        ApprovalStatus::Denied { .. } | ApprovalStatus::DeniedByPolicy { .. } => "Denied.",
        ApprovalStatus::Expired { .. } => "Too late: this expired.",
        ApprovalStatus::Superseded { .. } | ApprovalStatus::Undeliverable { .. } => {
            "The task no longer waits for this."
        }
    }
}
