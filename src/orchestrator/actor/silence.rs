//! An engine that gives no sign of life: the chat is told, and a person stops it or waits on. Never ended in silence.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::card::{Card, SilenceCard, SilenceStage};
use crate::domain::delivery::{Delivery, NewDelivery, Priority, Subject};
use crate::domain::event::EngineEvent;
use crate::domain::history::HistoryEntry;
use crate::store::{StoreError, Tx};

use super::super::advance::{AdvanceError, summary};
use super::super::compose::compose;
use super::Actor;

/// The watch over one run.
#[derive(Debug)]
pub(super) struct Silence {
    /// The latest sign of life.
    last_sign: Instant,
    /// Since then it is watched: the latest sign, or since a person waits on.
    watched_from: Instant,
    /// How often it was told.
    told: u32,
    /// What was told, until that is over.
    open: Option<Open>,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    silent: Duration,
    /// Whether a person is waiting on; else one is asked.
    waited_for: bool,
}

impl Silence {
    /// A watch that begins now.
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self { last_sign: now, watched_from: now, told: 0, open: None }
    }

    /// A sign of life; the end of waiting for a person counts as one.
    pub(super) fn heard(&mut self) {
        self.last_sign = Instant::now();
        self.watched_from = self.last_sign;
    }

    /// Nothing that was told stands open any more.
    pub(super) fn close(&mut self) {
        self.open = None;
    }
}

impl Actor {
    /// When the chat is to be told. Not while somebody is asked already, nor while the task waits for a person or stops.
    pub(super) fn silence_due(&self) -> Option<Instant> {
        let asked = self.silence.open.is_some_and(|open| !open.waited_for);
        let watched = !asked && self.waiting_since.is_none() && self.stop_by.is_none();
        watched.then(|| self.silence.watched_from + self.core.limits.stall_timeout)
    }

    pub(super) async fn tell_silence(&mut self) -> Result<(), AdvanceError> {
        let (now, number) = (self.core.clock.now(), self.silence.told + 1);
        let silent = self.silence.last_sign.elapsed();
        let mut tx = self.begin().await?;
        tx.append_history(self.task.id, now, &[HistoryEntry::Silent { seconds: silent.as_secs() }]).await?;
        let mut rows = Vec::new();
        if let Some(message) = self.silence_message(silent, SilenceStage::Asking) {
            let place = self.task.place;
            let told = NewDelivery::message(place, self.task.request, Priority::Message, message)
                .about(Subject::silence(self.task.id, number));
            rows.push(tx.enqueue(&told, now).await?);
        }
        self.commit(tx).await?;
        tracing::warn!(seconds = silent.as_secs(), "no sign of life from the engine");
        self.silence.told = number;
        self.silence.open = Some(Open { silent, waited_for: false });
        self.core.lanes.deliver(rows);
        Ok(())
    }

    /// A person waits on: they are told again after another such time.
    pub(super) async fn wait_on(&mut self) -> Result<(), AdvanceError> {
        let Some(open) = self.silence.open.filter(|open| !open.waited_for) else { return Ok(()) };
        let mut tx = self.begin().await?;
        let rows = self.close_silence(&mut tx, SilenceStage::Waiting).await?;
        self.commit(tx).await?;
        self.silence.open = Some(Open { waited_for: true, ..open });
        self.silence.watched_from = Instant::now();
        self.core.lanes.deliver(rows);
        Ok(())
    }

    /// Takes in a report, which is a sign of life: whoever was told of the silence is told that it is over.
    pub(super) async fn taken_in(&mut self, event: &EngineEvent) -> Result<(), AdvanceError> {
        if self.silence.open.is_some() && !matches!(event, EngineEvent::Ended(_)) {
            let mut tx = self.begin().await?;
            tx.append_history(self.task.id, self.core.clock.now(), &[HistoryEntry::Heard]).await?;
            let rows = self.close_silence(&mut tx, SilenceStage::Over).await?;
            self.commit(tx).await?;
            self.silence.close();
            self.core.lanes.deliver(rows);
        }
        self.reported(event).await
    }

    /// Changes what was told, if that still stands open; the buttons go.
    pub(super) async fn close_silence(
        &self,
        tx: &mut Tx,
        stage: SilenceStage,
    ) -> Result<Vec<Delivery>, StoreError> {
        let mut rows = Vec::new();
        if let Some(open) = self.silence.open
            && let Some(message) = self.silence_message(open.silent, stage)
        {
            let subject = Subject::silence(self.task.id, self.silence.told);
            let edit = NewDelivery::edit(self.task.place, subject, message);
            rows.push(tx.enqueue(&edit, self.core.clock.now()).await?);
        }
        Ok(rows)
    }

    fn silence_message(
        &self,
        silent: Duration,
        stage: SilenceStage,
    ) -> Option<crate::domain::message::Message> {
        let rings = self.settings.rings.question();
        let card = SilenceCard { task: summary(&self.task), silent, stage, rings };
        compose(&*self.core.chat, &Card::Silence(card)).pop()
    }
}
