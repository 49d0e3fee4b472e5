//! `adjutant serve`: the bot.

use std::process::ExitCode;

use crate::app::{self, Setup};
use crate::config::Config;

use super::{CliError, logging, shutdown_signal};

/// Runs the bot until it is told to end.
pub(super) async fn run(config: Config) -> Result<ExitCode, CliError> {
    logging::start(config.log, config.log_filter.as_deref());
    let shutdown = shutdown_signal()?;
    app::serve(Setup::new(config).map_err(CliError::App)?, shutdown).await?;
    Ok(ExitCode::SUCCESS)
}
