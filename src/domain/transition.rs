//! The task's state machine: [`Task::apply`] is the only place where a phase changes.

use super::effect::Effect;
use super::event::{Ending, TaskEvent};
use super::ids::{ApprovalId, RunId, TaskId, Timestamp};
use super::task::{Outcome, Phase, StopReason, Task};

/// Why an event changes nothing. A value that a person may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// The task has its outcome already.
    #[error("This task has already ended.")]
    Finished,
    /// The task has been told to stop already.
    #[error("This task is already stopping.")]
    Stopping,
    /// The event comes from a run that is no longer the task's own.
    #[error("This belongs to an earlier run.")]
    StaleRun,
    /// The approval is not one that the task waits for.
    #[error("The task no longer waits for this.")]
    UnknownApproval,
    /// The event makes no sense in this phase.
    #[error("This does not fit what the task is doing.")]
    OutOfOrder,
}

/// A changed task and what is to be done about it.
pub type Applied = Result<(Task, Vec<Effect>), Rejected>;

impl Task {
    /// Applies one event. Pure: the caller commits the new task, then performs the effects.
    ///
    /// # Errors
    /// [`Rejected`] when the event changes nothing; the task stays as it was.
    pub fn apply(self, event: TaskEvent, now: Timestamp) -> Applied {
        if let Phase::Finished(_) = self.phase {
            return Err(Rejected::Finished);
        }
        match event {
            TaskEvent::Started { run } => self.started(run, now),
            TaskEvent::Running { run } => self.running(run),
            TaskEvent::SessionOpened { run, session } => {
                self.current(run)?;
                Ok((self, vec![Effect::RememberSession { session }]))
            }
            TaskEvent::ApprovalRequested { run, approval } => self.approval_requested(run, approval),
            TaskEvent::ApprovalResolved { run, approval } => self.approval_resolved(run, approval),
            TaskEvent::PassedOn { to } => self.passed_on(to, now),
            TaskEvent::StopRequested => self.told_to_stop(StopReason::User, now),
            TaskEvent::TimedOut => self.told_to_stop(StopReason::Timeout, now),
            TaskEvent::Interrupted => self.interrupted(now),
            TaskEvent::Ended { run, ending } => self.ended(run, ending, now),
        }
    }

    fn current(&self, run: RunId) -> Result<(), Rejected> {
        match self.phase.run() {
            Some(current) if current == run => Ok(()),
            Some(_) => Err(Rejected::StaleRun),
            None => Err(Rejected::OutOfOrder),
        }
    }

    fn started(mut self, run: RunId, now: Timestamp) -> Applied {
        match self.phase {
            Phase::Queued => {
                self.phase = Phase::Starting { run };
                self.started_at = Some(now);
                Ok((self, vec![Effect::StartEngine { run }, Effect::ShowCard]))
            }
            Phase::Starting { .. }
            | Phase::Running { .. }
            | Phase::AwaitingApproval { .. }
            | Phase::Stopping { .. }
            | Phase::Finished(_) => Err(Rejected::OutOfOrder),
        }
    }

    fn running(mut self, run: RunId) -> Applied {
        self.current(run)?;
        match self.phase {
            Phase::Starting { run } => {
                self.phase = Phase::Running { run };
                Ok((self, vec![Effect::ShowCard]))
            }
            Phase::Queued
            | Phase::Running { .. }
            | Phase::AwaitingApproval { .. }
            | Phase::Stopping { .. }
            | Phase::Finished(_) => Err(Rejected::OutOfOrder),
        }
    }

    fn approval_requested(mut self, run: RunId, approval: ApprovalId) -> Applied {
        self.current(run)?;
        let approvals = match self.phase {
            Phase::Starting { .. } | Phase::Running { .. } => vec![approval],
            Phase::AwaitingApproval { approvals, .. } if approvals.contains(&approval) => {
                return Err(Rejected::OutOfOrder);
            }
            Phase::AwaitingApproval { mut approvals, .. } => {
                approvals.push(approval);
                approvals
            }
            Phase::Stopping { .. } => return Err(Rejected::Stopping),
            Phase::Queued | Phase::Finished(_) => return Err(Rejected::OutOfOrder),
        };
        self.phase = Phase::AwaitingApproval { run, approvals };
        Ok((self, vec![Effect::ShowCard]))
    }

    fn approval_resolved(mut self, run: RunId, approval: ApprovalId) -> Applied {
        self.current(run)?;
        let mut approvals = match self.phase {
            Phase::AwaitingApproval { approvals, .. } if approvals.contains(&approval) => approvals,
            Phase::Stopping { .. } => return Err(Rejected::Stopping),
            Phase::Starting { .. } | Phase::Running { .. } | Phase::AwaitingApproval { .. } => {
                return Err(Rejected::UnknownApproval);
            }
            Phase::Queued | Phase::Finished(_) => return Err(Rejected::OutOfOrder),
        };
        approvals.retain(|open| *open != approval);
        self.phase = if approvals.is_empty() {
            Phase::Running { run }
        } else {
            Phase::AwaitingApproval { run, approvals }
        };
        Ok((self, vec![Effect::ShowCard]))
    }

    fn passed_on(self, to: TaskId, now: Timestamp) -> Applied {
        match self.phase {
            Phase::Queued => Ok(self.finish(Outcome::PassedOn { to }, Vec::new(), now)),
            Phase::Starting { .. }
            | Phase::Running { .. }
            | Phase::AwaitingApproval { .. }
            | Phase::Stopping { .. } => Err(Rejected::OutOfOrder),
            Phase::Finished(_) => Err(Rejected::Finished),
        }
    }

    fn told_to_stop(mut self, why: StopReason, now: Timestamp) -> Applied {
        match self.phase {
            Phase::Queued => Ok(self.finish(outcome_of(why), Vec::new(), now)),
            Phase::Starting { run } | Phase::Running { run } => {
                self.phase = Phase::Stopping { run, why };
                Ok((self, vec![Effect::StopEngine { run, why }, Effect::ShowCard]))
            }
            Phase::AwaitingApproval { run, ref approvals } => {
                let effects = vec![
                    Effect::SupersedeApprovals { approvals: approvals.clone() },
                    Effect::StopEngine { run, why },
                    Effect::ShowCard,
                ];
                self.phase = Phase::Stopping { run, why };
                Ok((self, effects))
            }
            Phase::Stopping { .. } => Err(Rejected::Stopping),
            Phase::Finished(_) => Err(Rejected::Finished),
        }
    }

    /// The run is dead, or dies with us. A task whose turn has not come is not touched: it can still run.
    fn interrupted(self, now: Timestamp) -> Applied {
        match self.phase {
            Phase::Queued => Err(Rejected::OutOfOrder),
            Phase::Starting { .. } | Phase::Running { .. } => {
                Ok(self.finish(Outcome::Interrupted, Vec::new(), now))
            }
            Phase::AwaitingApproval { ref approvals, .. } => {
                let approvals = approvals.clone();
                Ok(self.finish(Outcome::Interrupted, approvals, now))
            }
            Phase::Stopping { why, .. } => Ok(self.finish(outcome_of(why), Vec::new(), now)),
            Phase::Finished(_) => Err(Rejected::Finished),
        }
    }

    fn ended(self, run: RunId, ending: Ending, now: Timestamp) -> Applied {
        self.current(run)?;
        let outcome = match ending {
            Ending::Completed => Outcome::Succeeded,
            Ending::Failed { reason } => Outcome::Failed { reason },
            Ending::Stopped => Outcome::Stopped,
        };
        match self.phase {
            Phase::Starting { .. } | Phase::Running { .. } => Ok(self.finish(outcome, Vec::new(), now)),
            Phase::AwaitingApproval { ref approvals, .. } => {
                let approvals = approvals.clone();
                Ok(self.finish(outcome, approvals, now))
            }
            // Whatever a stopped engine says last, the reason it was stopped for is what happened.
            Phase::Stopping { why, .. } => Ok(self.finish(outcome_of(why), Vec::new(), now)),
            Phase::Queued | Phase::Finished(_) => Err(Rejected::OutOfOrder),
        }
    }

    fn finish(mut self, outcome: Outcome, approvals: Vec<ApprovalId>, now: Timestamp) -> (Self, Vec<Effect>) {
        self.phase = Phase::Finished(outcome.clone());
        self.ended_at = Some(now);
        let mut effects = Vec::new();
        if !approvals.is_empty() {
            effects.push(Effect::SupersedeApprovals { approvals });
        }
        effects.push(Effect::Conclude { outcome });
        (self, effects)
    }
}

fn outcome_of(why: StopReason) -> Outcome {
    match why {
        StopReason::User => Outcome::Stopped,
        StopReason::Timeout => Outcome::TimedOut,
    }
}

#[cfg(test)]
mod tests;
