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

use crate::catalog::{Catalog, Status};
use crate::config::{Config, ConfigError, Database, EngineKind, Secret};
use crate::domain::command::COMMANDS;
use crate::domain::policy::Access;
use crate::engines::process::Guard;
use crate::engines::script::ScriptEngine;
use crate::orchestrator::{Agents, Engines, Limits, Orchestrator, Parts, Workspace, Workspaces};
use crate::ports::{Engine, Pace};
use crate::store::{DatabaseLocation, Store, StoreError};
use crate::telegram::{ConnectError, ConnectSettings, PollError, Telegram, poll};
use crate::telemetry::Metrics;

/// How many fetched batches may wait for the orchestrator: one, so that nothing is fetched that cannot be stored.
const BATCHES: usize = 1;

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
    let directories = config.agent_dirs.clone();
    let metrics = Arc::new(Metrics::default());
    // The three slow starts, side by side.
    let (store, catalog, telegram) = tokio::try_join!(
        async { Ok::<_, AppError>(Store::open(&location(&config.database)).await?) },
        async { Ok(tokio::task::spawn_blocking(move || Catalog::load(&directories)).await?) },
        async { Ok(Telegram::connect(settings, &shutdown).await?) },
    )?;
    let telegram = match setup.pace {
        Some(pace) => telegram.with_pace(pace),
        None => telegram,
    };
    tracing::info!(bot = telegram.username(), agents = catalog.agents().len(), "ready");
    tokio::spawn(telegram.announce_commands(COMMANDS));
    if let Some(address) = config.listen {
        listen(address, Arc::clone(&metrics), shutdown.clone()).await?;
    }
    let orchestrator = Orchestrator::new(parts(&setup, store.clone(), &catalog, telegram.clone(), metrics));
    let (sink, batches) = mpsc::channel(BATCHES);
    let poller = tokio::spawn(stopping(poll(telegram, sink, shutdown.clone()), shutdown.clone()));
    orchestrator.run(batches, shutdown).await?;
    let polled = poller.await?;
    store.close().await;
    Ok(polled?)
}

/// Whatever ends the poller ends the bot.
async fn stopping(
    polling: impl Future<Output = Result<(), PollError>>,
    shutdown: CancellationToken,
) -> Result<(), PollError> {
    let ended = polling.await;
    shutdown.cancel();
    ended
}

/// Where the configuration's database is.
#[must_use]
pub fn location(database: &Database) -> DatabaseLocation {
    match database {
        Database::File(path) => DatabaseLocation::File(path.clone()),
        Database::Memory => DatabaseLocation::Memory,
    }
}

fn parts(setup: &Setup, store: Store, catalog: &Catalog, telegram: Telegram, metrics: Arc<Metrics>) -> Parts {
    let config = &setup.config;
    Parts {
        store,
        bot: telegram.username().to_owned(),
        chat: Arc::new(telegram),
        agents: agents(catalog),
        engines: engines(setup),
        workspaces: Workspaces {
            list: config
                .workspaces
                .iter()
                .map(|workspace| Workspace { name: workspace.name.clone(), path: workspace.path.clone() })
                .collect(),
        },
        access: config.access.clone(),
        limits: Limits {
            running_tasks: config.limits.running_tasks,
            task_timeout: config.limits.task_timeout,
            approval_timeout: config.limits.approval_timeout,
            card_interval: setup.card_interval,
        },
        files: files(&config.database),
        metrics,
    }
}

/// Where files that people send are kept: beside the database.
fn files(database: &Database) -> PathBuf {
    match database {
        Database::File(path) => {
            let mut name = path.clone().into_os_string();
            name.push(".files");
            name.into()
        }
        Database::Memory => std::env::temp_dir().join(format!("adjutant-{}.files", std::process::id())),
    }
}

fn agents(catalog: &Catalog) -> Agents {
    let broken = catalog.reports().iter().filter(|report| report.status == Status::Error).count();
    for report in catalog.reports() {
        for message in &report.messages {
            tracing::warn!(file = %report.path.display(), line = message.line, "{}", message.text);
        }
    }
    Agents { list: catalog.agents().to_vec(), broken }
}

fn engines(setup: &Setup) -> Engines {
    let guard = Guard::new(setup.guard.clone());
    let list = setup.config.engines.iter().map(|engine| {
        let port: Arc<dyn Engine> = match engine.kind {
            EngineKind::Script => Arc::new(ScriptEngine::new(guard.clone(), setup.chunk_delay)),
        };
        (engine.name.clone(), port)
    });
    Engines { list: list.collect(), default: setup.config.default_engine.clone() }
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
