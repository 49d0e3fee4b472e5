//! Tasks as JSON. The names are a promise to scripts: `docs/cli.md` lists them.

use serde::Serialize;

use crate::cli::text::iso;
use crate::domain::action::ProposedAction;
use crate::domain::approval::{Approval, ApprovalStatus};
use crate::domain::ids::{TaskId, Timestamp, UserId};
use crate::domain::task::{Outcome, Phase};
use crate::store::TaskRecord;

use super::state;

/// `tasks list --json`.
#[derive(Serialize)]
pub(super) struct Page<'a> {
    tasks: Vec<Listed<'a>>,
    /// What `--before` needs for the next page; null on the last.
    older_before: Option<TaskId>,
}

impl<'a> Page<'a> {
    pub(super) fn of(records: &'a [TaskRecord], older: Option<TaskId>) -> Self {
        Self { tasks: records.iter().map(Listed::of).collect(), older_before: older }
    }
}

/// `tasks show --json`.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    #[serde(flatten)]
    task: Listed<'a>,
    approvals: Vec<Asked<'a>>,
}

impl<'a> Shown<'a> {
    pub(super) fn of(record: &'a TaskRecord, approvals: &'a [Approval]) -> Self {
        Self { task: Listed::of(record), approvals: approvals.iter().map(Asked::of).collect() }
    }
}

#[derive(Serialize)]
struct Listed<'a> {
    id: TaskId,
    state: &'static str,
    reason: Option<&'a str>,
    agent: &'a str,
    engine: &'a str,
    workspace: &'a str,
    chat: i64,
    topic: Option<i64>,
    requester: UserId,
    prompt: &'a str,
    created_at: String,
    created_at_ms: Timestamp,
    started_at: Option<String>,
    started_at_ms: Option<Timestamp>,
    ended_at: Option<String>,
    ended_at_ms: Option<Timestamp>,
    steps: Option<u32>,
    cost_usd: Option<f64>,
    tokens: Option<u64>,
}

impl<'a> Listed<'a> {
    fn of(TaskRecord { task, totals }: &'a TaskRecord) -> Self {
        let reason = match &task.phase {
            Phase::Finished(Outcome::Failed { reason }) => Some(reason.as_str()),
            _ => None,
        };
        Self {
            id: task.id,
            state: state(task),
            reason,
            agent: &task.agent,
            engine: &task.engine,
            workspace: &task.workspace,
            chat: task.place.chat.0,
            topic: task.place.topic.map(|topic| topic.0),
            requester: task.requester,
            prompt: &task.prompt,
            created_at: iso(task.created_at),
            created_at_ms: task.created_at,
            started_at: task.started_at.map(iso),
            started_at_ms: task.started_at,
            ended_at: task.ended_at.map(iso),
            ended_at_ms: task.ended_at,
            steps: totals.as_ref().map(|totals| totals.steps),
            cost_usd: totals.as_ref().and_then(|totals| totals.usage.cost_usd),
            tokens: totals.as_ref().and_then(|totals| totals.usage.tokens),
        }
    }
}

#[derive(Serialize)]
struct Asked<'a> {
    status: &'static str,
    by: Option<UserId>,
    by_name: Option<&'a str>,
    asked_at: String,
    asked_at_ms: Timestamp,
    deadline: String,
    deadline_ms: Timestamp,
    action: &'a ProposedAction,
}

impl<'a> Asked<'a> {
    fn of(approval: &'a Approval) -> Self {
        let by = by(&approval.status);
        Self {
            status: approval.status.name(),
            by: by.map(|(id, _)| id),
            by_name: by.and_then(|(_, name)| name),
            asked_at: iso(approval.asked_at),
            asked_at_ms: approval.asked_at,
            deadline: iso(approval.deadline),
            deadline_ms: approval.deadline,
            action: &approval.action,
        }
    }
}

/// Who answered an approval: their id, and their first name where it is known.
pub(super) fn by(status: &ApprovalStatus) -> Option<(UserId, Option<&str>)> {
    match status {
        ApprovalStatus::Granted { by, name, .. } | ApprovalStatus::Denied { by, name, .. } => {
            Some((*by, Some(name.as_str()).filter(|name| !name.is_empty())))
        }
        ApprovalStatus::Open
        | ApprovalStatus::GrantedByRule { .. }
        | ApprovalStatus::GrantedByPolicy { .. }
        | ApprovalStatus::DeniedByPolicy { .. }
        | ApprovalStatus::Expired { .. }
        | ApprovalStatus::Superseded { .. }
        | ApprovalStatus::Undeliverable { .. } => None,
    }
}
