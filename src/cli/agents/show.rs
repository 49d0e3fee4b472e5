//! `adjutant agents show`: an agent as it is in force, with the line that each part comes from.

use std::path::Path;
use std::process::ExitCode;

use super::{listed, positioned, unknown, whence};
use crate::catalog::Found;
use crate::cli::survey::Survey;
use crate::cli::text::{hanging, plain, short_path};
use crate::cli::{CliError, print};
use crate::config::Config;
use crate::domain::agent::{AgentSpec, Field, Isolation, Origin};
use crate::domain::policy::{Grants, Line, Policy, Topic};

/// Width of the column with what a line is about.
const LABEL: usize = 13;

/// Runs the command.
pub(super) fn run(name: &str, config: &Config) -> Result<ExitCode, CliError> {
    let survey = Survey::configured(config);
    let agent = match survey.catalog.find(name) {
        Found::One(agent) => agent,
        Found::Nearest(names) => return Err(unknown(name, &names, &survey)),
    };
    for Row { label, text, origin } in definition(&agent, config) {
        print::line(hanging(&format!("{label:<LABEL$}"), &placed(&text, origin)))?;
    }
    let order = if agent.permission.len() > 1 { " (of the rules that fit, the last one counts)" } else { "" };
    print::line(format_args!("\nWhat it may do{order}:"))?;
    for line in policy(&agent, config).describe() {
        print::line(hanging(
            &format!("{:<LABEL$}", topic(&line)),
            &placed(&line.text, line.origin.as_ref()),
        ))?;
    }
    let report = survey.files.iter().map(|file| &file.report).find(|report| report.path == agent.source.path);
    // Without a remedy it is a remark about keys, which stand above.
    let remarks =
        report.into_iter().flat_map(|report| &report.messages).filter(|message| message.remedy.is_some());
    for (at, message) in remarks.enumerate() {
        if at == 0 {
            print::line("")?;
        }
        let remedy = message.remedy.as_deref().unwrap_or_default();
        print::line(hanging("remark       ", &format!("{}; {remedy}", positioned(message))))?;
    }
    if !agent.instructions.is_empty() {
        print::line(format_args!("\n{}", plain(&agent.instructions)))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// One line of the definition.
struct Row<'a> {
    label: &'static str,
    text: String,
    origin: Option<&'a Origin>,
}

fn definition<'a>(agent: &'a AgentSpec, config: &Config) -> Vec<Row<'a>> {
    let row = |label, text: String, field: Option<Field>| Row {
        label,
        text,
        origin: field.and_then(|field| agent.origins.get(&field)),
    };
    let engine = listed(agent, config).engine.to_owned();
    let engine = if agent.engine.is_some() { engine } else { format!("{engine} (the default)") };
    let paths = |paths: &[std::path::PathBuf]| {
        paths.iter().map(|path| short_path(path)).collect::<Vec<_>>().join(", ")
    };
    let handoffs: Vec<String> = agent.handoffs.iter().map(|h| format!("{} → {}", h.label, h.agent)).collect();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let rows = vec![
        row("name", agent.name.clone(), Some(Field::Name)),
        row("description", agent.description.clone(), Some(Field::Description)),
        row("role", text(&agent.role), Some(Field::Role)),
        row("engine", engine, Some(Field::Engine)),
        row(
            "workspace",
            agent.workspace.clone().unwrap_or("the conversation's".to_owned()),
            Some(Field::Workspace),
        ),
        row("model", agent.model.clone().unwrap_or("the engine's default".to_owned()), Some(Field::Model)),
        row("effort", text(&agent.effort), Some(Field::Effort)),
        row("works in", isolation(agent.isolation), Some(Field::Isolation)),
        row("skills", agent.skills.join(", "), Some(Field::Skills)),
        row("may look up", paths(&agent.references), None),
        row("hands on to", handoffs.join(", "), Some(Field::Handoffs)),
        row("takes", text(&agent.argument_hint), Some(Field::ArgumentHint)),
        row("no effect", agent.extras.join(", "), None),
        row("only in", text(&agent.home), None),
        row("file", whence(agent), None),
        row("extends", paths(&agent.bases), None),
    ];
    rows.into_iter().filter(|row| !row.text.is_empty()).collect()
}

fn isolation(isolation: Isolation) -> String {
    match isolation {
        Isolation::None => String::new(),
        Isolation::Worktree => "a git worktree of its own".to_owned(),
    }
}

/// The policy as it is in force in the workspace in which the agent works when nobody chooses another.
fn policy(agent: &AgentSpec, config: &Config) -> Policy {
    let wanted = agent.workspace.as_deref();
    let named = config.workspaces.iter().find(|workspace| Some(workspace.name.as_str()) == wanted);
    let path = named.or(config.workspaces.first()).map_or(Path::new(""), |workspace| &workspace.path);
    Policy::of(agent, Grants { workspace: path.display().to_string(), allow_bypass: false })
}

fn topic(line: &Line) -> &'static str {
    match line.topic {
        Topic::Only => "only",
        Topic::Allow => "unasked",
        Topic::Ask => "asks for",
        Topic::Deny => "never",
        Topic::Limit => "at most",
    }
}

/// A text with the line of the file that it comes from.
fn placed(text: &str, origin: Option<&Origin>) -> String {
    origin.map_or_else(|| text.to_owned(), |origin| format!("{text} ({})", origin.label()))
}
