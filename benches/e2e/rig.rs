//! What the measurements stand on: a playground full of people, and Adjutant as a child process.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use adjutant::playground::{EventKind, Options, Playground, Sim, SimMessage, SimUser};
use tempfile::TempDir;
use tokio::time::{Instant, sleep, timeout};

use crate::child::{Home, Serving};
use crate::report::field;

/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// The first person's id, which is also the id of their private chat; the others follow.
pub(crate) const FIRST: i64 = 100_001;

/// By how much the counts are divided.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale(pub(crate) usize);

impl Scale {
    pub(crate) fn of(self, count: usize) -> usize {
        (count / self.0).max(1)
    }
}

/// Adjutant at work.
pub(crate) struct Rig {
    pub(crate) sim: Sim,
    pub(crate) home: Home,
    serving: Option<Serving>,
    playground: Playground,
    people: usize,
    _folder: TempDir,
}

/// The program to measure.
pub(crate) fn program() -> PathBuf {
    std::env::var_os("ADJUTANT_BENCH_PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_adjutant").into()).into()
}

impl Rig {
    /// With so many people, each in a private chat, and these agents. Does not start Adjutant yet.
    pub(crate) async fn new(people: usize, agents: &[(&str, String)]) -> Self {
        Self::with(people, agents, "engines: { script: { type: script } }\nlimits: { running_tasks: 1000 }\n")
            .await
    }

    /// The same with this at the end of its configuration.
    pub(crate) async fn with(people: usize, agents: &[(&str, String)], config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let users = (0..people).map(|at| {
            let id = person(at);
            SimUser::new(id, &format!("Person {at}"), &format!("person{at}"), "owner")
        });
        let options = Options { users: users.collect(), chats: Vec::new(), ..Options::default() };
        let token = options.token.clone();
        let playground = Playground::start(options).await.unwrap();
        let home =
            Home { folder: folder.path().to_owned(), api: playground.url(), token, program: program() };
        let owners: Vec<String> = (0..people).map(|at| person(at).to_string()).collect();
        let config = format!(
            "agents: [./agents]\nworkspaces: {{ work: {{ path: ./workspace }} }}\n\
             access: {{ owners: [{}] }}\n{config}",
            owners.join(", ")
        );
        home.furnish(&config, agents);
        Self { sim: playground.sim(), home, serving: None, playground, people, _folder: folder }
    }

    /// Starts it and waits until it answers.
    pub(crate) async fn started(people: usize, agents: &[(&str, String)]) -> Self {
        let mut rig = Self::new(people, agents).await;
        rig.serve().await;
        rig
    }

    pub(crate) async fn serve(&mut self) {
        // As quiet as it is by default, so that writing a log is not measured.
        self.serving = Some(self.home.serve(&[("RUST_LOG", "warn")]));
        // The last person is not measured.
        self.ask(person(self.people - 1), "/help").await;
    }

    pub(crate) fn pid(&self) -> u32 {
        self.serving.as_ref().expect("it is running").id()
    }

    pub(crate) async fn end(mut self) {
        let status = self.serving.take().expect("it is running").stop().await;
        assert!(status.success(), "{status}: {}", self.home.log());
        self.playground.stop().await;
    }

    /// Ends it without waiting for what is still to be done.
    pub(crate) async fn kill(mut self) {
        self.serving.take().expect("it is running").kill().await;
        self.playground.stop().await;
    }

    /// Somebody writes; how long it took until the bot's first message.
    pub(crate) async fn ask(&self, person: i64, text: &str) -> Duration {
        self.ask_until(person, text, |_| true).await
    }

    /// Somebody writes; how long it took until the bot's first such message.
    pub(crate) async fn ask_until(
        &self,
        person: i64,
        text: &str,
        wanted: impl Fn(&SimMessage) -> bool,
    ) -> Duration {
        let mut seq = self.sim.seq();
        let begun = Instant::now();
        self.sim.say(person, person, text).unwrap();
        let answered = async {
            loop {
                for event in self.sim.wait_event(seq).await {
                    seq = event.seq;
                    if event.chat_id == person
                        && let EventKind::Message { message } = event.kind
                        && message.from.is_bot
                        && wanted(&message)
                    {
                        return begun.elapsed();
                    }
                }
            }
        };
        let answered = timeout(PATIENCE, answered).await;
        answered.unwrap_or_else(|_| panic!("no answer to {text}: {}", self.home.log()))
    }

    /// The bot's messages in a chat.
    pub(crate) fn said(&self, chat: i64) -> Vec<Arc<SimMessage>> {
        let mut messages = self.sim.messages(chat, None);
        messages.retain(|message| message.from.is_bot);
        messages
    }
}

/// The id of a person and of their chat.
pub(crate) fn person(at: usize) -> i64 {
    FIRST + i64::try_from(at).unwrap()
}

/// Waits until something holds; how long that took.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < PATIENCE, "{what}: not within {} s", PATIENCE.as_secs());
        sleep(Duration::from_millis(5)).await;
    }
    begun.elapsed()
}

/// The memory of a process that is in use, in MB (10⁶ bytes).
pub(crate) fn memory(pid: u32) -> f64 {
    let resident = field(&format!("/proc/{pid}/status"), "VmRSS").unwrap_or_default();
    let kib: f64 = resident.trim_end_matches(" kB").parse().unwrap_or(f64::NAN);
    kib * 1024.0 / 1e6
}
