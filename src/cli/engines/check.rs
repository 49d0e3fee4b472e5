//! `adjutant engines check`: whether the engines' programs are installed and answer, and what to do if not.

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use crate::cli::doctor::Mark;
use crate::cli::text::hanging;
use crate::cli::{CliError, print};
use crate::config::{Config, EngineConfig, Profile, known_programs};
use crate::engines::guard;
use crate::engines::process::Guard;

use super::examine::{Examined, examine};

/// Options of `adjutant engines check`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Options {
    /// The engine [default: all]
    name: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// An engine in the JSON.
#[derive(Serialize)]
struct Checked<'a> {
    name: &'a str,
    status: Mark,
    version: Option<String>,
    reason: Option<String>,
    remarks: Vec<String>,
}

#[derive(Serialize)]
struct Report<'a> {
    ok: bool,
    engines: Vec<Checked<'a>>,
}

/// Runs the command.
pub(super) async fn run(options: &Options, config: &Config) -> Result<ExitCode, CliError> {
    let engines = wanted(options.name.as_deref(), config)?;
    let guard = guard::program().map_err(|error| {
        CliError::Failed(format!("cannot find this program's own file, which guards engines: {error}"))
    })?;
    let guard = Guard::new(guard);
    let names = engines.iter().map(|engine| engine.name.chars().count()).max().unwrap_or(0);
    let mut checked = Vec::new();
    // One after the other: some take hundreds of megabytes to start.
    for engine in engines {
        let examined = examine(engine, &guard, config).await;
        let found = judged(engine, examined, options.name.is_some());
        if !options.json {
            print::line(told(&found, engine, names))?;
        }
        checked.push(found);
    }
    let ok = !checked.iter().any(|engine| engine.status == Mark::Fail);
    if options.json {
        print::json(&Report { ok, engines: checked })?;
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The engine of this name, or all.
fn wanted<'c>(name: Option<&str>, config: &'c Config) -> Result<Vec<&'c EngineConfig>, CliError> {
    let Some(name) = name else { return Ok(config.engines.iter().collect()) };
    if let Some(engine) = config.engine(name) {
        return Ok(vec![engine]);
    }
    let text = match known_programs().iter().find(|profile| profile.name() == name) {
        Some(profile) => unused(profile, config),
        None => {
            let names: Vec<&str> = config.engines.iter().map(|engine| engine.name.as_str()).collect();
            format!("there is no engine {name:?}; there are: {}", names.join(", "))
        }
    };
    Err(CliError::Failed(text))
}

/// What to do to use a program that is no engine here.
fn unused(profile: &Profile, config: &Config) -> String {
    let Profile { title, login, .. } = profile;
    let (name, install) = (profile.name(), profile.install());
    let chosen = config.engines.iter().any(|engine| engine.chosen);
    let then = if profile.offered && !chosen {
        "It is then found by itself.".to_owned()
    } else {
        format!("Then put `{name}: {{ type: {} }}` under `engines` in adjutant.yaml.", profile.kind.name())
    };
    format!("{title} is no engine here. {install} {then} {login}")
}

/// A program that does not answer is a failure when somebody has asked for it, else a warning.
fn judged(engine: &EngineConfig, examined: Examined, asked_for: bool) -> Checked<'_> {
    let Examined { version, refusal, warnings, remarks } = examined;
    let status = match &refusal {
        Some(_) if asked_for || engine.chosen => Mark::Fail,
        Some(_) => Mark::Warn,
        None if warnings.is_empty() => Mark::Ok,
        None => Mark::Warn,
    };
    let remarks = warnings.into_iter().chain(remarks).collect();
    Checked { name: &engine.name, status, version, reason: refusal, remarks }
}

fn told(checked: &Checked<'_>, engine: &EngineConfig, names: usize) -> String {
    let text = match (&checked.reason, &checked.version) {
        (Some(reason), _) => reason.clone(),
        (None, _) if !engine.is_real() => "built in".to_owned(),
        (None, Some(version)) => format!("{version}, answers"),
        (None, None) => "answers".to_owned(),
    };
    let head = format!("{:<6}{:names$}  ", checked.status.name(), checked.name);
    let mut told = hanging(&head, &text);
    for remark in &checked.remarks {
        told.push('\n');
        told.push_str(&hanging(&format!("{:1$}", "", head.chars().count()), remark));
    }
    told
}
