//! An engine whose runs are played by the test.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::domain::action::ProposedAction;
use crate::domain::agent::AgentSpec;
use crate::domain::event::{Ending, EngineEvent};
use crate::domain::ids::SessionId;
use crate::domain::policy::{Target, ToolKind, ToolUse};
use crate::ports::{BoxFuture, Engine, EngineOrder, RunHandle, RunRequest, SessionSummary};

/// A prompt that breaks the engine itself.
pub(super) const BROKEN: &str = "break the engine";

/// Instructions that no fake engine can run.
pub(super) const UNFIT: &str = "unfit";

/// How many reports may wait for the actor.
pub(super) const AHEAD: usize = 100_000;

/// What an engine tells of its sessions; `None` while it does not answer at all.
pub(super) type Told = Arc<Mutex<Option<Result<Vec<SessionSummary>, String>>>>;

#[derive(Clone)]
pub(super) struct FakeEngine {
    runs: mpsc::UnboundedSender<Run>,
    pub(super) told: Told,
}

/// One run, seen from the engine.
pub(super) struct Run {
    pub(super) request: RunRequest,
    pub(super) events: mpsc::Sender<EngineEvent>,
    pub(super) orders: mpsc::Receiver<EngineOrder>,
}

impl FakeEngine {
    pub(super) fn new() -> (Self, mpsc::UnboundedReceiver<Run>) {
        let (runs, started) = mpsc::unbounded_channel();
        (Self { runs, told: Arc::new(Mutex::new(Some(Ok(Vec::new())))) }, started)
    }
}

impl Engine for FakeEngine {
    fn kind(&self) -> &'static str {
        "fake"
    }

    fn check(&self, agent: &AgentSpec) -> Result<(), String> {
        if agent.instructions == UNFIT { Err("it is unfit.".to_owned()) } else { Ok(()) }
    }

    fn start(&self, request: RunRequest) -> RunHandle {
        assert!(request.prompt != BROKEN, "the engine is broken");
        let (report, events) = mpsc::channel(AHEAD);
        let (orders, told) = mpsc::channel(8);
        // Nobody waits for runs any more when the test is over.
        let _ = self.runs.send(Run { request, events: report, orders: told });
        RunHandle { events, orders }
    }

    fn sessions(&self, _workspace: PathBuf) -> BoxFuture<'_, Result<Vec<SessionSummary>, String>> {
        let told = self.told.lock().unwrap().clone();
        Box::pin(async {
            match told {
                Some(told) => told,
                None => std::future::pending().await,
            }
        })
    }
}

impl Run {
    pub(super) async fn report(&self, event: EngineEvent) {
        self.events.send(event).await.expect("the actor has gone");
    }

    /// Waits until the actor has taken every report.
    pub(super) async fn heard(&self) {
        while self.events.capacity() < AHEAD {
            tokio::task::yield_now().await;
        }
    }

    /// Says something and ends well.
    pub(super) async fn answer(self, words: &str) {
        self.report(EngineEvent::Text(words.to_owned())).await;
        self.report(EngineEvent::Ended(Ending::Completed)).await;
    }

    pub(super) async fn open(&self, session: &str) {
        self.report(EngineEvent::SessionOpened(SessionId(session.to_owned()))).await;
    }

    /// What it was told to continue.
    pub(super) fn resumes(&self) -> Option<&str> {
        self.request.resume.as_ref().map(|session| session.0.as_str())
    }

    pub(super) async fn ask(&self, request: &str) {
        let action = ProposedAction::WriteFile { path: "/tmp/x".to_owned(), content: request.to_owned() };
        let target = Target::Path("/tmp/x".to_owned());
        let tool = ToolUse { tool: "Write".to_owned(), kind: ToolKind::Edit, targets: vec![target] };
        self.report(EngineEvent::ApprovalRequested { request: request.to_owned(), action, tool }).await;
    }

    pub(super) async fn order(&mut self) -> Option<EngineOrder> {
        tokio::time::timeout(Duration::from_secs(20), self.orders.recv()).await.expect("no order came")
    }
}
