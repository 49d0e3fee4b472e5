//! Whether Telegram knows the bot. Never shows the token, nor an address that may hold a password.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::config::{Config, Secret};
use crate::telegram::{ConnectError, ConnectSettings, Telegram};

use super::Finding;

const CHECK: &str = "token";

/// How long Telegram may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn examine(config: &Config, offline: bool) -> Finding {
    let Some(token) = &config.token else {
        let remedy = "get one from @BotFather (/newbot) and set TELOXIDE_TOKEN in .env";
        return Finding::fail(CHECK, "there is none", remedy);
    };
    if offline {
        return Finding::skip(CHECK, "set; Telegram was not asked (--offline)");
    }
    let settings = ConnectSettings {
        token: token.expose(),
        api_url: &config.api_url,
        proxy: config.proxy.as_ref().map(Secret::expose),
    };
    let never = CancellationToken::new();
    match tokio::time::timeout(PATIENCE, Telegram::connect(settings, &never)).await {
        Ok(Ok(bot)) => Finding::ok(CHECK, format!("@{} (id {})", bot.username(), bot.id())),
        Ok(Err(ConnectError::TokenRefused)) => {
            let remedy = "check TELOXIDE_TOKEN, or ask @BotFather for a new one (/token)";
            Finding::fail(CHECK, "Telegram refuses it", remedy)
        }
        Ok(Err(error @ (ConnectError::Setting(_) | ConnectError::Cancelled))) => {
            Finding::fail(CHECK, error.to_string(), "correct the setting")
        }
        Err(_) => {
            let text = format!("Telegram did not answer within {} s", PATIENCE.as_secs());
            Finding::fail(CHECK, text, "check the network, TELOXIDE_API_URL and TELOXIDE_PROXY")
        }
    }
}
