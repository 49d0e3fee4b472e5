//! Which processes are alive whose command line holds a mark.

/// Their command lines.
#[cfg(target_os = "linux")]
pub(crate) fn with_mark(mark: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap();
    processes
        .filter_map(|entry| std::fs::read(entry.ok()?.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(mark))
        .collect()
}

/// Their command lines.
#[cfg(not(target_os = "linux"))]
pub(crate) fn with_mark(mark: &str) -> Vec<String> {
    let listed = std::process::Command::new("ps").args(["-A", "-o", "args="]).output().unwrap();
    let lines = String::from_utf8_lossy(&listed.stdout).into_owned();
    lines.lines().filter(|line| line.contains(mark)).map(str::to_owned).collect()
}
