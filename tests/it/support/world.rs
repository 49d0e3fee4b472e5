//! A playground with the bot in it.

use std::path::PathBuf;
use std::time::Duration;

use adjutant::app::{AppError, Setup, serve};
use adjutant::config::Config;
use adjutant::playground::Playground;
use adjutant::ports::Pace;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use super::{Chat, Plan, SimClient};

/// So long the bot may take to end.
const STOP_WITHIN: Duration = Duration::from_secs(5);

pub(crate) struct World {
    pub(crate) sim: SimClient,
    pub(crate) config: Config,
    /// Gone with the world, and the bot with it.
    folder: TempDir,
    _playground: Playground,
    bot: Option<Bot>,
}

struct Bot {
    shutdown: CancellationToken,
    serving: JoinHandle<Result<(), AppError>>,
}

impl World {
    /// The usual world: the tour, the parrot and nothing else.
    pub(crate) async fn start() -> Self {
        Plan::new().tour().parrot().start().await
    }

    /// With `RUST_LOG` set, the bot's log is part of a failed test's output.
    pub(super) fn new(playground: Playground, folder: TempDir, config: Config) -> Self {
        if std::env::var_os("RUST_LOG").is_some() {
            let filter = EnvFilter::from_default_env();
            // Another test of this process may have set it up already.
            let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
        }
        let sim = SimClient::new(&playground.url());
        let mut world = Self { sim, config, folder, _playground: playground, bot: None };
        world.begin();
        world
    }

    /// Starts the bot.
    pub(crate) fn begin(&mut self) {
        assert!(self.bot.is_none(), "the bot runs already");
        let moment = Duration::from_millis(1);
        let setup = Setup {
            config: self.config.clone(),
            guard: env!("CARGO_BIN_EXE_adjutant").into(),
            pace: Some(Pace { burst: 1000, interval: moment, edit_interval: moment }),
            card_interval: Duration::from_millis(20),
            chunk_delay: Duration::ZERO,
        };
        let shutdown = CancellationToken::new();
        let serving = tokio::spawn(serve(setup, shutdown.clone()));
        self.bot = Some(Bot { shutdown, serving });
    }

    /// Ends the bot as a signal would.
    pub(crate) async fn end(&mut self) {
        let bot = self.bot.take().expect("the bot does not run");
        bot.shutdown.cancel();
        let ended = timeout(STOP_WITHIN, bot.serving).await.expect("the bot does not end");
        ended.expect("the bot panicked").expect("the bot failed");
    }

    pub(crate) async fn restart(&mut self) {
        self.end().await;
        self.begin();
    }

    /// A person's private chat with the bot.
    pub(crate) fn private(&self, user: i64) -> Chat {
        self.group(user, user)
    }

    /// A person in a group.
    pub(crate) fn group(&self, user: i64, chat: i64) -> Chat {
        Chat::new(self.sim.clone(), user, chat, None)
    }

    /// A person in a topic of a forum.
    pub(crate) fn topic(&self, user: i64, chat: i64, topic: i64) -> Chat {
        Chat::new(self.sim.clone(), user, chat, Some(topic))
    }

    /// The workspace of this name.
    pub(crate) fn workspace(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file in the directory of agents.
    pub(crate) fn agent_file(&self, name: &str) -> PathBuf {
        self.config.agent_dirs[0].join(name)
    }

    /// A file in the default workspace.
    pub(crate) fn file(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.workspace("demo").join(name)).ok()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(bot) = &self.bot {
            bot.shutdown.cancel();
        }
    }
}
