//! `adjutant agents check`: what is wrong with agent files, where, and what to do about it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use crate::app::agents::places;
use crate::catalog::{FileReport, Message, Places, Status};
use crate::config::Config;
use crate::domain::agent::Dialect;

use super::excerpt::Excerpt;
use super::positioned;
use crate::cli::survey::{Survey, Surveyed};
use crate::cli::text::{full_path, hanging, short_path};
use crate::cli::{CliError, print};
use crate::view::quantity::count;

/// Width of the column with a file's fate.
const FATE: usize = 10;

/// Options of `adjutant agents check`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Options {
    /// Files or directories [default: the configured directories]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A file in the JSON.
#[derive(Serialize)]
struct Checked<'a> {
    path: String,
    name: Option<&'a str>,
    dialect: Option<Dialect>,
    status: &'static str,
    messages: Vec<Remark<'a>>,
}

/// A remark in the JSON.
#[derive(Serialize)]
struct Remark<'a> {
    #[serde(flatten)]
    message: &'a Message,
    /// The line itself.
    excerpt: Option<String>,
}

#[derive(Serialize)]
struct Report<'a> {
    files: Vec<Checked<'a>>,
}

/// Runs the command.
pub(super) fn run(options: &Options, config: &Config) -> Result<ExitCode, CliError> {
    let files = if options.paths.is_empty() {
        Survey::configured(config).files
    } else {
        named(&options.paths, config)?
    };
    if options.json {
        let files = files.iter().map(checked).collect();
        print::json(&Report { files })?;
    } else {
        describe(&files)?;
    }
    let failed = files.iter().any(|file| file.report.status == Status::Error);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn checked(Surveyed { report, agent, .. }: &Surveyed) -> Checked<'_> {
    let text = text_of(report);
    let remark = |message| Remark { message, excerpt: excerpt(&text, message).map(|excerpt| excerpt.line) };
    Checked {
        path: full_path(&report.path),
        name: report.name.as_deref(),
        dialect: agent.as_ref().map(|agent| agent.source.dialect),
        status: fate(report.status),
        messages: report.messages.iter().map(remark).collect(),
    }
}

/// What is to be said of the files and directories that were named.
fn named(paths: &[PathBuf], config: &Config) -> Result<Vec<Surveyed>, CliError> {
    let mut surveys = Surveys { config, made: Vec::new() };
    let mut files = Vec::new();
    for path in paths {
        let cannot =
            |why: &dyn std::fmt::Display| CliError::Failed(format!("cannot check {}: {why}", path.display()));
        let canonical = path.canonicalize().map_err(|error| cannot(&error))?;
        if canonical.is_dir() {
            files.extend(surveys.of(Places::shared(&[canonical])).iter().cloned());
            continue;
        }
        let found = surveys.file(&canonical, places(config));
        let folder = canonical.parent().map(Path::to_owned).into_iter().collect::<Vec<_>>();
        let found = found.or_else(|| surveys.file(&canonical, Places::shared(&folder)));
        files.push(found.ok_or_else(|| cannot(&NO_AGENT_FILE))?);
    }
    Ok(files)
}

/// What is said of a file that is no agent's by its name.
const NO_AGENT_FILE: &str = "an agent file's name ends in .md or .toml and begins with no dot";

/// The places that were read, each once: a file is looked at together with its neighbours.
struct Surveys<'c> {
    config: &'c Config,
    made: Vec<(Places, Survey)>,
}

impl Surveys<'_> {
    fn of(&mut self, places: Places) -> &[Surveyed] {
        let at = self.made.iter().position(|(made, _)| *made == places).unwrap_or_else(|| {
            let survey = Survey::of(&places, self.config);
            self.made.push((places, survey));
            self.made.len() - 1
        });
        &self.made[at].1.files
    }

    /// A file as it counts among these places, if it lies there.
    fn file(&mut self, path: &Path, places: Places) -> Option<Surveyed> {
        let named = |file: &&Surveyed| file.report.path.file_name() == path.file_name();
        let same = |file: &&Surveyed| file.report.path.canonicalize().is_ok_and(|found| found == path);
        let files = self.of(places);
        // A link may have another name.
        files.iter().filter(named).find(same).or_else(|| files.iter().find(same)).cloned()
    }
}

/// What is to be said of files that have just been made.
pub(super) fn remarks_on(paths: &[PathBuf], config: &Config) -> Result<(), CliError> {
    let mut files = named(paths, config)?;
    files.retain(|file| file.report.status != Status::Ok);
    if files.is_empty() {
        return Ok(());
    }
    print::line("")?;
    describe(&files)
}

fn describe(files: &[Surveyed]) -> Result<(), CliError> {
    let indent = format!("{:FATE$}", "");
    for Surveyed { report, .. } in files {
        print::line(format_args!("{:FATE$}{}", fate(report.status), short_path(&report.path)))?;
        let text = text_of(report);
        for message in &report.messages {
            print::line(hanging(&indent, &positioned(message)))?;
            if let Some(Excerpt { line, column }) = excerpt(&text, message) {
                print::line(format_args!("{indent}| {line}\n{indent}| {:column$}^", ""))?;
            }
            if let Some(remedy) = &message.remedy {
                print::line(hanging(&format!("{indent}→ "), remedy))?;
            }
        }
    }
    let numbers: Vec<String> = [("ok", "ok"), ("warning", "with warnings"), ("error", "with errors")]
        .into_iter()
        .map(|(wanted, label)| {
            (files.iter().filter(|file| fate(file.report.status) == wanted).count(), label)
        })
        .filter(|(number, _)| *number > 0)
        .map(|(number, label)| format!("{number} {label}"))
        .collect();
    let blank = if files.is_empty() { "" } else { "\n" };
    let numbers = if numbers.is_empty() { String::new() } else { format!(": {}", numbers.join(", ")) };
    print::line(format_args!("{blank}{}{numbers}", count(files.len(), "file")))?;
    let idle = files.iter().filter(|file| file.lacks_engine).count();
    if idle > 0 {
        let text = format!(
            "No engine with a model is set up here, so {} cannot run yet; `adjutant engines list` tells.",
            count(idle, "agent")
        );
        print::line(hanging("", &text))?;
    }
    Ok(())
}

/// The text that the remarks are about; empty when none has a line, as of what is no file, or when it cannot be read.
fn text_of(report: &FileReport) -> String {
    let has_lines = report.messages.iter().any(|message| message.line.is_some());
    let bytes = has_lines.then(|| std::fs::read(&report.path).ok()).flatten();
    String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
}

fn excerpt(text: &str, message: &Message) -> Option<Excerpt> {
    Excerpt::of(text, message.line?, message.column.unwrap_or(1))
}

/// A file's fate, as it is also called in the JSON. One that is shadowed can be used as soon as the other is gone.
fn fate(status: Status) -> &'static str {
    match status {
        Status::Ok => "ok",
        Status::Warning | Status::Shadowed => "warning",
        Status::Error => "error",
    }
}
