//! `adjutant engines`: which engines there are, and whether their programs answer. The starting of programs is a file of
//! its own.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use serde::Serialize;

use crate::config::{Config, EngineConfig, Profile, known_programs};

use super::text::{hanging, line, short_path};
use super::{CliError, print};

mod check;
pub(super) mod examine;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the engines, without starting any
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Start the engines' programs, and tell whether they answer
    Check(check::Options),
}

/// Runs one of the commands.
pub(super) async fn run(command: Command, config: &Config) -> Result<ExitCode, CliError> {
    match command {
        Command::List { json } => list(json, config),
        Command::Check(options) => check::run(&options, config).await,
    }
}

/// An engine in `engines list --json`.
#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    title: &'a str,
    r#type: &'static str,
    default: bool,
    chosen: bool,
    command: &'a [String],
    path: Option<&'a PathBuf>,
    mode: Option<&'a str>,
    env: Vec<&'a str>,
    missing_env: &'a [String],
    remark: Option<&'static str>,
}

#[derive(Serialize)]
struct Listing<'a> {
    engines: Vec<Listed<'a>>,
}

fn listed<'a>(engine: &'a EngineConfig, config: &Config) -> Listed<'a> {
    Listed {
        name: &engine.name,
        title: &engine.title,
        r#type: engine.kind.name(),
        default: engine.name == config.default_engine,
        chosen: engine.chosen,
        command: &engine.command,
        path: engine.path.as_ref(),
        mode: engine.mode.as_deref(),
        env: engine.env.keys().map(String::as_str).collect(),
        missing_env: &engine.missing,
        remark: engine.remark,
    }
}

fn list(json: bool, config: &Config) -> Result<ExitCode, CliError> {
    let engines: Vec<Listed<'_>> = config.engines.iter().map(|engine| listed(engine, config)).collect();
    if json {
        print::json(&Listing { engines })?;
        return Ok(ExitCode::SUCCESS);
    }
    let names = engines.iter().map(|engine| engine.name.chars().count()).max().unwrap_or(0);
    for engine in &engines {
        let command =
            if engine.command.is_empty() { "built in".to_owned() } else { engine.command.join(" ") };
        let default = if engine.default { " (the default)" } else { "" };
        let name = line(engine.name);
        print::line(format_args!("{name:names$}  {:6}  {}{default}", engine.r#type, line(&command)))?;
        for fact in facts(engine) {
            print::line(hanging(&format!("{:names$}  ", ""), &fact))?;
        }
    }
    if !config.engines.iter().any(|engine| engine.chosen) {
        print::line(format_args!("\n{}", hanging("", &unchosen(config))))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What else there is to say of an engine, a line each.
fn facts(engine: &Listed<'_>) -> Vec<String> {
    if engine.command.is_empty() {
        return Vec::new();
    }
    let mut facts = vec![match engine.path {
        Some(path) => short_path(path),
        None => format!("not found: `adjutant engines check {}` tells what to do", engine.name),
    }];
    facts.extend(engine.mode.map(|mode| format!("mode: {mode}")));
    for (what, names) in [("gets", engine.env.join(", ")), ("not set", engine.missing_env.join(", "))] {
        if !names.is_empty() {
            facts.push(format!("{what}: {names}"));
        }
    }
    facts.extend(engine.remark.map(str::to_owned));
    facts
}

/// What a person who has chosen no engines may want to know.
fn unchosen(config: &Config) -> String {
    if config.engines.iter().any(EngineConfig::is_real) {
        return "adjutant.yaml names no engines: these were found on PATH.".to_owned();
    }
    let known: Vec<&str> = known_programs().iter().map(Profile::name).collect();
    format!(
        "No agent program is on PATH. Adjutant knows {}: `adjutant engines check NAME` tells how to install one.",
        known.join(", ")
    )
}
