//! What becomes of agent files under this configuration: the catalog's report about each, and what the engine that
//! would run the agent says of it. Prints nothing.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::app::agents::places;
use crate::app::engines::{self, Workshop};
use crate::catalog::{Catalog, FileReport, Library, Message, Places, Status};
use crate::config::{Config, EngineConfig};
use crate::domain::agent::{AgentSpec, Field, Origin};
use crate::engines::process::Guard;

/// The agents of some directories and those built in, and what is to be said about each file there.
pub(super) struct Survey {
    pub(super) catalog: Catalog,
    /// In the order of reading.
    pub(super) files: Vec<Surveyed>,
}

/// One file, or a directory that could not be read.
#[derive(Clone)]
pub(super) struct Surveyed {
    pub(super) report: FileReport,
    /// The agent that people can call because of this file.
    pub(super) agent: Option<Arc<AgentSpec>>,
    /// Whether it needs an engine with a model, and none is set up here. Nothing is wrong with the file then.
    pub(super) lacks_engine: bool,
}

impl Survey {
    /// Reads the configured places as `serve` would.
    pub(super) fn configured(config: &Config) -> Self {
        Self::of(&places(config), config)
    }

    /// Reads these places.
    pub(super) fn of(places: &Places, config: &Config) -> Self {
        let mut catalog = Library::load(places).catalog();
        let files = catalog
            .reports()
            .iter()
            .map(|report| {
                let mut report = FileReport::clone(report);
                let agent = catalog.agents().iter().find(|agent| agent.source.path == report.path).cloned();
                let lacks_engine = agent.as_ref().is_some_and(|agent| check(agent, config, &mut report));
                Surveyed { report, agent, lacks_engine }
            })
            .collect();
        catalog.add_built_in(engines::agents(config));
        Self { catalog, files }
    }

    /// How many files have this fate.
    pub(super) fn count(&self, status: Status) -> usize {
        self.files.iter().filter(|file| file.report.status == status).count()
    }
}

/// Checks what a task of this agent needs of the configuration. Says whether it needs an engine with a model where none
/// is set up.
fn check(agent: &AgentSpec, config: &Config, report: &mut FileReport) -> bool {
    let line = |field| agent.origins.get(&field).filter(|origin| origin.path == agent.source.path);
    if let Some(name) = &agent.workspace
        && !config.workspaces.iter().any(|workspace| workspace.name == *name)
    {
        let names = list(config.workspaces.iter().map(|workspace| workspace.name.as_str()));
        let text = format!("workspace: there is no workspace `{name}`");
        let remedy = format!("name one of those there are ({names}), or add it to adjutant.yaml");
        add(report, Status::Error, line(Field::Workspace), text, remedy);
    }
    let wanted = agent.engine.as_ref().unwrap_or(&config.default_engine);
    let Some(engine) = config.engine(wanted) else {
        let names = list(config.engines.iter().map(|engine| engine.name.as_str()));
        let text = format!("engine: there is no engine `{wanted}`");
        let remedy = format!("name one of those there are ({names}), or add it to adjutant.yaml");
        add(report, Status::Error, line(Field::Engine), text, remedy);
        return false;
    };
    // Checking starts nothing, so that no guard is needed.
    let workshop = Workshop::of(config, Guard::new(PathBuf::new()), Duration::ZERO);
    let Err(reason) = workshop.engine(engine).check(agent) else { return false };
    if agent.engine.is_none() && !config.engines.iter().any(EngineConfig::is_real) {
        return true;
    }
    if agent.engine.is_some() {
        let remedy = format!("correct it, or name another engine than {wanted}");
        add(report, Status::Error, None, reason, remedy);
    } else {
        // Nothing is wrong with the file, and a conversation can choose another engine.
        let text = format!("the default engine {wanted} cannot run it: {reason}");
        let remedy = "name another engine in `engine:`, or set `default_engine` in adjutant.yaml";
        add(report, Status::Warning, None, text, remedy.to_owned());
    }
    false
}

fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

fn add(report: &mut FileReport, status: Status, at: Option<&Origin>, text: String, remedy: String) {
    report.status = report.status.max(status);
    let (line, column) = (at.map(|at| at.line), at.map(|_| 1));
    report.messages.push(Message { line, column, text, remedy: Some(remedy) });
}
