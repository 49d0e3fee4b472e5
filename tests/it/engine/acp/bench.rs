//! Engines that run the agent of these tests, and runs of them.

use std::collections::BTreeMap;
use std::time::Duration;

use adjutant::domain::agent::AgentSpec;
use adjutant::engines::acp::AcpEngine;
use adjutant::engines::program::Program;
use adjutant::engines::sessions::{SessionLimits, Sessions};
use adjutant::ports::Engine;
use tempfile::TempDir;

use super::agent::{BEHAVIOUR, MARK};
use crate::engine::support::{self, Bench, guard};

/// This very binary as an agent's program, with a behaviour of [`super::agent`] and a mark in its arguments.
pub(crate) fn program(behaviour: &str) -> Program {
    program_marked(behaviour, "none")
}

pub(crate) fn program_marked(behaviour: &str, mark: &str) -> Program {
    let own = std::env::current_exe().unwrap().to_str().unwrap().to_owned();
    let test = "engine::acp::agent::be_an_agent";
    let command = [&own, "--exact", test, "--nocapture", "--skip", mark].map(str::to_owned);
    let env = [(BEHAVIOUR, behaviour), (MARK, mark)];
    Program {
        name: "odd".to_owned(),
        command: command.into(),
        env: env.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        mode: None,
        install: "Install it.".to_owned(),
        login: "Log in.".to_owned(),
        guard: guard(),
    }
}

pub(crate) fn engine(program: Program) -> (AcpEngine, Sessions) {
    let sessions = Sessions::new(SessionLimits { idle: Duration::from_secs(600), living: 4 });
    (AcpEngine::new(program, sessions.clone()), sessions)
}

/// An agent whose instructions are these.
pub(crate) fn agent(instructions: &str) -> AgentSpec {
    AgentSpec { instructions: instructions.to_owned(), ..support::agent("") }
}

/// A run of the behaviour in a workspace of its own.
pub(crate) fn start(program: Program) -> Bench {
    start_in(&engine(program).0, support::workspace(), agent(""), None)
}

pub(crate) fn start_in(
    engine: &AcpEngine,
    workspace: TempDir,
    agent: AgentSpec,
    resume: Option<&str>,
) -> Bench {
    let request = support::request(agent, workspace.path(), "the prompt", resume);
    let handle = engine.start(request);
    Bench::of(workspace, handle)
}

/// More variables for a program.
pub(crate) fn with(mut program: Program, env: &[(&str, &str)]) -> Program {
    let more: BTreeMap<_, _> =
        env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    program.env.extend(more);
    program
}
