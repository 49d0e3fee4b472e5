//! `adjutant playground`: the Bot API server and its chat page, for any bot.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::config::LogFormat;
use crate::playground::{self, Playground};

use super::{CliError, logging, print, shutdown_signal};

/// Options of `adjutant playground`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The address of the server and its page; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787", value_parser = address)]
    listen: SocketAddr,
    /// Keep the chats in this file, and uploaded files in FILE.files beside it
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Leave out Telegram's flood rules
    #[arg(long)]
    no_flood: bool,
    /// Let other machines in: whoever reaches the address can read everything and act as anyone
    #[arg(long)]
    allow_remote: bool,
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "an address is an IP address and a port, such as 127.0.0.1:8787".to_owned())
}

/// Runs the playground until it is told to end.
pub(super) async fn run(options: Options) -> Result<ExitCode, CliError> {
    logging::start(LogFormat::Pretty, std::env::var("RUST_LOG").ok().as_deref());
    let shutdown = shutdown_signal()?;
    let settings = playground::Options {
        listen: options.listen,
        allow_remote: options.allow_remote,
        state: options.state,
        flood: !options.no_flood,
        ..playground::Options::default()
    };
    let token = settings.token.clone();
    let playground = Playground::start(settings).await?;
    if !playground.address().ip().to_canonical().is_loopback() {
        print::problem(&format!(
            "warning: whoever reaches {} can read everything and act as anyone",
            playground.address()
        ));
    }
    let url = playground.url();
    print::line(format_args!(
        "The page: {url}\n\
         For your bot: TELOXIDE_API_URL={url} TELOXIDE_TOKEN={token}\n\
         Other libraries: base URL {url}/bot, followed by the token"
    ))?;
    shutdown.cancelled().await;
    playground.stop().await;
    Ok(ExitCode::SUCCESS)
}
