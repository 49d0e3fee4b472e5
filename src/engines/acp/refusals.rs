//! What goes wrong with a program of this protocol, in words for a person.

use std::time::Duration;

use agent_client_protocol::{Error, ErrorCode, is_incoming_transport_closed};
use tokio::time::timeout;

use super::super::process::Wire;
use super::super::program::Program;
use super::super::refusal::Refusal;

/// How long a program that has closed its output may take to end.
const EXIT: Duration = Duration::from_secs(3);

/// The exit code with which the guard says that there is no such program.
const NOT_FOUND: i32 = 127;

/// Signs that a program wants a login, in what it says.
const LOGGED_OUT: [&str; 7] = [
    "401 unauthorized",
    "unauthenticated",
    "invalid api key",
    "missing environment variable",
    "not logged in",
    "please log in",
    "authentication required",
];

/// Signs that a program does not trust the workspace, in what it says.
const UNTRUSTED: [&str; 4] = ["untrusted", "not trusted", "not a trusted", "trust this"];

/// What is said of a program that lives and says nothing.
const CLOSED: &str = "it has closed its output, so nothing can be heard of it any more.";

/// Why a request to the program has no answer.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The program is gone, or speaks no more.
    Gone,
    /// It answered with an error.
    Said(Error),
    /// We know why ourselves.
    Refused(Refusal),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        if is_incoming_transport_closed(&error) { Self::Gone } else { Self::Said(error) }
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Trouble {
    /// Whether the program wants a login.
    pub(super) fn wants_login(&self) -> bool {
        matches!(self, Self::Said(error) if error.code == ErrorCode::AUTH_REQUIRED)
    }

    /// The trouble of a program that was just started.
    pub(super) async fn at_start(self, program: &Program, wire: &mut Wire) -> Refusal {
        let name = program.name.clone();
        match self {
            Self::Refused(refusal) => refusal,
            Self::Said(error) => said(program, &error),
            Self::Gone => match last_words(wire).await {
                (Some(NOT_FOUND), said) if said.contains("cannot start") => {
                    let install = program.install.clone();
                    let program = program.command.first().cloned().unwrap_or_default();
                    Refusal::Missing { name, program, install }
                }
                (Some(code), said) => Refusal::Crashed { name, code, said },
                (None, _) => Refusal::Said { name, said: CLOSED.to_owned() },
            },
        }
    }

    /// The trouble of a program in the middle of its work.
    pub(super) async fn at_work(self, program: &Program, wire: &mut Wire) -> String {
        let name = &program.name;
        match self {
            Self::Refused(refusal) => refusal.to_string(),
            Self::Said(error) => said(program, &error).to_string(),
            Self::Gone => match last_words(wire).await {
                (Some(code), said) if said.is_empty() => {
                    format!("{name} ended in the middle of its work (exit code {code}).")
                }
                (Some(code), said) => {
                    format!("{name} ended in the middle of its work (exit code {code}): {said}")
                }
                (None, _) => format!("{name}: {CLOSED}"),
            },
        }
    }
}

/// What an error of the program means. Few say by its code that they want a login.
pub(super) fn said(program: &Program, error: &Error) -> Refusal {
    let said = words(error);
    let lowercase = said.to_lowercase();
    if error.code == ErrorCode::AUTH_REQUIRED {
        return not_logged_in(program, &[]);
    }
    if LOGGED_OUT.iter().any(|sign| lowercase.contains(sign)) {
        let login = format!("{} It says: {said}", program.login);
        return Refusal::NotLoggedIn { name: program.name.clone(), login: login.trim_start().to_owned() };
    }
    if UNTRUSTED.iter().any(|sign| lowercase.contains(sign)) {
        return Refusal::Untrusted { name: program.name.clone(), said };
    }
    Refusal::Said { name: program.name.clone(), said }
}

/// That the program wants a login, with the ways that it names.
pub(super) fn not_logged_in(program: &Program, ways: &[String]) -> Refusal {
    let mut login = program.login.clone();
    if !ways.is_empty() {
        login = format!("{login} It offers: {}.", ways.join(", "));
    }
    Refusal::NotLoggedIn { name: program.name.clone(), login: login.trim_start().to_owned() }
}

/// What an error says: its message, and its details where they are words.
pub(super) fn words(error: &Error) -> String {
    let data = error.data.as_ref();
    let details = data.and_then(|data| {
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        text(data)
            .or_else(|| ["details", "message", "error", "reason"].iter().find_map(|key| text(data.get(key)?)))
    });
    match details {
        Some(details) if error.message.is_empty() => details,
        Some(details) if !error.message.contains(&details) => format!("{} ({details})", error.message),
        Some(_) | None => error.message.clone(),
    }
}

/// How the program ended, and the last line of its standard error. One that only closed its output is not waited for
/// long.
async fn last_words(wire: &mut Wire) -> (Option<i32>, String) {
    let code = timeout(EXIT, wire.exit_code()).await.ok();
    (code, wire.stderr().last_line())
}
