//! `adjutant guard PARENT [RECORD] -- PROGRAM ARGS…`: runs one program and answers for all of its descendants.
//!
//! Every program of an engine runs below a guard. When the program ends, when the parent dies (even by `kill -9`), or
//! when the guard is told to, the guard kills whatever is left of the tree, waits until nothing is, and ends with the
//! program's exit code. On Linux it adopts orphans (it is their subreaper), so that no double fork and no new session
//! gets away. Whoever kills the guard itself with `SIGKILL` leaves its record behind, and Adjutant ends
//! whatever it can still find of the tree: it is a seat belt, not a sandbox.
//!
//! Signals to the guard: `SIGTERM` ends the tree politely and kills it after [`GRACE`]; `SIGINT`, `SIGHUP`, `SIGQUIT`
//! and `SIGUSR1` kill it at once. It has handlers for them before there is a tree, and no tree if they come before that.
//! Knows nothing of tasks and engines; shares no memory with the parent, and no file but the record.

mod watch;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, wait};
use tokio::signal::unix::{Signal as Arrivals, SignalKind, signal};
use tokio::time::sleep;

use self::watch::{Parent, adopt_orphans, root_of};
use super::record::Record;
use super::system::descendants;

/// How long a tree that was asked to end may take.
pub const GRACE: Duration = Duration::from_secs(1);

/// Exit codes of the guard itself, as `env` and `timeout` have them.
const GUARD_FAILED: u8 = 125;
const CANNOT_RUN: u8 = 126;
const NOT_FOUND: u8 = 127;

/// The program to start as guard: this very one.
///
/// On Linux not by its path: after an upgrade another program, or none, may stand there.
///
/// # Errors
/// When the system does not say which program this is.
pub fn program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() }
}

/// Runs the guard with the arguments after `guard`. To be called first thing in `main`: the guard must stay small.
#[must_use]
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let outcome = parse(args).and_then(|order| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map_err(|error| Failure::of("cannot watch", &error))?.block_on(guard(order))
    });
    ExitCode::from(outcome.unwrap_or_else(|failure| {
        // Nobody may be listening any more, and there is nobody else to tell.
        let _ = writeln!(io::stderr(), "adjutant guard: {}", failure.message);
        failure.code
    }))
}

struct Order {
    parent: Pid,
    /// Where the tree is to be recorded.
    record: Option<PathBuf>,
    program: OsString,
    args: Vec<OsString>,
}

struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    fn of(what: &str, error: &io::Error) -> Self {
        Self { code: GUARD_FAILED, message: format!("{what}: {error}") }
    }
}

fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Order, Failure> {
    let mut args = args.into_iter();
    let number = |text: OsString| text.to_str()?.parse().ok().filter(|number: &i32| *number > 0);
    let parent = args.next().and_then(number).and_then(Pid::from_raw);
    let mut word = args.next();
    let record = word.take_if(|word| word != "--").map(PathBuf::from);
    let separator = word.or_else(|| args.next()).is_some_and(|word| word == "--");
    match (parent, args.next()) {
        (Some(parent), Some(program)) if separator => {
            Ok(Order { parent, record, program, args: args.collect() })
        }
        _ => {
            let message = "used by adjutant itself: guard PARENT [RECORD] -- PROGRAM ARGS…".to_owned();
            Err(Failure { code: GUARD_FAILED, message })
        }
    }
}

/// Why the tree has to end.
enum Cause {
    ProgramEnded,
    AskedTo,
    AtOnce,
}

async fn guard(order: Order) -> Result<u8, Failure> {
    let mut signals = Signals::install().map_err(|error| Failure::of("cannot handle signals", &error))?;
    let mut parent =
        Parent::new(order.parent).map_err(|error| Failure::of("cannot watch the parent", &error))?;
    adopt_orphans().map_err(|error| Failure::of("cannot adopt orphans", &error))?;
    // Stands until nothing is left.
    let record = order.record.clone().and_then(|path| noted(Record::begin(path)));
    let mut tree = Tree::spawn(&order)?;
    if let Some(record) = &record {
        noted(record.add(tree.program));
    }
    let cause = loop {
        tokio::select! {
            () = parent.gone() => break Cause::AtOnce,
            () = signals.fatal.arrives() => break Cause::AtOnce,
            _ = signals.term.recv() => break Cause::AskedTo,
            _ = signals.child.recv() => {
                tree.reap();
                if tree.code.is_some() {
                    break Cause::ProgramEnded;
                }
            }
        }
    };
    if matches!(cause, Cause::AskedTo) {
        tree.signal_all(Signal::TERM);
        tokio::select! {
            () = tree.ended(&mut signals.child) => {}
            () = parent.gone() => {}
            () = signals.fatal.arrives() => {}
            () = sleep(GRACE) => {}
        }
    }
    tree.kill().await;
    drop(record);
    Ok(tree.code.unwrap_or(GUARD_FAILED))
}

/// A tree that cannot be recorded is guarded all the same.
fn noted<T>(written: io::Result<T>) -> Option<T> {
    if let Err(error) = &written {
        // As above.
        let _ = writeln!(io::stderr(), "adjutant guard: cannot record its processes: {error}");
    }
    written.ok()
}

/// The program and everything below it.
struct Tree {
    /// The program.
    program: Pid,
    /// Below whom its processes are looked for.
    root: Pid,
    /// The program's exit code, once it has ended; 128 and the signal's number when one ended it.
    code: Option<u8>,
}

impl Tree {
    fn spawn(order: &Order) -> Result<Self, Failure> {
        let mut command = Command::new(&order.program);
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.args(&order.args).spawn().map_err(|error| Failure {
            code: if error.kind() == io::ErrorKind::NotFound { NOT_FOUND } else { CANNOT_RUN },
            message: format!("cannot start {}: {error}", order.program.display()),
        })?;
        // The standard library's handle is let go: `reap` waits for all children, this one too.
        let program = Pid::from_child(&child);
        Ok(Self { program, root: root_of(program), code: None })
    }

    /// Takes note of every child that has ended. Says whether there are any left.
    fn reap(&mut self) -> bool {
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) if pid == self.program => self.code = Some(exit_code(status)),
                Ok(Some(_)) | Err(rustix::io::Errno::INTR) => {}
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    }

    /// Resolves when the program has ended.
    async fn ended(&mut self, child: &mut Arrivals) {
        while self.code.is_none() {
            child.recv().await;
            self.reap();
        }
    }

    /// Signals every descendant. Says whether there was one that could be signalled.
    fn signal_all(&self, signal: Signal) -> bool {
        let mut any = false;
        // Parents come first: a shell that is to end must not go on to its next command when its child ends.
        for process in descendants(self.root) {
            any |= process.signal(signal).is_ok();
        }
        any
    }

    /// Kills until nothing is left but what belongs to other users.
    async fn kill(&mut self) {
        let mut pause = Duration::from_millis(1);
        let mut missed = 0;
        // Every orphan becomes a child of ours: no children left is proof that there are no descendants left. A look
        // that finds nobody to signal is none, for a process may have moved in the tree meanwhile.
        while self.reap() && missed < 5 {
            missed = if self.signal_all(Signal::KILL) { 0 } else { missed + 1 };
            sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(50));
        }
        // Where orphans are not adopted, the process group may outlive the last child.
        self.signal_all(Signal::KILL);
    }
}

fn exit_code(status: WaitStatus) -> u8 {
    let code = status.exit_status().or_else(|| status.terminating_signal().map(|number| 128 + number));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(GUARD_FAILED)
}

struct Signals {
    child: Arrivals,
    term: Arrivals,
    fatal: Fatal,
}

struct Fatal {
    int: Arrivals,
    hup: Arrivals,
    quit: Arrivals,
    usr1: Arrivals,
}

impl Signals {
    fn install() -> io::Result<Self> {
        Ok(Self {
            child: signal(SignalKind::child())?,
            term: signal(SignalKind::terminate())?,
            fatal: Fatal {
                int: signal(SignalKind::interrupt())?,
                hup: signal(SignalKind::hangup())?,
                quit: signal(SignalKind::quit())?,
                usr1: signal(SignalKind::user_defined1())?,
            },
        })
    }
}

impl Fatal {
    /// Resolves when the tree is to be killed at once.
    async fn arrives(&mut self) {
        tokio::select! {
            _ = self.int.recv() => {}
            _ = self.hup.recv() => {}
            _ = self.quit.recv() => {}
            _ = self.usr1.recv() => {}
        }
    }
}
