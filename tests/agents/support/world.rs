//! A playground with a real Adjutant and a real agent in it.

use std::fs;
use std::path::PathBuf;

use adjutant::playground::{Options, Playground};
use tempfile::TempDir;

use super::child::{Home, Serving};
use super::{Chat, SimClient, processes, until};
use crate::agent::Agent;
use crate::model::Model;

/// The owner.
const YOU: i64 = 1001;

pub(crate) struct World {
    sim: SimClient,
    home: Home,
    /// What the agent is pointed at the model with; empty when it is not logged in.
    variables: Vec<(&'static str, String)>,
    serving: Option<Serving>,
    _playground: Playground,
    folder: TempDir,
}

impl World {
    /// Adjutant at work with this agent, which is logged in.
    pub(crate) async fn start(agent: &Agent) -> Self {
        let model = Model::start().await;
        Self::with(agent, "", |home| agent.log_in(home, &model.url)).await
    }

    /// The same with an agent file, `reviewer.md`, that says this in its frontmatter, one key to a line.
    pub(crate) async fn defined(agent: &Agent, keys: &str) -> Self {
        let model = Model::start().await;
        Self::with(agent, keys, |home| agent.log_in(home, &model.url)).await
    }

    /// The same with an agent that nobody has logged in.
    pub(crate) async fn logged_out(agent: &Agent) -> Self {
        Self::with(agent, "", |_| Vec::new()).await
    }

    async fn with(
        agent: &Agent,
        keys: &str,
        settle: impl FnOnce(&std::path::Path) -> Vec<(&'static str, String)>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options::default();
        let token = options.token.clone();
        let playground = Playground::start(options).await.unwrap();
        let home = Home {
            folder: folder.path().to_owned(),
            api: playground.url(),
            token,
            program: env!("CARGO_BIN_EXE_adjutant").into(),
        };
        home.furnish(&agent.config(), &[]);
        if !keys.is_empty() {
            let text =
                format!("---\nname: reviewer\ndescription: For tests.\n{keys}\n---\n\nDo as you are told.\n");
            fs::write(folder.path().join("agents/reviewer.md"), text).unwrap();
        }
        let own = folder.path().join("home");
        fs::create_dir(&own).unwrap();
        let mut variables = settle(&own);
        variables.push(("HOME", own.to_string_lossy().into_owned()));
        let sim = SimClient::new(&playground.url());
        let mut world = Self { sim, home, variables, serving: None, _playground: playground, folder };
        world.serve();
        world
    }

    /// The owner's private chat with the bot.
    pub(crate) fn chat(&self) -> Chat {
        Chat::new(self.sim.clone(), YOU, YOU, None)
    }

    /// A file in the workspace.
    pub(crate) fn file(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.workspace().join(name)).ok()
    }

    /// Puts a file into the workspace.
    pub(crate) fn put(&self, name: &str, text: &str) {
        fs::write(self.workspace().join(name), text).unwrap();
    }

    /// Where the workspace is.
    pub(crate) fn path(&self) -> String {
        self.workspace().canonicalize().unwrap().to_str().unwrap().to_owned()
    }

    /// The processes of the agent, and of all that it has started.
    pub(crate) fn processes(&self) -> Vec<String> {
        processes::working_in(&self.workspace())
    }

    pub(crate) fn serve(&mut self) {
        let variables: Vec<_> = self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.serving = Some(self.home.serve(&variables));
    }

    /// `kill -9` of Adjutant; waits until nothing of the agent is left.
    pub(crate) async fn kill(&mut self) {
        self.serving.take().expect("it is running").kill().await;
        until("the agent ends with Adjutant", || self.processes().is_empty()).await;
    }

    /// Asks Adjutant to end, and looks that nothing is left of the agent.
    pub(crate) async fn end(mut self) {
        let status = self.serving.take().expect("it is running").stop().await;
        assert!(status.success(), "it ended with {status}");
        let left = self.processes();
        assert!(left.is_empty(), "it ended before {left:?}");
    }

    fn workspace(&self) -> PathBuf {
        self.folder.path().join("workspace")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("Adjutant's log:\n{}", self.home.log());
        }
    }
}
