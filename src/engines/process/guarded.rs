//! The guard of one program, seen from outside: started, waited for, and made to end its tree.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use super::super::guard;
use super::super::record::Mark;
use super::super::system::Process;
use super::environment::{inherited, is_withheld};
use super::remains::Remains;
use super::{Guard, Launch, LaunchError, check_variables};

/// How long the guard may take, beyond its grace, before the tree is killed over its head.
const PATIENCE: Duration = Duration::from_millis(500);

/// The exit code of a guard that the system says nothing of.
const UNKNOWN: i32 = -1;

/// A program that is to be started below the guard; its standard streams are still to be set.
pub(super) struct Start {
    pub(super) command: Command,
    mark: Mark,
    record: Option<PathBuf>,
}

/// A running guard. Dropping it kills its tree.
#[derive(Debug)]
pub(super) struct Guarded {
    /// While there is one.
    guard: Option<Process>,
    /// Tells whoever waits for the guard that its tree is to end, and how long that may take.
    overdue: Option<oneshot::Sender<Duration>>,
    /// The exit code, once nothing is left.
    code: watch::Receiver<Option<i32>>,
}

/// The program's standard streams, as far as they are pipes.
pub(super) struct Streams {
    pub(super) stdin: Option<ChildStdin>,
    pub(super) stdout: Option<ChildStdout>,
    pub(super) stderr: Option<ChildStderr>,
}

impl Start {
    pub(super) fn new(guard: &Guard, launch: &Launch) -> Result<Self, LaunchError> {
        check_variables(&launch.env)?;
        if !launch.cwd.is_dir() {
            return Err(LaunchError::WorkspaceGone(launch.cwd.clone()));
        }
        let mark = Mark::new();
        let record = guard.record(mark);
        let mut command = Command::new(guard.program());
        command
            .arg0("adjutant")
            .args(["guard", &std::process::id().to_string()])
            .args(&record)
            .arg("--")
            .arg(&launch.program)
            .args(&launch.args)
            .current_dir(&launch.cwd)
            .env_clear()
            .envs(inherited(std::env::vars_os()))
            .envs(launch.env.iter().filter(|(name, _)| !is_withheld(name)).map(|(name, value)| (name, value)))
            .env(Mark::VARIABLE, mark.to_string())
            // Ctrl-C in a terminal is for Adjutant, which then ends the trees itself.
            .process_group(0);
        Ok(Self { command, mark, record })
    }

    /// Starts it.
    pub(super) fn spawn(mut self) -> io::Result<(Guarded, Streams)> {
        let mut guard = self.command.spawn()?;
        let streams =
            Streams { stdin: guard.stdin.take(), stdout: guard.stdout.take(), stderr: guard.stderr.take() };
        // Not waited for yet: its number is still its own.
        let number = guard.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let process = number.and_then(Process::of);
        let (overdue, due) = oneshot::channel();
        let (ended, code) = watch::channel(None);
        let remains = Remains::of(self.mark, process, self.record);
        tokio::spawn(async move {
            let status = wait(guard, &remains, due).await;
            // Nobody may want to know any more.
            let _ = ended.send(Some(code_of(&status)));
        });
        Ok((Guarded { guard: process, overdue: Some(overdue), code }, streams))
    }
}

impl Guarded {
    /// Waits until the whole tree is gone; 128 and the signal's number when a signal ended the program. May be asked
    /// again.
    pub(super) async fn exit_code(&mut self) -> i32 {
        // There is always one in the end, unless the runtime goes down.
        self.code.wait_for(Option::is_some).await.map_or(UNKNOWN, |code| code.unwrap_or(UNKNOWN))
    }

    /// Whether the program has not ended yet.
    pub(super) fn is_alive(&self) -> bool {
        self.code.borrow().is_none()
    }

    /// Ends the tree: politely first, with force after [`guard::GRACE`]. Returns when nothing is left of it.
    pub(super) async fn stop(mut self) {
        self.tell_guard(Signal::TERM, guard::GRACE + PATIENCE);
        self.exit_code().await;
    }

    fn tell_guard(&mut self, signal: Signal, patience: Duration) {
        if let Some(guard) = self.guard.filter(|_| self.is_alive()) {
            // It may have ended just now. Someone may have stopped it: then it hears the signal when it goes on.
            let _ = guard.signal(signal);
            let _ = guard.signal(Signal::CONT);
        }
        if let Some(overdue) = self.overdue.take() {
            let _ = overdue.send(patience);
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.tell_guard(Signal::USR1, PATIENCE);
    }
}

/// Waits for a guard until nothing is left of its tree, whatever happens to the guard.
async fn wait(
    mut guard: Child,
    remains: &Remains,
    due: oneshot::Receiver<Duration>,
) -> io::Result<ExitStatus> {
    let status = tokio::select! {
        status = guard.wait() => status,
        patience = due => match timeout(patience.unwrap_or(PATIENCE), guard.wait()).await {
            Ok(status) => status,
            Err(_) => {
                remains.end_over_guard().await;
                guard.wait().await
            }
        },
    };
    // It has handlers for all signals that it can have: someone killed it.
    if status.as_ref().is_ok_and(|status| status.signal().is_some()) {
        remains.end_over_guard().await;
    }
    status
}

fn code_of(status: &io::Result<ExitStatus>) -> i32 {
    let Ok(status) = status else { return UNKNOWN };
    status.code().or_else(|| status.signal().map(|number| 128 + number)).unwrap_or(UNKNOWN)
}
