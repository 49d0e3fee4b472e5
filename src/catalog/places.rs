//! Where agent files lie: the configured directories, and each workspace's own folders. Says where to look, and reads no file.

use std::path::{Path, PathBuf};

/// The folders of a workspace, or of a configured directory, that hold agents and skills, by the programs they are meant for.
pub(super) const OWN_FOLDERS: [(&str, &str); 7] = [
    (".claude", "agents"),
    (".claude", "skills"),
    (".opencode", "agent"),
    (".opencode", "agents"),
    (".gemini", "agents"),
    (".github", "agents"),
    (".codex", "agents"),
];

/// Where agents are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Directories whose agents can be called everywhere, in the order in which they count.
    pub shared: Vec<PathBuf>,
    /// Workspaces by name, each with its directory; the agents in its own folders can be called in it only.
    pub workspaces: Vec<(String, PathBuf)>,
}

/// One directory to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Root {
    pub(super) path: PathBuf,
    /// Links must not lead out of here.
    pub(super) fence: PathBuf,
    /// The workspace whose own folder it is.
    pub(super) home: Option<String>,
}

impl Places {
    /// Only directories that are shared.
    #[must_use]
    pub fn shared(directories: &[PathBuf]) -> Self {
        Self { shared: directories.to_vec(), workspaces: Vec::new() }
    }

    /// Every directory to read, in the order in which they count.
    pub(super) fn roots(&self) -> Vec<Root> {
        let shared =
            self.shared.iter().map(|path| Root { path: path.clone(), fence: path.clone(), home: None });
        let own = self.workspaces.iter().flat_map(|(name, workspace)| {
            own_folders(workspace).map(|path| Root {
                path,
                fence: workspace.clone(),
                home: Some(name.clone()),
            })
        });
        shared.chain(own).collect()
    }
}

/// Where the agents of a directory's own lie, whether or not they are there.
fn own_folders(directory: &Path) -> impl Iterator<Item = PathBuf> {
    OWN_FOLDERS.into_iter().map(|(program, folder)| directory.join(program).join(folder))
}

/// Whether a change of `path` can matter to what lies in `root`.
pub(super) fn touches(path: &Path, root: &Path) -> bool {
    path.starts_with(root) || root.starts_with(path)
}
