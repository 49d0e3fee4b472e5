//! Running scripts and trees in temporary directories, and waiting for what comes of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use adjutant::domain::agent::{AgentSpec, Dialect, Source};
use adjutant::domain::approval::Decision;
use adjutant::domain::event::{ActionState, Ending, EngineEvent};
use adjutant::domain::ids::{RunId, SessionId, TaskId};
use adjutant::domain::policy::{Grants, Policy};
use adjutant::engines::process::{Guard, Launch, ProcessTree};
use adjutant::engines::script::ScriptEngine;
use adjutant::ports::{Engine, EngineOrder, RunHandle, RunRequest};
use tempfile::TempDir;
use tokio::time::timeout;

pub(crate) use crate::support::{mark, processes_with};

/// Nothing here takes nearly as long, unless it never ends.
const DEADLINE: Duration = Duration::from_secs(30);

pub(crate) fn guard() -> Guard {
    Guard::new(program())
}

/// The real program.
pub(crate) fn program() -> PathBuf {
    env!("CARGO_BIN_EXE_adjutant").into()
}

pub(crate) fn agent(steps: &str) -> AgentSpec {
    let instructions = format!("Some prose.\n\n```yaml steps\n{steps}\n```\n");
    let source = Source { path: "test.md".into(), dialect: Dialect::ClaudeCode };
    AgentSpec { instructions, ..AgentSpec::new("test", "Tests.", source) }
}

/// A workspace and a run in it.
pub(crate) struct Bench {
    pub(crate) workspace: TempDir,
    pub(crate) handle: RunHandle,
    /// Everything the run has reported so far.
    pub(crate) seen: Vec<EngineEvent>,
}

pub(crate) fn workspace() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// What an engine is asked to run.
pub(crate) fn request(agent: AgentSpec, workspace: &Path, prompt: &str, resume: Option<&str>) -> RunRequest {
    RunRequest {
        task: TaskId(1),
        run: RunId(uuid::Uuid::nil()),
        policy: policy(&agent, workspace),
        agent: Arc::new(agent),
        prompt: prompt.to_owned(),
        attachments: Vec::new(),
        workspace: workspace.to_owned(),
        lasting: true,
        resume: resume.map(|session| SessionId(session.to_owned())),
    }
}

/// What an agent may do in a workspace.
pub(crate) fn policy(agent: &AgentSpec, workspace: &Path) -> Arc<Policy> {
    // Some tests have none.
    let workspace = workspace.canonicalize().unwrap_or_else(|_| workspace.to_owned());
    let workspace = workspace.to_str().unwrap().to_owned();
    Arc::new(Policy::of(agent, Grants { workspace, allow_bypass: false }))
}

impl Bench {
    pub(crate) fn start(steps: &str) -> Self {
        Self::start_in(workspace(), steps, "the prompt", None)
    }

    pub(crate) fn start_in(workspace: TempDir, steps: &str, prompt: &str, resume: Option<&str>) -> Self {
        let request = request(agent(steps), workspace.path(), prompt, resume);
        let handle = ScriptEngine::new(guard(), Duration::ZERO).start(request);
        Self::of(workspace, handle)
    }

    /// A run that has begun already.
    pub(crate) fn of(workspace: TempDir, handle: RunHandle) -> Self {
        Self { workspace, handle, seen: Vec::new() }
    }

    /// The next event; `None` after the last.
    pub(crate) async fn next(&mut self) -> Option<EngineEvent> {
        let event = timeout(DEADLINE, self.handle.events.recv()).await.expect("the run hangs");
        self.seen.extend(event.clone());
        event
    }

    /// Reads on until an event is the wanted one.
    pub(crate) async fn until(&mut self, wanted: impl Fn(&EngineEvent) -> bool) -> EngineEvent {
        loop {
            let event = self.next().await.unwrap_or_else(|| panic!("it ended first: {:?}", self.seen));
            if wanted(&event) {
                return event;
            }
        }
    }

    /// Reads on until the output of an action holds a text.
    pub(crate) async fn until_output(&mut self, wanted: &str) {
        while !self.output().contains(wanted) {
            self.next().await.unwrap_or_else(|| panic!("it ended first: {:?}", self.output()));
        }
    }

    pub(crate) async fn order(&self, order: EngineOrder) {
        timeout(DEADLINE, self.handle.orders.send(order)).await.expect("orders hang").expect("it has ended");
    }

    /// Waits for an approval request and answers it.
    pub(crate) async fn decide(&mut self, decision: Decision) {
        let EngineEvent::ApprovalRequested { request, .. } =
            self.until(|event| matches!(event, EngineEvent::ApprovalRequested { .. })).await
        else {
            unreachable!()
        };
        self.order(EngineOrder::Decide { request, decision }).await;
    }

    /// Reads to the end. Checks that there is exactly one ending, and that it comes last.
    pub(crate) async fn ending(&mut self) -> Ending {
        while self.next().await.is_some() {}
        let ended = |event: &&EngineEvent| matches!(event, EngineEvent::Ended(_));
        assert_eq!(self.seen.iter().filter(ended).count(), 1, "{:?}", self.seen);
        let Some(EngineEvent::Ended(ending)) = self.seen.last() else { panic!("{:?}", self.seen) };
        ending.clone()
    }

    pub(crate) fn output(&self) -> String {
        let chunk = |event: &EngineEvent| match event {
            EngineEvent::Output { chunk, .. } => Some(chunk.clone()),
            _ => None,
        };
        self.seen.iter().filter_map(chunk).collect()
    }

    pub(crate) fn text(&self) -> String {
        let text = |event: &EngineEvent| match event {
            EngineEvent::Text(text) => Some(text.clone()),
            _ => None,
        };
        self.seen.iter().filter_map(text).collect()
    }

    /// The states that actions went through, in order.
    pub(crate) fn states(&self) -> Vec<ActionState> {
        let state = |event: &EngineEvent| match event {
            EngineEvent::Action(update) => Some(update.state.clone()),
            _ => None,
        };
        self.seen.iter().filter_map(state).collect()
    }

    pub(crate) fn file(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.workspace.path().join(name)).ok()
    }
}

pub(crate) fn failed(reason: &str) -> Ending {
    Ending::Failed { reason: reason.to_owned() }
}

/// A shell command.
pub(crate) fn shell(directory: &Path, command: &str) -> Launch {
    Launch {
        program: "sh".into(),
        args: vec!["-c".into(), command.into()],
        cwd: directory.to_owned(),
        env: Vec::new(),
    }
}

/// A command in a tree of its own.
pub(crate) fn tree(directory: &Path, command: &str) -> ProcessTree {
    ProcessTree::spawn(&guard(), &shell(directory, command)).unwrap()
}

/// Something that comes soon, or never.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(DEADLINE, future).await.unwrap_or_else(|_| panic!("never happened: {what}"))
}

pub(crate) async fn all_output(tree: &mut ProcessTree) -> String {
    let mut output = String::new();
    while let Some(chunk) = timeout(DEADLINE, tree.next_chunk()).await.expect("the output hangs") {
        output.push_str(&chunk);
    }
    output
}

/// Waits until a condition holds.
pub(crate) async fn eventually(what: &str, condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < DEADLINE, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The most memory that this process has had, in KB: with all tests that run beside this one.
pub(crate) fn peak_memory_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
