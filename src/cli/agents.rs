//! `adjutant agents`: which agents there are, and one in full. The checking of files is a file of its own.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use serde::Serialize;

use crate::catalog::{Message, Status};
use crate::config::Config;
use crate::domain::agent::{AgentSpec, Dialect};
use crate::view::quantity::count;

use super::survey::Survey;
use super::text::{first_sentence, fit, full_path, hanging, line, short_path};
use super::{CliError, print, text};

mod check;
mod excerpt;
mod import;
mod new;
mod show;

/// Widest column of names in the list.
const NAMES: usize = 24;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the agents that can be called
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what is in force of an agent's file, and its instructions
    Show {
        /// The agent, as you would call it in the chat
        name: String,
    },
    /// Check agent files; the exit code is 1 when one has errors
    Check(check::Options),
    /// Begin a new agent file
    New(new::Options),
    /// Copy agent files and skills that you have elsewhere
    Import(import::Options),
}

/// Runs one of the commands.
pub(super) fn run(command: Command, config: &Config) -> Result<ExitCode, CliError> {
    match command {
        Command::List { json } => list(json, config),
        Command::Show { name } => show::run(&name, config),
        Command::Check(options) => check::run(&options, config),
        Command::New(options) => new::run(&options, config),
        Command::Import(options) => import::run(&options, config),
    }
}

/// An agent in `agents list --json`.
#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    description: &'a str,
    engine: &'a str,
    workspace: Option<&'a str>,
    model: Option<&'a str>,
    tools: Option<&'a [String]>,
    disallowed_tools: &'a [String],
    max_turns: Option<u32>,
    path: Option<String>,
    dialect: Dialect,
}

#[derive(Serialize)]
struct Listing<'a> {
    agents: Vec<Listed<'a>>,
    shadowed: usize,
    broken: usize,
}

fn listed<'a>(agent: &'a AgentSpec, config: &'a Config) -> Listed<'a> {
    Listed {
        name: &agent.name,
        description: &agent.description,
        engine: agent.engine.as_ref().unwrap_or(&config.default_engine),
        workspace: agent.workspace.as_deref(),
        model: agent.model.as_deref(),
        tools: agent.tools.as_deref(),
        disallowed_tools: &agent.disallowed_tools,
        max_turns: agent.max_turns,
        path: (agent.source.dialect != Dialect::BuiltIn).then(|| full_path(&agent.source.path)),
        dialect: agent.source.dialect,
    }
}

fn list(json: bool, config: &Config) -> Result<ExitCode, CliError> {
    let survey = Survey::configured(config);
    let agents: Vec<Listed<'_>> = survey.catalog.agents().iter().map(|agent| listed(agent, config)).collect();
    let (shadowed, broken) = (survey.count(Status::Shadowed), survey.count(Status::Error));
    if json {
        print::json(&Listing { agents, shadowed, broken })?;
        return Ok(ExitCode::SUCCESS);
    }
    let names = agents.iter().map(|agent| agent.name.chars().count()).max().unwrap_or(0).min(NAMES);
    let engines = agents.iter().map(|agent| agent.engine.chars().count()).max().unwrap_or(0);
    for (agent, spec) in agents.iter().zip(survey.catalog.agents()) {
        let (name, engine) = (line(agent.name), agent.engine);
        print::line(format_args!("{name:names$}  {engine:engines$}  {}", whence(spec)))?;
        let head = format!("{:names$}  ", "");
        let room = text::COLUMNS - head.len();
        print::line(format_args!("{head}{}", fit(&first_sentence(agent.description), room)))?;
    }
    if agents.is_empty() {
        let places: Vec<String> = config.agent_dirs.iter().map(|path| short_path(path)).collect();
        let places = if places.is_empty() { "any directory".to_owned() } else { places.join(", ") };
        print::line(hanging("", &format!("There are no agents in {places} yet.")))?;
    }
    let left_out: Vec<String> = [(shadowed, "shadowed"), (broken, "broken")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, fate)| format!("{} {fate}", count(number, "file")))
        .collect();
    if !left_out.is_empty() {
        print::line(format_args!("\n{}: `adjutant agents check` says why.", left_out.join(", ")))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The file that defines an agent.
fn whence(agent: &AgentSpec) -> String {
    match agent.source.dialect {
        Dialect::BuiltIn => "built in".to_owned(),
        Dialect::ClaudeCode
        | Dialect::Skill
        | Dialect::OpenCode
        | Dialect::Gemini
        | Dialect::Copilot
        | Dialect::Codex => short_path(&agent.source.path),
    }
}

/// The directory that a new file goes into: the one that was named, else the first that is configured.
fn target(named: Option<&Path>, config: &Config) -> Result<PathBuf, CliError> {
    let directory = named.map(Path::to_owned).or_else(|| config.agent_dirs.first().cloned());
    let none = "no directory of agents is configured; name one with --into";
    directory.ok_or_else(|| CliError::Failed(none.to_owned()))
}

/// Says so when nothing in this directory is read by `serve`.
fn warn_if_unread(directory: &Path, config: &Config) -> Result<(), CliError> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if !config.agent_dirs.iter().any(|configured| real(directory).starts_with(real(configured))) {
        let text = format!(
            "{} is no configured directory: add it to `agents` in adjutant.yaml.",
            short_path(directory)
        );
        print::line(hanging("", &text))?;
    }
    Ok(())
}

/// A remark with its place in the file.
fn positioned(message: &Message) -> String {
    match (message.line, message.column) {
        (Some(line), Some(column)) => format!("{line}:{column}: {}", message.text),
        (Some(line), None) => format!("{line}: {}", message.text),
        (None, _) => message.text.clone(),
    }
}

fn unknown(name: &str, nearest: &[String], survey: &Survey) -> CliError {
    let broken = survey
        .files
        .iter()
        .map(|file| &file.report)
        .find(|report| report.status == Status::Error && report.name.as_deref() == Some(name));
    let hint = match (broken, nearest) {
        (Some(report), _) => format!(
            "{} has that name but cannot be used: `adjutant agents check` says why",
            short_path(&report.path)
        ),
        (None, []) => "`adjutant agents list` shows those there are".to_owned(),
        (None, names) => format!("did you mean {}?", names.join(", ")),
    };
    CliError::Failed(format!("there is no agent {name:?}; {hint}"))
}
