//! `adjutant demo`: the playground and the bot in one process, in a folder of their own.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use tokio_util::sync::CancellationToken;

use crate::app::{self, Setup};
use crate::config::{Config, Database, EngineConfig, Limits, LogFormat, Origin, Secret, Workspace};
use crate::domain::access::Access;
use crate::domain::ids::UserId;
use crate::playground::{self, Playground};

use super::{CliError, logging, print, shutdown_signal};

/// The agents that the demo brings along.
const AGENTS: &[(&str, &str)] = &[
    ("tour.md", include_str!("../../agents/tour.md")),
    ("echo.md", include_str!("../../agents/echo.md")),
    ("planner.md", include_str!("demo/planner.md")),
    ("builder.md", include_str!("demo/builder.md")),
    ("checker.md", include_str!("demo/checker.md")),
];

/// The people of the playground who may use the bot: "You" owns it, Robin is a member, Mallory is nobody.
const OWNER: UserId = UserId(1001);
const MEMBER: UserId = UserId(1003);

/// Options of `adjutant demo`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The port of the chat page
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// The folder that holds everything the demo makes [default: ~/.local/state/adjutant/demo]
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Forget the chats and tasks of the last demo
    #[arg(long)]
    fresh: bool,
}

/// Runs the demo until it is told to end.
pub(super) async fn run(options: Options) -> Result<ExitCode, CliError> {
    logging::start(LogFormat::Pretty, std::env::var("RUST_LOG").ok().as_deref().or(Some("warn")));
    let shutdown = shutdown_signal()?;
    let folder = options.folder.or_else(default_folder).ok_or_else(|| {
        CliError::Failed(
            "there is no home directory to keep the demo in; name a folder with --folder".to_owned(),
        )
    })?;
    prepare(&folder, options.fresh)
        .map_err(|error| CliError::Failed(format!("cannot prepare {}: {error}", folder.display())))?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let settings = playground::Options::demo(address, &folder, folder.display().to_string());
    let token = settings.token.clone();
    let playground = Playground::start(settings).await?;
    let setup = Setup::new(config(&folder, &playground.url(), &token)).map_err(CliError::App)?;
    print::line(format_args!(
        "The demo is up. Open {} and send: /agent tour\n\
         or: /chain planner > builder > checker a note\n\
         Everything stays in {}. Ctrl-C ends it.",
        playground.url(),
        folder.display()
    ))?;
    let served = serve(setup, shutdown).await;
    playground.stop().await;
    served.map(|()| ExitCode::SUCCESS)
}

async fn serve(setup: Setup, shutdown: CancellationToken) -> Result<(), CliError> {
    Ok(app::serve(setup, shutdown).await?)
}

fn default_folder() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))?;
    Some(state.join("adjutant/demo"))
}

/// Makes the demo's folder; only files that the demo itself made are replaced or thrown away.
fn prepare(folder: &Path, fresh: bool) -> std::io::Result<()> {
    if fresh {
        for made in ["playground.jsonl", "adjutant.db", "adjutant.db-wal", "adjutant.db-shm"] {
            match fs::remove_file(folder.join(made)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        match fs::remove_dir_all(folder.join("playground.jsonl.files")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    fs::create_dir_all(folder.join("workspace"))?;
    let agents = folder.join("agents");
    fs::create_dir_all(&agents)?;
    for (name, text) in AGENTS {
        fs::write(agents.join(name), text)?;
    }
    Ok(())
}

fn config(folder: &Path, api_url: &str, token: &str) -> Config {
    Config {
        token: Some(Secret::new(token)),
        api_url: api_url.to_owned(),
        proxy: None,
        database: Database::File(folder.join("adjutant.db")),
        agent_dirs: vec![folder.join("agents")],
        workspaces: vec![Workspace {
            name: "demo".to_owned(),
            path: folder.join("workspace"),
            test: None,
            allow_bypass: false,
            origin: Origin::Environment,
        }],
        engines: vec![EngineConfig::script()],
        default_engine: EngineConfig::script().name,
        access: Access { owners: [OWNER].into(), members: [MEMBER].into(), ..Access::default() },
        limits: Limits::default(),
        listen: None,
        log: LogFormat::Pretty,
        log_filter: None,
    }
}
