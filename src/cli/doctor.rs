//! `adjutant doctor`: whether everything that `serve` needs is there, and what to do about what is not.
//!
//! Owns what a finding is and how it is told; the examinations are files of their own.

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use crate::config::{Config, Problem};
use crate::view::quantity::count;

use super::text::line;
use super::{CliError, logging, print};

mod database;
mod engines;
mod setup;
mod token;

/// Options of `adjutant doctor`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Do not ask Telegram about the token
    #[arg(long)]
    offline: bool,
    /// Start the engines' programs, too
    #[arg(long)]
    engines: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Mark {
    /// As it should be.
    Ok,
    /// The bot runs, but not as somebody may expect.
    Warn,
    /// The bot does not run.
    Fail,
    /// Not looked at.
    Skip,
}

impl Mark {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skip => "skip",
        }
    }
}

/// What was found about one thing.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    status: Mark,
    text: String,
    /// What to do; none when there is nothing to do.
    remedy: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, text: impl Into<String>) -> Self {
        Self { check, status: Mark::Ok, text: text.into(), remedy: None }
    }

    fn skip(check: &'static str, text: impl Into<String>) -> Self {
        Self { check, status: Mark::Skip, text: text.into(), remedy: None }
    }

    fn warn(check: &'static str, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, status: Mark::Warn, text: text.into(), remedy: Some(remedy.into()) }
    }

    fn fail(check: &'static str, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, status: Mark::Fail, text: text.into(), remedy: Some(remedy.into()) }
    }
}

#[derive(Serialize)]
struct Report {
    ok: bool,
    checks: Vec<Finding>,
}

/// Runs the command.
pub(super) async fn run(options: Options) -> Result<ExitCode, CliError> {
    match super::configured() {
        Ok(config) => {
            logging::quietly(&config);
            let findings = examine(&config, &options).await;
            let failed = failures(&findings) > 0;
            tell(findings, options.json)?;
            Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
        Err(error) => {
            // Each problem says what is expected; nothing else can be looked at before that is corrected.
            let problem = |problem: &Problem| Finding {
                check: "configuration",
                status: Mark::Fail,
                text: problem.to_string(),
                remedy: None,
            };
            tell(error.problems.iter().map(problem).collect(), options.json)?;
            Ok(ExitCode::from(2))
        }
    }
}

async fn examine(config: &Config, options: &Options) -> Vec<Finding> {
    let mut findings = vec![setup::configuration()];
    findings.push(token::examine(config, options.offline).await);
    findings.push(database::examine(&config.database).await);
    findings.push(setup::agents(config));
    findings.extend(engines::examine(config, options.engines).await);
    findings.extend(setup::workspaces(config));
    findings.push(setup::access(config));
    findings
}

fn failures(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| finding.status == Mark::Fail).count()
}

fn tell(findings: Vec<Finding>, json: bool) -> Result<(), CliError> {
    let failed = failures(&findings);
    if json {
        return Ok(print::json(&Report { ok: failed == 0, checks: findings })?);
    }
    for Finding { check, status, text, remedy } in &findings {
        let text = remedy.as_ref().map_or_else(|| text.clone(), |remedy| format!("{text} → {remedy}"));
        // Never folded: one thing is one line, also for `grep`.
        print::line(format_args!("{:<6}{check:<15}{}", status.name(), line(&text)))?;
    }
    let warned = findings.iter().filter(|finding| finding.status == Mark::Warn).count();
    let summary = match (failed, warned) {
        (0, 0) => "All is well.".to_owned(),
        (0, warned) => format!("The bot can run; {}.", count(warned, "warning")),
        (failed, 0) => format!("{} to correct.", count(failed, "thing")),
        (failed, warned) => format!("{} to correct; {}.", count(failed, "thing"), count(warned, "warning")),
    };
    Ok(print::line(format_args!("\n{summary}"))?)
}
