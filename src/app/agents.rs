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

/// Folders in folders that appear while those above them are looked at.
const MAX_ROUNDS: usize = 16;

/// With more paths that have changed, all folders are watched anew.
const MAX_CHANGED: usize = 64;

/// How the names of agent files end.
const DEFINITIONS: [&str; 2] = ["md", "toml"];

/// Where the agents come from.
pub(super) struct AgentFiles {
    library: Library,
    built_in: Vec<AgentSpec>,
    /// What they said when they were last read.
    latest: Agents,
}

impl AgentFiles {
    /// Reads them for the first time, and logs what there is to say about them.
    pub(super) fn load(config: &Config) -> (Self, Agents) {
        let mut files = Self {
            library: Library::load(&places(config)),
            built_in: engines::agents(config).collect(),
            latest: Agents::default(),
        };
        let catalog = files.catalog();
        for report in catalog.reports() {
            for message in &report.messages {
                let (file, line, text) = (report.path.display(), message.line, &message.text);
                // Where there is nothing to do it is a mere remark.
                match message.remedy {
                    Some(_) => tracing::warn!(%file, line, "{text}"),
                    None => tracing::debug!(%file, line, "{text}"),
                }
            }
        }
        files.latest = agents(&catalog);
        let agents = files.latest.clone();
        (files, agents)
    }

    fn catalog(&mut self) -> Catalog {
        let mut catalog = self.library.catalog();
        catalog.add_built_in(self.built_in.iter().cloned());
        catalog
    }

    /// Reads again what may have changed, all when nothing is named; `None` when nothing of it is an agent's.
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

/// What was heard of the files.
enum Heard {
    /// Something was missed.
    Anything,
    /// This has changed.
    Path(PathBuf),
}

/// Watches the files until `shutdown`: each time that they may say something else, the agents come anew.
pub(super) fn watch(files: AgentFiles, shutdown: CancellationToken) -> mpsc::Receiver<Agents> {
    let (sink, reloads) = mpsc::channel(1);
    let (heard, events) = mpsc::unbounded_channel();
    match Watched::new(heard) {
        Ok(watched) => {
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
    fn new(heard: mpsc::UnboundedSender<Heard>) -> notify::Result<Self> {
        let hear = move |event: notify::Result<notify::Event>| {
            for change in changes(event) {
                // Nobody listens any more once Adjutant goes down.
                let _ = heard.send(change);
            }
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

    /// One that was made anew, or lies in one that was, has the name of the one before, and is another. All may be when
    /// nothing is named.
    fn forget(&mut self, changed: &[PathBuf]) {
        let may_be_another = |directory: &PathBuf| {
            changed.is_empty()
                || changed.len() > MAX_CHANGED
                || changed.iter().any(|path| directory.starts_with(path))
        };
        self.directories.retain(|directory| !may_be_another(directory));
    }
}

/// What an event of the watcher tells.
fn changes(event: notify::Result<notify::Event>) -> Vec<Heard> {
    match event {
        Ok(event) if event.need_rescan() => vec![Heard::Anything],
        Ok(event) => {
            let changed = event.paths.into_iter().filter(|path| is_change(event.kind, path));
            changed.map(Heard::Path).collect()
        }
        Err(error) => {
            tracing::warn!(%error, "a change of agent files may have been missed; all are read again");
            vec![Heard::Anything]
        }
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
    mut events: mpsc::UnboundedReceiver<Heard>,
    sink: mpsc::Sender<Agents>,
) {
    // They were read before they were watched: at first all are read again.
    let mut changed: Option<Vec<PathBuf>> = None;
    loop {
        let reading = tokio::task::spawn_blocking(move || {
            let agents = match changed {
                None => catch_up(&mut files, &mut watched),
                Some(changed) => look_again(&mut files, &mut watched, &changed),
            };
            let fresh = agents.filter(|agents| *agents != files.latest);
            if let Some(agents) = &fresh {
                files.latest.clone_from(agents);
            }
            (files, watched, fresh)
        });
        let fresh;
        (files, watched, fresh) = match reading.await {
            Ok(read) => read,
            Err(error) => return tracing::error!(%error, "agent files are no longer watched"),
        };
        if let Some(agents) = fresh
            && sink.send(agents).await.is_err()
        {
            return;
        }
        let Some(first) = events.recv().await else { return };
        changed = Some(together(first, &mut events).await);
    }
}

/// Reads what has changed, all when nothing is named; `None` when nothing of it is an agent's.
fn look_again(files: &mut AgentFiles, watched: &mut Watched, changed: &[PathBuf]) -> Option<Agents> {
    let agents = files.refresh(changed)?;
    watched.forget(changed);
    catch_up(files, watched).or(Some(agents))
}

/// Watches the folders that are not watched yet, and reads what came into them before; `None` when there are none.
fn catch_up(files: &mut AgentFiles, watched: &mut Watched) -> Option<Agents> {
    let mut agents = None;
    for _ in 0..MAX_ROUNDS {
        let new = watched.follow(files.library.watched());
        if new.is_empty() {
            break;
        }
        agents = files.refresh(&new).or(agents);
    }
    agents
}

/// All that changes together with the first: nothing is named when it may be anything.
async fn together(first: Heard, events: &mut mpsc::UnboundedReceiver<Heard>) -> Vec<PathBuf> {
    let (mut changed, mut anything) = (BTreeSet::new(), false);
    let mut next = Some(first);
    let latest = Instant::now() + PATIENCE;
    while let Some(heard) = next {
        match heard {
            Heard::Anything => anything = true,
            Heard::Path(path) => {
                changed.insert(path);
            }
        }
        let heard = timeout_at(latest.min(Instant::now() + QUIET), events.recv()).await;
        next = heard.ok().flatten();
    }
    if anything { Vec::new() } else { changed.into_iter().collect() }
}

#[cfg(test)]
mod tests;
