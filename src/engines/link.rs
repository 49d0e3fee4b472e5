//! A run's connection to the rest of Adjutant: events out, orders in, and an end at any moment.
//!
//! Knows the port's channels and nothing of scripts. Whatever a run waits for, it waits for it here, so that `Stop` is
//! heard everywhere, also while nobody reads the events.

use std::collections::VecDeque;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::mpsc;

use crate::domain::approval::Decision;
use crate::domain::event::{Ending, EngineEvent};
use crate::ports::{EngineOrder, RunHandle};

/// How many events may wait to be read before a run waits for its reader.
const EVENTS: usize = 64;

/// How many orders may wait to be read.
const ORDERS: usize = 16;

/// Starts a run, and reports its ending, whatever happens, as the last event.
pub(in crate::engines) fn start<Run>(run: impl FnOnce(Link) -> Run) -> RunHandle
where
    Run: Future<Output = Result<(), Halt>> + Send + 'static,
{
    let (events, reader) = mpsc::channel(EVENTS);
    let (sender, orders) = mpsc::channel(ORDERS);
    let run = run(Link::new(events.clone(), orders));
    tokio::spawn(until_ended(events, run));
    RunHandle { events: reader, orders: sender }
}

async fn until_ended(events: mpsc::Sender<EngineEvent>, run: impl Future<Output = Result<(), Halt>>) {
    // The link goes with the future, so that nobody can wait to give an order to a run that has ended.
    let ending = match AssertUnwindSafe(run).catch_unwind().await {
        Ok(Ok(())) => Ending::Completed,
        Ok(Err(Halt::Failed(reason))) => Ending::Failed { reason },
        Ok(Err(Halt::Stopped)) => Ending::Stopped,
        Err(_) => Ending::Failed { reason: "The engine's adapter made a mistake; see the log.".to_owned() },
    };
    // When nobody reads any more, nobody wants to know.
    let _ = events.send(EngineEvent::Ended(ending)).await;
}

/// Why a run ends before its last step.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::engines) enum Halt {
    /// It was told to, or nobody is there any more.
    Stopped,
    /// It cannot go on; the reason is for a person.
    Failed(String),
}

/// The run's ends of its two channels.
#[derive(Debug)]
pub(in crate::engines) struct Link {
    events: mpsc::Sender<EngineEvent>,
    orders: mpsc::Receiver<EngineOrder>,
    /// Answers that came while the run was waiting for something else.
    early: VecDeque<EngineOrder>,
}

impl Link {
    pub(in crate::engines) fn new(
        events: mpsc::Sender<EngineEvent>,
        orders: mpsc::Receiver<EngineOrder>,
    ) -> Self {
        Self { events, orders, early: VecDeque::new() }
    }

    /// Waits for `future`, unless the run is stopped first.
    pub(in crate::engines) async fn or_stop<T>(
        &mut self,
        future: impl Future<Output = T>,
    ) -> Result<T, Halt> {
        let mut future = pin!(future);
        loop {
            tokio::select! {
                biased;
                order = self.orders.recv() => match order {
                    Some(EngineOrder::Stop) | None => return Err(Halt::Stopped),
                    Some(answer) => self.early.push_back(answer),
                },
                output = &mut future => return Ok(output),
            }
        }
    }

    /// Reports something, as soon as there is room.
    pub(in crate::engines) async fn emit(&mut self, event: EngineEvent) -> Result<(), Halt> {
        let events = self.events.clone();
        self.or_stop(events.send(event)).await?.map_err(|_| Halt::Stopped)
    }

    /// Reports something if there is room at once: for a run that is being stopped, and waits for nobody.
    pub(in crate::engines) fn mention(&self, event: EngineEvent) {
        // Whoever does not read any more wants no news either.
        let _ = self.events.try_send(event);
    }

    pub(in crate::engines) async fn sleep(&mut self, duration: Duration) -> Result<(), Halt> {
        self.or_stop(tokio::time::sleep(duration)).await
    }

    /// Waits for the answer to the approval request of this name.
    pub(in crate::engines) async fn decision(&mut self, name: &str) -> Result<Decision, Halt> {
        loop {
            match self.next_order().await? {
                EngineOrder::Decide { request, decision } if request == name => return Ok(decision),
                // An answer to a question that is over.
                EngineOrder::Decide { .. } | EngineOrder::Answer { .. } | EngineOrder::Steer { .. } => {}
                EngineOrder::Stop => return Err(Halt::Stopped),
            }
        }
    }

    /// Waits for the answer to the question of this name.
    pub(in crate::engines) async fn answer(&mut self, name: &str) -> Result<String, Halt> {
        loop {
            match self.next_order().await? {
                EngineOrder::Answer { request, text } if request == name => return Ok(text),
                EngineOrder::Decide { .. } | EngineOrder::Answer { .. } | EngineOrder::Steer { .. } => {}
                EngineOrder::Stop => return Err(Halt::Stopped),
            }
        }
    }

    /// The next order; `Stop` is one of them. Nothing is lost when the future is dropped.
    pub(in crate::engines) async fn next_order(&mut self) -> Result<EngineOrder, Halt> {
        match self.early.pop_front() {
            Some(order) => Ok(order),
            None => self.orders.recv().await.ok_or(Halt::Stopped),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_run_that_panics_ends_like_any_other() {
        let (events, mut reader) = mpsc::channel(1);
        until_ended(events, async { panic!("on purpose") }).await;
        let reason = "The engine's adapter made a mistake; see the log.".to_owned();
        assert_eq!(reader.recv().await, Some(EngineEvent::Ended(Ending::Failed { reason })));
        assert_eq!(reader.recv().await, None);
    }
}
