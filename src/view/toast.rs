//! The short texts that answer a pressed button. Refusals have their own words: see
//! [`Refusal`](crate::domain::approval::Refusal) and [`Rejected`](crate::domain::transition::Rejected).

use crate::domain::approval::ApprovalStatus;

use super::clean::line;

/// Longest text that a chat shows, in UTF-16 units.
const LIMIT: usize = 200;

/// A run was told to end.
pub const STOPPING: &str = "Stopping…";
/// A queued task was taken out of the queue.
pub const DROPPED: &str = "Dropped";
/// A queued task goes next.
pub const RUNS_NEXT: &str = "Runs next";
/// A task's prompt runs once more.
pub const RETRYING: &str = "Running it once more";
/// A question was answered.
pub const ANSWERED: &str = "Answered";
/// A setting was changed.
pub const SAVED: &str = "Saved";
/// The button belongs to nothing that we know.
pub const UNKNOWN_BUTTON: &str = "This button no longer does anything.";

/// What pressing an approval's button has brought about.
#[must_use]
pub fn approval(status: &ApprovalStatus) -> &'static str {
    match status {
        ApprovalStatus::Open => "Not answered yet",
        ApprovalStatus::Granted { rule: None, .. } => "Allowed",
        ApprovalStatus::Granted { rule: Some(_), .. } | ApprovalStatus::GrantedByRule { .. } => {
            "Allowed for the rest of this task"
        }
        ApprovalStatus::Denied { .. } => "Denied",
        ApprovalStatus::Expired { .. } => "Too late: this expired.",
        ApprovalStatus::Superseded { .. } | ApprovalStatus::Undeliverable { .. } => {
            "The task no longer waits for this."
        }
    }
}

/// Any other words, such as a refusal's, cut to what a chat shows.
#[must_use]
pub fn words(text: &str) -> String {
    line(text, LIMIT)
}
