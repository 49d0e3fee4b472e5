//! What all parts of the orchestrator share: the store, the ports, the rosters, and who is at work.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::domain::access::Access;
use crate::domain::agent::AgentSpec;
use crate::domain::conversation::Conversation;
use crate::domain::delivery::Delivery;
use crate::domain::dialogue::VersionChoice;
use crate::domain::ids::{ChatId, Place, RaceId, TaskId};
use crate::domain::press::NameKey;
use crate::domain::task::Task;
use crate::domain::toast::Toast;
use crate::ports::{Chat, Worktrees};
use crate::store::Store;
use crate::telemetry::Metrics;

use super::actor::{self, ActorMessage};
use super::agents::Agents;
use super::clock::Clock;
use super::delivery::Lanes;
use super::menus::Menus;
use super::races;
use super::reload;
use super::roster::{Engines, Workspaces};
use super::scheduler::Scheduler;
use super::sessions::{self, Search};
use super::versions::Versions;
use super::worktrees;

/// How much and how long, from the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Tasks at work at once.
    pub running_tasks: usize,
    /// How long a task may work; waiting for a person does not count.
    pub task_timeout: Duration,
    /// How long an approval can be answered.
    pub approval_timeout: Duration,
    /// How long an engine may give no sign of life before the chat is told.
    pub stall_timeout: Duration,
    /// At least this long between two pictures of one task at work.
    pub card_interval: Duration,
}

/// What an agent works with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setup {
    /// The engine.
    pub(super) engine: String,
    /// The workspace.
    pub(super) workspace: String,
}

/// What all parts share.
pub(super) struct Core {
    pub(super) store: Store,
    pub(super) chat: Arc<dyn Chat>,
    pub(super) bot: String,
    pub(super) versions: Versions,
    pub(super) engines: Engines,
    pub(super) workspaces: Workspaces,
    pub(super) worktrees: Arc<dyn Worktrees>,
    pub(super) access: Access,
    pub(super) limits: Limits,
    pub(super) files: PathBuf,
    pub(super) clock: Clock,
    pub(super) metrics: Arc<Metrics>,
    pub(super) lanes: Lanes,
    pub(super) menus: Menus,
    pub(super) stopping: CancellationToken,
    pub(super) actors: TaskTracker,
    pub(super) scheduler: Mutex<Scheduler>,
    pub(super) at_work: Mutex<HashMap<TaskId, AtWork>>,
    /// What stops the tests of worktrees.
    pub(super) tests: Mutex<HashMap<TaskId, CancellationToken>>,
}

/// What is known of a task at work beyond what is stored: it ends with the run.
pub(super) struct AtWork {
    mailbox: mpsc::UnboundedSender<ActorMessage>,
    /// Whether words can be passed into the running turn.
    steers: bool,
    /// Whether it waits for an answer to a question.
    asks: bool,
}

/// What is to be done once a transaction is committed. Nothing of it must be lost silently: what matters after a crash
/// is found again in the store.
#[derive(Debug)]
pub(super) enum FollowUp {
    /// Deliver a row of the outbox.
    Deliver(Delivery),
    /// Answer a press.
    Toast {
        /// The chat service's name for it.
        query: String,
        /// What to say, if anything.
        toast: Option<Toast>,
    },
    /// A task waits for its turn.
    Enqueue(Place, TaskId),
    /// A task waits for its turn beside the queue of its place.
    EnqueueBeside(TaskId),
    /// A queued task goes first.
    PutFirst(Place, TaskId),
    /// A queued task has ended.
    Remove(Place, TaskId),
    /// Tell a task's actor.
    Tell(TaskId, ActorMessage),
    /// The commands that a chat offers may be different now.
    Menu(ChatId),
    /// An owner has decided about a changed agent.
    Version {
        /// Which version.
        key: NameKey,
        /// What they chose.
        choice: VersionChoice,
        /// Their name.
        by: String,
    },
    /// Ask an engine for its sessions.
    Search(Search),
    /// Look at the repository of a race, and let it begin.
    PrepareRace(RaceId),
    /// Do what has been decided about a task's worktree.
    Tidy(TaskId),
    /// Stop the test in the worktree of a task that has ended.
    StopTest(TaskId),
    /// Count a task that ended without having begun.
    TaskEnded(&'static str),
    /// Count an approval that was answered.
    ApprovalEnded(&'static str),
    /// The bot may, or may no longer, write to a chat.
    Reachable(ChatId, bool),
    /// A chat has a new id; the store has followed.
    Migrated {
        /// The old one.
        from: ChatId,
        /// The new one.
        to: ChatId,
    },
}

impl Core {
    /// The scheduler. The lock is held for moments only, never over an await.
    pub(super) fn scheduler(&self) -> MutexGuard<'_, Scheduler> {
        self.scheduler.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn at_work(&self) -> MutexGuard<'_, HashMap<TaskId, AtWork>> {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tests(&self) -> MutexGuard<'_, HashMap<TaskId, CancellationToken>> {
        self.tests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What stops the test in a task's worktree, also before it begins.
    pub(super) fn test_of(&self, task: TaskId) -> CancellationToken {
        self.tests().entry(task).or_default().clone()
    }

    /// The test is over.
    pub(super) fn forget_test(&self, task: TaskId) {
        self.tests().remove(&task);
    }

    /// Whether words can be passed into a task's running turn.
    pub(super) fn steers(&self, task: TaskId) -> bool {
        self.at_work().get(&task).is_some_and(|at_work| at_work.steers)
    }

    /// From now on they can, or no longer.
    pub(super) fn set_steers(&self, task: TaskId, steers: bool) {
        if let Some(at_work) = self.at_work().get_mut(&task) {
            at_work.steers = steers;
        }
    }

    /// Whether a task at work waits for an answer to a question.
    pub(super) fn asks(&self, task: TaskId) -> bool {
        self.at_work().get(&task).is_some_and(|at_work| at_work.asks)
    }

    /// From now on it does, or no longer.
    pub(super) fn set_asks(&self, task: TaskId, asks: bool) {
        if let Some(at_work) = self.at_work().get_mut(&task) {
            at_work.asks = asks;
        }
    }

    /// The agents as they are now.
    pub(super) fn agents(&self) -> Arc<Agents> {
        self.versions.in_force()
    }

    /// The workspace of a conversation.
    pub(super) fn workspace_of<'a>(&'a self, conversation: &'a Conversation) -> &'a str {
        conversation.workspace.as_deref().unwrap_or(self.workspaces.default_name())
    }

    /// The engine and the workspace of an agent in a conversation. What the agent's file says comes first: an agent
    /// written for one engine makes no sense to another.
    pub(super) fn setup(&self, conversation: &Conversation, agent: &AgentSpec) -> Setup {
        let engine = agent.engine.as_ref().or(conversation.engine.as_ref()).unwrap_or(&self.engines.default);
        let workspace = agent.workspace.as_deref().or(agent.home.as_deref());
        Setup {
            engine: engine.clone(),
            workspace: workspace.unwrap_or(self.workspace_of(conversation)).to_owned(),
        }
    }

    /// Whether all that a task was carried out with is still there.
    pub(super) fn still_has(&self, task: &Task) -> bool {
        self.agents().within(&task.workspace).named(&task.agent).is_some()
            && self.engines.named(&task.engine).is_some()
            && self.workspaces.named(&task.workspace).is_some()
    }

    /// Tells a task's actor something. `false` when the task has none (any more).
    pub(super) fn tell(&self, task: TaskId, message: ActorMessage) -> bool {
        self.at_work().get(&task).is_some_and(|at_work| at_work.mailbox.send(message).is_ok())
    }

    /// Tells all actors the same.
    pub(super) fn tell_all(&self, message: &ActorMessage) {
        for at_work in self.at_work().values() {
            // An actor that is gone has nothing left to be told.
            let _ = at_work.mailbox.send(message.clone());
        }
    }

    /// Performs what a committed transaction asked for, in order.
    pub(super) fn perform(self: &Arc<Self>, follow_ups: Vec<FollowUp>) {
        let mut queue_changed = false;
        for follow_up in follow_ups {
            match follow_up {
                FollowUp::Deliver(delivery) => self.lanes.deliver(vec![delivery]),
                FollowUp::Toast { query, toast } => self.toast(query, toast),
                FollowUp::Enqueue(place, task) => {
                    self.scheduler().enqueue(place, task);
                    queue_changed = true;
                }
                FollowUp::EnqueueBeside(task) => {
                    self.scheduler().enqueue_beside(task);
                    queue_changed = true;
                }
                FollowUp::PutFirst(place, task) => self.scheduler().put_first(place, task),
                FollowUp::Remove(place, task) => {
                    self.scheduler().remove(place, task);
                    queue_changed = true;
                }
                FollowUp::Tell(task, message) => {
                    if !self.tell(task, message) {
                        tracing::debug!(%task, "the task has no actor to be told");
                    }
                }
                FollowUp::Menu(chat) => self.menus.changed(&self.access, chat),
                FollowUp::Version { key, choice, by } => reload::decided(self, key, choice, &by),
                FollowUp::Search(search) => {
                    self.actors.spawn(sessions::search(Arc::clone(self), search));
                }
                FollowUp::PrepareRace(race) => {
                    self.actors.spawn(races::prepare(Arc::clone(self), race));
                }
                FollowUp::Tidy(task) => {
                    self.actors.spawn(worktrees::tidy(Arc::clone(self), task));
                }
                FollowUp::StopTest(task) => self.test_of(task).cancel(),
                FollowUp::TaskEnded(outcome) => self.metrics.task_ended(outcome, Duration::ZERO),
                FollowUp::ApprovalEnded(status) => self.metrics.approval_ended(status),
                FollowUp::Reachable(chat, reachable) => self.lanes.set_reachable(chat, reachable),
                FollowUp::Migrated { from, to } => self.follow(from, to),
            }
        }
        if queue_changed {
            self.dispatch();
        }
    }

    /// Starts the tasks whose turn has come.
    pub(super) fn dispatch(self: &Arc<Self>) {
        if self.stopping.is_cancelled() {
            return;
        }
        let started = {
            let mut scheduler = self.scheduler();
            let started = scheduler.start_next();
            self.metrics.running(scheduler.running());
            started
        };
        for task in started {
            let (mailbox, messages) = mpsc::unbounded_channel();
            self.at_work().insert(task, AtWork { mailbox, steers: false, asks: false });
            self.actors.spawn(actor::run(Arc::clone(self), task, messages));
        }
    }

    /// A task's actor has done its work: the next task may begin.
    pub(super) fn released(self: &Arc<Self>, task: TaskId) {
        self.at_work().remove(&task);
        self.scheduler().release(task);
        self.dispatch();
    }

    fn follow(&self, from: ChatId, to: ChatId) {
        let moved = |place: Place| if place.chat == from { Place { chat: to, ..place } } else { place };
        self.scheduler().migrate(moved);
        self.tell_all(&ActorMessage::Migrated { from, to });
        self.lanes.migrate(from, to);
    }

    fn toast(&self, query: String, toast: Option<Toast>) {
        let chat = Arc::clone(&self.chat);
        // Not durable on purpose: a press is answered at once or, a moment later, not at all.
        self.actors.spawn(async move {
            if let Err(error) = chat.toast(&query, toast.as_ref()).await {
                tracing::debug!(%error, "a press was not answered");
            }
        });
    }
}
