//! What the orchestrator works with, made of the configuration and of what was opened for it.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::Setup;
use super::engines::Workshop;
use crate::config::Database;
use crate::engines::worktree::GitWorktrees;
use crate::orchestrator::{Agents, Engines, Limits, Parts, Workspace, Workspaces};
use crate::store::Store;
use crate::telegram::Telegram;
use crate::telemetry::Metrics;

/// Puts them together.
pub(super) fn assemble(
    setup: &Setup,
    store: Store,
    agents: Agents,
    reloads: mpsc::Receiver<Agents>,
    telegram: Telegram,
    workshop: &Workshop,
    metrics: Arc<Metrics>,
) -> Parts {
    let config = &setup.config;
    Parts {
        store,
        bot: telegram.username().to_owned(),
        chat: Arc::new(telegram),
        agents,
        reloads,
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
                    allow_bypass: workspace.allow_bypass,
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
