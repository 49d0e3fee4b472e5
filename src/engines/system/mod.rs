//! Processes as they are found in the system, and signals to them. Knows nothing of engines.
//!
//! On Linux they are found through `/proc`, whatever process group or session they have moved to. Elsewhere there is
//! no cheap way to find them: there, a process stands for its process group, and none is found again after a restart.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
pub(super) use self::linux::{Process, boot, descendants, marked, with_descendants};
#[cfg(not(target_os = "linux"))]
pub(super) use self::other::{Process, boot, descendants, marked, with_descendants};
