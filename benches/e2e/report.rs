//! The table: what was measured, what it should be, and on which machine.

use std::fmt;
use std::fs;

/// One measurement.
pub(crate) struct Row {
    what: String,
    /// What the design asks for; nothing for what is only good to know.
    target: Option<Target>,
    measured: f64,
    unit: &'static str,
}

enum Target {
    AtMost(f64),
    AtLeast(f64),
}

impl Row {
    pub(crate) fn at_most(what: impl Into<String>, most: f64, measured: f64, unit: &'static str) -> Self {
        Self { what: what.into(), target: Some(Target::AtMost(most)), measured, unit }
    }

    pub(crate) fn at_least(what: impl Into<String>, least: f64, measured: f64, unit: &'static str) -> Self {
        Self { what: what.into(), target: Some(Target::AtLeast(least)), measured, unit }
    }

    pub(crate) fn info(what: impl Into<String>, measured: f64, unit: &'static str) -> Self {
        Self { what: what.into(), target: None, measured, unit }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (target, met) = match &self.target {
            Some(Target::AtMost(most)) => (format!("≤ {most}"), self.measured <= *most),
            Some(Target::AtLeast(least)) => (format!("≥ {least}"), self.measured >= *least),
            None => (String::new(), true),
        };
        let verdict = match (&self.target, met) {
            (None, _) => "",
            (Some(_), true) => "met",
            (Some(_), false) => "**missed**",
        };
        let digits = if self.measured.abs() >= 100.0 || self.measured.fract() == 0.0 { 0 } else { 2 };
        write!(f, "| {} | {target} | {:.digits$} | {} | {verdict} |", self.what, self.measured, self.unit)
    }
}

/// All measurements.
#[derive(Default)]
pub(crate) struct Report(Vec<Row>);

impl Report {
    pub(crate) fn add(&mut self, rows: Vec<Row>) {
        for row in &rows {
            eprintln!("\n  {row}");
        }
        self.0.extend(rows);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        let model = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned());
        let memory = field("/proc/meminfo", "MemTotal").unwrap_or_else(|| "unknown".to_owned());
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split(' ').next().unwrap_or("unknown");
        let today = jiff::Zoned::now().date();
        writeln!(
            f,
            "{today}; {cores} cores of {model}; memory {memory}; Linux {}; load {load}\n",
            kernel.trim()
        )?;
        writeln!(f, "| what | target | measured | unit | |")?;
        writeln!(f, "|---|---|---:|---|---|")?;
        self.0.iter().try_for_each(|row| writeln!(f, "{row}"))
    }
}

/// The value behind a name in one of the kernel's lists.
pub(crate) fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
