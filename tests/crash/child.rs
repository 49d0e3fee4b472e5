//! A real `adjutant serve` in a folder of its own: its configuration, its start, its violent end.

use std::fs::{self, OpenOptions};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// The folder in which Adjutant is started.
pub(crate) struct Home {
    pub(crate) folder: PathBuf,
    /// The Bot API server.
    pub(crate) api: String,
    pub(crate) token: String,
    /// Which program.
    pub(crate) program: PathBuf,
}

impl Home {
    /// Writes the configuration and the agents; each agent is a name and the steps of its script.
    pub(crate) fn furnish(&self, config: &str, agents: &[(&str, String)]) {
        fs::create_dir_all(self.folder.join("agents")).unwrap();
        fs::create_dir_all(self.folder.join("workspace")).unwrap();
        fs::write(self.folder.join("adjutant.yaml"), config).unwrap();
        for (name, steps) in agents {
            let file = self.folder.join(format!("agents/{name}.md"));
            let text = format!(
                "---\nname: {name}\ndescription: For tests.\nengine: script\n---\n\n```yaml steps\n{steps}\n```\n"
            );
            fs::write(file, text).unwrap();
        }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("adjutant.db")
    }

    /// What it has logged, over all of its lives.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Starts it, with nothing in its environment but what it needs.
    pub(crate) fn serve(&self, more: &[(&str, &str)]) -> Serving {
        let log = OpenOptions::new().create(true).append(true).open(self.log_file()).unwrap();
        let mut command = Command::new(&self.program);
        command
            .arg("serve")
            .current_dir(&self.folder)
            .env_clear()
            .envs(
                ["PATH", "HOME", "TMPDIR"]
                    .into_iter()
                    .filter_map(|name| Some((name, std::env::var_os(name)?))),
            )
            .env("TELOXIDE_TOKEN", &self.token)
            .env("TELOXIDE_API_URL", &self.api)
            .env("RUST_LOG", "warn,adjutant=info")
            .envs(more.iter().copied())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .kill_on_drop(true);
        Serving { process: command.spawn().unwrap() }
    }
}

/// A running Adjutant.
pub(crate) struct Serving {
    process: Child,
}

impl Serving {
    pub(crate) fn id(&self) -> u32 {
        self.process.id().expect("it is waited for only when it is consumed")
    }

    /// `kill -9`.
    pub(crate) async fn kill(mut self) {
        self.process.kill().await.unwrap();
    }

    /// Asks it to end, as a service manager does.
    pub(crate) async fn stop(mut self) -> ExitStatus {
        let id = Pid::from_raw(i32::try_from(self.id()).unwrap()).unwrap();
        kill_process(id, Signal::TERM).unwrap();
        let ended = timeout(Duration::from_secs(10), self.process.wait()).await;
        ended.expect("it ends within ten seconds").unwrap()
    }
}
