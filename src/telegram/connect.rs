//! The way to a bot that answers: the HTTP client, who the bot is, which commands it offers.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Proxy, Url};
use serde::de::IgnoredAny;
use teloxide::Bot;
use teloxide::payloads::{GetMe, SetMyCommands, SetMyCommandsSetters as _};
use teloxide::types::{BotCommand, BotCommandScope, User};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use super::api::Api;
use super::reach::Reach;
use super::{Me, Telegram};
use crate::domain::ids::UserId;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// For one call in all; calls that wait or carry a file set their own.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// Connections kept after a burst. Telegram speaks HTTP/1.1 to us: one call at a time on each.
const IDLE_CONNECTIONS: usize = 8;

const PROXY_SCHEMES: &[&str] = &["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// Which bot, and how to get at it.
#[derive(Clone, Copy)]
pub struct ConnectSettings<'a> {
    /// The bot's token. Secret.
    pub token: &'a str,
    /// The Bot API server's address.
    pub api_url: &'a str,
    /// A proxy (`http://`, `https://`, `socks5://`, …); none when `None`, whatever the environment says.
    pub proxy: Option<&'a str>,
}

/// Why there is no bot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// The token is wrong, or was revoked.
    #[error("the token was refused: check TELOXIDE_TOKEN, or ask @BotFather for a new one")]
    TokenRefused,
    /// A setting cannot be used; says which, and what would be right.
    #[error("{0}")]
    Setting(String),
    /// Told to stop before the bot answered.
    #[error("stopped before Telegram answered")]
    Cancelled,
}

impl Telegram {
    /// Asks Telegram who the bot is, again and again while it is not reachable.
    ///
    /// # Errors
    /// See [`ConnectError`]; an unreachable server is none.
    pub async fn connect(
        settings: ConnectSettings<'_>,
        shutdown: &CancellationToken,
    ) -> Result<Self, ConnectError> {
        let api = Api::new(bot(settings)?);
        let mut reach = Reach::default();
        let who = GetMe::new();
        loop {
            let wait = tokio::select! {
                biased;
                () = shutdown.cancelled() => return Err(ConnectError::Cancelled),
                answer = api.call::<GetMe, User>(&who) => match answer {
                    Ok(user) => {
                        reach.fine();
                        return Ok(Self { api, me: Arc::new(me(user)), pace: None });
                    }
                    Err(error) => reach.failed(&error).map_err(|_| ConnectError::TokenRefused)?,
                },
            };
            tokio::select! {
                () = shutdown.cancelled() => return Err(ConnectError::Cancelled),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Tells Telegram which commands to offer, in every scope that an earlier bot of the same token may have
    /// filled. Failing is only logged: the commands work without. Spawn it; nothing need wait for it.
    pub fn announce_commands(&self, commands: &[(&str, &str)]) -> impl Future<Output = ()> + Send + 'static {
        let api = self.api.clone();
        let commands: Vec<_> = commands.iter().map(|(name, about)| BotCommand::new(*name, *about)).collect();
        async move {
            for scope in
                [BotCommandScope::Default, BotCommandScope::AllPrivateChats, BotCommandScope::AllGroupChats]
            {
                let payload = SetMyCommands::new(commands.clone()).scope(scope.clone());
                match api.call::<_, IgnoredAny>(&payload).await {
                    Ok(_) => debug!(?scope, "commands announced"),
                    Err(error) => warn!(?scope, "could not announce the commands: {error}"),
                }
            }
        }
    }
}

fn bot(settings: ConnectSettings<'_>) -> Result<Bot, ConnectError> {
    let url = address("TELOXIDE_API_URL", settings.api_url, &["http", "https"])?;
    let mut client = teloxide::net::default_reqwest_settings()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(CALL_TIMEOUT)
        .tcp_keepalive(KEEP_ALIVE)
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
        // The Bot API never redirects, and the token in the URL must not go elsewhere.
        .redirect(Policy::none())
        .no_proxy();
    if let Some(proxy) = settings.proxy {
        let proxy = address("TELOXIDE_PROXY", proxy, PROXY_SCHEMES)?;
        client = client.proxy(Proxy::all(proxy).map_err(unusable)?);
    }
    let client = client.build().map_err(unusable)?;
    Ok(Bot::with_client(settings.token, client).set_api_url(url))
}

/// Checks an address. Its value stays out of the error: it may hold a password.
fn address(name: &str, value: &str, schemes: &[&str]) -> Result<Url, ConnectError> {
    // Schemes are checked here: with a proxy of a kind that it does not know, the client goes without.
    value.parse().ok().filter(|url: &Url| schemes.contains(&url.scheme()) && url.has_host()).ok_or_else(
        || {
            let schemes = schemes.join("://, ");
            ConnectError::Setting(format!("{name} is not an address with one of {schemes}://"))
        },
    )
}

fn unusable(error: reqwest::Error) -> ConnectError {
    ConnectError::Setting(format!("the HTTP client cannot be set up: {}", error.without_url()))
}

fn me(user: User) -> Me {
    // Every bot has a username; without one no command could be addressed to it anyway.
    Me {
        id: UserId(i64::try_from(user.id.0).unwrap_or(i64::MAX)),
        username: user.username.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
