//! `adjutant serve`: the bot.

use std::process::ExitCode;

use crate::app::{self, Setup};
use crate::config::Config;

use super::{CliError, logging, shutdown_signal};

/// Runs the bot until it is told to end.
pub(super) async fn run(config: Config) -> Result<ExitCode, CliError> {
    logging::start(config.log, config.log_filter.as_deref());
    let shutdown = shutdown_signal()?;
    if config.access == crate::domain::policy::Access::default() {
        tracing::warn!(
            "nobody may use the bot: set ADJUTANT_OWNERS to your Telegram user id (send the bot any message to see it)"
        );
    }
    app::serve(Setup::new(config).map_err(CliError::App)?, shutdown).await?;
    Ok(ExitCode::SUCCESS)
}
