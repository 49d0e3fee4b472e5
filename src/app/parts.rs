//! What the orchestrator works with, made of the configuration and of what was opened for it.

use std::path::PathBuf;
use std::sync::Arc;

use super::Setup;
use super::engines::{self, Workshop};
use crate::catalog::{Catalog, Status};
use crate::config::{Config, Database};
use crate::engines::worktree::GitWorktrees;
use crate::orchestrator::{Agents, Engines, Limits, Parts, Workspace, Workspaces};
use crate::store::Store;
use crate::telegram::Telegram;
use crate::telemetry::Metrics;

/// Puts them together.
pub(super) fn assemble(
    setup: &Setup,
    store: Store,
    catalog: Catalog,
    telegram: Telegram,
    workshop: &Workshop,
    metrics: Arc<Metrics>,
) -> Parts {
    let config = &setup.config;
    Parts {
        store,
        bot: telegram.username().to_owned(),
        chat: Arc::new(telegram),
        agents: agents(catalog, config),
        engines: Engines {
            list: config
                .engines
                .iter()
                .map(|engine| (engine.name.clone(), workshop.engine(engine)))
                .collect(),
            default: config.default_engine.clone(),
        },
        workspaces: Workspaces {
            list: config
                .workspaces
                .iter()
                .map(|workspace| Workspace {
                    name: workspace.name.clone(),
                    path: workspace.path.clone(),
                    test: workspace.test.clone(),
                })
                .collect(),
        },
        worktrees: Arc::new(GitWorktrees::new(workshop.guard.clone(), folder(&config.database, "worktrees"))),
        access: config.access.clone(),
        limits: Limits {
            running_tasks: config.limits.running_tasks,
            task_timeout: config.limits.task_timeout,
            approval_timeout: config.limits.approval_timeout,
            stall_timeout: config.limits.stall_timeout,
            card_interval: setup.card_interval,
        },
        files: folder(&config.database, "files"),
        metrics,
    }
}

/// The folder beside the database that holds `what`; a temporary one for a database in memory.
fn folder(database: &Database, what: &str) -> PathBuf {
    let temporary = || std::env::temp_dir().join(format!("adjutant-{}.{what}", std::process::id()));
    super::beside(database, what).unwrap_or_else(temporary)
}

fn agents(mut catalog: Catalog, config: &Config) -> Agents {
    let broken = catalog.reports().iter().filter(|report| report.status == Status::Error).count();
    for report in catalog.reports() {
        for message in &report.messages {
            tracing::warn!(file = %report.path.display(), line = message.line, "{}", message.text);
        }
    }
    catalog.add_built_in(engines::agents(config));
    Agents { list: catalog.agents().to_vec(), broken }
}
