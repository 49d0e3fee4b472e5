//! The marks and words of states, so that every card calls the same thing the same.

use crate::domain::action::Rule;
use crate::domain::approval::{ApprovalStatus, Moot};
use crate::domain::card::WorkingState;
use crate::domain::event::{ActionState, PlanState};
use crate::domain::ids::UserId;
use crate::domain::task::Outcome;

use super::chars::is_blank;
use super::clean::line;
use super::compose::NAME;
use super::exact::{Keep, exact};

/// Something done or allowed.
pub(super) const DONE: &str = "✓";
/// Something that failed or was refused.
pub(super) const FAILED: &str = "✗";
/// Something that was ended from outside.
pub(super) const ENDED: &str = "■";
/// Something that has not begun.
pub(super) const PENDING: &str = "○";
/// Something at work.
pub(super) const RUNNING: &str = "●";
/// The present step of something at work.
pub(super) const STEP: &str = "▸";
/// Something that waits for a person's consent. The pause sign would do, but chats draw it as an emoji.
pub(super) const WAITING: &str = "◆";
/// Something that went on elsewhere.
pub(super) const PASSED_ON: &str = "→";
/// Something that waits for a person's words.
pub(super) const ASKING: &str = "?";

/// How much of a rule is shown, in characters.
const RULE: usize = 200;

/// What a task at work is doing.
pub(super) fn working(state: WorkingState) -> (&'static str, &'static str) {
    match state {
        WorkingState::Starting => (RUNNING, "Starting"),
        WorkingState::Working => (RUNNING, "Working"),
        WorkingState::AwaitingApproval => (WAITING, "Waiting for your approval"),
        WorkingState::AwaitingAnswer => (ASKING, "Waiting for your answer"),
        WorkingState::Stopping => (ENDED, "Stopping"),
    }
}

/// How a task ended.
pub(super) fn outcome(outcome: &Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Succeeded => (DONE, "Done"),
        Outcome::Failed { .. } => (FAILED, "Failed"),
        Outcome::Stopped => (ENDED, "Stopped"),
        Outcome::TimedOut => (ENDED, "Timed out"),
        Outcome::Interrupted => (FAILED, "Interrupted"),
        Outcome::PassedOn { .. } => (PASSED_ON, "Passed on"),
    }
}

/// Where a task stands, by the name that the store and the lists give it.
pub(super) fn named(state: &str) -> (&'static str, &'static str) {
    match state {
        "queued" => (PENDING, "Queued"),
        "starting" => working(WorkingState::Starting),
        "running" => working(WorkingState::Working),
        "awaiting_approval" => working(WorkingState::AwaitingApproval),
        "stopping" => working(WorkingState::Stopping),
        "succeeded" => outcome(&Outcome::Succeeded),
        "failed" => outcome(&Outcome::Failed { reason: String::new() }),
        "stopped" => outcome(&Outcome::Stopped),
        "timed_out" => outcome(&Outcome::TimedOut),
        "interrupted" => outcome(&Outcome::Interrupted),
        "passed_on" => (PASSED_ON, "Passed on"),
        _ => (DONE, "Ended"),
    }
}

/// How far one line of a plan is.
pub(super) fn plan(state: PlanState) -> &'static str {
    match state {
        PlanState::Done => DONE,
        PlanState::Active => STEP,
        PlanState::Pending => PENDING,
    }
}

/// How far an action is.
pub(super) fn action(state: &ActionState) -> &'static str {
    match state {
        ActionState::Running => STEP,
        ActionState::Waiting => WAITING,
        ActionState::Done => DONE,
        ActionState::Failed { .. } => FAILED,
    }
}

/// Where an approval stands, in a short sentence.
pub(super) fn approval(status: &ApprovalStatus) -> String {
    match status {
        ApprovalStatus::Open => format!("{WAITING} Waits for an answer"),
        ApprovalStatus::Granted { by, name, rule: None, .. } => {
            format!("{DONE} Allowed by {}", person(name, *by))
        }
        ApprovalStatus::Granted { by, name, rule: Some(rule), .. } => {
            let (who, what) = (person(name, *by), lasting(rule));
            format!("{DONE} Allowed by {who}, and for the rest of this task: {what}")
        }
        ApprovalStatus::GrantedByRule { .. } => {
            format!("{DONE} Allowed by an earlier answer, given for the rest of this task")
        }
        ApprovalStatus::GrantedByPolicy { rule, by, .. } => {
            format!("{DONE} Allowed by {}", policy(rule, by))
        }
        ApprovalStatus::DeniedByPolicy { rule, by, .. } => {
            format!("{FAILED} Denied by {}", policy(rule, by))
        }
        ApprovalStatus::Denied { by, name, .. } => format!("{FAILED} Denied by {}", person(name, *by)),
        ApprovalStatus::Expired { .. } => format!("{FAILED} Expired: nobody answered in time"),
        ApprovalStatus::Superseded { why, .. } => moot(*why),
        ApprovalStatus::Undeliverable { .. } => {
            format!("{FAILED} Could not be shown in full, so it was denied")
        }
    }
}

/// Why a question needs no answer any more.
pub(super) fn moot(why: Moot) -> String {
    match why {
        Moot::Over => format!("{ENDED} No longer needed: the task ended"),
        Moot::Withdrawn => format!("{ENDED} Taken back: the agent no longer asks"),
    }
}

/// A rule of an agent's file.
fn policy(rule: &str, by: &str) -> String {
    format!("{} ({})", line(by, NAME), line(rule, RULE))
}

/// A person by their name; by their id where that is not known, or is nothing to see.
fn person(name: &str, id: UserId) -> String {
    let name = line(name, NAME);
    if name.chars().all(is_blank) { format!("user {id}") } else { name }
}

fn lasting(rule: &Rule) -> String {
    match rule {
        Rule::Exact(_) => "this exact action".to_owned(),
        Rule::Pattern(pattern) => line(&exact(&pattern.label(), Keep::Nothing), 200),
    }
}
