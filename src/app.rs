//! The composition root: the only place that knows every adapter. Opens, connects, starts, and ends in order.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, ConfigError, Database, Secret};
use crate::domain::access::Access;
use crate::domain::command::COMMANDS;
use crate::engines::process::{Guard, Ledger};
use crate::engines::script::ScriptEngine;
use crate::engines::sessions::Sessions;
use crate::orchestrator::Orchestrator;
use crate::ports::Pace;
use crate::store::{DatabaseLocation, Store, StoreError};
use crate::telegram::{ConnectError, ConnectSettings, PollError, Telegram, poll};
use crate::telemetry::Metrics;

use self::agents::AgentFiles;
use self::engines::Workshop;

pub(crate) mod agents;
pub(crate) mod engines;
mod parts;

/// How many fetched batches may wait for the orchestrator: one, so that nothing is fetched that cannot be stored.
const BATCHES: usize = 1;

/// How long programs without work get to end when Adjutant goes down; no longer than those at work.
const CLOSING_TIME: Duration = Duration::from_millis(3_500);

/// What `serve` and `demo` run, and the few things that tests set differently.
#[derive(Debug, Clone)]
pub struct Setup {
    /// What the person has set.
    pub config: Config,
    /// The program that guards engine processes: this very program.
    pub guard: PathBuf,
    /// One pace for all chats, for servers with limits of their own; Telegram's when `None`.
    pub pace: Option<Pace>,
    /// At least this long between two pictures of one task at work.
    pub card_interval: Duration,
    /// Between two pieces of an answer that a script says.
    pub chunk_delay: Duration,
}

impl Setup {
    /// The setup that people run.
    ///
    /// # Errors
    /// When this program cannot find itself.
    pub fn new(config: Config) -> Result<Self, AppError> {
        Ok(Self {
            config,
            guard: crate::engines::guard::program().map_err(AppError::Guard)?,
            pace: None,
            card_interval: Duration::from_secs(1),
            chunk_delay: ScriptEngine::CHUNK_DELAY,
        })
    }
}

/// Why the bot does not run.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// A setting is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Telegram does not know the bot.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Telegram no longer knows the bot.
    #[error(transparent)]
    Poll(#[from] PollError),
    /// The address for metrics cannot be used.
    #[error("ADJUTANT_LISTEN: cannot listen on {address}: {source}")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// This program cannot find its own file, which guards engine processes.
    #[error("cannot find this program's own file: {0}")]
    Guard(std::io::Error),
    /// A part of the program broke.
    #[error("a part of the program broke: {0}")]
    Broken(#[from] tokio::task::JoinError),
}

/// Runs the bot until `shutdown`.
///
/// # Errors
/// See [`AppError`]. After the start, only a refused token ends it by itself.
pub async fn serve(setup: Setup, shutdown: CancellationToken) -> Result<(), AppError> {
    let Setup { config, .. } = &setup;
    config.check_workspaces()?;
    let token = config.require_token()?;
    let settings = ConnectSettings {
        token: token.expose(),
        api_url: &config.api_url,
        proxy: config.proxy.as_ref().map(Secret::expose),
    };
    if config.access == Access::default() {
        tracing::warn!(
            "nobody may use the bot: set ADJUTANT_OWNERS to your user id, which the bot tells whoever writes to it"
        );
    }
    let metrics = Arc::new(Metrics::default());
    // The three slow starts, side by side.
    let ((store, guard), (files, agents), telegram) = tokio::try_join!(
        async {
            let store = Store::open(&location(&config.database)).await?;
            // Nobody else uses this database now: whatever is recorded beside it was left behind.
            Ok::<_, AppError>((store, guard(&setup).await))
        },
        async {
            let config = config.clone();
            Ok(tokio::task::spawn_blocking(move || AgentFiles::load(&config)).await?)
        },
        async { Ok(Telegram::connect(settings, &shutdown).await?) },
    )?;
    let telegram = match setup.pace {
        Some(pace) => telegram.with_pace(pace),
        None => telegram,
    };
    tracing::info!(bot = telegram.username(), agents = agents.list.len(), "ready");
    tokio::spawn(telegram.announce_commands(COMMANDS));
    if let Some(address) = config.listen {
        listen(address, Arc::clone(&metrics), shutdown.clone()).await?;
    }
    let workshop = Workshop::of(config, guard, setup.chunk_delay);
    let reloads = agents::watch(files, shutdown.clone());
    let parts = parts::assemble(&setup, store.clone(), agents, reloads, telegram.clone(), &workshop, metrics);
    let (sink, batches) = mpsc::channel(BATCHES);
    let poller = tokio::spawn(stopping(poll(telegram, sink, shutdown.clone()), shutdown.clone()));
    let running = stopping(Orchestrator::new(parts).run(batches, shutdown.clone()), shutdown.clone());
    let (ran, ()) = tokio::join!(running, close(&workshop.sessions, &shutdown));
    ran?;
    let polled = poller.await?;
    store.close().await;
    Ok(polled?)
}

/// Whatever ends one of the two halves ends the bot.
async fn stopping<T>(half: impl Future<Output = T>, shutdown: CancellationToken) -> T {
    let ended = half.await;
    shutdown.cancel();
    ended
}

/// At shutdown, beside the tasks that end: closes the programs that wait for work.
async fn close(sessions: &Sessions, shutdown: &CancellationToken) {
    shutdown.cancelled().await;
    if tokio::time::timeout(CLOSING_TIME, sessions.close_all()).await.is_err() {
        tracing::warn!("some idle sessions did not end in time; their processes are killed");
    }
}

/// What guards the engines' processes, once nothing is left of those of an earlier run.
async fn guard(setup: &Setup) -> Guard {
    let guard = Guard::new(setup.guard.clone());
    let Some(folder) = beside(&setup.config.database, "processes") else { return guard };
    match Ledger::open(&folder) {
        Ok(ledger) => {
            ledger.sweep().await;
            guard.recording(ledger)
        }
        Err(error) => {
            tracing::warn!(%error, folder = %folder.display(), "processes are not recorded: the folder cannot be made");
            guard
        }
    }
}

/// The folder beside the database that holds `what`; `None` for a database in memory.
pub(crate) fn beside(database: &Database, what: &str) -> Option<PathBuf> {
    let Database::File(path) = database else { return None };
    let mut name = path.clone().into_os_string();
    name.push(".");
    name.push(what);
    Some(name.into())
}

/// Where the configuration's database is.
#[must_use]
pub fn location(database: &Database) -> DatabaseLocation {
    match database {
        Database::File(path) => DatabaseLocation::File(path.clone()),
        Database::Memory => DatabaseLocation::Memory,
    }
}

/// Serves metrics and health until `shutdown`.
async fn listen(
    address: SocketAddr,
    metrics: Arc<Metrics>,
    shutdown: CancellationToken,
) -> Result<(), AppError> {
    let listener = TcpListener::bind(address).await.map_err(|source| AppError::Listen { address, source })?;
    let router = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/metrics", get(move || async move { metrics.render() }));
    tokio::spawn(async move {
        let server = axum::serve(listener, router).with_graceful_shutdown(shutdown.cancelled_owned());
        if let Err(error) = server.await {
            tracing::error!(%error, "metrics are no longer served");
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests;
