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
        match self {
            Self::Refused(refusal) => refusal,
            Self::Said(error) => Refusal::Said { name: program.name.clone(), said: words(&error) },
            Self::Gone => {
                let name = program.name.clone();
                let (code, said) = last_words(wire).await;
                if code == NOT_FOUND && said.contains("cannot start") {
                    let install = program.install.clone();
                    let program = program.command.first().cloned().unwrap_or_default();
                    return Refusal::Missing { name, program, install };
                }
                Refusal::Crashed { name, code, said }
            }
        }
    }

    /// The trouble of a program in the middle of its work.
    pub(super) async fn at_work(self, program: &Program, wire: &mut Wire) -> String {
        let name = &program.name;
        match self {
            Self::Refused(refusal) => refusal.to_string(),
            Self::Said(_) if self.wants_login() => not_logged_in(program, &[]).to_string(),
            Self::Said(error) => Refusal::Said { name: name.clone(), said: words(&error) }.to_string(),
            Self::Gone => {
                let (code, said) = last_words(wire).await;
                let said = if said.is_empty() { said } else { format!(": {said}") };
                format!("{name} ended in the middle of its work (exit code {code}){said}")
            }
        }
    }
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
async fn last_words(wire: &mut Wire) -> (i32, String) {
    let code = timeout(EXIT, wire.exit_code()).await.unwrap_or(-1);
    (code, wire.stderr().last_line())
}
