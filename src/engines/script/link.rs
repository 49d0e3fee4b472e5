//! A run's connection to the rest of Adjutant: events out, orders in, and an end at any moment.
//!
//! Knows the port's channels and nothing of scripts. Whatever a run waits for, it waits for it here, so that `Stop` is
//! heard everywhere, also while nobody reads the events.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::domain::approval::Decision;
use crate::domain::event::EngineEvent;
use crate::ports::EngineOrder;

/// Why a run ends before its last step.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// It was told to, or nobody is there any more.
    Stopped,
    /// It cannot go on; the reason is for a person.
    Failed(String),
}

/// The run's ends of its two channels.
#[derive(Debug)]
pub(super) struct Link {
    events: mpsc::Sender<EngineEvent>,
    orders: mpsc::Receiver<EngineOrder>,
    /// Answers that came while the run was waiting for something else.
    early: VecDeque<EngineOrder>,
}

impl Link {
    pub(super) fn new(events: mpsc::Sender<EngineEvent>, orders: mpsc::Receiver<EngineOrder>) -> Self {
        Self { events, orders, early: VecDeque::new() }
    }

    /// Waits for `future`, unless the run is stopped first.
    pub(super) async fn or_stop<T>(&mut self, future: impl Future<Output = T>) -> Result<T, Halt> {
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
    pub(super) async fn emit(&mut self, event: EngineEvent) -> Result<(), Halt> {
        let events = self.events.clone();
        self.or_stop(events.send(event)).await?.map_err(|_| Halt::Stopped)
    }

    pub(super) async fn sleep(&mut self, duration: Duration) -> Result<(), Halt> {
        self.or_stop(tokio::time::sleep(duration)).await
    }

    /// Waits for the answer to the approval request of this name.
    pub(super) async fn decision(&mut self, name: &str) -> Result<Decision, Halt> {
        loop {
            match self.next_order().await? {
                EngineOrder::Decide { request, decision } if request == name => return Ok(decision),
                // An answer to a question that is over.
                EngineOrder::Decide { .. } | EngineOrder::Answer { .. } => {}
                EngineOrder::Stop => return Err(Halt::Stopped),
            }
        }
    }

    /// Waits for the answer to the question of this name.
    pub(super) async fn answer(&mut self, name: &str) -> Result<String, Halt> {
        loop {
            match self.next_order().await? {
                EngineOrder::Answer { request, text } if request == name => return Ok(text),
                EngineOrder::Decide { .. } | EngineOrder::Answer { .. } => {}
                EngineOrder::Stop => return Err(Halt::Stopped),
            }
        }
    }

    async fn next_order(&mut self) -> Result<EngineOrder, Halt> {
        match self.early.pop_front() {
            Some(order) => Ok(order),
            None => self.orders.recv().await.ok_or(Halt::Stopped),
        }
    }
}
