//! What is known of the agent programs that people use, so that a name is all a person has to write.
//!
//! The table is a file of its own. Knows nothing of this machine.

mod table;

use std::path::Path;

use super::EngineKind;
use super::engine::Program;

pub(super) use self::table::{COMMON, PROFILES};

/// A known agent program.
#[derive(Debug)]
pub struct Profile {
    /// The names that an engine of this program may have in the file; the first is its own. Never empty.
    pub names: &'static [&'static str],
    /// What people call it.
    pub title: &'static str,
    /// How it is spoken to.
    pub kind: EngineKind,
    /// The program and its arguments. Never empty.
    pub command: &'static [&'static str],
    /// Variables that it gets when they are set: keys, endpoints, homes.
    pub env: &'static [&'static str],
    /// Variables that it always gets, so that it asks before it acts and minds only its work.
    pub fixed: &'static [(&'static str, &'static str)],
    /// The mode in which it asks before it acts; its own default when absent.
    pub mode: Option<&'static str>,
    /// The command that installs it; absent when there is no single one.
    pub installer: Option<&'static str>,
    /// How to log in, as sentences.
    pub login: &'static str,
    /// What a person has to know before using it; a sentence.
    pub remark: Option<&'static str>,
    /// Whether it is offered when it is on `PATH` and the person has chosen no engines. Not when another well-known
    /// program has the same name, nor when it does not ask before it acts.
    pub offered: bool,
}

impl Profile {
    /// The name of the engine when nobody gives it another.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.names[0]
    }

    /// How to install it, as a sentence.
    #[must_use]
    pub fn install(&self) -> String {
        match self.installer {
            Some(command) => format!("Install it with `{command}`."),
            None => format!("Install `{}` as {} tells on its website.", self.command[0], self.title),
        }
    }

    pub(super) fn command(&self) -> Vec<String> {
        self.command.iter().map(|word| (*word).to_owned()).collect()
    }
}

/// All that are known, in the order in which they are offered.
#[must_use]
pub fn known_programs() -> &'static [Profile] {
    PROFILES
}

/// The names of the known programs of this kind.
pub(super) fn names(kind: EngineKind) -> Vec<&'static str> {
    PROFILES.iter().filter(|profile| profile.kind == kind).map(Profile::name).collect()
}

/// The profile of an engine: by its name, else by its program's.
pub(super) fn of(kind: EngineKind, name: &str, program: &Program) -> Option<&'static Profile> {
    let mut of_kind = PROFILES.iter().filter(|profile| profile.kind == kind);
    match kind {
        EngineKind::Script => None,
        // There is one program of this type.
        EngineKind::Claude => of_kind.next(),
        EngineKind::Acp => {
            let by_name = of_kind.clone().find(|profile| profile.names.contains(&name));
            by_name.or_else(|| {
                let program = match program {
                    Program::Unnamed => return None,
                    Program::Alone(program) => program,
                    Program::Whole(command) => command.first()?,
                };
                let file = Path::new(program).file_name()?;
                of_kind.find(|profile| file == profile.command[0])
            })
        }
    }
}
