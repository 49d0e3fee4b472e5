//! Processes of Linux, by what `/proc` says.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::fs;
use std::str::FromStr;

use rustix::io;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// A process at the moment when it was seen. Its start time tells it from a later one with the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::engines) struct Process {
    pid: Pid,
    start: u64,
}

impl Process {
    /// The process that has this number now.
    pub(in crate::engines) fn of(pid: Pid) -> Option<Self> {
        Some(Self { pid, start: Stat::read(pid)?.start })
    }

    /// Its number.
    pub(in crate::engines) fn pid(self) -> Pid {
        self.pid
    }

    /// Sends a signal to this very process, never to a later one with its number.
    ///
    /// # Errors
    /// `SRCH` when it is gone, `PERM` when it belongs to somebody else.
    pub(in crate::engines) fn signal(self, signal: Signal) -> io::Result<()> {
        let handle = pidfd_open(self.pid, PidfdFlags::empty())?;
        if Self::of(self.pid) == Some(self) {
            pidfd_send_signal(handle, signal)
        } else {
            Err(io::Errno::SRCH)
        }
    }
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.pid.as_raw_nonzero(), self.start)
    }
}

impl FromStr for Process {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (pid, start) = text.split_once(' ').ok_or(())?;
        let pid = pid.parse().ok().filter(|number: &i32| *number > 0).and_then(Pid::from_raw).ok_or(())?;
        Ok(Self { pid, start: start.parse().map_err(drop)? })
    }
}

/// Every living process below `root`, parents before their children.
///
/// One look at a moving tree can miss a process; whoever must miss none looks until nothing is left.
pub(in crate::engines) fn descendants(root: Pid) -> Vec<Process> {
    Look::around().below(vec![root])
}

/// Those of `roots` that live, and every living process below them. As with [`descendants`], one look can miss some.
pub(in crate::engines) fn with_descendants(roots: &[Process]) -> Vec<Process> {
    if roots.is_empty() {
        return Vec::new();
    }
    let look = Look::around();
    let (mut living, mut numbers) = (Vec::new(), Vec::new());
    for (process, alive) in look.children.values().flatten().filter(|(process, _)| roots.contains(process)) {
        numbers.push(process.pid);
        living.extend(alive.then_some(*process));
    }
    living.extend(look.below(numbers));
    let mut seen = HashSet::new();
    living.retain(|process| seen.insert(*process));
    living
}

/// The living processes whose environment, as it was when their program was started, has one of these variables:
/// `NAME=value`. Those of other users are not to be seen.
pub(in crate::engines) fn marked(variables: &[String]) -> Vec<Process> {
    let has_mark = |environment: &[u8]| {
        environment
            .split(|byte| *byte == 0)
            .any(|variable| variables.iter().any(|wanted| wanted.as_bytes() == variable))
    };
    let found = |pid: Pid| {
        let process = Process::of(pid)?;
        let environment = fs::read(format!("/proc/{}/environ", pid.as_raw_nonzero())).ok()?;
        // Asked again afterwards: what was read was this very process's environment.
        (has_mark(&environment) && Process::of(pid) == Some(process)).then_some(process)
    };
    all_pids().filter_map(found).collect()
}

/// Which start of the system this is: processes of another are gone.
pub(in crate::engines) fn boot() -> String {
    // A system that does not say tells processes apart by their start times alone.
    fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
}

/// One look at all processes: by their parents, with whether they live.
struct Look {
    children: HashMap<Pid, Vec<(Process, bool)>>,
}

impl Look {
    fn around() -> Self {
        let mut children: HashMap<Pid, Vec<(Process, bool)>> = HashMap::new();
        for pid in all_pids() {
            if let Some(stat) = Stat::read(pid) {
                let process = Process { pid, start: stat.start };
                children.entry(stat.parent).or_default().push((process, stat.alive));
            }
        }
        Self { children }
    }

    fn below(mut self, roots: Vec<Pid>) -> Vec<Process> {
        let (mut living, mut level) = (Vec::new(), roots);
        while !level.is_empty() {
            let below: Vec<_> =
                level.iter().flat_map(|pid| self.children.remove(pid).unwrap_or_default()).collect();
            living.extend(below.iter().filter(|(_, alive)| *alive).map(|(process, _)| *process));
            level = below.iter().map(|(process, _)| process.pid).collect();
        }
        living
    }
}

fn all_pids() -> impl Iterator<Item = Pid> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| Pid::from_raw(entry.ok()?.file_name().to_str()?.parse().ok()?))
}

/// What `/proc/PID/stat` says, as far as it matters here. Source: proc_pid_stat(5).
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    parent: Pid,
    start: u64,
    alive: bool,
}

impl Stat {
    fn read(pid: Pid) -> Option<Self> {
        // The name within it may be any bytes.
        let bytes = fs::read(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
        Self::parse(&String::from_utf8_lossy(&bytes))
    }

    fn parse(line: &str) -> Option<Self> {
        // The name stands in parentheses and may hold spaces and parentheses itself. Field 3 comes after the last one.
        let (_, rest) = line.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        let field = |number: usize| fields.get(number - 3).copied();
        let threads: u64 = field(20)?.parse().ok()?;
        Some(Self {
            // A parent outside of our process namespace has the number 0: not one of ours.
            parent: Pid::from_raw(field(4)?.parse().ok()?)?,
            start: field(22)?.parse().ok()?,
            // A first thread that has ended looks like a zombie while other threads go on.
            alive: !matches!(field(3)?, "Z" | "X") || threads > 1,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: &str = "7 7 7 0 -1 4194560 0 0 0 0 0 0 0 0 20 0";

    fn stat(parent: i32, start: u64, alive: bool) -> Option<Stat> {
        Some(Stat { parent: Pid::from_raw(parent)?, start, alive })
    }

    #[test]
    fn a_stat_line_is_read_whatever_the_name() {
        for (line, expected) in [
            (format!("9 (sh) S {REST} 1 0 1234 0"), stat(7, 1234, true)),
            (format!("9 (a) R (b c) S {REST} 1 0 5 0"), stat(7, 5, true)),
            (format!("9 (gone) Z {REST} 1 0 5 0"), stat(7, 5, false)),
            (format!("9 (other threads) Z {REST} 2 0 5 0"), stat(7, 5, true)),
            ("9 (short) S 7".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(Stat::parse(&line), expected, "{line}");
        }
    }

    #[test]
    fn init_is_nobodys_descendant() {
        let mine = Stat::read(rustix::process::getpid()).unwrap();
        assert!(mine.alive);
        assert!(descendants(Pid::INIT).iter().all(|process| process.pid != Pid::INIT));
    }

    #[test]
    fn a_process_is_written_and_read_again() {
        let own = Process::of(rustix::process::getpid()).unwrap();
        assert_eq!(own.to_string().parse(), Ok(own));
        for text in ["", "1", "0 5", "-1 5", "1 x", "x 1", "1 2 3"] {
            assert_eq!(text.parse::<Process>(), Err(()), "{text}");
        }
    }

    #[test]
    fn a_process_with_another_start_time_is_another_process() {
        let own = Process::of(rustix::process::getpid()).unwrap();
        let earlier = Process { start: own.start - 1, ..own };
        assert!(with_descendants(&[own]).contains(&own));
        assert_eq!(with_descendants(&[earlier]), []);
        // A harmless signal, for if this went wrong.
        assert_eq!(earlier.signal(Signal::CONT), Err(io::Errno::SRCH));
        assert_eq!(own.signal(Signal::CONT), Ok(()));
    }
}
