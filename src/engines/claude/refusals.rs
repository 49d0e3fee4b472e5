//! What Claude Code says when it cannot do what it was asked, and the words for a person. Pure.

use super::super::program::Program;
use super::super::refusal::Refusal;
use super::message::TurnResult;

/// What kept a turn from doing what it was asked; a variant for each thing that is done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The session that was to be continued is not there.
    SessionLost,
    /// It is not logged in, or its key is not taken.
    NotLoggedIn,
    /// There is no such model, or not for this account.
    NoSuchModel,
    /// It took as many turns as it may.
    MaxTurns,
    /// Something else, in its own words.
    Said(String),
}

/// What is wrong with the end of a turn. `error` is the word with which it marked its last message, if it did.
pub(super) fn trouble(result: &TurnResult, error: Option<&str>) -> Option<Trouble> {
    if result.subtype == "success" && !result.is_error {
        return None;
    }
    if result.errors.iter().any(|error| error.contains("No conversation found")) {
        return Some(Trouble::SessionLost);
    }
    if result.subtype == "error_max_turns" {
        return Some(Trouble::MaxTurns);
    }
    let said = result.result.as_deref().unwrap_or_default();
    Some(match (error, result.api_error_status) {
        (Some("authentication_failed"), _) | (_, Some(401)) => Trouble::NotLoggedIn,
        _ if said.contains("/login") => Trouble::NotLoggedIn,
        (Some("model_not_found"), _) => Trouble::NoSuchModel,
        _ => Trouble::Said(words(result)),
    })
}

/// What it says itself, without what is for its makers only.
fn words(result: &TurnResult) -> String {
    let said = result.result.iter().chain(&result.errors).map(|text| text.trim());
    let said: Vec<&str> = said.filter(|text| !text.is_empty() && !text.starts_with("[ede_")).collect();
    if !said.is_empty() {
        return said.join(" ");
    }
    match result.subtype.as_str() {
        "error_during_execution" => "it broke off with an error that it does not name".to_owned(),
        other => format!("it ended with `{other}`"),
    }
}

impl Trouble {
    /// Why the run failed, for a person.
    pub(super) fn reason(self, program: &Program, model: Option<&str>) -> String {
        let name = program.name.clone();
        let refusal = match self {
            Self::NotLoggedIn => Refusal::NotLoggedIn { name, login: program.login.clone() },
            Self::NoSuchModel => {
                Refusal::NoSuchModel { name, model: model.unwrap_or("of its own settings").to_owned() }
            }
            Self::MaxTurns => {
                let said = "it took as many turns as `max_turns` in the agent's file allows. Write “go on” to let it continue.";
                Refusal::Said { name, said: said.to_owned() }
            }
            Self::SessionLost => Refusal::Said { name, said: "the session is gone.".to_owned() },
            Self::Said(said) => Refusal::Said { name, said },
        };
        refusal.to_string()
    }
}

/// Why the program ended although it was not told to.
pub(super) fn ended(program: &Program, code: i32, said: String, worked: bool) -> Refusal {
    let name = program.name.clone();
    let install = program.install.clone();
    if worked {
        let said = format!("it ended in the middle of its work (exit code {code}). {said}");
        return Refusal::Said { name, said: said.trim().to_owned() };
    }
    match code {
        127 => {
            let program = program.command.first().cloned().unwrap_or_default();
            Refusal::Missing { name, program, install }
        }
        _ if said.contains("unknown option") => Refusal::WrongVersion { name, found: said, install },
        _ => Refusal::Crashed { name, code, said },
    }
}

#[cfg(test)]
mod tests;
