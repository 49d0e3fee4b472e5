//! A task's actor: starts its run, takes in what the engine reports and what people decide, and ends with the task.
//!
//! The task itself lives in the store; every step is applied and committed there before anything is performed.

pub(super) mod approvals;
pub(super) mod attachments;
mod card;
mod events;
mod life;
mod outputs;
mod questions;
mod session;
mod silence;
mod steering;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::domain::action::Rule;
use crate::domain::approval::Approval;
use crate::domain::card::Totals;
use crate::domain::conversation::Settings;
use crate::domain::dialogue::Answer;
use crate::domain::effect::Effect;
use crate::domain::event::{Ending, EngineEvent, TaskEvent, Usage};
use crate::domain::history::HistoryEntry;
use crate::domain::ids::{ApprovalId, ChatId, RunId, TaskId, Timestamp};
use crate::domain::policy::{Excess, Policy};
use crate::domain::progress::Progress;
use crate::domain::task::{Phase, Task};
use crate::ports::{EngineOrder, RunHandle};
use crate::store::{StoreError, Tx};

use super::advance::{AdvanceError, advance};
use super::core::Core;
use super::patience::Patience;
pub(super) use life::run;
use outputs::Outputs;
use questions::Questions;
use silence::Silence;
use steering::Steering;

/// How long an engine that was told to stop may take before it is dropped, which kills it. Enough for its own way to
/// stop, a polite end of its processes, and their violent one.
const STOP_GRACE: Duration = Duration::from_millis(3_500);

/// Milestones are committed at least this often.
const HISTORY_INTERVAL: Duration = Duration::from_secs(1);

/// What was used is committed at least this often, so that a crash forgets little of it.
const USAGE_INTERVAL: Duration = Duration::from_secs(5);

/// So many milestones are committed at once, however young they are.
const HISTORY_BATCH: usize = 256;

/// What an actor is told. What it says has been committed already.
#[derive(Debug, Clone)]
pub(super) enum ActorMessage {
    /// The task is stopping: tell the engine.
    Stop,
    /// An approval has its answer.
    Resolved(Box<Approval>),
    /// A person answered a question.
    Answered {
        /// Which question.
        question: u32,
        /// How.
        answer: Answer,
    },
    /// A person wants a queued task's words in the running turn. The one message that nothing has been committed for: only
    /// when the engine has the words is the queued task done.
    Steer {
        /// The queued task.
        task: TaskId,
        /// Its words.
        text: String,
    },
    /// A person waits on for an engine that gives no sign of life.
    Wait,
    /// The place's settings changed.
    Settings(Settings),
    /// Adjutant is going down.
    Shutdown,
    /// A chat has a new id.
    Migrated {
        /// The old one.
        from: ChatId,
        /// The new one.
        to: ChatId,
    },
}

struct Actor {
    core: Arc<Core>,
    /// As last committed by this actor; people's presses change the stored one in between.
    task: Task,
    run: RunId,
    settings: Settings,
    handle: RunHandle,
    /// What it was told before its run began.
    earlier: VecDeque<ActorMessage>,
    messages: mpsc::UnboundedReceiver<ActorMessage>,
    progress: Progress,
    outputs: Outputs,
    history: Vec<HistoryEntry>,
    rules: Vec<Rule>,
    approvals: HashMap<ApprovalId, Waiting>,
    session: session::Known,
    /// What it has used, as last committed.
    usage_kept: Usage,
    questions: Questions,
    steering: Steering,
    silence: Silence,
    policy: Arc<Policy>,
    /// Why the run is being stopped: it has used more than it may.
    overspent: Option<Excess>,
    deadline: Instant,
    waiting_since: Option<Instant>,
    stop_by: Option<Instant>,
    next_card: Option<Instant>,
    card_shown_at: Option<Instant>,
    history_due: Option<Instant>,
}

/// An approval that waits for its answer.
struct Waiting {
    /// The engine's name for it.
    request: String,
    /// By the wall clock, which goes on while the machine sleeps.
    deadline: Timestamp,
}

/// What an actor deals with, one after the other.
enum Happening {
    /// It was told something.
    Told(ActorMessage),
    /// The engine shows its first sign of life.
    Up,
    /// The engine reported something.
    Reported(EngineEvent),
    /// A timer has run out.
    Due,
}

impl Actor {
    async fn work(&mut self) -> Result<(), AdvanceError> {
        while !self.finished() {
            let happening = self.next().await;
            if let Happening::Reported(event) = &happening {
                if self.begins_with(event) {
                    self.deal_with(&Happening::Up).await?;
                }
                self.note(event);
            }
            self.deal_with(&happening).await?;
        }
        self.outlive_engine().await;
        Ok(())
    }

    async fn next(&mut self) -> Happening {
        if let Some(message) = self.earlier.pop_front() {
            return Happening::Told(message);
        }
        let timer = self.next_timer();
        // Looked at first: an engine that never pauses must not outlive its time.
        if timer <= Instant::now() {
            return Happening::Due;
        }
        tokio::select! {
            biased;
            message = self.messages.recv() => Happening::Told(message.unwrap_or(ActorMessage::Shutdown)),
            event = self.handle.events.recv() => Happening::Reported(event.unwrap_or_else(vanished)),
            () = tokio::time::sleep_until(timer) => Happening::Due,
        }
    }

    /// Deals with what happened, and waits for a database that takes nothing for a while. Whatever is dealt with
    /// changes the actor only once it is committed, so that it can be tried again.
    async fn deal_with(&mut self, happening: &Happening) -> Result<(), AdvanceError> {
        let core = Arc::clone(&self.core);
        let mut patience = Patience::new(&core, "a task's step");
        loop {
            let dealt = match happening {
                Happening::Told(message) => self.told(message).await,
                Happening::Up => self.step(TaskEvent::Running { run: self.run }).await,
                Happening::Reported(event) => self.taken_in(event).await,
                Happening::Due => self.timer().await,
            };
            match dealt {
                Ok(()) => break,
                Err(error) => patience.after(error).await?,
            }
        }
        patience.over();
        Ok(())
    }

    /// Waits until the engine is gone with all its processes, so that none outlives the task (or us).
    async fn outlive_engine(&mut self) {
        let (closed, _) = mpsc::channel(1);
        drop(std::mem::replace(&mut self.handle.orders, closed));
        let gone = async { while self.handle.events.recv().await.is_some() {} };
        if tokio::time::timeout(STOP_GRACE, gone).await.is_err() {
            tracing::error!("the engine is still there after its task ended");
        }
    }

    fn finished(&self) -> bool {
        matches!(self.task.phase, Phase::Finished(_))
    }

    async fn told(&mut self, message: &ActorMessage) -> Result<(), AdvanceError> {
        match message {
            ActorMessage::Stop => {
                self.stop_engine();
                self.superseded();
                self.reload().await?;
            }
            ActorMessage::Resolved(approval) => {
                self.resolved(approval);
                self.reload().await?;
            }
            ActorMessage::Answered { question, answer } => self.answered(*question, answer).await?,
            ActorMessage::Steer { task, text } => self.steer(*task, text),
            ActorMessage::Wait => self.wait_on().await?,
            ActorMessage::Settings(settings) => self.settings = *settings,
            ActorMessage::Shutdown => {
                self.stop_engine();
                self.end_by(TaskEvent::Interrupted).await?;
            }
            ActorMessage::Migrated { from, to } => {
                if self.task.place.chat == *from {
                    self.task.place.chat = *to;
                }
            }
        }
        self.card_changed();
        Ok(())
    }

    /// Takes one step of the task and performs what it asks for.
    async fn step(&mut self, event: TaskEvent) -> Result<(), AdvanceError> {
        let mut tx = self.begin().await?;
        self.step_in(&mut tx, event).await?.commit(self, tx).await
    }

    /// Takes one step in a transaction that does more; the result is to be committed.
    async fn step_in(&mut self, tx: &mut Tx, event: TaskEvent) -> Result<Taken, AdvanceError> {
        let (core, now) = (&self.core, self.core.clock.now());
        match advance(tx, core, self.task.id, event, now, Some(&self.progress)).await {
            Ok(advanced) => Ok(Taken { advanced: Some(advanced) }),
            Err(AdvanceError::Rejected(rejected)) => {
                tracing::debug!(%rejected, "an event came too late for the task");
                Ok(Taken { advanced: None })
            }
            Err(error @ (AdvanceError::Unknown(_) | AdvanceError::Store(_))) => Err(error),
        }
    }

    /// A transaction that has taken in the milestones so far, and what was used; for [`Self::commit`].
    async fn begin(&self) -> Result<Tx, StoreError> {
        let mut tx = self.core.store.begin().await?;
        tx.append_history(self.task.id, self.core.clock.now(), &self.history).await?;
        if self.progress.usage != self.usage_kept {
            let Progress { steps, usage, .. } = self.progress;
            tx.save_totals(self.task.id, &Totals { elapsed: Duration::ZERO, steps, usage }).await?;
        }
        Ok(tx)
    }

    async fn commit(&mut self, tx: Tx) -> Result<(), StoreError> {
        tx.commit().await?;
        self.history.clear();
        self.history_due = None;
        self.usage_kept = self.progress.usage;
        Ok(())
    }

    fn stop_engine(&mut self) {
        // A full channel means that it has not read its earlier orders; the grace then ends it.
        let _ = self.handle.orders.try_send(EngineOrder::Stop);
        self.stop_by.get_or_insert(Instant::now() + STOP_GRACE);
    }

    /// Reads the task as a press has left it.
    async fn reload(&mut self) -> Result<(), AdvanceError> {
        if let Some(task) = self.core.store.task(self.task.id).await? {
            self.task = task;
        }
        self.count_waiting();
        Ok(())
    }

    /// Time spent waiting for a person does not count against the task.
    fn count_waiting(&mut self) {
        let waiting = matches!(self.task.phase, Phase::AwaitingApproval { .. }) || self.questions.open();
        self.core.set_asks(self.task.id, self.questions.open());
        match (waiting, self.waiting_since) {
            (true, None) => self.waiting_since = Some(Instant::now()),
            (false, Some(since)) => {
                self.deadline += since.elapsed();
                self.waiting_since = None;
                self.silence.heard();
            }
            (true, Some(_)) | (false, None) => {}
        }
    }

    fn next_timer(&self) -> Instant {
        let timeout = (self.waiting_since.is_none() && self.stop_by.is_none()).then_some(self.deadline);
        let expiry = self.approvals.values().map(|waiting| waiting.deadline).min();
        let expiry = expiry.map(|deadline| Instant::now() + deadline.since(self.core.clock.now()));
        let far = Instant::now() + Duration::from_secs(3600);
        let (silence, reminder) = (self.silence_due(), self.questions.reminder());
        [timeout, expiry, silence, reminder, self.stop_by, self.next_card, self.history_due]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(far)
    }

    async fn timer(&mut self) -> Result<(), AdvanceError> {
        let now = Instant::now();
        if self.stop_by.is_some_and(|by| by <= now) {
            tracing::warn!("the engine did not stop in time; dropping it");
            return self.ended(Ending::Stopped).await;
        }
        if self.waiting_since.is_none() && self.stop_by.is_none() && self.deadline <= now {
            self.step(TaskEvent::TimedOut).await?;
            self.stop_engine();
        }
        self.expire().await?;
        if self.silence_due().is_some_and(|due| due <= now) {
            self.tell_silence().await?;
        }
        if self.questions.reminder().is_some_and(|due| due <= now) {
            self.remind().await?;
        }
        if self.history_due.is_some_and(|due| due <= now) {
            let tx = self.begin().await?;
            self.commit(tx).await?;
        }
        if self.next_card.is_some_and(|due| due <= now) {
            self.show_card();
        }
        Ok(())
    }
}

/// A step that is in a transaction but not yet committed.
struct Taken {
    advanced: Option<super::advance::Advanced>,
}

impl Taken {
    async fn commit(self, actor: &mut Actor, tx: Tx) -> Result<(), AdvanceError> {
        actor.commit(tx).await?;
        let Some(advanced) = self.advanced else { return Ok(()) };
        actor.task = advanced.task;
        actor.count_waiting();
        actor.core.lanes.deliver(advanced.deliveries);
        actor.core.perform(advanced.follow_ups);
        for effect in &advanced.effects {
            actor.perform(effect);
        }
        Ok(())
    }
}

impl Actor {
    /// The half of an effect that is not data in the store.
    fn perform(&mut self, effect: &Effect) {
        match effect {
            Effect::StopEngine { .. } => self.stop_engine(),
            Effect::ShowCard => self.card_changed(),
            Effect::SupersedeApprovals { approvals } => {
                for approval in approvals {
                    self.approvals.remove(approval);
                    self.core.metrics.approval_ended("superseded");
                }
            }
            Effect::Conclude { outcome } => {
                let elapsed = match (self.task.started_at, self.task.ended_at) {
                    (Some(started), Some(ended)) => ended.since(started),
                    (None, _) | (_, None) => Duration::ZERO,
                };
                self.core.metrics.task_ended(outcome.name(), elapsed);
            }
            Effect::StartEngine { .. } | Effect::RememberSession { .. } => {}
        }
    }
}

fn vanished() -> EngineEvent {
    EngineEvent::Ended(Ending::Failed { reason: "The engine ended without a word.".to_owned() })
}
