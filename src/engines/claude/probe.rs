//! Asks an installed Claude Code who it is, without a prompt.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;

use super::super::process::{Launch, Line, Wire};
use super::super::program::{Probe, Program};
use super::super::refusal::Refusal;
use super::flags;
use super::heard::Heard;
use super::live::{Live, Setup};

/// How long it may take to answer. Its first start on a slow machine takes a few seconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// Starts the program in `directory` as a run would, asks it who it is, and ends it.
///
/// # Errors
/// Why a run would fail, as far as can be told without a prompt.
pub async fn probe(program: &Program, directory: &Path) -> Result<Probe, Refusal> {
    let slow = || said(program, "it does not answer. Try it in a terminal.");
    let version = timeout(PATIENCE, version(program, directory)).await.map_err(|_| slow())??;
    let setup = Setup::new(program, flags::protocol(program.mode.as_deref()));
    let mut live = Live::start(program, &setup, directory, None)?;
    let account = match timeout(PATIENCE, account(&mut live)).await {
        Ok(Some(account)) => account,
        Ok(None) => return Err(live.why(program).await),
        Err(_) => {
            live.stop().await;
            return Err(slow());
        }
    };
    live.stop().await;
    match login(&account) {
        Login::None => Err(Refusal::NotLoggedIn { name: program.name.clone(), login: program.login.clone() }),
        Login::As(remark) => Ok(Probe { version, remarks: vec![remark] }),
        Login::Unknown => Ok(Probe { version, remarks: Vec::new() }),
    }
}

/// What `--version` says, without the program's name.
async fn version(program: &Program, directory: &Path) -> Result<Option<String>, Refusal> {
    let mut words = program.command.iter().map(OsString::from);
    let launch = Launch {
        program: words.next().unwrap_or_default(),
        args: words.chain(["--version".into()]).collect(),
        cwd: directory.to_owned(),
        env: program.env.clone().into_iter().collect(),
    };
    let (mut wire, mut reader, writer) = Wire::spawn(&program.guard, &launch)?;
    drop(writer);
    let mut version = None;
    while let Some(line) = reader.next().await {
        if let (None, Line::Text(line)) = (&version, line) {
            version = line.split_whitespace().next().map(str::to_owned);
        }
    }
    match wire.exit_code().await {
        0 => Ok(version),
        code => Err(super::refusals::ended(program, code, wire.stderr().last_line(), false)),
    }
}

async fn account(live: &mut Live) -> Option<Value> {
    loop {
        for heard in live.hear().await? {
            if let Heard::Ready { account, .. } = heard {
                return Some(account);
            }
        }
    }
}

/// What can be told of a login.
#[derive(Debug, PartialEq)]
enum Login {
    /// There is none.
    None,
    /// A sentence about it.
    As(String),
    /// Nothing is known.
    Unknown,
}

fn login(account: &Value) -> Login {
    let text = |name: &str| account.get(name).and_then(Value::as_str).filter(|text| *text != "none");
    if let Some(email) = text("email") {
        let plan = text("subscriptionType").map(|plan| format!(" ({plan})")).unwrap_or_default();
        return Login::As(format!("Logged in as {email}{plan}."));
    }
    if let Some(source) = text("apiKeySource").or_else(|| text("tokenSource")) {
        return Login::As(format!("Works with the key from {source}."));
    }
    match text("apiProvider") {
        Some("firstParty") => Login::None,
        Some(provider) => Login::As(format!("Works through {provider}.")),
        None => Login::Unknown,
    }
}

fn said(program: &Program, said: &str) -> Refusal {
    Refusal::Said { name: program.name.clone(), said: said.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_login_is_told_in_a_sentence() {
        let told = |sentence: &str| Login::As(sentence.to_owned());
        for (account, login) in [
            (json!({ "tokenSource": "none", "apiProvider": "firstParty" }), Login::None),
            (
                json!({ "tokenSource": "none", "apiKeySource": "ANTHROPIC_API_KEY", "apiProvider": "firstParty" }),
                told("Works with the key from ANTHROPIC_API_KEY."),
            ),
            (
                json!({ "email": "ada@example.org", "subscriptionType": "max", "tokenSource": "claude.ai" }),
                told("Logged in as ada@example.org (max)."),
            ),
            (json!({ "apiProvider": "bedrock" }), told("Works through bedrock.")),
            (json!({}), Login::Unknown),
            (Value::Null, Login::Unknown),
        ] {
            assert_eq!(super::login(&account), login, "{account}");
        }
    }
}
