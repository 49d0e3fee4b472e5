//! `adjutant doctor`.
use super::CliError;
use clap::Args;
use std::process::ExitCode;
/// Options.
#[derive(Debug, Args)]
pub(super) struct Options {}
/// Runs.
pub(super) async fn run(_options: Options) -> Result<ExitCode, CliError> {
    Ok(ExitCode::SUCCESS)
}
