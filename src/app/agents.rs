//! The agents' files: read at the start, and again when they change, beside the async threads.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::engines;
use crate::catalog::{Catalog, FileReport, Library, Message, Places};
use crate::config::Config;
use crate::domain::agent::{AgentSpec, Mistake};
use crate::orchestrator::Agents;

/// Files that are saved together, or by an editor in several steps, are read once: after so long a silence,
const QUIET: Duration = Duration::from_millis(200);

/// or so long after the first of them.
const PATIENCE: Duration = Duration::from_secs(1);

/// How the names of agent files end.
const DEFINITIONS: [&str; 2] = ["md", "toml"];

/// Where the agents come from.
pub(super) struct AgentFiles {
    library: Library,
    built_in: Vec<AgentSpec>,
}

impl AgentFiles {
    /// Reads them for the first time, and logs what there is to say about them.
    pub(super) fn load(config: &Config) -> (Self, Agents) {
        let files =
            Self { library: Library::load(&places(config)), built_in: engines::agents(config).collect() };
        let catalog = files.catalog();
        for report in catalog.reports() {
            for message in &report.messages {
                tracing::warn!(file = %report.path.display(), line = message.line, "{}", message.text);
            }
        }
        let agents = agents(&catalog);
        (files, agents)
    }

    fn catalog(&self) -> Catalog {
        let mut catalog = self.library.catalog();
        catalog.add_built_in(self.built_in.iter().cloned());
        catalog
    }

    /// Reads again what may have changed; `None` when nothing of it is an agent's.
    fn refresh(&mut self, changed: &[PathBuf]) -> Option<Agents> {
        self.library.refresh(changed).then(|| agents(&self.catalog()))
    }
}

/// Where agents are looked for: the configured directories, then each workspace's own folders.
pub(crate) fn places(config: &Config) -> Places {
    let workspaces = config.workspaces.iter().map(|w| (w.name.clone(), w.path.clone()));
    Places { shared: config.agent_dirs.clone(), workspaces: workspaces.collect() }
}

fn agents(catalog: &Catalog) -> Agents {
    let broken = catalog.reports().iter().filter_map(|report| Some(mistake(report, report.mistake()?)));
    Agents { list: catalog.agents().to_vec(), broken: broken.collect() }
}

fn mistake(report: &FileReport, why: &Message) -> Mistake {
    let Message { line, text, remedy, .. } = why.clone();
    Mistake { path: report.path.clone(), line, text, remedy }
}

/// Watches the files until `shutdown`: each time that they may say something else, the agents come anew.
pub(super) fn watch(files: AgentFiles, shutdown: CancellationToken) -> mpsc::Receiver<Agents> {
    let (sink, reloads) = mpsc::channel(1);
    let (heard, events) = mpsc::unbounded_channel();
    match Watched::new(heard) {
        Ok(mut watched) => {
            watched.follow(files.library.watched());
            tokio::spawn(async move {
                tokio::select! {
                    () = follow(files, watched, events, sink) => {}
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

/// The directories that are watched. Its end is the end of the events.
struct Watched {
    watcher: RecommendedWatcher,
    directories: BTreeSet<PathBuf>,
}

impl Watched {
    fn new(heard: mpsc::UnboundedSender<PathBuf>) -> notify::Result<Self> {
        let hear = move |event: notify::Result<notify::Event>| match event {
            Ok(event) => {
                for path in event.paths.into_iter().filter(|path| is_change(event.kind, path)) {
                    // Nobody listens any more once Adjutant goes down.
                    let _ = heard.send(path);
                }
            }
            Err(error) => tracing::warn!(%error, "a change of agent files may have been missed"),
        };
        Ok(Self { watcher: notify::recommended_watcher(hear)?, directories: BTreeSet::new() })
    }

    /// From now on it is these; returns those that were not watched before.
    fn follow(&mut self, directories: Vec<PathBuf>) -> Vec<PathBuf> {
        let wanted: BTreeSet<PathBuf> = directories.into_iter().collect();
        for gone in self.directories.difference(&wanted) {
            // One that was removed is not watched any more anyway.
            let _ = self.watcher.unwatch(gone);
        }
        let new: Vec<PathBuf> = wanted.difference(&self.directories).cloned().collect();
        for directory in &new {
            if let Err(error) = self.watcher.watch(directory, RecursiveMode::NonRecursive) {
                tracing::warn!(%error, directory = %directory.display(), "changes of agents there need a restart");
            }
        }
        // Those that cannot be watched are said to be so once.
        self.directories = wanted;
        new
    }

    /// One that was made anew has the name of the one before, and is another.
    fn forget(&mut self, changed: &[PathBuf]) {
        self.directories.retain(|directory| !changed.contains(directory));
    }
}

/// Our own reading is no change; nor is what is written into files that are no agents', such as the database in a
/// workspace.
fn is_change(kind: EventKind, path: &Path) -> bool {
    match kind {
        EventKind::Modify(ModifyKind::Data(_)) | EventKind::Access(AccessKind::Close(AccessMode::Write)) => {
            path.extension().is_some_and(|extension| {
                DEFINITIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
            })
        }
        EventKind::Access(_) => false,
        EventKind::Any
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Other => true,
    }
}

async fn follow(
    mut files: AgentFiles,
    mut watched: Watched,
    mut events: mpsc::UnboundedReceiver<PathBuf>,
    sink: mpsc::Sender<Agents>,
) {
    while let Some(first) = events.recv().await {
        let changed = together(first, &mut events).await;
        let reading = tokio::task::spawn_blocking(move || {
            let mut agents = files.refresh(&changed);
            if agents.is_some() {
                watched.forget(&changed);
                let new = watched.follow(files.library.watched());
                // What came into them before they were watched.
                agents = if new.is_empty() { agents } else { files.refresh(&new).or(agents) };
            }
            (files, watched, agents)
        });
        let agents;
        (files, watched, agents) = match reading.await {
            Ok(read) => read,
            Err(error) => return tracing::error!(%error, "agent files are no longer watched"),
        };
        if let Some(agents) = agents
            && sink.send(agents).await.is_err()
        {
            return;
        }
    }
}

/// All that changes together with the first file.
async fn together(first: PathBuf, events: &mut mpsc::UnboundedReceiver<PathBuf>) -> Vec<PathBuf> {
    let mut changed = BTreeSet::from([first]);
    let latest = Instant::now() + PATIENCE;
    while let Ok(Some(path)) = timeout_at(latest.min(Instant::now() + QUIET), events.recv()).await {
        changed.insert(path);
    }
    changed.into_iter().collect()
}
