//! What the configuration names: agents, workspaces, people.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

use crate::catalog::Status;
use crate::cli::survey::Survey;
use crate::cli::text::short_path;
use crate::config::Config;
use crate::domain::agent::Dialect;
use crate::view::quantity::count;

use super::Finding;

/// Where the settings come from; that they are right was found out by reading them.
pub(super) fn configuration() -> Finding {
    let cwd = std::env::current_dir().unwrap_or_default();
    let environment = crate::config::Environment::from_process(&cwd);
    let named = environment.get("ADJUTANT_CONFIG").map(str::to_owned);
    let there = |name: &str| cwd.join(name).is_file().then(|| name.to_owned());
    let files: Vec<String> =
        [named.or_else(|| there("adjutant.yaml")), there(".env")].into_iter().flatten().collect();
    let text = if files.is_empty() {
        "the environment and defaults; neither adjutant.yaml nor .env is here".to_owned()
    } else {
        files.join(", ")
    };
    Finding::ok("configuration", text)
}

pub(super) fn agents(config: &Config) -> Finding {
    const CHECK: &str = "agents";
    let survey = Survey::configured(config);
    let agents = survey.catalog.agents();
    let built_in = agents.iter().filter(|agent| agent.source.dialect == Dialect::BuiltIn).count();
    let of_files = agents.len() - built_in;
    let places: Vec<String> = config.agent_dirs.iter().map(|path| short_path(path)).collect();
    let mut text = match of_files {
        0 if places.is_empty() => "no agent files, since no directory is configured".to_owned(),
        0 => format!("no agent files in {}", places.join(", ")),
        _ => count(of_files, "agent"),
    };
    if built_in > 0 {
        text = format!("{text}, {built_in} built in");
    }
    for (number, fate) in [
        (survey.count(Status::Error), "broken"),
        (survey.count(Status::Shadowed), "shadowed"),
        (survey.count(Status::Warning), "with warnings"),
    ] {
        if number > 0 {
            text = format!("{text}, {} {fate}", count(number, "file"));
        }
    }
    let remedy = "`adjutant agents check` says why";
    match agents.len() {
        0 => Finding::warn(CHECK, text, format!("put agent files into a directory of `agents`; {remedy}")),
        _ if survey.count(Status::Error) > 0 => Finding::warn(CHECK, text, remedy),
        _ => Finding::ok(CHECK, text),
    }
}

pub(super) fn workspaces(config: &Config) -> Vec<Finding> {
    const CHECK: &str = "workspace";
    let examine = |workspace: &crate::config::Workspace| {
        let (name, path) = (&workspace.name, short_path(&workspace.path));
        if !workspace.path.is_dir() {
            let remedy = "create it, or correct `workspaces` in adjutant.yaml";
            return Finding::fail(CHECK, format!("{name}: there is no directory {path}"), remedy);
        }
        match can_write_in(&workspace.path) {
            Ok(()) => Finding::ok(CHECK, format!("{name}: {path}, writable")),
            Err(error) => {
                let remedy = "agents can only read there; change its permissions if they shall write";
                Finding::warn(CHECK, format!("{name}: {path} is not writable: {error}"), remedy)
            }
        }
    };
    config.workspaces.iter().map(examine).collect()
}

pub(super) fn access(config: &Config) -> Finding {
    const CHECK: &str = "access";
    let access = &config.access;
    let remedy = "set ADJUTANT_OWNERS to your Telegram user id (send the bot any message to see it)";
    let groups = count(access.chats.len(), "group");
    match (access.owners.len(), access.members.len(), access.chats.len()) {
        (0, 0, 0) => Finding::warn(CHECK, "nobody may use the bot", remedy),
        (0, 0, _) => Finding::warn(CHECK, format!("everybody in {groups}, but nobody can approve"), remedy),
        (owners, members, _) => {
            let people = format!("{}, {}, {groups}", count(owners, "owner"), count(members, "member"));
            Finding::ok(CHECK, people)
        }
    }
}

/// Whether files can be made in a directory. Nothing but trying tells: modes, owners, read-only disks.
pub(super) fn can_write_in(directory: &Path) -> io::Result<()> {
    let trial = directory.join(format!(".adjutant-{}", uuid::Uuid::new_v4().simple()));
    OpenOptions::new().write(true).create_new(true).open(&trial)?;
    fs::remove_file(&trial)
}
