//! The middle of it all: updates in, tasks run, messages out. Every step is committed before it is performed.
//!
//! Knows the domain, the ports and the store; knows no chat service, no engine and no file format.

mod actor;
mod advance;
mod chains;
mod agents;
mod clock;
mod compose;
mod core;
mod delivery;
mod inbox;
mod menus;
mod intake;
mod patience;
mod queue;
mod races;
mod recovery;
mod reload;
mod versions;
mod roster;
mod scheduler;
mod sessions;
mod worktrees;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::domain::access::Access;
use crate::domain::approval::ApprovalStatus;
use crate::domain::event::TaskEvent;
use crate::domain::ids::{ApprovalId, ChatId, Timestamp};
use crate::ports::{Batch, Chat, Worktrees};
use crate::store::{Store, StoreError};
use crate::telemetry::Metrics;

use self::actor::ActorMessage;
use self::advance::{AdvanceError, advance};
use self::core::{Core, FollowUp};
use self::delivery::{LaneNews, Lanes};
use self::menus::Menus;
use self::patience::Patience;
use self::scheduler::Scheduler;
use self::versions::Versions;

pub use self::agents::Agents;
pub use self::clock::Clock;
pub use self::core::Limits;
pub use self::roster::{Engines, Workspace, Workspaces};

/// How long running tasks get to end when Adjutant goes down: a little more than their engines may take to stop.
const STOP_TIME: Duration = Duration::from_millis(4_000);

/// How long messages get to leave when Adjutant goes down. What does not leave, leaves after the next start.
const FLUSH_TIME: Duration = Duration::from_millis(1_000);

/// How often the outbox is measured.
const MEASURING: Duration = Duration::from_secs(15);

/// How often what has long been done is thrown away.
const PRUNING: Duration = Duration::from_secs(3600);

/// How long applied updates and delivered messages are kept.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

/// What the orchestrator works with.
pub struct Parts {
    /// Where everything is kept.
    pub store: Store,
    /// The chat service.
    pub chat: Arc<dyn Chat>,
    /// The bot's username, without `@`.
    pub bot: String,
    /// The agents.
    pub agents: Agents,
    /// The agents anew, each time that their files say something else.
    pub reloads: mpsc::Receiver<Agents>,
    /// The engines.
    pub engines: Engines,
    /// The workspaces.
    pub workspaces: Workspaces,
    /// What makes worktrees of them.
    pub worktrees: Arc<dyn Worktrees>,
    /// Who may do what.
    pub access: Access,
    /// How much and how long.
    pub limits: Limits,
    /// The folder for files that people send; made when it is needed.
    pub files: PathBuf,
    /// Where it is counted.
    pub metrics: Arc<Metrics>,
}

/// The middle of it all.
pub struct Orchestrator {
    core: Arc<Core>,
    news: mpsc::UnboundedReceiver<LaneNews>,
    reloads: mpsc::Receiver<Agents>,
}

impl Orchestrator {
    /// Puts it together; nothing runs yet.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self::with_clock(parts, Clock::default())
    }

    fn with_clock(parts: Parts, clock: Clock) -> Self {
        let (report, news) = mpsc::unbounded_channel();
        let lanes = Lanes::new(
            Arc::clone(&parts.chat),
            parts.store.clone(),
            clock.clone(),
            Arc::clone(&parts.metrics),
            report,
        );
        let core = Core {
            scheduler: Mutex::new(Scheduler::new(parts.limits.running_tasks)),
            store: parts.store,
            chat: parts.chat,
            bot: parts.bot,
            versions: Versions::new(parts.agents),
            engines: parts.engines,
            workspaces: parts.workspaces,
            worktrees: parts.worktrees,
            access: parts.access,
            limits: parts.limits,
            files: parts.files,
            clock,
            metrics: parts.metrics,
            lanes,
            menus: Menus::default(),
            stopping: CancellationToken::new(),
            actors: TaskTracker::new(),
            at_work: Mutex::new(HashMap::new()),
            tests: Mutex::new(HashMap::new()),
        };
        Self { core: Arc::new(core), news, reloads: parts.reloads }
    }

    /// Recovers what an earlier run left, then works until `shutdown`, then ends everything in order.
    ///
    /// # Errors
    /// When the store cannot even be read at the start.
    pub async fn run(
        mut self,
        batches: mpsc::Receiver<Batch>,
        shutdown: CancellationToken,
    ) -> Result<(), StoreError> {
        recovery::recover(&self.core).await?;
        self.core.actors.spawn(menus::run(Arc::clone(&self.core)));
        let inbox = tokio::spawn(inbox::run(Arc::clone(&self.core), batches, shutdown.clone()));
        let mut measuring = tokio::time::interval(MEASURING);
        let mut pruning = tokio::time::interval(PRUNING);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                Some(news) = self.news.recv() => self.heard(news),
                Some(agents) = self.reloads.recv() => reload::reloaded(&self.core, agents),
                _ = measuring.tick() => self.measure().await,
                _ = pruning.tick() => self.prune().await,
            }
        }
        if let Err(error) = inbox.await {
            tracing::error!(%error, "the inbox broke");
        }
        self.wind_down().await;
        Ok(())
    }

    async fn wind_down(&self) {
        self.core.stopping.cancel();
        self.core.tell_all(&ActorMessage::Shutdown);
        self.core.actors.close();
        if tokio::time::timeout(STOP_TIME, self.core.actors.wait()).await.is_err() {
            tracing::warn!("some tasks did not end in time; they are told as interrupted at the next start");
        }
        if tokio::time::timeout(FLUSH_TIME, self.core.lanes.drained()).await.is_err() {
            tracing::info!("some messages wait for the next start");
        }
        self.core.lanes.abandon().await;
    }

    /// In a task of its own: it may have to wait for the database, and must not break the rest.
    fn heard(&self, news: LaneNews) {
        let core = Arc::clone(&self.core);
        self.core.actors.spawn(async move {
            let mut patience = Patience::new(&core, "news from a lane");
            loop {
                let result = match news {
                    LaneNews::Undeliverable(approval) => undeliverable(&core, approval).await,
                    LaneNews::Migrated { from, to } => migrated(&core, from, to).await,
                };
                let Err(error) = result else { return patience.over() };
                if let Err(error) = patience.after(error).await {
                    return tracing::error!(%error, ?news, "news from a lane could not be stored");
                }
            }
        });
    }

    async fn measure(&self) {
        let now = self.core.clock.now();
        match self.core.store.outbox_depth().await {
            Ok((depth, oldest)) => {
                self.core.metrics.outbox(depth, oldest.map_or(Duration::ZERO, |oldest| now.since(oldest)));
            }
            Err(error) => tracing::warn!(%error, "the outbox cannot be measured"),
        }
    }

    async fn prune(&self) {
        let now = self.core.clock.now();
        let kept_since = Timestamp(now.0 - i64::try_from(KEPT.as_millis()).unwrap_or(0));
        if let Err(error) = self.core.store.prune(kept_since).await {
            tracing::warn!(%error, "what has long been done cannot be thrown away");
        }
        self.core.lanes.forget_idle();
        actor::attachments::prune(&self.core.files, KEPT).await;
    }
}

/// An approval that nobody could be shown in full is denied; the task goes on without that action.
async fn undeliverable(core: &Arc<Core>, id: ApprovalId) -> Result<(), AdvanceError> {
    let now = core.clock.now();
    let mut tx = core.store.begin().await?;
    let Some(approval) = tx.approval(id).await? else { return Ok(()) };
    let Some(approval) = approval.closed(ApprovalStatus::Undeliverable { at: now }) else { return Ok(()) };
    let event = TaskEvent::ApprovalResolved { run: approval.run, approval: id };
    let (workspace, mut rows) = match advance(&mut tx, core, approval.task, event, now, None).await {
        Ok(advanced) => (advanced.task.workspace, advanced.deliveries),
        Err(AdvanceError::Rejected(_) | AdvanceError::Unknown(_)) => Default::default(),
        Err(error @ AdvanceError::Store(_)) => return Err(error),
    };
    rows.extend(actor::approvals::close(&mut tx, &*core.chat, &approval, &workspace, now).await?);
    tx.commit().await?;
    core.metrics.approval_ended(approval.status.name());
    core.lanes.deliver(rows);
    core.tell(approval.task, ActorMessage::Resolved(Box::new(approval)));
    Ok(())
}

async fn migrated(core: &Arc<Core>, from: ChatId, to: ChatId) -> Result<(), AdvanceError> {
    let mut tx = core.store.begin().await?;
    tx.migrate_chat(from, to).await?;
    tx.commit().await?;
    core.perform(vec![FollowUp::Migrated { from, to }]);
    Ok(())
}

#[cfg(test)]
mod tests;
