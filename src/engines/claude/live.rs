//! A running Claude Code: started for an agent in a workspace, spoken to by the line, kept between runs.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::super::process::{CANCEL_GRACE, Launch, LaunchError, Line, LineReader, LineWriter, Wire};
use super::super::program::Program;
use super::super::refusal::Refusal;
use super::super::sessions::Idle;
use super::decoder::Decoder;
use super::heard::Heard;
use super::{outgoing, refusals};
use crate::domain::event::{EngineEvent, Offers};
use crate::domain::ids::SessionId;
use crate::ports::BoxFuture;

/// What it gets besides the program's own variables.
const VARIABLES: [(&str, &str); 2] = [
    // It tells when it has nothing more to do.
    ("CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS", "1"),
    // Each command starts in the workspace, wherever the one before it went: what people are shown stays true.
    ("CLAUDE_BASH_MAINTAIN_PROJECT_WORKING_DIR", "1"),
];

/// A variable that makes it skip its own checks. Never passed on.
const NEVER: &str = "IS_SANDBOX";

/// How it is started, but for the session that it continues.
#[derive(Debug, Clone)]
pub(super) struct Setup {
    command: Vec<String>,
    env: BTreeMap<String, String>,
}

impl Setup {
    /// The program with arguments of ours.
    pub(super) fn new(program: &Program, arguments: Vec<String>) -> Self {
        let mut command = program.command.clone();
        command.extend(arguments);
        let mut env = program.env.clone();
        env.extend(VARIABLES.map(|(name, value)| (name.to_owned(), value.to_owned())));
        env.remove(NEVER);
        Self { command, env }
    }

    /// Tells setups apart.
    pub(super) fn fingerprint(&self) -> String {
        let digest = Sha256::digest(format!("{:?}{:?}", self.command, self.env).as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn launch(&self, workspace: &Path, resume: Option<&SessionId>) -> Launch {
        let mut words = self.command.iter().map(OsString::from);
        let program = words.next().unwrap_or_default();
        let resume = resume.map(|session| format!("--resume={}", session.0).into());
        Launch {
            program,
            args: words.chain(resume).collect(),
            cwd: workspace.to_owned(),
            env: self.env.clone().into_iter().collect(),
        }
    }
}

/// A running Claude Code.
pub(super) struct Live {
    wire: Wire,
    reader: LineReader,
    input: mpsc::UnboundedSender<String>,
    /// What we know of it.
    pub(super) decoder: Decoder,
    /// What its session offers, once it has told.
    pub(super) offers: Option<Offers>,
    /// Whether it has said anything that means something.
    spoke: bool,
}

impl Live {
    /// Starts it, and asks what it offers.
    pub(super) fn start(
        program: &Program,
        setup: &Setup,
        workspace: &Path,
        resume: Option<&SessionId>,
    ) -> Result<Self, LaunchError> {
        let (wire, reader, writer) = Wire::spawn(&program.guard, &setup.launch(workspace, resume))?;
        let (input, lines) = mpsc::unbounded_channel();
        tokio::spawn(write(writer, lines));
        let live = Self { wire, reader, input, decoder: Decoder::default(), offers: None, spoke: false };
        live.send(outgoing::initialize());
        Ok(live)
    }

    /// Sends a line. When it does not read any more, its own end will tell.
    pub(super) fn send(&self, line: String) {
        let _ = self.input.send(line);
    }

    /// What it says next; `None` when it has ended. Nothing is lost when the future is dropped.
    pub(super) async fn hear(&mut self) -> Option<Vec<Heard>> {
        match self.reader.next().await? {
            Line::Text(line) => {
                let heard = self.decoder.hear(&line);
                self.spoke |= !heard.is_empty();
                Some(heard)
            }
            Line::Unreadable => {
                tracing::warn!("a line of Claude Code was dropped: too long, or not text");
                Some(Vec::new())
            }
        }
    }

    pub(super) fn is_alive(&mut self) -> bool {
        self.wire.is_alive()
    }

    /// Asks it to end the turn, and gives it a while. What it says meanwhile goes to `tell`.
    pub(super) async fn interrupt(&mut self, mut tell: impl FnMut(EngineEvent)) {
        self.send(outgoing::interrupt());
        let until_over = async {
            while let Some(heard) = self.hear().await {
                for heard in heard {
                    match heard {
                        Heard::Event(event) => tell(event),
                        Heard::TurnOver(_) => return,
                        Heard::Asked(_)
                        | Heard::Declined { .. }
                        | Heard::Withdrawn { .. }
                        | Heard::Ready { .. }
                        | Heard::TakenUp { .. }
                        | Heard::Rests(_) => {}
                    }
                }
            }
        };
        if timeout(CANCEL_GRACE, until_over).await.is_err() {
            tracing::debug!("Claude Code did not end its turn when it was asked to");
        }
    }

    /// It has ended without being told to: why, for a person. The log gets what it said last.
    pub(super) async fn why(mut self, program: &Program) -> Refusal {
        let code = self.wire.exit_code().await;
        let stderr = self.wire.stderr();
        tracing::warn!(engine = program.name, code, stderr = stderr.text(), "Claude Code ended by itself");
        refusals::ended(program, code, stderr.last_line(), self.spoke)
    }

    /// Ends it, with all its processes.
    pub(super) async fn stop(self) {
        drop(self.input);
        self.wire.stop().await;
    }
}

impl Idle for Live {
    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(self.stop())
    }
}

/// Writes by itself: whoever sends never waits for a program that itself waits to be read.
async fn write(mut writer: LineWriter, mut lines: mpsc::UnboundedReceiver<String>) {
    while let Some(line) = lines.recv().await {
        if let Err(error) = writer.send(&line).await {
            tracing::debug!(%error, "Claude Code does not read any more");
            return;
        }
    }
}
