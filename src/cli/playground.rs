//! `adjutant playground`: the Bot API server and its chat page, for any bot.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::config::LogFormat;
use crate::playground::{self, Playground};

use super::{CliError, logging, print, shutdown_signal};

/// Options of `adjutant playground`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The port of the server and its page
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Keep the chats in this folder; without it they are gone when the program ends
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Leave out Telegram's flood rules
    #[arg(long)]
    no_flood: bool,
}

/// Runs the playground until it is told to end.
pub(super) async fn run(options: Options) -> Result<ExitCode, CliError> {
    logging::start(LogFormat::Pretty, std::env::var("RUST_LOG").ok().as_deref());
    let shutdown = shutdown_signal()?;
    let settings = playground::Options {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, options.port)),
        folder: options.folder,
        flood: !options.no_flood,
        ..playground::Options::default()
    };
    let token = settings.token.clone();
    let playground = Playground::start(settings).await?;
    let url = playground.url();
    print::line(format_args!("Page: {url}\nBot API: TELOXIDE_API_URL={url}\nToken: TELOXIDE_TOKEN={token}"))?;
    shutdown.cancelled().await;
    playground.stop().await;
    Ok(ExitCode::SUCCESS)
}
