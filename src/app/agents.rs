//! The agents' files: read at the start, and again when they change, beside the async threads.

use std::path::PathBuf;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::engines;
use crate::catalog::{Catalog, FileReport, Status};
use crate::config::Config;
use crate::domain::agent::{AgentSpec, Mistake};
use crate::orchestrator::Agents;

/// Files that are saved together, or by an editor in several steps, are read once: after so long a silence,
const QUIET: Duration = Duration::from_millis(200);

/// or so long after the first of them.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where the agents come from.
pub(super) struct AgentFiles {
    directories: Vec<PathBuf>,
    built_in: Vec<AgentSpec>,
}

impl AgentFiles {
    /// As configured; nothing is read yet.
    pub(super) fn of(config: &Config) -> Self {
        Self { directories: config.agent_dirs.clone(), built_in: engines::agents(config).collect() }
    }

    /// Reads them for the first time, and logs what there is to say about them.
    pub(super) fn read(&mut self) -> Agents {
        let catalog = self.load();
        for report in catalog.reports() {
            for message in &report.messages {
                tracing::warn!(file = %report.path.display(), line = message.line, "{}", message.text);
            }
        }
        agents(&catalog)
    }

    fn load(&self) -> Catalog {
        let mut catalog = Catalog::load(&self.directories);
        catalog.add_built_in(self.built_in.iter().cloned());
        catalog
    }
}

fn agents(catalog: &Catalog) -> Agents {
    let broken = catalog.reports().iter().filter(|report| report.status == Status::Error);
    Agents { list: catalog.agents().to_vec(), broken: broken.map(mistake).collect() }
}

/// What is told last of a file that was not read is why.
fn mistake(report: &FileReport) -> Mistake {
    let last = report.messages.last();
    Mistake {
        path: report.path.clone(),
        line: last.and_then(|message| message.line),
        text: last.map(|message| message.text.clone()).unwrap_or_default(),
        remedy: last.and_then(|message| message.remedy.clone()),
    }
}

/// Watches the files until `shutdown`: each time that they say something else, the agents come anew.
pub(super) fn watch(files: AgentFiles, shutdown: CancellationToken) -> mpsc::Receiver<Agents> {
    let (sink, reloads) = mpsc::channel(1);
    let (heard, events) = mpsc::unbounded_channel();
    match watcher(&files, heard) {
        Ok(watcher) => {
            tokio::spawn(async move {
                // Its end would end the events.
                let _watcher = watcher;
                tokio::select! {
                    () = follow(files, events, sink) => {}
                    () = shutdown.cancelled() => {}
                }
            });
        }
        Err(error) => {
            tracing::warn!(%error, "agent files are not watched: restart Adjutant after changing them");
        }
    }
    reloads
}

fn watcher(files: &AgentFiles, heard: mpsc::UnboundedSender<PathBuf>) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| match event {
        Ok(event) if is_change(event.kind) => {
            for path in event.paths {
                // Nobody listens any more once Adjutant goes down.
                let _ = heard.send(path);
            }
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "a change of agent files may have been missed"),
    })?;
    for directory in files.directories.iter().filter(|directory| directory.is_dir()) {
        if let Err(error) = watcher.watch(directory, RecursiveMode::Recursive) {
            tracing::warn!(%error, directory = %directory.display(), "not watched: restart Adjutant after changing it");
        }
    }
    Ok(watcher)
}

/// Our own reading is no change.
fn is_change(kind: EventKind) -> bool {
    !kind.is_access() || kind == EventKind::Access(AccessKind::Close(AccessMode::Write))
}

async fn follow(
    mut files: AgentFiles,
    mut events: mpsc::UnboundedReceiver<PathBuf>,
    sink: mpsc::Sender<Agents>,
) {
    while let Some(first) = events.recv().await {
        let changed = together(first, &mut events).await;
        tracing::debug!(files = changed.len(), "agent files changed");
        let reading = tokio::task::spawn_blocking(move || {
            let agents = agents(&files.load());
            (files, agents)
        });
        let agents = match reading.await {
            Ok((back, agents)) => {
                files = back;
                agents
            }
            Err(error) => return tracing::error!(%error, "agent files are no longer watched"),
        };
        if sink.send(agents).await.is_err() {
            return;
        }
    }
}

/// All that changes together with the first file.
async fn together(first: PathBuf, events: &mut mpsc::UnboundedReceiver<PathBuf>) -> Vec<PathBuf> {
    let mut changed = vec![first];
    let latest = Instant::now() + PATIENCE;
    while let Ok(Some(path)) = timeout_at(latest.min(Instant::now() + QUIET), events.recv()).await {
        if !changed.contains(&path) {
            changed.push(path);
        }
    }
    changed
}
