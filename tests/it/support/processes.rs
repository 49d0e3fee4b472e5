//! Finding processes by what stands in their arguments.

use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many processes have this text among their arguments and are no zombies.
pub(crate) fn processes_with(mark: &str) -> usize {
    let arguments = |entry: fs::DirEntry| {
        let bytes = fs::read(entry.path().join("cmdline")).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    let entries = fs::read_dir("/proc").unwrap();
    entries.filter_map(|entry| arguments(entry.ok()?)).filter(|arguments| arguments.contains(mark)).count()
}

/// A number of seconds to sleep that no other test sleeps: the mark by which a process is found.
pub(crate) fn mark() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("1000.{:08}{number:04}", std::process::id())
}
