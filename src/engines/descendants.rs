//! The living descendants of a process, and signals to them. Knows nothing of engines.
//!
//! On Linux they are found through `/proc`, whatever process group or session they have moved to. Elsewhere there is
//! no cheap way to find them: there, a process stands for its process group.

pub(super) use platform::descendants;

#[cfg(target_os = "linux")]
mod platform {
    use std::collections::HashMap;
    use std::fs;

    use rustix::io;
    use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

    /// A process at the moment when it was seen. Its start time tells it from a later one with the same number.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(in crate::engines) struct Process {
        pid: Pid,
        start: u64,
    }

    impl Process {
        /// Sends a signal to this very process, never to a later one with its number.
        ///
        /// # Errors
        /// `SRCH` when it is gone, `PERM` when it belongs to somebody else.
        pub(in crate::engines) fn signal(self, signal: Signal) -> io::Result<()> {
            let handle = pidfd_open(self.pid, PidfdFlags::empty())?;
            match Stat::read(self.pid) {
                Some(stat) if stat.start == self.start => pidfd_send_signal(handle, signal),
                Some(_) | None => Err(io::Errno::SRCH),
            }
        }
    }

    /// Every living process below `root`, parents before their children.
    ///
    /// One look at a moving tree can miss a process; whoever must miss none looks until nothing is left.
    pub(in crate::engines) fn descendants(root: Pid) -> Vec<Process> {
        let mut children: HashMap<Pid, Vec<(Process, bool)>> = HashMap::new();
        for pid in all_pids() {
            if let Some(stat) = Stat::read(pid) {
                children
                    .entry(stat.parent)
                    .or_default()
                    .push((Process { pid, start: stat.start }, stat.alive));
            }
        }
        let mut living = Vec::new();
        let mut level = vec![root];
        while !level.is_empty() {
            let below: Vec<_> =
                level.iter().flat_map(|pid| children.remove(pid).unwrap_or_default()).collect();
            living.extend(below.iter().filter(|(_, alive)| *alive).map(|(process, _)| *process));
            level = below.iter().map(|(process, _)| process.pid).collect();
        }
        living
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
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use rustix::io;
    use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

    /// A process group, by its leader.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(in crate::engines) struct Process {
        leader: Pid,
    }

    impl Process {
        /// Sends a signal to every process of the group.
        ///
        /// # Errors
        /// `SRCH` when it is empty, `PERM` when it belongs to somebody else.
        pub(in crate::engines) fn signal(self, signal: Signal) -> io::Result<()> {
            kill_process_group(self.leader, signal)
        }
    }

    /// The process group that `leader` leads, while there is anyone in it.
    pub(in crate::engines) fn descendants(leader: Pid) -> Vec<Process> {
        test_kill_process_group(leader).map(|()| vec![Process { leader }]).unwrap_or_default()
    }
}
