//! How the guard notices its parent's death and becomes the parent of orphans, as far as the system can do that.

pub(super) use platform::{Parent, adopt_orphans, root_of};

use std::io;

use rustix::process::{Pid, getppid};

fn is_parent(pid: Pid) -> io::Result<()> {
    if getppid() == Some(pid) { Ok(()) } else { Err(io::Error::other("it is gone")) }
}

#[cfg(target_os = "linux")]
mod platform {
    use std::io;
    use std::os::fd::OwnedFd;
    use std::thread;

    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::process::{Pid, PidfdFlags, getpid, pidfd_open, set_child_subreaper};
    use tokio::sync::oneshot;

    /// The process without which there is to be no tree.
    pub(in crate::engines::guard) struct Parent(oneshot::Receiver<()>);

    impl Parent {
        pub(in crate::engines::guard) fn new(pid: Pid) -> io::Result<Self> {
            let handle = pidfd_open(pid, PidfdFlags::empty())?;
            // Asked after the handle is there: a parent that is ours still cannot have been another when it was opened.
            super::is_parent(pid)?;
            let (gone, watch) = oneshot::channel();
            // The runtime can watch a process handle only with unsafe code; a small thread needs none.
            thread::Builder::new().stack_size(64 * 1024).spawn(move || {
                wait_until_dead(&handle);
                // The guard may be ending just now.
                let _ = gone.send(());
            })?;
            Ok(Self(watch))
        }

        /// Resolves when it is dead. May be awaited once more only as long as it has not resolved.
        pub(in crate::engines::guard) async fn gone(&mut self) {
            let _ = (&mut self.0).await;
        }
    }

    /// A handle that cannot be watched counts as a death.
    fn wait_until_dead(handle: &OwnedFd) {
        while poll(&mut [PollFd::new(handle, PollFlags::IN)], None) == Err(rustix::io::Errno::INTR) {}
    }

    /// Makes orphans of the tree children of this process.
    pub(in crate::engines::guard) fn adopt_orphans() -> io::Result<()> {
        Ok(set_child_subreaper(Some(getpid()))?)
    }

    /// Below which process the tree is looked for.
    pub(in crate::engines::guard) fn root_of(_program: Pid) -> Pid {
        getpid()
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use std::io;
    use std::time::Duration;

    use rustix::process::Pid;

    /// The process without which there is to be no tree.
    pub(in crate::engines::guard) struct Parent(Pid);

    impl Parent {
        pub(in crate::engines::guard) fn new(pid: Pid) -> io::Result<Self> {
            super::is_parent(pid).map(|()| Self(pid))
        }

        /// Resolves when it is dead: then another process has become the parent.
        pub(in crate::engines::guard) async fn gone(&mut self) {
            while super::is_parent(self.0).is_ok() {
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
        }
    }

    pub(in crate::engines::guard) fn adopt_orphans() -> io::Result<()> {
        Ok(())
    }

    /// Below which process the tree is looked for.
    pub(in crate::engines::guard) fn root_of(program: Pid) -> Pid {
        program
    }
}
