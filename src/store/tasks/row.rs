//! A task's row: how a phase spreads over columns, and how columns become a phase again.

use std::time::Duration;

use crate::domain::card::Totals;
use crate::domain::event::Usage;
use crate::domain::ids::{
    ApprovalId, ChainId, MessageId, RaceId, RunId, SessionId, TaskId, Timestamp, UserId,
};
use crate::domain::input::SentFile;
use crate::domain::task::{Outcome, Part, Phase, StopReason, Task};
use crate::store::tasks::TaskRecord;
use crate::store::{StoreError, approval_of, place_of, run_of, to_json};

/// A row of `tasks`.
pub(super) struct TaskRow {
    pub(super) id: i64,
    pub(super) chat: i64,
    pub(super) topic: i64,
    pub(super) requester: i64,
    pub(super) request_message: Option<i64>,
    pub(super) agent: String,
    pub(super) engine: String,
    pub(super) workspace: String,
    pub(super) prompt: String,
    pub(super) files: Option<String>,
    pub(super) resume: Option<String>,
    pub(super) chain: Option<i64>,
    pub(super) race: Option<i64>,
    pub(super) phase: String,
    pub(super) run: Option<String>,
    pub(super) approvals: Option<String>,
    pub(super) stop_reason: Option<String>,
    pub(super) outcome: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) passed_to: Option<i64>,
    pub(super) steps: Option<i64>,
    pub(super) cost_usd: Option<f64>,
    pub(super) tokens: Option<i64>,
    pub(super) created_at: i64,
    pub(super) started_at: Option<i64>,
    pub(super) ended_at: Option<i64>,
}

/// A phase, as the columns that hold it.
pub(super) struct PhaseColumns<'a> {
    pub(super) phase: &'static str,
    pub(super) run: Option<String>,
    pub(super) approvals: Option<String>,
    pub(super) stop_reason: Option<&'static str>,
    pub(super) outcome: Option<&'static str>,
    pub(super) reason: Option<&'a str>,
    pub(super) passed_to: Option<i64>,
}

impl<'a> PhaseColumns<'a> {
    pub(super) fn of(phase: &'a Phase) -> Result<Self, StoreError> {
        let mut columns = Self {
            phase: phase.name(),
            run: phase.run().map(|run| run.to_string()),
            approvals: None,
            stop_reason: None,
            outcome: None,
            reason: None,
            passed_to: None,
        };
        match phase {
            Phase::Queued | Phase::Starting { .. } | Phase::Running { .. } => {}
            Phase::AwaitingApproval { approvals, .. } => {
                let ids: Vec<String> = approvals.iter().map(ApprovalId::to_string).collect();
                columns.approvals = Some(to_json(&ids)?);
            }
            Phase::Stopping { why, .. } => columns.stop_reason = Some(stop_reason_name(*why)),
            Phase::Finished(outcome) => {
                columns.outcome = Some(outcome_column(outcome));
                match outcome {
                    Outcome::Failed { reason } => columns.reason = Some(reason),
                    Outcome::PassedOn { to } => columns.passed_to = Some(to.0),
                    Outcome::Succeeded | Outcome::Stopped | Outcome::TimedOut | Outcome::Interrupted => {}
                }
            }
        }
        Ok(columns)
    }
}

impl TaskRow {
    pub(super) fn into_task(self) -> Result<Task, StoreError> {
        let phase = self.phase()?;
        let files = self.files()?;
        Ok(Task {
            id: TaskId(self.id),
            place: place_of(self.chat, self.topic),
            requester: UserId(self.requester),
            request: self.request_message.map(MessageId),
            agent: self.agent,
            engine: self.engine,
            workspace: self.workspace,
            prompt: self.prompt,
            files,
            resume: self.resume.map(SessionId),
            part: part_of(self.chain, self.race),
            created_at: Timestamp(self.created_at),
            started_at: self.started_at.map(Timestamp),
            ended_at: self.ended_at.map(Timestamp),
            phase,
        })
    }

    pub(super) fn into_record(self) -> Result<TaskRecord, StoreError> {
        let totals = self.totals();
        Ok(TaskRecord { task: self.into_task()?, totals })
    }

    fn totals(&self) -> Option<Totals> {
        let elapsed = match (self.started_at, self.ended_at) {
            (Some(started), Some(ended)) => Timestamp(ended).since(Timestamp(started)),
            (_, None) | (None, _) => Duration::ZERO,
        };
        Some(Totals {
            elapsed,
            steps: u32::try_from(self.steps?).unwrap_or(u32::MAX),
            usage: Usage {
                cost_usd: self.cost_usd,
                tokens: self.tokens.and_then(|tokens| u64::try_from(tokens).ok()),
            },
        })
    }

    fn phase(&self) -> Result<Phase, StoreError> {
        Ok(match self.phase.as_str() {
            "queued" => Phase::Queued,
            "starting" => Phase::Starting { run: self.run()? },
            "running" => Phase::Running { run: self.run()? },
            "awaiting_approval" => Phase::AwaitingApproval { run: self.run()?, approvals: self.approvals()? },
            "stopping" => Phase::Stopping { run: self.run()?, why: self.stop_reason()? },
            "finished" => Phase::Finished(self.outcome()?),
            other => return Err(self.corrupt(format_args!("phase {other}"))),
        })
    }

    fn files(&self) -> Result<Vec<SentFile>, StoreError> {
        self.files
            .as_deref()
            .map_or(Ok(Vec::new()), |json| serde_json::from_str(json).map_err(|why| self.corrupt(why)))
    }

    fn run(&self) -> Result<RunId, StoreError> {
        self.run.as_deref().ok_or_else(|| self.corrupt("no run")).and_then(run_of)
    }

    fn approvals(&self) -> Result<Vec<ApprovalId>, StoreError> {
        let json = self.approvals.as_deref().ok_or_else(|| self.corrupt("no approvals"))?;
        let ids: Vec<String> = serde_json::from_str(json).map_err(|why| self.corrupt(why))?;
        ids.iter().map(|id| approval_of(id)).collect()
    }

    fn stop_reason(&self) -> Result<StopReason, StoreError> {
        match self.stop_reason.as_deref() {
            Some("user") => Ok(StopReason::User),
            Some("timeout") => Ok(StopReason::Timeout),
            other => Err(self.corrupt(format_args!("stop reason {other:?}"))),
        }
    }

    fn outcome(&self) -> Result<Outcome, StoreError> {
        match self.outcome.as_deref() {
            Some("succeeded") => Ok(Outcome::Succeeded),
            Some("failed") => Ok(Outcome::Failed { reason: self.reason.clone().unwrap_or_default() }),
            Some("stopped") => {
                Ok(self.passed_to.map_or(Outcome::Stopped, |to| Outcome::PassedOn { to: TaskId(to) }))
            }
            Some("timed_out") => Ok(Outcome::TimedOut),
            Some("interrupted") => Ok(Outcome::Interrupted),
            other => Err(self.corrupt(format_args!("outcome {other:?}"))),
        }
    }

    fn corrupt(&self, why: impl std::fmt::Display) -> StoreError {
        StoreError::corrupt(format_args!("task {}", self.id), why)
    }
}

/// What a task is part of, as the columns that hold it: a chain, or a race.
pub(super) fn part_columns(part: Part) -> (Option<i64>, Option<i64>) {
    match part {
        Part::Alone => (None, None),
        Part::Step(chain) => (Some(chain.0), None),
        Part::Runner(race) => (None, Some(race.0)),
    }
}

fn part_of(chain: Option<i64>, race: Option<i64>) -> Part {
    match (chain, race) {
        (Some(chain), _) => Part::Step(ChainId(chain)),
        (None, Some(race)) => Part::Runner(RaceId(race)),
        (None, None) => Part::Alone,
    }
}

/// The column knows five names. A task that was passed on was stopped, as far as they go; `passed_to` says more.
fn outcome_column(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::PassedOn { .. } => Outcome::Stopped.name(),
        other => other.name(),
    }
}

fn stop_reason_name(why: StopReason) -> &'static str {
    match why {
        StopReason::User => "user",
        StopReason::Timeout => "timeout",
    }
}
