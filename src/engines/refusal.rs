//! Why a program does not run, in words for a person: what happened and what to do next. All engines use these.

use super::process::LaunchError;

/// Why a program does not run; a variant for each thing that a person can do about it.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The program is not installed, or not found.
    #[error("{name} is not installed: there is no `{program}`. {install}")]
    Missing {
        /// The engine.
        name: String,
        /// What was looked for.
        program: String,
        /// How to install it.
        install: String,
    },
    /// The program is there but too old or too new for us.
    #[error("{name} has a version that does not fit: {found}. {install}")]
    WrongVersion {
        /// The engine.
        name: String,
        /// What it says, and what is needed.
        found: String,
        /// How to install another.
        install: String,
    },
    /// The program ended, or said nonsense, before it was ready.
    #[error("{name} ended right after its start (exit code {code}){}. Try it in a terminal; `adjutant engines check {name}` shows more.", after_colon(.said))]
    Crashed {
        /// The engine.
        name: String,
        /// Its exit code; 128 and the signal's number when a signal ended it.
        code: i32,
        /// The last line of its standard error; may be empty.
        said: String,
    },
    /// The program wants a login.
    #[error("{name} is not logged in. {login}")]
    NotLoggedIn {
        /// The engine.
        name: String,
        /// How to log in.
        login: String,
    },
    /// The program does not know the model.
    #[error("{name} does not know the model `{model}`. Change `model` in the agent's file, or remove it.")]
    NoSuchModel {
        /// The engine.
        name: String,
        /// The model.
        model: String,
    },
    /// The program wants the workspace to be trusted first.
    #[error(
        "{name} does not trust the workspace yet. Start it once there in a terminal and say that you trust it. It says: {said}"
    )]
    Untrusted {
        /// The engine.
        name: String,
        /// What it says.
        said: String,
    },
    /// It could not even be started.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// Something else that the program says in its own words.
    #[error("{name}: {said}")]
    Said {
        /// The engine.
        name: String,
        /// What it says.
        said: String,
    },
}

/// That the agent's model is not there, for a person whose task goes on without it.
pub(in crate::engines) fn no_such_model(name: &str, model: &str) -> String {
    format!("{name} does not know the model `{model}` of the agent's file; it works with its own.")
}

fn after_colon(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!(": {line}") }
}
