//! Commands that a program lets us run, each in a process tree of its own, all ended with the run.
//!
//! Knows nothing of permissions: whoever creates a terminal has asked.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use agent_client_protocol::v1::schema::{TerminalExitStatus, TerminalOutputResponse};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::super::process::{Guard, Launch, LaunchError, ProcessTree};

/// How much of a terminal's output is kept, in bytes, whatever the program wants.
const KEPT: usize = 1024 * 1024;

/// How many terminals may be open.
const OPEN: usize = 32;

/// How many pieces of output may wait to be shown.
pub(super) const PIECES: usize = 16;

/// A piece of a terminal's output.
pub(super) struct Piece {
    pub(super) terminal: String,
    pub(super) text: String,
}

/// The terminals of one run. Dropping them kills all that runs in them.
#[derive(Debug)]
pub(super) struct Terminals {
    guard: Guard,
    open: BTreeMap<String, Terminal>,
    /// Names the next one.
    next: u64,
    tasks: JoinSet<()>,
    sender: mpsc::Sender<Piece>,
    pieces: mpsc::Receiver<Piece>,
}

/// One terminal. Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub(super) struct Terminal {
    output: Arc<Mutex<Output>>,
    /// The exit code, once there is one.
    code: watch::Receiver<Option<i32>>,
    /// Set to end it.
    end: Arc<watch::Sender<bool>>,
}

#[derive(Debug)]
struct Output {
    bytes: VecDeque<u8>,
    limit: usize,
    truncated: bool,
}

impl Terminals {
    pub(super) fn new(guard: Guard) -> Self {
        let (sender, pieces) = mpsc::channel(PIECES);
        Self { guard, open: BTreeMap::new(), next: 1, tasks: JoinSet::new(), sender, pieces }
    }

    /// Runs a command; its name is how the program calls it from now on.
    pub(super) fn create(&mut self, launch: &Launch, limit: Option<u64>) -> Result<String, String> {
        if self.open.len() >= OPEN {
            return Err(format!("there are {OPEN} terminals already; release some"));
        }
        let tree = ProcessTree::spawn(&self.guard, launch).map_err(|error: LaunchError| error.to_string())?;
        let name = format!("terminal-{}", self.next);
        self.next += 1;
        let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(KEPT).min(KEPT);
        let output = Arc::new(Mutex::new(Output { bytes: VecDeque::new(), limit, truncated: false }));
        let (exited, code) = watch::channel(None);
        let (end, ended) = watch::channel(false);
        let terminal = Terminal { output, code, end: Arc::new(end) };
        let running = Running {
            name: name.clone(),
            output: Arc::clone(&terminal.output),
            ended,
            sender: self.sender.clone(),
        };
        self.tasks.spawn(running.run(tree, exited));
        self.open.insert(name.clone(), terminal);
        Ok(name)
    }

    pub(super) fn get(&self, name: &str) -> Option<Terminal> {
        self.open.get(name).cloned()
    }

    /// Ends a terminal and forgets it.
    pub(super) fn release(&mut self, name: &str) -> bool {
        self.open.remove(name).inspect(Terminal::kill).is_some()
    }

    /// The next piece of output, for those who watch. Never ends.
    pub(super) async fn next_piece(&mut self) -> Piece {
        match self.pieces.recv().await {
            Some(piece) => piece,
            // Not before we are dropped: we hold a sender ourselves.
            None => std::future::pending().await,
        }
    }

    /// A piece that is there already.
    pub(super) fn piece_now(&mut self) -> Option<Piece> {
        self.pieces.try_recv().ok()
    }

    /// Ends all; returns when nothing of them is left.
    pub(super) async fn close(&mut self) {
        for terminal in std::mem::take(&mut self.open).into_values() {
            terminal.kill();
        }
        self.pieces.close();
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::warn!(%error, "a terminal broke");
            }
        }
    }
}

impl Terminal {
    /// What it has printed, and how it ended.
    pub(super) fn output(&self) -> TerminalOutputResponse {
        let output = lock(&self.output);
        let bytes: Vec<u8> = output.bytes.iter().copied().collect();
        // It begins at a whole character, and consists of whole ones.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        TerminalOutputResponse::new(text, output.truncated).exit_status(self.code.borrow().map(status))
    }

    /// Waits until it has ended.
    pub(super) async fn exit(&mut self) -> TerminalExitStatus {
        let code = self.code.wait_for(Option::is_some).await;
        // Dropped without a code: it was ended.
        status(code.ok().and_then(|code| *code).unwrap_or(KILLED))
    }

    /// Ends its command. What it has printed stays.
    pub(super) fn kill(&self) {
        self.end.send_replace(true);
    }
}

/// The exit code of a command that we have ended.
const KILLED: i32 = 128 + 15;

fn status(code: i32) -> TerminalExitStatus {
    TerminalExitStatus::new().exit_code(u32::try_from(code).ok())
}

/// A terminal's command while it runs.
struct Running {
    name: String,
    output: Arc<Mutex<Output>>,
    ended: watch::Receiver<bool>,
    sender: mpsc::Sender<Piece>,
}

impl Running {
    async fn run(mut self, mut tree: ProcessTree, exited: watch::Sender<Option<i32>>) {
        let read = async {
            while let Some(text) = tree.next_chunk().await {
                lock(&self.output).push(&text);
                // Nobody may watch any more.
                let _ = self.sender.send(Piece { terminal: self.name.clone(), text }).await;
            }
        };
        let code = tokio::select! {
            biased;
            // The sender is gone: so is the run.
            _ = self.ended.wait_for(|ended| *ended) => None,
            () = read => Some(()),
        };
        let code = match code {
            Some(()) => tree.exit_code().await,
            None => {
                tree.stop().await;
                KILLED
            }
        };
        exited.send_replace(Some(code));
    }
}

impl Output {
    fn push(&mut self, text: &str) {
        self.bytes.extend(text.as_bytes());
        let mut excess = self.bytes.len().saturating_sub(self.limit);
        if excess == 0 {
            return;
        }
        self.truncated = true;
        // Not in the middle of a character.
        while self.bytes.get(excess).is_some_and(|byte| byte & 0xC0 == 0x80) {
            excess += 1;
        }
        self.bytes.drain(..excess);
    }
}

fn lock(output: &Mutex<Output>) -> MutexGuard<'_, Output> {
    output.lock().unwrap_or_else(PoisonError::into_inner)
}
