//! What a world is made of: agents, access, limits, people.

use std::fs;
use std::path::PathBuf;

use adjutant::config::{Config, Database, EngineConfig, Limits, LogFormat, Origin, Secret, Workspace};
use adjutant::domain::access::Access;
use adjutant::domain::ids::{ChatId, UserId};
use adjutant::playground::{Options, Playground};
use tempfile::TempDir;

use super::{ROBIN, World, YOU};

/// A world to be.
pub(crate) struct Plan {
    pub(crate) options: Options,
    pub(crate) access: Access,
    pub(crate) limits: Limits,
    files: Vec<(String, Vec<u8>)>,
    workspaces: Vec<&'static str>,
    engines: Vec<EngineConfig>,
    test: Option<String>,
}

impl Plan {
    /// No agents, one workspace, an owner and a member.
    pub(crate) fn new() -> Self {
        Self {
            options: Options::default(),
            access: Access {
                owners: [UserId(YOU)].into(),
                members: [UserId(ROBIN)].into(),
                ..Access::default()
            },
            limits: Limits::default(),
            files: Vec::new(),
            workspaces: vec!["demo"],
            engines: Vec::new(),
            test: None,
        }
    }

    /// An agent that goes through these steps.
    pub(crate) fn agent(self, name: &str, steps: &str) -> Self {
        let text = format!(
            "---\nname: {name}\ndescription: Does what {name} does. Always.\nengine: script\n---\n\n\
             ```yaml steps\n{steps}\n```\n"
        );
        self.file(&format!("{name}.md"), text)
    }

    /// The agent that says what it is told, and which turn of its session it is.
    pub(crate) fn parrot(self) -> Self {
        self.agent("parrot", "- say: 'turn {{turn}}: {{prompt}}'")
    }

    /// The tour as shipped, but without its pauses.
    pub(crate) fn tour(self) -> Self {
        let text = include_str!("../../../agents/tour.md").replace("- wait: 3s\n", "");
        self.file("tour.md", text)
    }

    /// A file in the directory of agents.
    pub(crate) fn file(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.push((name.to_owned(), content.into()));
        self
    }

    pub(crate) fn limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.limits);
        self
    }

    /// A group in which everybody may run agents.
    pub(crate) fn open_to(mut self, chat: i64) -> Self {
        self.access.chats.insert(ChatId(chat));
        self
    }

    pub(crate) fn workspace(mut self, name: &'static str) -> Self {
        self.workspaces.push(name);
        self
    }

    /// What tells whether work in the workspaces is good.
    pub(crate) fn test(self, command: &str) -> Self {
        Self { test: Some(command.to_owned()), ..self }
    }

    /// One more engine that goes through scripts.
    pub(crate) fn engine(self, name: &str) -> Self {
        self.program(EngineConfig { name: name.to_owned(), ..EngineConfig::script() })
    }

    /// One more engine.
    pub(crate) fn program(mut self, engine: EngineConfig) -> Self {
        self.engines.push(engine);
        self
    }

    pub(crate) async fn start(self) -> World {
        let folder = tempfile::tempdir().unwrap();
        let agents = folder.path().join("agents");
        fs::create_dir_all(&agents).unwrap();
        for (name, content) in &self.files {
            fs::write(agents.join(name), content).unwrap();
        }
        for name in &self.workspaces {
            fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        let token = self.options.token.clone();
        let playground = Playground::start(self.options.clone()).await.unwrap();
        let config = self.config(&folder, agents, playground.url(), &token);
        World::new(playground, folder, config)
    }

    fn config(&self, folder: &TempDir, agents: PathBuf, api_url: String, token: &str) -> Config {
        let workspace = |name: &&str| Workspace {
            name: (*name).to_owned(),
            path: folder.path().join(name),
            test: self.test.clone(),
            allow_bypass: false,
            origin: Origin::Environment,
        };
        let script = EngineConfig::script();
        Config {
            token: Some(Secret::new(token)),
            api_url,
            proxy: None,
            database: Database::File(folder.path().join("adjutant.db")),
            agent_dirs: vec![agents],
            workspaces: self.workspaces.iter().map(workspace).collect(),
            default_engine: script.name.clone(),
            engines: std::iter::once(script).chain(self.engines.iter().cloned()).collect(),
            access: self.access.clone(),
            limits: self.limits.clone(),
            listen: None,
            log: LogFormat::Pretty,
            log_filter: None,
        }
    }
}
