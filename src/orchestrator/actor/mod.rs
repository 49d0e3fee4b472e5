//! A task's actor: starts its run, takes in what the engine reports and what people decide, and ends with the task.
//!
//! The task itself lives in the store; every step is applied and committed there before anything is performed.

pub(super) mod approvals;
mod card;
mod events;
mod questions;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio::time::Instant;
use uuid::Uuid;

use crate::domain::action::Rule;
use crate::domain::agent::AgentSpec;
use crate::domain::approval::Approval;
use crate::domain::conversation::Settings;
use crate::domain::dialogue::Answer;
use crate::domain::effect::Effect;
use crate::domain::event::{Ending, EngineEvent, TaskEvent};
use crate::domain::history::{HistoryEntry, KeptOutput};
use crate::domain::ids::{ApprovalId, ChatId, RunId, TaskId};
use crate::domain::progress::Progress;
use crate::domain::task::{Phase, Task};
use crate::ports::{EngineOrder, RunHandle, RunRequest};
use crate::store::{StoreError, Tx};

use super::advance::{AdvanceError, advance};
use super::core::Core;
use questions::Questions;

/// How long an engine that was told to stop may take before it is dropped, which kills it.
const STOP_GRACE: Duration = Duration::from_secs(3);

/// Milestones are committed at least this often.
const HISTORY_INTERVAL: Duration = Duration::from_secs(1);

/// Between two tries while the database refuses a step that must not be lost.
const RETRY: Duration = Duration::from_millis(500);

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

/// Runs a task whose turn has come, to its end. A panic in it ends this task only.
pub(super) async fn run(
    core: Arc<Core>,
    task: TaskId,
    messages: mpsc::UnboundedReceiver<ActorMessage>,
) {
    let attempt = AssertUnwindSafe(attempt(&core, task, messages)).catch_unwind().await;
    let failure = match attempt {
        Ok(Ok(())) => None,
        Ok(Err(error)) => {
            tracing::error!(%task, %error, "the task's actor failed");
            Some("Adjutant could not keep its books; see its log.")
        }
        Err(_) => {
            tracing::error!(%task, "the task's actor panicked");
            Some("Something broke inside Adjutant; see its log.")
        }
    };
    if let Some(reason) = failure {
        end_after_failure(&core, task, reason).await;
    }
    core.released(task);
}

async fn attempt(
    core: &Arc<Core>,
    id: TaskId,
    messages: mpsc::UnboundedReceiver<ActorMessage>,
) -> Result<(), AdvanceError> {
    let run = RunId(Uuid::now_v7());
    let mut tx = core.store.begin().await?;
    let begun = advance(&mut tx, &*core.chat, id, TaskEvent::Started { run }, core.clock.now(), None).await;
    let advanced = match begun {
        Ok(advanced) => advanced,
        // Somebody dropped it in the moment before its turn.
        Err(AdvanceError::Rejected(_) | AdvanceError::Unknown(_)) => return Ok(()),
        Err(error @ AdvanceError::Store(_)) => return Err(error),
    };
    let mut task = advanced.task;
    let conversation = tx.conversation(task.place).await?;
    tx.commit().await?;
    // What waited for its turn goes on where the task before it has left off.
    task.resume = conversation.session_for(&task.agent, &task.engine, &task.workspace);
    let span = tracing::info_span!("run", %task.id, %run, place = %task.place);
    let handle = match start(core, &task, run) {
        Ok(handle) => handle,
        Err(reason) => ended_at_once(reason),
    };
    let mut actor = Actor {
        core: Arc::clone(core),
        settings: conversation.settings,
        run,
        handle,
        messages,
        progress: Progress::default(),
        outputs: HashMap::new(),
        history: Vec::new(),
        rules: Vec::new(),
        approvals: HashMap::new(),
        questions: Questions::default(),
        deadline: Instant::now() + core.limits.task_timeout,
        waiting_since: None,
        stop_by: None,
        next_card: Some(Instant::now()),
        card_shown_at: None,
        history_due: None,
        task,
    };
    tracing::Instrument::instrument(actor.work(), span).await
}

/// Starts the engine, or says in words for a person why that cannot be.
fn start(core: &Core, task: &Task, run: RunId) -> Result<RunHandle, String> {
    let agent: Arc<AgentSpec> = core
        .agents
        .named(&task.agent)
        .ok_or_else(|| format!("The agent {} is not there any more. See /agents.", task.agent))?;
    let engine = core.engines.named(&task.engine).ok_or_else(|| {
        format!("The engine {} is not there any more. Choose another with /engine.", task.engine)
    })?;
    let workspace = core.workspaces.named(&task.workspace).ok_or_else(|| {
        format!("The workspace {} is not there any more. Choose another with /workspace.", task.workspace)
    })?;
    Ok(engine.start(RunRequest {
        task: task.id,
        run,
        agent,
        prompt: task.prompt.clone(),
        workspace: workspace.path.clone(),
        resume: task.resume.clone(),
    }))
}

/// A run that ended before it began.
fn ended_at_once(reason: String) -> RunHandle {
    let (report, events) = mpsc::channel(1);
    let (orders, _) = mpsc::channel(1);
    // The channel has room for one.
    let _ = report.try_send(EngineEvent::Ended(Ending::Failed { reason }));
    RunHandle { events, orders }
}

/// The actor's own failure becomes the task's outcome. Tried until the database takes it: no task stays without one.
async fn end_after_failure(core: &Arc<Core>, id: TaskId, reason: &str) {
    while let Err(error) = fail(core, id, reason).await {
        match error {
            AdvanceError::Rejected(_) | AdvanceError::Unknown(_) => return,
            AdvanceError::Store(error) => {
                tracing::error!(task = %id, %error, "the task's end cannot be stored; trying again");
                tokio::select! {
                    () = tokio::time::sleep(RETRY) => {}
                    // The next start finds the task without an outcome and gives it one.
                    () = core.stopping.cancelled() => return,
                }
            }
        }
    }
}

async fn fail(core: &Arc<Core>, id: TaskId, reason: &str) -> Result<(), AdvanceError> {
    let mut tx = core.store.begin().await?;
    let Some(run) = tx.task(id).await?.and_then(|task| task.phase.run()) else { return Ok(()) };
    let event = TaskEvent::Ended { run, ending: Ending::Failed { reason: reason.to_owned() } };
    let advanced = advance(&mut tx, &*core.chat, id, event, core.clock.now(), None).await?;
    tx.commit().await?;
    core.metrics.task_ended("failed", Duration::ZERO);
    core.lanes.deliver(advanced.deliveries);
    Ok(())
}

struct Actor {
    core: Arc<Core>,
    /// As last committed by this actor; people's presses change the stored one in between.
    task: Task,
    run: RunId,
    settings: Settings,
    handle: RunHandle,
    messages: mpsc::UnboundedReceiver<ActorMessage>,
    progress: Progress,
    outputs: HashMap<String, KeptOutput>,
    history: Vec<HistoryEntry>,
    rules: Vec<Rule>,
    approvals: HashMap<ApprovalId, (String, Instant)>,
    questions: Questions,
    deadline: Instant,
    waiting_since: Option<Instant>,
    stop_by: Option<Instant>,
    next_card: Option<Instant>,
    card_shown_at: Option<Instant>,
    history_due: Option<Instant>,
}

impl Actor {
    async fn work(&mut self) -> Result<(), AdvanceError> {
        while !self.finished() {
            let timer = self.next_timer();
            tokio::select! {
                biased;
                message = self.messages.recv() => match message {
                    Some(message) => self.told(message).await?,
                    None => self.told(ActorMessage::Shutdown).await?,
                },
                event = self.handle.events.recv() => self.reported(event.unwrap_or_else(vanished)).await?,
                () = tokio::time::sleep_until(timer) => self.timer().await?,
            }
        }
        self.outlive_engine().await;
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

    async fn told(&mut self, message: ActorMessage) -> Result<(), AdvanceError> {
        match message {
            ActorMessage::Stop => {
                self.stop_engine();
                self.reload().await?;
            }
            ActorMessage::Resolved(approval) => {
                self.resolved(&approval);
                self.reload().await?;
            }
            ActorMessage::Answered { question, answer } => self.answered(question, &answer).await?,
            ActorMessage::Settings(settings) => self.settings = settings,
            ActorMessage::Shutdown => {
                self.stop_engine();
                self.end_by(TaskEvent::Interrupted).await?;
            }
            ActorMessage::Migrated { from, to } => {
                if self.task.place.chat == from {
                    self.task.place.chat = to;
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
        match advance(tx, &*core.chat, self.task.id, event, now, Some(&self.progress)).await {
            Ok(advanced) => Ok(Taken { advanced: Some(advanced) }),
            Err(AdvanceError::Rejected(rejected)) => {
                tracing::debug!(%rejected, "an event came too late for the task");
                Ok(Taken { advanced: None })
            }
            Err(error @ (AdvanceError::Unknown(_) | AdvanceError::Store(_))) => Err(error),
        }
    }

    /// A transaction that has taken in the milestones so far. Waits for a database that is busy or full: an engine's
    /// report must not get lost.
    async fn begin(&mut self) -> Result<Tx, StoreError> {
        let mut tx = loop {
            match self.core.store.begin().await {
                Err(error @ (StoreError::Busy | StoreError::Full)) => {
                    tracing::warn!(%error, "the database takes nothing; trying again");
                    tokio::time::sleep(RETRY).await;
                }
                begun => break begun?,
            }
        };
        let entries = std::mem::take(&mut self.history);
        self.history_due = None;
        if !entries.is_empty() {
            tx.append_history(self.task.id, self.core.clock.now(), &entries).await?;
        }
        Ok(tx)
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
        match (waiting, self.waiting_since) {
            (true, None) => self.waiting_since = Some(Instant::now()),
            (false, Some(since)) => {
                self.deadline += since.elapsed();
                self.waiting_since = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }

    fn next_timer(&self) -> Instant {
        let timeout = self.waiting_since.is_none().then_some(self.deadline);
        let expiry = self.approvals.values().map(|(_, deadline)| *deadline).min();
        let far = Instant::now() + Duration::from_secs(3600);
        [timeout, expiry, self.stop_by, self.next_card, self.history_due]
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
            self.stop_engine();
            self.step(TaskEvent::TimedOut).await?;
        }
        self.expire(now).await?;
        if self.history_due.is_some_and(|due| due <= now) {
            self.begin().await?.commit().await?;
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
        tx.commit().await?;
        let Some(advanced) = self.advanced else { return Ok(()) };
        actor.task = advanced.task;
        actor.count_waiting();
        actor.core.lanes.deliver(advanced.deliveries);
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
