//! A task's run from its turn to its outcome: begun, worked on, and ended even where the work itself breaks.

use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio::time::Instant;
use uuid::Uuid;

use crate::domain::agent::AgentSpec;
use crate::domain::conversation::Conversation;
use crate::domain::delivery::Delivery;
use crate::domain::event::{Ending, EngineEvent, TaskEvent, Usage};
use crate::domain::history::HistoryEntry;
use crate::domain::ids::{RunId, SessionId, TaskId};
use crate::domain::policy::{Grants, Policy};
use crate::domain::progress::Progress;
use crate::domain::task::Task;
use crate::ports::{Attachment, RunHandle, RunRequest};

use super::super::advance::{AdvanceError, Advanced, advance};
use super::super::core::Core;
use super::super::patience::Patience;
use super::super::queue::{REDRAWN, redraw};
use super::super::worktrees::{self, Room};
use super::outputs::Outputs;
use super::questions::Questions;
use super::session::Known;
use super::silence::Silence;
use super::steering::Steering;
use super::{Actor, ActorMessage, attachments};

/// Runs a task whose turn has come, to its end. A panic in it ends this task only.
pub(in crate::orchestrator) async fn run(
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
    if let Some(reason) = failure
        && AssertUnwindSafe(end_after_failure(&core, task, reason)).catch_unwind().await.is_err()
    {
        tracing::error!(%task, "ending the task panicked; it ends at the next start");
    }
    // Nothing of its engine works in its worktree any more.
    if AssertUnwindSafe(worktrees::tidy(Arc::clone(&core), task)).catch_unwind().await.is_err() {
        tracing::error!(%task, "looking after a worktree panicked; it is left as it is until the next start");
    }
    core.released(task);
}

async fn attempt(
    core: &Arc<Core>,
    id: TaskId,
    mut messages: mpsc::UnboundedReceiver<ActorMessage>,
) -> Result<(), AdvanceError> {
    let run = RunId(Uuid::now_v7());
    let mut patience = Patience::new(core, "a task's start");
    let (task, agent, conversation) = loop {
        match begin(core, id, run).await {
            Ok((Begun { task, agent, conversation }, rows)) => {
                core.lanes.deliver(rows);
                break (task, agent, conversation);
            }
            // Somebody dropped it in the moment before its turn.
            Err(AdvanceError::Rejected(_) | AdvanceError::Unknown(_)) => return Ok(()),
            Err(error @ AdvanceError::Store(_)) => patience.after(error).await?,
        }
    };
    patience.over();
    let (room, earlier) = enter(core, &task, agent.as_deref(), &mut messages).await;
    // What waited for its turn goes on where the task before it has left off, unless it is bound to a session itself. One
    // in a directory of its own begins anew: a session belongs to its directory.
    let here = || conversation.session_for(&task.agent, &task.engine, &task.workspace);
    let shared = matches!(room, Ok(Room::Shared));
    let resume = if shared { task.resume.clone().or_else(here) } else { None };
    let span = tracing::info_span!("run", %task.id, %run, place = %task.place);
    let started = match room {
        Ok(room) => match attachments::fetch(core, &task).await {
            Ok(attachments) => start(core, &task, agent, run, resume.clone(), attachments, room),
            Err(reason) => Err(reason),
        }
        .map_err(|reason| Ending::Failed { reason }),
        Err(ending) => Err(ending),
    };
    let (handle, policy) = started.unwrap_or_else(|ending| (ended_at_once(ending), Arc::default()));
    let timeout = policy.limits.timeout.as_ref().map(|timeout| timeout.value);
    let timeout = timeout.map_or(core.limits.task_timeout, |shorter| shorter.min(core.limits.task_timeout));
    let mut actor = Actor {
        core: Arc::clone(core),
        settings: conversation.settings,
        run,
        handle,
        earlier,
        messages,
        progress: Progress::default(),
        outputs: Outputs::default(),
        history: unknown_tools(&policy),
        rules: Vec::new(),
        approvals: HashMap::new(),
        session: Known::new(resume, conversation.offered),
        usage_kept: Usage::default(),
        questions: Questions::default(),
        steering: Steering::default(),
        silence: Silence::new(),
        policy,
        overspent: None,
        deadline: Instant::now() + timeout,
        waiting_since: None,
        stop_by: None,
        next_card: Some(Instant::now()),
        card_shown_at: None,
        history_due: None,
        task,
    };
    tracing::Instrument::instrument(actor.work(), span).await
}

/// Goes to where the task works, which may take a while where that is still to be made. Gives what the actor was told
/// meanwhile, too; being told to stop ends it.
async fn enter(
    core: &Core,
    task: &Task,
    agent: Option<&AgentSpec>,
    messages: &mut mpsc::UnboundedReceiver<ActorMessage>,
) -> (Result<Room, Ending>, VecDeque<ActorMessage>) {
    let mut earlier = VecDeque::new();
    let entering = worktrees::enter(core, task, agent);
    tokio::pin!(entering);
    loop {
        tokio::select! {
            biased;
            Some(message) = messages.recv() => {
                let stop = matches!(message, ActorMessage::Stop);
                earlier.push_back(message);
                if stop {
                    return (Err(Ending::Stopped), earlier);
                }
            }
            room = &mut entering => return (room.map_err(|reason| Ending::Failed { reason }), earlier),
        }
    }
}

/// A task whose turn has come.
struct Begun {
    task: Task,
    /// The agent as it was when the task was asked for.
    agent: Option<Arc<AgentSpec>>,
    conversation: Conversation,
}

/// Stores that the task's turn has come.
async fn begin(core: &Core, id: TaskId, run: RunId) -> Result<(Begun, Vec<Delivery>), AdvanceError> {
    let now = core.clock.now();
    let mut tx = core.store.begin().await?;
    let started = TaskEvent::Started { run };
    let Advanced { task, deliveries, .. } = advance(&mut tx, core, id, started, now, None).await?;
    // What an earlier Adjutant has queued kept no version.
    let now_named = || core.agents().within(&task.workspace).named(&task.agent);
    let agent = tx.agent_of(id).await?.map(Arc::new).or_else(now_named);
    let conversation = tx.conversation(task.place).await?;
    let mut rows = redraw(core, &mut tx, task.place, REDRAWN, now).await?;
    rows.extend(deliveries);
    tx.commit().await?;
    Ok((Begun { task, agent, conversation }, rows))
}

/// Starts the engine, or says in words for a person why that cannot be.
fn start(
    core: &Core,
    task: &Task,
    agent: Option<Arc<AgentSpec>>,
    run: RunId,
    resume: Option<SessionId>,
    attachments: Vec<Attachment>,
    room: Room,
) -> Result<(RunHandle, Arc<Policy>), String> {
    let agent =
        agent.ok_or_else(|| format!("The agent {} is not there any more. See /agents.", task.agent))?;
    let engine = core.engines.named(&task.engine).ok_or_else(|| {
        format!("The engine {} is not there any more. Choose another with /engine.", task.engine)
    })?;
    let workspace = core.workspaces.named(&task.workspace).ok_or_else(|| {
        format!("The workspace {} is not there any more. Choose another with /workspace.", task.workspace)
    })?;
    let (directory, lasting) = match room {
        Room::Shared => (workspace.path.clone(), true),
        Room::Own(directory) => (directory, false),
    };
    // Engines tell where things happen, not by which links one gets there.
    let place = directory.canonicalize().unwrap_or_else(|_| directory.clone());
    let grants = Grants { workspace: place.display().to_string(), allow_bypass: workspace.allow_bypass };
    let policy = Arc::new(Policy::of(&agent, grants));
    let handle = engine.start(RunRequest {
        task: task.id,
        run,
        agent,
        policy: Arc::clone(&policy),
        prompt: task.prompt.clone(),
        attachments,
        workspace: directory,
        lasting,
        resume,
    });
    Ok((handle, policy))
}

/// Tools in the agent's lists that no engine has are told in the task's log.
fn unknown_tools(policy: &Policy) -> Vec<HistoryEntry> {
    let unknown = policy.unknown_tools();
    let text = || format!("No engine has these tools of the agent's file: {}.", unknown.join(", "));
    (!unknown.is_empty()).then(|| HistoryEntry::Warned { text: text() }).into_iter().collect()
}

/// A run that ended before it began.
fn ended_at_once(ending: Ending) -> RunHandle {
    let (report, events) = mpsc::channel(1);
    let (orders, _) = mpsc::channel(1);
    // The channel has room for one.
    let _ = report.try_send(EngineEvent::Ended(ending));
    RunHandle { events, orders }
}

/// The actor's own failure becomes the task's outcome. Tried until the database takes it: no task stays without one.
async fn end_after_failure(core: &Arc<Core>, id: TaskId, reason: &str) {
    let mut patience = Patience::new(core, "a task's end");
    while let Err(error) = fail(core, id, reason).await {
        match error {
            AdvanceError::Rejected(_) | AdvanceError::Unknown(_) => return,
            error @ AdvanceError::Store(_) => {
                if let Err(error) = patience.after(error).await {
                    tracing::error!(task = %id, %error, "the task's end is not stored; it ends at the next start");
                    return;
                }
            }
        }
    }
    patience.over();
}

async fn fail(core: &Arc<Core>, id: TaskId, reason: &str) -> Result<(), AdvanceError> {
    let now = core.clock.now();
    let mut tx = core.store.begin().await?;
    let Some(task) = tx.task(id).await? else { return Ok(()) };
    let mut rows = Vec::new();
    let run = match task.phase.run() {
        Some(run) => run,
        // It broke before its run was stored; left in the queue, it would wait for ever.
        None => {
            let run = RunId(Uuid::now_v7());
            rows = advance(&mut tx, core, id, TaskEvent::Started { run }, now, None).await?.deliveries;
            run
        }
    };
    let event = TaskEvent::Ended { run, ending: Ending::Failed { reason: reason.to_owned() } };
    let advanced = advance(&mut tx, core, id, event, now, None).await?;
    tx.commit().await?;
    core.metrics.task_ended("failed", Duration::ZERO);
    rows.extend(advanced.deliveries);
    core.lanes.deliver(rows);
    core.perform(advanced.follow_ups);
    Ok(())
}
