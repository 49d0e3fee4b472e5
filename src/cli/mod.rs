//! The program's commands, one file each. Knows the app and the catalog; decides only what is printed, and the exit code.

mod agents;
mod demo;
mod doctor;
mod engines;
mod logging;
mod playground;
mod print;
mod serve;
mod survey;
mod tasks;
mod text;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio_util::sync::CancellationToken;

use crate::app::AppError;
use crate::config::{Config, ConfigError, Environment, load};
use crate::playground::PlaygroundError;
use crate::store::StoreError;

/// What stands below the list of commands.
const AFTER_HELP: &str = "\
Settings come from the environment, and from .env and adjutant.yaml in the
current directory; `adjutant doctor` says whether they are right.
Exit codes: 0 fine, 1 it failed, 2 wrong usage or configuration.";

/// Run your coding agents from Telegram.
#[derive(Debug, Parser)]
#[command(name = "adjutant", version, after_help = AFTER_HELP, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the bot
    Serve,
    /// Try it: a chat page and the bot, without token, key or network
    Demo(demo::Options),
    /// Run only the Bot API server and its chat page, for your own bot
    Playground(playground::Options),
    /// List, show and check the agents
    #[command(subcommand)]
    Agents(agents::Command),
    /// List the engines, and check that their programs answer
    #[command(subcommand)]
    Engines(engines::Command),
    /// List and show tasks, and print their logs
    #[command(subcommand)]
    Tasks(tasks::Command),
    /// Check configuration, token, database, agents, engines, workspaces
    Doctor(doctor::Options),
}

/// Why a command failed. The exit code says whose turn it is: 2 the person's, 1 ours or the world's.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    App(#[from] AppError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Playground(#[from] PlaygroundError),
    /// In words for the person; what was asked for cannot be had.
    #[error("{0}")]
    Failed(String),
    #[error("cannot print: {0}")]
    Print(#[from] std::io::Error),
}

impl CliError {
    fn code(&self) -> ExitCode {
        match self {
            Self::Config(_)
            | Self::App(AppError::Config(_))
            | Self::Playground(PlaygroundError::Remote { .. }) => ExitCode::from(2),
            Self::App(_) | Self::Store(_) | Self::Playground(_) | Self::Failed(_) | Self::Print(_) => {
                ExitCode::FAILURE
            }
        }
    }
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command) {
        Ok(code) => code,
        // Whoever reads our output has seen enough.
        Err(CliError::Print(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            print::problem(&error);
            error.code()
        }
    }
}

fn run(command: Command) -> Result<ExitCode, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Serve => serve::run(configured()?).await,
            Command::Demo(options) => demo::run(options).await,
            Command::Playground(options) => playground::run(options).await,
            Command::Agents(command) => agents::run(command, &quietly_configured()?),
            Command::Engines(command) => engines::run(command, &quietly_configured()?).await,
            Command::Tasks(command) => tasks::run(command, &quietly_configured()?).await,
            Command::Doctor(options) => doctor::run(options).await,
        }
    })
}

fn configured() -> Result<Config, ConfigError> {
    let cwd = std::env::current_dir().unwrap_or_default();
    load(&Environment::from_process(&cwd), &cwd)
}

/// The configuration, for commands that tell what they find in their output.
fn quietly_configured() -> Result<Config, ConfigError> {
    let config = configured()?;
    logging::quietly(&config);
    Ok(config)
}

/// Fires when the person or the system wants the program to end.
fn shutdown_signal() -> std::io::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let token = CancellationToken::new();
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let fired = token.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        fired.cancel();
    });
    Ok(token)
}
