//! `adjutant demo` as a newcomer starts it, and its page in a browser.
//!
//! The bot is the real one, in a process and a home directory of its own; agents of the test stand beside the demo's.

use std::fs;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::browser::{Browser, Screen};

/// Where the demo keeps everything, below the home directory.
const FOLDER: &str = ".local/state/adjutant/demo";

pub(crate) struct Demo {
    pub(crate) browser: Browser,
    pub(crate) home: tempfile::TempDir,
    program: Child,
}

impl Demo {
    /// Starts the demo with these further agents, by name and steps, and opens the page that it names.
    pub(crate) async fn open(screen: Screen, agents: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(FOLDER).join("agents");
        fs::create_dir_all(&folder).unwrap();
        for (name, steps) in agents {
            let file = format!(
                "---\nname: {name}\ndescription: For the test.\nengine: script\n---\n```yaml steps\n{steps}\n```\n"
            );
            fs::write(folder.join(format!("{name}.md")), file).unwrap();
        }
        let mut program = Command::new(env!("CARGO_BIN_EXE_adjutant"))
            .args(["demo", "--port", "0"])
            .env_clear()
            .env("HOME", home.path())
            .env("PATH", std::env::var_os("PATH").unwrap())
            .current_dir(home.path())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let told = lines.next_line().await.unwrap().expect("the demo says where it is");
        let url = told.split_whitespace().find(|word| word.starts_with("http://")).expect("an address");
        let browser = Browser::open(url, screen).await;
        browser.see_that("document.querySelector('.row') && document.querySelector('#persona span')").await;
        Self { browser, home, program }
    }

    /// A file of the demo's workspace.
    pub(crate) fn file(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.home.path().join(FOLDER).join("workspace").join(name)).ok()
    }

    /// Writes a message in the open conversation.
    pub(crate) async fn say(&self, text: &str) {
        self.browser.click("#input").await;
        self.browser.write(text).await;
        self.browser.press("Enter").await;
    }

    /// Waits until a message of the bot shows this.
    pub(crate) async fn hears(&self, part: &str) {
        self.browser.see_part(".message.other .text", part).await;
    }

    /// Closes everything; fails if the page has complained, or if the demo does not end in order.
    pub(crate) async fn close(mut self) {
        assert_eq!(self.browser.close().await, Vec::<String>::new(), "the page complained");
        let id = Pid::from_raw(self.program.id().unwrap().try_into().unwrap()).unwrap();
        kill_process(id, Signal::TERM).unwrap();
        assert!(self.program.wait().await.unwrap().success(), "the demo ends in order");
    }
}
