//! `adjutant agents`.
use super::CliError;
use crate::config::Config;
use clap::Subcommand;
use std::process::ExitCode;
/// Subcommands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List
    List,
}
/// Runs.
pub(super) async fn run(_command: Command, _config: &Config) -> Result<ExitCode, CliError> {
    Ok(ExitCode::SUCCESS)
}
