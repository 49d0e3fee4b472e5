//! The only place that writes to standard output and standard error.

use std::fmt::Display;
use std::io::{self, Write};

use serde::Serialize;

/// Prints a line.
pub(super) fn line(text: impl Display) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}

/// Prints a value as JSON.
pub(super) fn json(value: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)
}

/// Tells what went wrong, on standard error: every line says who speaks.
pub(super) fn problem(error: &impl Display) {
    let mut err = io::stderr().lock();
    for line in error.to_string().lines() {
        // With standard error gone there is nobody to tell.
        let _ = writeln!(err, "adjutant: {line}");
    }
}
