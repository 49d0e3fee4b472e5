//! Single values: text in, a checked value out. An error says what is expected; the caller adds where and what was found.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Database, LogFormat, Secret};

/// What should have stood there.
pub(super) type Expected = &'static str;

pub(super) const USER_ID: Expected = "a Telegram user id (a whole number above 0; /whoami tells it)";
pub(super) const CHAT_ID: Expected = "a Telegram chat id (a whole number; below 0 for a group)";
pub(super) const DURATION: Expected = "a duration above 0 such as 30s, 15m or 2h";
pub(super) const NAME: Expected = "a name of 1 to 64 characters on one line, without spaces at its ends";
pub(super) const MODE: Expected = "the name of a mode, as the program calls it";

/// A bot token as @BotFather gives it: digits, a colon, at least 30 of `A-Za-z0-9_-`.
pub(super) fn token(text: &str) -> Result<Secret, Expected> {
    let valid = text.split_once(':').is_some_and(|(id, key)| {
        !id.is_empty()
            && id.bytes().all(|byte| byte.is_ascii_digit())
            && key.len() >= 30
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    });
    if valid { Ok(Secret::new(text)) } else { Err("a bot token from @BotFather such as 123456:AbC…") }
}

/// The address of a Bot API server, without a slash at its end.
pub(super) fn api_url(text: &str) -> Result<String, Expected> {
    let text = text.trim_end_matches('/');
    match web_address(text, &["http://", "https://"]) {
        Some(rest) if !rest.contains(['?', '#', '@']) => Ok(text.to_owned()),
        _ => Err("an address such as https://api.telegram.org"),
    }
}

/// The address of a proxy, which may hold a name and a password.
/// What the HTTP client can go through.
const PROXY_SCHEMES: &[&str] = &["http://", "https://", "socks4://", "socks4a://", "socks5://", "socks5h://"];

pub(super) fn proxy(text: &str) -> Result<Secret, Expected> {
    match web_address(text, PROXY_SCHEMES) {
        Some(_) => Ok(Secret::new(text)),
        None => Err("a proxy such as http://user:password@host:3128"),
    }
}

/// What follows the scheme, when host and port are sound.
fn web_address<'a>(text: &'a str, schemes: &[&str]) -> Option<&'a str> {
    let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme))?;
    if rest.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    let host_port = authority.rsplit('@').next()?;
    let (host, port) = match host_port.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (host_port, None),
    };
    let port_is_sound = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    (!host.is_empty() && port_is_sound).then_some(rest)
}

/// Where the database is. A relative path counts from `cwd`.
pub(super) fn database(text: &str, cwd: &Path) -> Result<Database, Expected> {
    const EXPECTED: Expected = "sqlite://FILE or sqlite::memory:";
    let rest = text.strip_prefix("sqlite:").ok_or(EXPECTED)?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    // The file is created when it is missing, as this widely used suffix asks for.
    let rest = rest.strip_suffix("?mode=rwc").unwrap_or(rest);
    match rest {
        ":memory:" => Ok(Database::Memory),
        "" => Err(EXPECTED),
        _ if rest.contains('?') || rest.ends_with('/') => Err(EXPECTED),
        path => Ok(Database::File(cwd.join(path))),
    }
}

/// An address to listen on.
pub(super) fn listen(text: &str) -> Result<SocketAddr, Expected> {
    text.parse().map_err(|_| "an address and a port such as 127.0.0.1:9464")
}

/// How the log is written.
pub(super) fn log_format(text: &str) -> Result<LogFormat, Expected> {
    match text {
        "pretty" => Ok(LogFormat::Pretty),
        "json" => Ok(LogFormat::Json),
        _ => Err("pretty or json"),
    }
}

/// A length of time.
pub(super) fn duration(text: &str) -> Result<Duration, Expected> {
    crate::domain::duration::parse(text).ok_or(DURATION)
}

/// The name of a workspace or an engine.
pub(super) fn name(text: &str) -> Result<String, Expected> {
    let length = text.chars().count();
    let valid = (1..=64).contains(&length) && text.trim() == text && !text.contains(char::is_control);
    if valid { Ok(text.to_owned()) } else { Err(NAME) }
}

/// The name of a variable that an agent program may get. The bot's own never leave this program.
pub(super) fn variable(text: &str) -> Result<String, Expected> {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    let valid = text.starts_with(letter) && text.chars().all(|c| letter(c) || c.is_ascii_digit());
    if !valid {
        Err("the name of a variable such as OPENAI_API_KEY; its value belongs in .env")
    } else if text.starts_with("TELOXIDE_") {
        Err("a variable of the agent's own; no agent gets those of the bot")
    } else {
        Ok(text.to_owned())
    }
}

/// A path: `~` is the home directory, a relative path counts from `base`.
pub(super) fn path(text: &str, base: &Path, home: Option<&str>) -> Result<PathBuf, Expected> {
    if text.trim().is_empty() {
        return Err("a path");
    }
    if text == "~" || text.starts_with("~/") {
        let home = home.ok_or("a path without ~ (HOME is not set)")?;
        return Ok(Path::new(home).join(text.trim_start_matches('~').trim_start_matches('/')));
    }
    Ok(tidy(&base.join(text)))
}

/// Drops `.` components, so that messages show `agents` and not `./agents`.
fn tidy(path: &Path) -> PathBuf {
    path.components().collect()
}
