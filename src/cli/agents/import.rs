//! `adjutant agents import`: copies agent files and skills from elsewhere, byte for byte but for one comment that says where
//! they come from. Never overwrites, and never writes a file's fields anew: what was sound stays sound.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use self::copy::{Copied, Plan};
use super::check;
use crate::catalog::{FileReport, Library, Places, Status, read_bytes};
use crate::cli::text::{hanging, short_path};
use crate::cli::{CliError, print};
use crate::config::Config;
use crate::domain::agent::Dialect;
use crate::view::quantity::count;

mod copy;

pub(super) use copy::write_new;

/// Options of `adjutant agents import`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Options {
    /// An agent file, a skill's folder, or a directory of them
    path: PathBuf,
    /// Where to put them [default: the first configured directory]
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(options: &Options, config: &Config) -> Result<ExitCode, CliError> {
    let target = super::target(options.into.as_deref(), config)?;
    let found = found(&options.path)?;
    let mut copied = Vec::new();
    let mut failed = false;
    for (report, dialect) in &found {
        let plan = Plan::of(&report.path, *dialect, &target);
        let (from, to) = (short_path(&report.path), short_path(&plan.to));
        match plan.carry_out() {
            Ok(Copied::New) => {
                print::line(hanging("imported  ", &format!("{to} from {from}")))?;
                copied.push(plan.to);
            }
            Ok(Copied::Already) => {
                print::line(hanging("kept      ", &format!("{to} is there already, as {from} is")))?
            }
            Err(why) => {
                failed = true;
                print::line(hanging("left out  ", &format!("{from}: {why}")))?;
            }
        }
    }
    print::line(format_args!("\n{} imported", count(copied.len(), "file")))?;
    if !copied.is_empty() {
        check::remarks_on(&copied, config)?;
        super::warn_if_unread(&target, config)?;
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The definitions that lie there, with their dialects.
fn found(path: &Path) -> Result<Vec<(FileReport, Dialect)>, CliError> {
    let cannot =
        |why: &dyn std::fmt::Display| CliError::Failed(format!("cannot import {}: {why}", path.display()));
    let real = path.canonicalize().map_err(|error| cannot(&error))?;
    let metadata = fs::metadata(&real).map_err(|error| cannot(&error))?;
    if metadata.is_file() && metadata.len() <= MAX_BYTES {
        let report = read_bytes(&real, &fs::read(&real).map_err(|error| cannot(&error))?);
        return definition(&report).map(|one| vec![one]).ok_or_else(|| cannot(&NOTHING));
    }
    let catalog = Library::load(&Places::shared(&[real])).catalog();
    let definitions: Vec<_> = catalog.reports().iter().filter_map(|report| definition(report)).collect();
    if definitions.is_empty() {
        return Err(cannot(&NOTHING));
    }
    Ok(definitions)
}

/// The largest definition, in bytes; a larger one is none.
const MAX_BYTES: u64 = 1024 * 1024;

const NOTHING: &str = "there is no agent or skill that can be read; `adjutant agents check` on it says why";

/// A file that can be used, with its dialect.
fn definition(report: &FileReport) -> Option<(FileReport, Dialect)> {
    let usable = report.name.is_some() && report.status != Status::Error;
    report.dialect.filter(|_| usable).map(|dialect| (report.clone(), dialect))
}
