//! `adjutant tasks`: what was asked for and what became of it, read from the database beside a running bot.

use std::process::ExitCode;

use clap::Subcommand;

use crate::config::{Config, Database};
use crate::domain::approval::Approval;
use crate::domain::handoff::request_of;
use crate::domain::ids::TaskId;
use crate::domain::task::{Outcome, Phase, Task};
use crate::store::{Store, StoreError, TaskRecord};
use crate::view::log::log;
use crate::view::quantity::{ago, count, elapsed};

use super::text::{COLUMNS, fit, hanging, line, now, plain, short_path, utc};
use super::{CliError, print};

mod json;

/// Widest column of agents in the list.
const AGENTS: usize = 20;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List tasks, newest first
    List {
        /// At most this many
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
        /// Only tasks older than this one
        #[arg(long, value_name = "ID", value_parser = task_id)]
        before: Option<TaskId>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a task
    Show {
        /// The task's number
        #[arg(value_parser = task_id)]
        id: TaskId,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print what a task did, step by step
    Log {
        /// The task's number
        #[arg(value_parser = task_id)]
        id: TaskId,
    },
}

/// A task's number, also as the chat writes it: `#42`.
fn task_id(text: &str) -> Result<TaskId, String> {
    let number = text.strip_prefix('#').unwrap_or(text);
    match number.parse() {
        Ok(id) if id > 0 => Ok(TaskId(id)),
        _ => Err("expected a number such as 42".to_owned()),
    }
}

/// Runs one of the commands.
pub(super) async fn run(command: Command, config: &Config) -> Result<ExitCode, CliError> {
    let store = open(config).await?;
    let done = match command {
        Command::List { limit, before, json } => list(&store, limit, before, json).await,
        Command::Show { id, json } => show(&store, id, json).await,
        Command::Log { id } => print_log(&store, id).await,
    };
    store.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn open(config: &Config) -> Result<Store, CliError> {
    let path = match &config.database {
        Database::File(path) => path,
        Database::Memory => {
            let text = "the database is in memory: only the running bot can see its tasks";
            return Err(CliError::Failed(text.to_owned()));
        }
    };
    Store::open_read_only(path).await.map_err(|error| match error {
        StoreError::Unavailable { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            let path = short_path(path);
            CliError::Failed(format!("there is no database at {path} yet; `adjutant serve` makes it"))
        }
        other => other.into(),
    })
}

fn missing(id: TaskId) -> CliError {
    CliError::Failed(format!("there is no task #{id}; `adjutant tasks list` shows those there are"))
}

async fn list(store: &Store, limit: u32, before: Option<TaskId>, json: bool) -> Result<(), CliError> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    // One more than is shown tells whether there are older ones.
    let mut records = store.tasks_page(None, before, limit.saturating_add(1)).await?;
    let more = records.len() > wanted;
    records.truncate(wanted);
    let older = records.last().map(|record| record.task.id).filter(|_| more);
    if json {
        return Ok(print::json(&json::Page::of(&records, older))?);
    }
    if records.is_empty() {
        let text = before.map_or_else(
            || "There are no tasks yet.".to_owned(),
            |id| format!("No task is older than #{id}."),
        );
        return Ok(print::line(text)?);
    }
    table(&records)?;
    if let Some(older) = older {
        print::line(format_args!("\nOlder ones: adjutant tasks list --before {older}"))?;
    }
    Ok(())
}

fn table(records: &[TaskRecord]) -> Result<(), CliError> {
    let now = now();
    let heading = ["ID", "STATE", "AGENT", "ASKED", "REQUEST"].map(str::to_owned);
    let mut rows = vec![heading];
    rows.extend(records.iter().map(|TaskRecord { task, .. }| {
        let agent = fit(&line(&task.agent), AGENTS);
        let asked = ago(now.since(task.created_at));
        [task.id.to_string(), words(state(task)), agent, asked, line(request_of(&task.prompt))]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let [id, state, agent, asked] = [0, 1, 2, 3].map(width);
    for row in &rows {
        let [i, s, a, t, prompt] = row;
        let head = format!("{i:>id$}  {s:state$}  {a:agent$}  {t:asked$}  ");
        let room = COLUMNS.saturating_sub(head.chars().count());
        print::line(format!("{head}{}", fit(prompt, room)).trim_end())?;
    }
    Ok(())
}

/// Where a task stands, in the one word that lists and the JSON have for it.
fn state(task: &Task) -> &'static str {
    match &task.phase {
        Phase::Finished(outcome) => outcome.name(),
        phase @ (Phase::Queued
        | Phase::Starting { .. }
        | Phase::Running { .. }
        | Phase::AwaitingApproval { .. }
        | Phase::Stopping { .. }) => phase.name(),
    }
}

/// A name of the store's as words.
fn words(name: &str) -> String {
    name.replace('_', " ")
}

async fn show(store: &Store, id: TaskId, json: bool) -> Result<(), CliError> {
    let record = store.task_record(id).await?.ok_or_else(|| missing(id))?;
    let approvals = store.task_approvals(id).await?;
    if json {
        return Ok(print::json(&json::Shown::of(&record, &approvals))?);
    }
    print::line(format_args!("Task #{id}"))?;
    for (label, value) in facts(&record) {
        print::line(hanging(&format!("{label:<11}"), &value))?;
    }
    if !approvals.is_empty() {
        print::line("\nIt asked for:")?;
    }
    for approval in &approvals {
        print::line(format_args!("  {}", fit(&line(&approval.action.title()), COLUMNS - 2)))?;
        print::line(format_args!("    {}", answer(approval)))?;
    }
    print::line(format_args!("\n{}", plain(record.task.prompt.trim())))?;
    Ok(())
}

fn facts(TaskRecord { task, totals }: &TaskRecord) -> Vec<(&'static str, String)> {
    let took = match (task.started_at, task.ended_at) {
        (Some(from), Some(to)) => format!(" after {}", elapsed(to.since(from))),
        (_, None) | (None, _) => String::new(),
    };
    let chat = match task.place.topic {
        Some(topic) => format!("chat {}, topic {topic}", task.place.chat),
        None => format!("chat {}", task.place.chat),
    };
    let mut facts = vec![("state", format!("{}{took}", words(state(task))))];
    if let Phase::Finished(Outcome::Failed { reason }) = &task.phase {
        facts.push(("reason", reason.clone()));
    }
    facts.extend([
        ("agent", task.agent.clone()),
        ("engine", task.engine.clone()),
        ("workspace", task.workspace.clone()),
        ("asked", format!("{} ({})", utc(task.created_at), ago(now().since(task.created_at)))),
        ("by", format!("user {} in {chat}", task.requester)),
    ]);
    facts.extend(task.started_at.map(|at| ("began", utc(at))));
    facts.extend(task.ended_at.map(|at| ("ended", utc(at))));
    if let Some(totals) = totals {
        let steps = count(totals.steps, "step");
        let cost = totals.usage.cost_usd.map(|cost| format!(", ${cost:.2}")).unwrap_or_default();
        let tokens = totals.usage.tokens.map(|tokens| format!(", {tokens} tokens")).unwrap_or_default();
        facts.push(("used", format!("{steps}{cost}{tokens}")));
    }
    facts
}

fn answer(approval: &Approval) -> String {
    let by = json::by(&approval.status).map_or_else(String::new, |(user, name)| match name {
        Some(name) => format!(" by {} (user {user})", line(name)),
        None => format!(" by user {user}"),
    });
    format!("{}{by}", words(approval.status.name()))
}

async fn print_log(store: &Store, id: TaskId) -> Result<(), CliError> {
    let task = store.task(id).await?.ok_or_else(|| missing(id))?;
    let history = store.history(id).await?;
    Ok(print::line(log(&task, &history).trim_end())?)
}
