//! Runs of the `claude` engine with the fake, and what they report.

use std::sync::Arc;
use std::time::Duration;

use adjutant::domain::agent::AgentSpec;
use adjutant::domain::event::{Ending, EngineEvent};
use adjutant::domain::ids::{RunId, SessionId, TaskId};
use adjutant::engines::claude::ClaudeEngine;
use adjutant::engines::program::Program;
use adjutant::engines::sessions::{SessionLimits, Sessions};
use adjutant::ports::{Engine, EngineOrder, RunHandle, RunRequest};
use tempfile::TempDir;
use tokio::time::timeout;

use super::fake::{Fake, Script};
use crate::engine::support::policy;

/// Nothing here takes nearly as long, unless it never ends.
const DEADLINE: Duration = Duration::from_secs(30);

/// An agent without instructions.
pub(super) fn agent() -> AgentSpec {
    AgentSpec { instructions: String::new(), ..super::super::support::agent("") }
}

/// An engine with the fake, and a workspace.
pub(super) struct Bench {
    pub(super) fake: Fake,
    pub(super) workspace: TempDir,
    pub(super) sessions: Sessions,
    pub(super) program: Program,
    pub(super) agent: AgentSpec,
    pub(super) lasting: bool,
}

impl Bench {
    pub(super) fn new(scripts: impl IntoIterator<Item = Script>) -> Self {
        let fake = Fake::new(scripts);
        let sessions = Sessions::new(SessionLimits { idle: Duration::from_secs(600), living: 3 });
        let workspace = tempfile::tempdir().unwrap();
        Self { program: fake.program(), fake, workspace, sessions, agent: agent(), lasting: true }
    }

    pub(super) fn run(&self, prompt: &str, resume: Option<&str>) -> Run {
        let engine = ClaudeEngine::new(self.program.clone(), self.sessions.clone());
        let handle = engine.start(RunRequest {
            task: TaskId(1),
            run: RunId(uuid::Uuid::nil()),
            agent: Arc::new(self.agent.clone()),
            policy: policy(&self.agent, self.workspace.path()),
            prompt: prompt.to_owned(),
            attachments: Vec::new(),
            workspace: self.workspace.path().to_owned(),
            lasting: self.lasting,
            resume: resume.map(|session| SessionId(session.to_owned())),
        });
        Run { handle, seen: Vec::new() }
    }

    /// The workspace as it is shown.
    pub(super) fn cwd(&self) -> String {
        self.workspace.path().canonicalize().unwrap().to_str().unwrap().to_owned()
    }
}

/// A run and what it has reported.
pub(super) struct Run {
    pub(super) handle: RunHandle,
    pub(super) seen: Vec<EngineEvent>,
}

impl Run {
    /// The next event; `None` after the last.
    pub(super) async fn next(&mut self) -> Option<EngineEvent> {
        let event = timeout(DEADLINE, self.handle.events.recv())
            .await
            .unwrap_or_else(|_| panic!("the run hangs after {:?}", self.seen));
        self.seen.extend(event.clone());
        event
    }

    /// Reads on until an event is the wanted one.
    pub(super) async fn until<T>(&mut self, wanted: impl Fn(&EngineEvent) -> Option<T>) -> T {
        loop {
            let event = self.next().await.unwrap_or_else(|| panic!("it ended first: {:?}", self.seen));
            if let Some(found) = wanted(&event) {
                return found;
            }
        }
    }

    /// Reads on until this was said.
    pub(super) async fn until_text(&mut self, wanted: &str) {
        while !self.text().contains(wanted) {
            self.next().await.unwrap_or_else(|| panic!("it ended first: {:?}", self.seen));
        }
    }

    pub(super) async fn order(&self, order: EngineOrder) {
        timeout(DEADLINE, self.handle.orders.send(order)).await.expect("orders hang").expect("it has ended");
    }

    /// Reads to the end. Checks that there is exactly one ending, and that it comes last.
    pub(super) async fn ending(&mut self) -> Ending {
        while self.next().await.is_some() {}
        let ended = |event: &&EngineEvent| matches!(event, EngineEvent::Ended(_));
        assert_eq!(self.seen.iter().filter(ended).count(), 1, "{:?}", self.seen);
        let Some(EngineEvent::Ended(ending)) = self.seen.last() else { panic!("{:?}", self.seen) };
        ending.clone()
    }

    pub(super) fn text(&self) -> String {
        let text = |event: &EngineEvent| match event {
            EngineEvent::Text(text) => Some(text.clone()),
            _ => None,
        };
        self.seen.iter().filter_map(text).collect()
    }

    /// What the run has cost, as it said last.
    pub(super) fn cost(&self) -> Option<f64> {
        self.seen.iter().rev().find_map(|event| match event {
            EngineEvent::Usage(usage) => usage.cost_usd,
            _ => None,
        })
    }
}
