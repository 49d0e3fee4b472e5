//! Finding processes by where they work, and waiting for what `/proc` tells nobody about.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::DEADLINE;

/// The command lines of the processes whose working directory is in this one.
pub(super) fn working_in(directory: &Path) -> Vec<String> {
    let directory = directory.canonicalize().unwrap();
    let command = |entry: fs::DirEntry| {
        let works_here = fs::read_link(entry.path().join("cwd")).ok()?.starts_with(&directory);
        let line = works_here.then(|| fs::read(entry.path().join("cmdline")).ok())??;
        Some(String::from_utf8_lossy(&line).replace('\0', " "))
    };
    fs::read_dir("/proc").unwrap().filter_map(|entry| command(entry.ok()?)).collect()
}

/// A number of seconds to sleep that no other test sleeps: the mark by which a process is found.
pub(crate) fn mark() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("3000.{:08}{:04}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Waits until something is so.
pub(crate) async fn until(what: &str, condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < DEADLINE, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
