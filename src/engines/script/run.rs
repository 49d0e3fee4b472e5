//! Goes through the steps of one script. Owns what the run remembers: values, plan, how many actions there were.
//!
//! Knows nothing of channels but [`Link`], and of commands but [`super::command`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::super::files;
use super::super::link::{Halt, Link};
use super::super::titles::code;
use super::ScriptEngine;
use super::steps::{AskStep, Script, Step, WriteStep};
use super::template::Template;
use crate::domain::action::ProposedAction;
use crate::domain::agent::Verdict;
use crate::domain::approval::Decision;
use crate::domain::event::{ActionState, ActionUpdate, EngineEvent, PlanEntry, PlanState};
use crate::domain::ids::SessionId;
use crate::domain::policy::{Policy, Target, ToolKind, ToolUse};
use crate::engines::process::Guard;
use crate::ports::RunRequest;

/// A piece of an answer ends with the first word after so many bytes.
const PIECE: usize = 24;

/// What this engine's sessions begin with; the number of turns follows.
const SESSION: &str = "script:";

/// One run.
pub(super) struct Run {
    pub(super) link: Link,
    pub(super) guard: Guard,
    pub(super) workspace: PathBuf,
    pub(super) values: BTreeMap<String, String>,
    chunk_delay: Duration,
    session: SessionId,
    policy: Arc<Policy>,
    plan: Vec<PlanEntry>,
    /// How many actions and questions there were so far; the next one's name.
    count: usize,
    /// Whether the answer has begun.
    spoke: bool,
}

impl Run {
    pub(super) fn new(engine: ScriptEngine, request: RunRequest, link: Link) -> Result<Self, Halt> {
        let turn = next_turn(request.resume.as_ref());
        let attached: Vec<_> =
            request.attachments.iter().map(|file| file.path.display().to_string()).collect();
        let attached = attached.join("\n");
        Ok(Self {
            link,
            guard: engine.guard,
            workspace: files::real_directory(&request.workspace).map_err(Halt::Failed)?,
            values: [("prompt", request.prompt), ("turn", turn.to_string()), ("files", attached)]
                .map(|(name, value)| (name.to_owned(), value))
                .into(),
            chunk_delay: engine.chunk_delay,
            session: SessionId(format!("{SESSION}{turn}")),
            policy: request.policy,
            plan: Vec::new(),
            count: 0,
            spoke: false,
        })
    }

    pub(super) async fn play(mut self, script: Script) -> Result<(), Halt> {
        self.link.emit(EngineEvent::SessionOpened(self.session.clone())).await?;
        for step in script.steps {
            self.step(step).await?;
        }
        Ok(())
    }

    async fn step(&mut self, step: Step) -> Result<(), Halt> {
        match step {
            Step::Say(text) => self.say(&text.fill(&self.values)).await,
            Step::Think(text) => self.link.emit(EngineEvent::Thought(text.fill(&self.values))).await,
            Step::Plan(entries) => self.make_plan(&entries).await,
            Step::Done(index) => self.done(index).await,
            Step::Run(step) => self.run(step).await,
            Step::Write(step) => self.write(step).await,
            Step::Read(path) => self.read(&path).await,
            Step::Ask(step) => self.ask(step).await,
            Step::Send(path) => self.send(&path).await,
            Step::Wait(duration) => self.link.sleep(duration).await,
            Step::Fail(reason) => Err(Halt::Failed(reason)),
        }
    }

    /// Sends a file. One that is not there is told, and no reason to give up: the step that would have made it may have
    /// been denied.
    async fn send(&mut self, path: &str) -> Result<(), Halt> {
        if !self.workspace.join(path).exists() {
            return self.say(&format!("Not sent: {} is not there.", code(path))).await;
        }
        let file = files::existing(&self.workspace, path).map_err(Halt::Failed)?;
        self.link.emit(EngineEvent::File(file)).await
    }

    /// A paragraph of the answer, piece by piece.
    async fn say(&mut self, paragraph: &str) -> Result<(), Halt> {
        let mut gap = if std::mem::replace(&mut self.spoke, true) { "\n\n" } else { "" };
        for (at, piece) in pieces(paragraph).into_iter().enumerate() {
            // Between pieces only: a short answer is there at once.
            if at > 0 && !self.chunk_delay.is_zero() {
                self.link.sleep(self.chunk_delay).await?;
            }
            self.link.emit(EngineEvent::Text(format!("{gap}{piece}"))).await?;
            gap = "";
        }
        Ok(())
    }

    async fn make_plan(&mut self, entries: &[Template]) -> Result<(), Halt> {
        let entry = |text: &Template| PlanEntry { text: text.fill(&self.values), state: PlanState::Pending };
        self.plan = entries.iter().map(entry).collect();
        self.report_plan().await
    }

    async fn done(&mut self, index: usize) -> Result<(), Halt> {
        if let Some(entry) = self.plan.get_mut(index) {
            entry.state = PlanState::Done;
        }
        self.report_plan().await
    }

    async fn report_plan(&mut self) -> Result<(), Halt> {
        let active = self.plan.iter().any(|entry| entry.state == PlanState::Active);
        if let Some(next) = self.plan.iter_mut().find(|entry| !active && entry.state == PlanState::Pending) {
            next.state = PlanState::Active;
        }
        self.link.emit(EngineEvent::Plan(self.plan.clone())).await
    }

    async fn write(&mut self, step: WriteStep) -> Result<(), Halt> {
        let fail = |reason: String| Halt::Failed(format!("cannot write: {reason}"));
        let target = files::target(&self.workspace, &step.path).map_err(fail)?;
        let action =
            ProposedAction::WriteFile { path: text_of(&target)?, content: step.content.fill(&self.values) };
        let title = format!("Write {}", code(&step.path));
        let Some((id, action)) = self.permitted(title, action, step.ask).await? else { return Ok(()) };
        let ProposedAction::WriteFile { path, content } = action else { return Ok(()) };
        let workspace = self.workspace.clone();
        // Not to be interrupted: a stopped run changes nothing after it has ended.
        let written = tokio::task::spawn_blocking(move || {
            // Somebody may have put a link in its way since it was shown.
            if files::target(&workspace, &step.path)? != Path::new(&path) {
                return Err(format!("`{}` leads elsewhere by now", step.path));
            }
            files::replace(Path::new(&path), &content).map_err(|error| format!("`{}`: {error}", step.path))
        });
        let written = written.await.unwrap_or_else(|error| Err(error.to_string()));
        self.settle(id, written.as_ref().err().map(|_| "not written".to_owned())).await?;
        written.map_err(fail)
    }

    async fn read(&mut self, path: &str) -> Result<(), Halt> {
        let id = self.next_name();
        let title = format!("Read {}", code(path));
        self.update(&id, Some(title.clone()), ActionState::Running).await?;
        let found = files::existing(&self.workspace, path);
        let named = found.as_ref().map_or_else(|_| self.workspace.join(path), PathBuf::clone);
        let target = Target::Path(named.display().to_string());
        let tool = ToolUse { tool: "read".to_owned(), kind: ToolKind::Read, targets: vec![target] };
        if let Some(because) = self.policy.forbids(&tool) {
            return self.refused(id, &title, &Decision::forbidden(&because)).await;
        }
        let read = async {
            let mut file =
                tokio::fs::File::open(found?).await.map_err(|error| format!("`{path}`: {error}"))?;
            let size = tokio::io::copy(&mut file, &mut tokio::io::sink()).await;
            size.map_err(|error| format!("`{path}`: {error}"))
        };
        match self.link.or_stop(read).await? {
            Ok(size) => {
                self.update(&id, Some(format!("Read {} ({size} bytes)", code(path))), ActionState::Done).await
            }
            Err(reason) => {
                self.settle(id, Some("not read".to_owned())).await?;
                Err(Halt::Failed(format!("cannot read: {reason}")))
            }
        }
    }

    async fn ask(&mut self, step: AskStep) -> Result<(), Halt> {
        let request = self.next_name();
        let text = step.question.fill(&self.values);
        let question = EngineEvent::Question { request: request.clone(), text, options: step.options };
        self.link.emit(question).await?;
        let answer = self.link.answer(&request).await?;
        if let Some(name) = step.into {
            self.values.insert(name, answer);
        }
        Ok(())
    }

    /// Begins an action, asking for it if need be. Gives its name and the very action that may be carried out, or
    /// nothing, after having said so, when it may not.
    pub(super) async fn permitted(
        &mut self,
        title: String,
        action: ProposedAction,
        ask: bool,
    ) -> Result<Option<(String, ProposedAction)>, Halt> {
        let id = self.next_name();
        let tool = tool_use(&action);
        if !ask {
            let judgement = self.policy.judge(&tool);
            if let (Verdict::Deny, Some(because)) = (judgement.verdict, judgement.because) {
                self.update(&id, Some(title.clone()), ActionState::Running).await?;
                return self.refused(id, &title, &Decision::forbidden(&because)).await.map(|()| None);
            }
            self.update(&id, Some(title), ActionState::Running).await?;
            return Ok(Some((id, action)));
        }
        self.update(&id, Some(title.clone()), ActionState::Waiting).await?;
        let request = EngineEvent::ApprovalRequested { request: id.clone(), action: action.clone(), tool };
        self.link.emit(request).await?;
        let decision = self.link.decision(&id).await?;
        if decision == Decision::Allow {
            self.update(&id, None, ActionState::Running).await?;
            return Ok(Some((id, action)));
        }
        self.refused(id, &title, &decision).await.map(|()| None)
    }

    /// An action does not happen; the script goes on.
    async fn refused(&mut self, id: String, title: &str, decision: &Decision) -> Result<(), Halt> {
        let note = decision.note().unwrap_or_default();
        // As code: chats would take the name of a file for a web address.
        let shown = match decision {
            Decision::Forbidden { by, .. } => format!("denied by `{by}`"),
            Decision::Allow | Decision::Deny | Decision::Expired | Decision::Undeliverable => note.clone(),
        };
        self.settle(id, Some(note)).await?;
        self.say(&format!("Not done: {title} ({shown}).")).await
    }

    /// Ends an action: as done, or as failed with a note.
    pub(super) async fn settle(&mut self, id: String, failure: Option<String>) -> Result<(), Halt> {
        let state = failure.map_or(ActionState::Done, |note| ActionState::Failed { note });
        self.update(&id, None, state).await
    }

    async fn update(&mut self, id: &str, title: Option<String>, state: ActionState) -> Result<(), Halt> {
        self.link.emit(EngineEvent::Action(ActionUpdate { id: id.to_owned(), title, state })).await
    }

    fn next_name(&mut self) -> String {
        self.count += 1;
        self.count.to_string()
    }
}

/// The turn after the one that a session ended with; the first when it is none of ours.
fn next_turn(resume: Option<&SessionId>) -> u64 {
    let last: Option<u64> = resume.and_then(|session| session.0.strip_prefix(SESSION)?.parse().ok());
    last.unwrap_or(0).saturating_add(1)
}

/// An action as the use of a tool.
fn tool_use(action: &ProposedAction) -> ToolUse {
    let (tool, kind, targets) = match action {
        ProposedAction::Command { command, cwd, .. } => {
            ("run", ToolKind::Command(command.clone()), vec![Target::Path(cwd.clone())])
        }
        ProposedAction::WriteFile { path, .. } => ("write", ToolKind::Edit, vec![Target::Path(path.clone())]),
        ProposedAction::Other { .. } => ("other", ToolKind::Other, Vec::new()),
    };
    ToolUse { tool: tool.to_owned(), kind, targets }
}

/// A path as an action holds it. One that is not text could not be shown as it is.
pub(super) fn text_of(path: &Path) -> Result<String, Halt> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| Halt::Failed(format!("the path {} is not text in UTF-8", path.display())))
}

/// A text in pieces of a few words.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for word in text.split_inclusive(char::is_whitespace) {
        match pieces.last_mut() {
            Some(piece) if piece.len() < PIECE => piece.push_str(word),
            Some(_) | None => pieces.push(word.to_owned()),
        }
    }
    pieces
}
