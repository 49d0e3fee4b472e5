//! An orchestrator at work, and what a test does to it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::super::clock::Clock;
use super::super::{Agents, Engines, Limits, Orchestrator, Parts, Workspace, Workspaces};
use super::chat::FakeChat;
use super::engine::{FakeEngine, Run, Told};
use super::worktrees::FakeWorktrees;
use crate::domain::access::Access;
use crate::domain::agent::{AgentSpec, Dialect, Source};
use crate::domain::card::Card;
use crate::domain::ids::{ChatId, MessageId, Place, TaskId, UserId};
use crate::domain::input::{Incoming, IncomingPress, IncomingText, Person, RawUpdate, SentFile};
use crate::domain::press::{Choice, Press};
use crate::domain::task::Task;
use crate::ports::Batch;
use crate::store::{DatabaseLocation, Store, StoreError};
use crate::telemetry::Metrics;

/// The one who may do everything.
pub(super) const OWNER: UserId = UserId(1);

/// One who may run agents.
pub(super) const MEMBER: UserId = UserId(2);

pub(super) const LIMITS: Limits = Limits {
    running_tasks: 4,
    task_timeout: Duration::from_secs(600),
    approval_timeout: Duration::from_secs(600),
    stall_timeout: Duration::from_secs(3600),
    card_interval: Duration::from_millis(1),
};

pub(super) struct World {
    pub(super) chat: Arc<FakeChat>,
    pub(super) store: Store,
    clock: Clock,
    runs: mpsc::UnboundedReceiver<Run>,
    _files: tempfile::TempDir,
    /// What the agents' files say.
    pub(super) files_say: mpsc::Sender<Agents>,
    /// What the engines tell of their sessions.
    pub(super) told: Told,
    pub(super) trees: Arc<FakeWorktrees>,
    batches: mpsc::Sender<Batch>,
    shutdown: CancellationToken,
    running: JoinHandle<Result<(), StoreError>>,
    /// The number of the latest update.
    pub(super) updates: i64,
}

impl World {
    pub(super) async fn new() -> Self {
        Self::with(LIMITS).await
    }

    pub(super) async fn with(limits: Limits) -> Self {
        Self::on(Store::open(&DatabaseLocation::Memory).await.unwrap(), limits)
    }

    /// Starts on a store that may hold what an earlier one left.
    pub(super) fn on(store: Store, limits: Limits) -> Self {
        Self::of(agent(), store, limits)
    }

    /// Starts with this agent.
    pub(super) fn of(agent: AgentSpec, store: Store, limits: Limits) -> Self {
        Self::of_all(vec![agent], store, limits)
    }

    /// Starts with these agents.
    pub(super) fn of_all(agents: Vec<AgentSpec>, store: Store, limits: Limits) -> Self {
        Self::tested(agents, store, limits, None)
    }

    /// Starts with these agents, and a test in the workspace.
    pub(super) fn tested(agents: Vec<AgentSpec>, store: Store, limits: Limits, test: Option<String>) -> Self {
        let trees = Arc::new(FakeWorktrees::new());
        let chat = Arc::new(FakeChat::new());
        let files = tempfile::tempdir().unwrap();
        let (engine, runs) = FakeEngine::new();
        let told = Arc::clone(&engine.told);
        let (files_say, reloads) = mpsc::channel(1);
        let parts = Parts {
            store: store.clone(),
            chat: Arc::clone(&chat) as _,
            bot: "bot".to_owned(),
            agents: Agents { list: agents.into_iter().map(Arc::new).collect(), broken: Vec::new() },
            reloads,
            engines: Engines {
                list: vec![
                    ("fake".to_owned(), Arc::new(engine.clone()) as _),
                    ("other".to_owned(), Arc::new(engine) as _),
                ],
                default: "fake".to_owned(),
            },
            workspaces: Workspaces {
                list: vec![Workspace {
                    name: "here".to_owned(),
                    path: PathBuf::from("/"),
                    test,
                    allow_bypass: false,
                }],
            },
            worktrees: Arc::clone(&trees) as _,
            access: Access { owners: [OWNER].into(), members: [MEMBER].into(), ..Access::default() },
            limits,
            files: files.path().join("files"),
            metrics: Arc::new(Metrics::default()),
        };
        let clock = Clock::default();
        let orchestrator = Orchestrator::with_clock(parts, clock.clone());
        let (batches, incoming) = mpsc::channel(1);
        let shutdown = CancellationToken::new();
        let running = tokio::spawn(orchestrator.run(incoming, shutdown.clone()));
        Self {
            chat,
            store,
            clock,
            runs,
            _files: files,
            files_say,
            told,
            trees,
            batches,
            shutdown,
            running,
            updates: 0,
        }
    }

    /// Ends it in order.
    pub(super) async fn stop(self) -> Store {
        self.shutdown.cancel();
        self.running.await.unwrap().unwrap();
        self.store
    }

    /// Ends it in mid-air.
    pub(super) async fn kill(self) -> Store {
        self.running.abort();
        // It was aborted, as it should be.
        let _ = self.running.await;
        self.store
    }

    /// What Telegram would send next; returns once it is acknowledged, or refused.
    pub(super) async fn update(&mut self, body: String) -> bool {
        self.together(vec![body]).await
    }

    /// The same for several at once.
    async fn together(&mut self, bodies: Vec<String>) -> bool {
        let (accepted, acceptance) = oneshot::channel();
        let mut updates = Vec::new();
        for body in bodies {
            self.updates += 1;
            updates.push(RawUpdate { id: self.updates, body });
        }
        self.batches.send(Batch { updates, accepted }).await.expect("the inbox has gone");
        acceptance.await.is_ok()
    }

    pub(super) async fn incoming(&mut self, incoming: Incoming) -> bool {
        let raw = self.chat.raw(incoming);
        self.update(raw).await
    }

    /// The owner writes in a chat.
    pub(super) async fn say(&mut self, chat: i64, text: &str) -> bool {
        self.say_all(chat, &[text]).await
    }

    /// The owner writes several messages in a row.
    pub(super) async fn say_all(&mut self, chat: i64, texts: &[&str]) -> bool {
        self.say_as(OWNER, chat, texts).await
    }

    /// Somebody writes several messages in a row.
    pub(super) async fn say_as(&mut self, user: UserId, chat: i64, texts: &[&str]) -> bool {
        let messages = (1_000 + self.updates..).map(MessageId);
        let bodies = texts.iter().zip(messages).map(|(text, message)| {
            self.chat.raw(Incoming::Text(IncomingText {
                place: place(chat),
                from: person(user),
                message,
                text: (*text).to_owned(),
                private: true,
                reply_to_bot: false,
                edited: false,
                forwarded: false,
                files: Vec::new(),
                album: None,
            }))
        });
        let bodies = bodies.collect();
        self.together(bodies).await
    }

    /// The owner presses a button.
    pub(super) async fn press(&mut self, chat: i64, press: Press) -> bool {
        self.press_as(OWNER, chat, press).await
    }

    /// Somebody presses a button.
    pub(super) async fn press_as(&mut self, user: UserId, chat: i64, press: Press) -> bool {
        let query = format!("query {}", self.updates);
        let press = IncomingPress { place: Some(place(chat)), from: person(user), query, press: Some(press) };
        self.incoming(Incoming::Pressed(press)).await
    }

    /// The owner sends a file with words in a chat.
    pub(super) async fn send_file(&mut self, chat: i64, text: &str) -> bool {
        let file = SentFile {
            id: "file".to_owned(),
            name: "plan.txt".to_owned(),
            media_type: "text/plain".to_owned(),
            bytes: Some(4),
        };
        self.incoming(Incoming::Text(IncomingText {
            place: place(chat),
            from: person(OWNER),
            message: MessageId(1_000 + self.updates),
            text: text.to_owned(),
            private: true,
            reply_to_bot: false,
            edited: false,
            forwarded: false,
            files: vec![file],
            album: None,
        }))
        .await
    }

    /// Waits until this was done to a worktree.
    pub(super) async fn until_done(&self, what: &str) {
        let done = || self.trees.done.lock().unwrap().clone();
        for _ in 0..100_000 {
            if done().iter().any(|done| done == what) {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("not {what}: {:?}", done());
    }

    /// Waits until a task has ended.
    pub(super) async fn until_ended(&self, task: TaskId) -> Task {
        for _ in 0..10_000 {
            let stored = self.store.task(task).await.unwrap();
            if let Some(task) = stored.filter(|task| task.ended_at.is_some()) {
                return task;
            }
            tokio::task::yield_now().await;
        }
        panic!("#{task} has not ended");
    }

    /// The owner answers the approval that was asked for last.
    pub(super) async fn decide(&mut self, chat: i64, choice: Choice) -> bool {
        let approval = self.chat.cards().into_iter().rev().find_map(|card| match card {
            Card::Approval(card) => Some(card.approval),
            _ => None,
        });
        let approval = approval.expect("no approval was asked for");
        self.press(chat, Press::Approval { id: approval.id, nonce: approval.nonce, choice }).await
    }

    /// The next run of the engine.
    pub(super) async fn run(&mut self) -> Run {
        let next = tokio::time::timeout(Duration::from_secs(20), self.runs.recv()).await;
        next.expect("no run began").expect("the engine has gone")
    }

    /// The machine slept: the wall clock has gone on.
    pub(super) fn sleep(&self, time: Duration) {
        let ahead = i64::try_from(time.as_millis()).unwrap();
        self.clock.ahead.fetch_add(ahead, Ordering::Relaxed);
    }
}

pub(super) fn place(chat: i64) -> Place {
    Place { chat: ChatId(chat), topic: None }
}

/// Time passes.
pub(super) async fn later(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

fn person(id: UserId) -> Person {
    Person { id, name: "Somebody".to_owned() }
}

pub(super) fn agent() -> AgentSpec {
    let source = Source { path: PathBuf::from("worker.md"), dialect: Dialect::ClaudeCode };
    AgentSpec::new("worker", "Works.", source)
}
