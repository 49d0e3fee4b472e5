//! What the configuration says of an engine, put together from the file, the profile of its program and the variables.
//!
//! Looks at `PATH`; starts nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::environment::Environment;
use super::profile::{self, Profile};
use super::{Secret, search};

/// An engine that agents can name.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// The name that agents choose it by.
    pub name: String,
    /// Which program it is.
    pub kind: EngineKind,
    /// What people call the program: `Claude Code`, say; else the engine's name.
    pub title: String,
    /// The program and its arguments. Empty for `script`, never for others.
    pub command: Vec<String>,
    /// Where the program is, if it was found when the configuration was read.
    pub path: Option<PathBuf>,
    /// The mode to put its sessions into, in the program's own words.
    pub mode: Option<String>,
    /// Variables that it gets besides those that every program inherits.
    pub env: BTreeMap<String, Secret>,
    /// Variables that the file lists and nobody has set.
    pub missing: Vec<String>,
    /// How to install it, in words for a person.
    pub install: String,
    /// How to log it in, in words for a person.
    pub login: String,
    /// What a person has to know before using it; a sentence.
    pub remark: Option<&'static str>,
    /// Whether the file says which engines there are; else it was found.
    pub chosen: bool,
}

impl EngineConfig {
    /// The built-in engine that is always present.
    #[must_use]
    pub fn script() -> Self {
        let name = EngineKind::Script.name();
        Self {
            name: name.to_owned(),
            kind: EngineKind::Script,
            title: name.to_owned(),
            command: Vec::new(),
            path: None,
            mode: None,
            env: BTreeMap::new(),
            missing: Vec::new(),
            install: String::new(),
            login: String::new(),
            remark: None,
            chosen: false,
        }
    }

    /// Whether it is a program of somebody else's, with a model behind it.
    #[must_use]
    pub fn is_real(&self) -> bool {
        match self.kind {
            EngineKind::Script => false,
            EngineKind::Claude | EngineKind::Acp => true,
        }
    }

    /// The engine as the file describes it; nothing when no program is known.
    pub(super) fn described(described: Described, environment: &Environment) -> Option<Self> {
        let Described { name, kind, program, mode, env: listed } = described;
        let profile = profile::of(kind, &name, &program);
        let command = match (program, profile) {
            (Program::Whole(command), _) => command,
            (Program::Alone(program), profile) => {
                let arguments = profile.map_or(&[][..], |profile| &profile.command[1..]);
                std::iter::once(program).chain(arguments.iter().map(|word| (*word).to_owned())).collect()
            }
            (Program::Unnamed, Some(profile)) => profile.command(),
            (Program::Unnamed, None) => return None,
        };
        let missing = listed.iter().filter(|name| environment.get(name).is_none()).cloned().collect();
        let texts =
            profile.map_or_else(|| generic(&name), |profile| (profile.install(), profile.login.to_owned()));
        Some(Self {
            title: profile.map_or_else(|| name.clone(), |profile| profile.title.to_owned()),
            path: command.first().and_then(|program| search::find(program, environment)),
            command,
            mode: mode.or_else(|| profile.and_then(|profile| profile.mode).map(str::to_owned)),
            env: variables(profile, &listed, environment),
            missing,
            install: texts.0,
            login: texts.1,
            remark: profile.and_then(|profile| profile.remark),
            chosen: true,
            kind,
            name,
        })
    }

    /// The engines for a person who has chosen none: every known program that is on `PATH`, and `script` as the last.
    pub(super) fn found(environment: &Environment) -> Vec<Self> {
        let offered = profile::PROFILES.iter().filter(|profile| profile.offered).filter_map(|profile| {
            let described = Described {
                name: profile.name().to_owned(),
                kind: profile.kind,
                program: Program::Unnamed,
                mode: None,
                env: Vec::new(),
            };
            let engine = Self::described(described, environment)?;
            engine.path.is_some().then_some(Self { chosen: false, ..engine })
        });
        offered.chain([Self::script()]).collect()
    }
}

/// What stands under an engine's name in the file.
#[derive(Debug)]
pub(super) struct Described {
    pub(super) name: String,
    pub(super) kind: EngineKind,
    pub(super) program: Program,
    pub(super) mode: Option<String>,
    /// Names of variables.
    pub(super) env: Vec<String>,
}

/// How much of the command the file names.
#[derive(Debug)]
pub(super) enum Program {
    /// Nothing: the profile knows.
    Unnamed,
    /// Where the program is; the profile knows its arguments.
    Alone(String),
    /// The program with its arguments.
    Whole(Vec<String>),
}

/// What is said of a program that nobody here knows: how to install it, how to log it in.
fn generic(name: &str) -> (String, String) {
    let install = format!(
        "Install it so that it is on PATH, or put its whole path into `command` of `engines.{name}` in adjutant.yaml."
    );
    let login = format!(
        "Log in with its own program in a terminal, or set the variable that holds its key in .env and list its \
         name in `env` of `engines.{name}` in adjutant.yaml."
    );
    (install, login)
}

/// What the program gets: fixed values first, which a person's own replace.
fn variables(
    profile: Option<&Profile>,
    listed: &[String],
    environment: &Environment,
) -> BTreeMap<String, Secret> {
    let fixed = profile.map_or(&[][..], |profile| profile.fixed);
    let known = profile.map_or(&[][..], |profile| profile.env);
    let fixed = fixed.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(value)));
    let names = profile::COMMON.iter().chain(known).copied().chain(listed.iter().map(String::as_str));
    let set = names.filter_map(|name| Some((name.to_owned(), Secret::new(environment.get(name)?))));
    fixed.chain(set).collect()
}

/// The engine types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineKind {
    /// Runs an agent's own steps, offline.
    Script,
    /// Claude Code, spoken to in its own protocol.
    Claude,
    /// Any program that speaks the Agent Client Protocol.
    Acp,
}

impl EngineKind {
    /// All types, in the order in which they are listed to people.
    pub const ALL: [Self; 3] = [Self::Script, Self::Claude, Self::Acp];

    /// The value of `type:` in `adjutant.yaml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Claude => "claude",
            Self::Acp => "acp",
        }
    }
}
