//! The guard of one program, seen from outside: started, waited for, and made to end its tree.

use std::io;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use super::super::descendants::descendants;
use super::super::guard;
use super::environment::inherited;
use super::{Guard, Launch, LaunchError, check_variables};

/// How long the guard may take, beyond its grace, before the tree is killed over its head.
const PATIENCE: Duration = Duration::from_secs(1);

/// A running guard. Dropping it kills its tree.
#[derive(Debug)]
pub(super) struct Guarded {
    guard: Child,
}

impl Guarded {
    pub(super) fn new(guard: Child) -> Self {
        Self { guard }
    }

    /// Waits until the whole tree is gone; 128 and the signal's number when a signal ended the program. May be asked
    /// again.
    pub(super) async fn exit_code(&mut self) -> i32 {
        code_of(&self.guard.wait().await)
    }

    /// Whether the program has not ended yet.
    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.guard.try_wait(), Ok(None))
    }

    /// Ends the tree: politely first, with force after [`guard::GRACE`]. Returns when nothing is left of it.
    pub(super) async fn stop(mut self) {
        self.tell_guard(Signal::TERM);
        if timeout(guard::GRACE + PATIENCE, self.guard.wait()).await.is_err() {
            self.kill_over_guard().await;
        }
    }

    /// For a guard that does not do its work, because someone stopped it.
    async fn kill_over_guard(&mut self) {
        let Some(pid) = self.guard_pid() else { return };
        // A single look can miss a process that moves in the tree meanwhile, and what was killed takes a moment to go.
        let (begun, mut empty_looks) = (Instant::now(), 0);
        while empty_looks < 3 && begun.elapsed() < PATIENCE {
            let found = descendants(pid);
            empty_looks = if found.is_empty() { empty_looks + 1 } else { 0 };
            for process in found {
                // Gone already, or not ours to kill.
                let _ = process.signal(Signal::KILL);
            }
            sleep(Duration::from_millis(10)).await;
        }
        self.tell_guard(Signal::KILL);
        // It was killed: that it cannot be waited for is no news.
        let _ = timeout(PATIENCE / 2, self.guard.wait()).await;
    }

    /// The guard, unless it is known to be gone. Its number cannot be another's before we have waited for it.
    fn guard_pid(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.guard.id()?).ok()?)
    }

    fn tell_guard(&self, signal: Signal) {
        if let Some(pid) = self.guard_pid() {
            // It may have ended just now.
            let _ = kill_process(pid, signal);
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.tell_guard(Signal::USR1);
    }
}

/// The command that starts a program below the guard; its standard streams are still to be set.
pub(super) fn command(guard: &Guard, launch: &Launch) -> Result<Command, LaunchError> {
    check_variables(&launch.env)?;
    if !launch.cwd.is_dir() {
        return Err(LaunchError::WorkspaceGone(launch.cwd.clone()));
    }
    let mut command = Command::new(guard.program());
    command
        .arg0("adjutant")
        .args(["guard", &std::process::id().to_string(), "--"])
        .arg(&launch.program)
        .args(&launch.args)
        .current_dir(&launch.cwd)
        .env_clear()
        .envs(inherited(std::env::vars_os()))
        .envs(launch.env.iter().map(|(name, value)| (name, value)))
        // Ctrl-C in a terminal is for Adjutant, which then ends the trees itself.
        .process_group(0);
    Ok(command)
}

fn code_of(status: &io::Result<std::process::ExitStatus>) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    let Ok(status) = status else { return -1 };
    status.code().or_else(|| status.signal().map(|number| 128 + number)).unwrap_or(-1)
}
