//! The chain's state machine: [`Chain::apply`] is the only place where a chain or a step of it changes.

use super::{Chain, ChainState, StepState};
use crate::domain::ids::TaskId;

/// What happens to a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainEvent {
    /// It begins.
    Begun,
    /// A task was made for a step.
    Started {
        /// Which step, counted from 0.
        at: usize,
        /// The task.
        task: TaskId,
    },
    /// A step's task has its outcome.
    Ended {
        /// The task.
        task: TaskId,
        /// The outcome, as a step's state.
        how: StepState,
    },
    /// A person wants the step that this task could not do once more.
    Retry {
        /// The task.
        task: TaskId,
    },
    /// A person wants to go on without the step that this task could not do.
    Skip {
        /// The task.
        task: TaskId,
    },
    /// A person wants the chain to end.
    Stop,
}

/// What is to be done because a chain changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainEffect {
    /// Make a task for a step; [`ChainEvent::Started`] follows in the same transaction.
    StartStep {
        /// Which step, counted from 0.
        at: usize,
    },
    /// Stop a step's task.
    StopTask {
        /// The task.
        task: TaskId,
    },
    /// Tell a step's result: it has become the chain's.
    TellResult {
        /// The step's task.
        task: TaskId,
    },
}

/// Why an event changes nothing. A value that a person may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainRejected {
    /// The chain is over.
    #[error("This chain has already ended.")]
    Over,
    /// It is being stopped.
    #[error("This chain is already stopping.")]
    Stopping,
    /// The chain does not wait for this step any more.
    #[error("The chain has gone on from this step.")]
    GoneOn,
}

/// A changed chain and what is to be done about it.
pub type Moved = Result<(Chain, Vec<ChainEffect>), ChainRejected>;

impl Chain {
    /// Applies one event. Pure: the caller stores the chain, and does what the effects say in the same transaction.
    ///
    /// # Errors
    /// [`ChainRejected`] when the event changes nothing; the chain stays as it was.
    pub fn apply(self, event: ChainEvent) -> Moved {
        if self.state.is_over() {
            return Err(ChainRejected::Over);
        }
        match event {
            ChainEvent::Begun => self.begun(),
            ChainEvent::Started { at, task } => self.started(at, task),
            ChainEvent::Ended { task, how } => self.ended(task, how),
            ChainEvent::Retry { task } => self.retry(task),
            ChainEvent::Skip { task } => self.skip(task),
            ChainEvent::Stop => self.stop(),
        }
    }

    fn begun(self) -> Moved {
        let fresh = self.steps.iter().all(|step| step.state == StepState::Pending && step.task.is_none());
        if fresh { Ok(self.go_on()) } else { Err(ChainRejected::GoneOn) }
    }

    fn started(mut self, at: usize, task: TaskId) -> Moved {
        if self.state != ChainState::Working || self.at() != Some(at) {
            return Err(ChainRejected::GoneOn);
        }
        match self.steps.get_mut(at) {
            Some(step) if step.state == StepState::Pending => {
                step.state = StepState::Running;
                step.task = Some(task);
                Ok((self, Vec::new()))
            }
            Some(_) | None => Err(ChainRejected::GoneOn),
        }
    }

    fn ended(mut self, task: TaskId, how: StepState) -> Moved {
        let step = self.steps.iter_mut().find(|s| s.task == Some(task) && s.state == StepState::Running);
        let Some(step) = step else { return Err(ChainRejected::GoneOn) };
        step.state = match how {
            // No outcome of a task: whatever was meant, it is over without a result.
            StepState::Pending | StepState::Running | StepState::Skipped => StepState::Failed,
            StepState::Succeeded
            | StepState::Failed
            | StepState::Denied
            | StepState::TimedOut
            | StepState::Interrupted
            | StepState::Stopped => how,
        };
        let succeeded = step.state == StepState::Succeeded;
        match self.state {
            ChainState::Stopping if succeeded && self.at().is_none() => {
                self.state = ChainState::Succeeded;
                Ok((self, Vec::new()))
            }
            ChainState::Stopping => {
                self.state = ChainState::Stopped;
                Ok((self, Vec::new()))
            }
            ChainState::Working if succeeded => Ok(self.go_on()),
            ChainState::Working => {
                self.state = ChainState::Waiting;
                Ok((self, Vec::new()))
            }
            ChainState::Waiting | ChainState::Succeeded | ChainState::Stopped => Err(ChainRejected::GoneOn),
        }
    }

    fn retry(mut self, task: TaskId) -> Moved {
        let at = self.waits_at(task)?;
        self.steps[at].state = StepState::Pending;
        Ok(self.go_on())
    }

    fn skip(mut self, task: TaskId) -> Moved {
        let at = self.waits_at(task)?;
        self.steps[at].state = StepState::Skipped;
        let (chain, mut effects) = self.go_on();
        if chain.state == ChainState::Succeeded {
            let result = chain.result_before(chain.steps.len()).and_then(|step| step.task);
            effects.extend(result.map(|task| ChainEffect::TellResult { task }));
        }
        Ok((chain, effects))
    }

    fn stop(mut self) -> Moved {
        match self.state {
            ChainState::Working => match self.running() {
                Some(task) => {
                    self.state = ChainState::Stopping;
                    Ok((self, vec![ChainEffect::StopTask { task }]))
                }
                None => {
                    self.state = ChainState::Stopped;
                    Ok((self, Vec::new()))
                }
            },
            ChainState::Waiting => {
                self.state = ChainState::Stopped;
                Ok((self, Vec::new()))
            }
            ChainState::Stopping => Err(ChainRejected::Stopping),
            ChainState::Succeeded | ChainState::Stopped => Err(ChainRejected::Over),
        }
    }

    /// On to the first step that is not done; without one, the chain has succeeded.
    fn go_on(mut self) -> (Self, Vec<ChainEffect>) {
        match self.at() {
            Some(at) => {
                self.state = ChainState::Working;
                (self, vec![ChainEffect::StartStep { at }])
            }
            None => {
                self.state = ChainState::Succeeded;
                (self, Vec::new())
            }
        }
    }

    /// The step at which the chain waits because of just this task.
    fn waits_at(&self, task: TaskId) -> Result<usize, ChainRejected> {
        match self.at() {
            Some(at) if self.state == ChainState::Waiting && self.steps[at].task == Some(task) => Ok(at),
            Some(_) | None => Err(ChainRejected::GoneOn),
        }
    }

    fn running(&self) -> Option<TaskId> {
        self.steps.iter().find(|step| step.state == StepState::Running).and_then(|step| step.task)
    }
}

#[cfg(test)]
mod tests;
