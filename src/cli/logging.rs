//! Where the log goes: to standard error, for people or for machines.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// What is logged unless `RUST_LOG` says otherwise.
const DEFAULT_FILTER: &str = "warn,adjutant=info";

/// Starts logging for a command that prints an answer and ends: warnings only, unless `RUST_LOG` says otherwise.
pub(super) fn quietly(config: &Config) {
    start(config.log, Some(config.log_filter.as_deref().unwrap_or("warn")));
}

/// Starts logging. `filter` is in `RUST_LOG`'s syntax; one that cannot be read is told and replaced by the default.
pub(super) fn start(format: LogFormat, filter: Option<&str>) {
    let wanted = filter.unwrap_or(DEFAULT_FILTER);
    let (filter, bad) = match EnvFilter::try_new(wanted) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new(DEFAULT_FILTER), Some(error)),
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // A file or a service manager has no use for colours.
        .with_ansi(std::io::stderr().is_terminal());
    let started = match format {
        LogFormat::Pretty => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    if let Err(error) = started {
        super::print::problem(&error);
    }
    if let Some(error) = bad {
        tracing::warn!(%error, "RUST_LOG cannot be read; logging as if it were not set");
    }
}
