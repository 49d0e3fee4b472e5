//! `adjutant agents new`: the beginning of an agent's file, which can be called as it stands.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::import::write_new;
use crate::catalog::Found;
use crate::cli::survey::Survey;
use crate::cli::text::{hanging, line, short_path};
use crate::cli::{CliError, print};
use crate::config::Config;
use crate::domain::agent::{command_of, folded};
use crate::domain::command::is_ours;

/// The longest name, in characters; longer ones are cut when a file is read.
const LONGEST_NAME: usize = 64;

/// Options of `adjutant agents new`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Options {
    /// What people call it, such as reviewer
    #[arg(value_parser = name)]
    name: String,
    /// When to use it, in a sentence
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Where to put it [default: the first configured directory]
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(options: &Options, config: &Config) -> Result<ExitCode, CliError> {
    let name = &options.name;
    let survey = Survey::configured(config);
    if let Found::One(agent) = survey.catalog.find(name)
        && folded(&agent.name) == folded(name)
    {
        let whence = super::whence(&agent);
        return Err(CliError::Failed(format!(
            "there is an agent {} already ({whence}); choose another name",
            agent.name
        )));
    }
    let directory = super::target(options.into.as_deref(), config)?;
    let path = directory.join(format!("{}.md", stem(name)));
    let text = scaffold(name, options.description.as_deref())?;
    write_new(&path, text.as_bytes())
        .map_err(|error| CliError::Failed(format!("cannot write {}: {error}", short_path(&path))))?;
    let shown = short_path(&path);
    print::line(format_args!("{shown} is written."))?;
    print::line(hanging(
        "",
        &format!(
            "Next: say in it how {} works; `adjutant agents check {shown}` tells whether it is sound.",
            line(name)
        ),
    ))?;
    let short = command_of(name)
        .filter(|command| !is_ours(command))
        .map_or_else(String::new, |command| format!(", or /{command} …"));
    print::line(hanging("", &format!("In the chat: /agent {} …{short}", line(name))))?;
    super::warn_if_unread(&directory, config)?;
    Ok(ExitCode::SUCCESS)
}

/// A name as the command line may give it.
fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    let odd = |c: char| c.is_control() || matches!(c, '/' | '\\');
    if text.is_empty()
        || text.starts_with(['.', '-'])
        || text.contains(odd)
        || text.chars().count() > LONGEST_NAME
    {
        return Err(format!(
            "expected a name such as code-reviewer, at most {LONGEST_NAME} characters, without slashes"
        ));
    }
    Ok(text.to_owned())
}

/// The file's name: the agent's, in lower case, with hyphens for spaces.
fn stem(name: &str) -> String {
    name.to_lowercase().split_whitespace().collect::<Vec<_>>().join("-")
}

fn scaffold(name: &str, description: Option<&str>) -> Result<String, CliError> {
    let default = format!("Say here, in a sentence, when to use {name}.");
    // Written by the YAML library, since a text with `: ` in it needs quotes.
    let yaml = |text: &str| {
        let text = serde_yaml::to_string(text).map_err(|error| CliError::Failed(error.to_string()))?;
        Ok::<_, CliError>(text.trim_end().to_owned())
    };
    let (quoted, description) = (yaml(name)?, yaml(&line(description.unwrap_or(&default)))?);
    Ok(format!(
        "---
name: {quoted}
description: {description}
# What bounds it; take away the # of what you need. `adjutant agents show` tells what is in force, and docs/agents.md
# all there is.
# model: sonnet
# tools: Read, Grep, Glob, Edit, Bash(git diff *)
# disallowedTools: WebFetch
# permission:
#   bash: {{ \"git push*\": ask, \"rm *\": deny }}
# maxTurns: 40
# timeout: 20m
# budget: 2.00
# extends: base-engineer
# skills: [go-best-practices]
---

You are {name}. You …

1. Look first at …
2. Then …
3. Never …

Answer with the result first, in a few lines; the reader is on a phone.
"
    ))
}
