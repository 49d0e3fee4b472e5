//! One world: a playground with people in ten places, and an Adjutant that dies and comes back.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use adjutant::playground::{
    Fault, FaultKind, Options, Playground, SendText, SimChat, SimMessage, SimUser, Tap,
};
use tempfile::TempDir;
use tokio::time::{Instant, timeout};

use crate::books::Books;
use crate::chats::Chats;
use crate::child::{Home, Serving};
use crate::random::Random;
use crate::reading::{Notice, offers};
use crate::sim::SimClient;

/// How many places there are: private chats, a group, and a topic of a forum.
pub(crate) const PLACES: usize = 10;

const OWNER: i64 = 1001;
const GROUP: i64 = -5_001;
const FORUM: i64 = -1_000_000_005_002;
const TOPIC: i64 = 2;

/// How long things may take to come to rest.
const REST: Duration = Duration::from_secs(30);

/// So long somebody who looks at the chats waits for news before they look elsewhere.
pub(crate) const GLANCE: Duration = Duration::from_millis(20);

/// A press that had no effect for this long is tried again.
const IMPATIENCE: Duration = Duration::from_secs(1);

/// Where somebody writes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) user: i64,
    pub(crate) chat: i64,
    pub(crate) topic: Option<i64>,
}

impl Place {
    /// Telegram allows a group only 20 messages in a minute.
    pub(crate) fn is_slow(self) -> bool {
        self.chat < 0
    }
}

/// What somebody wrote, and thereby wants.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) chat: i64,
    pub(crate) message: i64,
    pub(crate) what: Wish,
}

#[derive(Debug)]
pub(crate) enum Wish {
    /// A task with this prompt, which no other task has.
    Task(String),
    /// An answer.
    Answer(Notice),
    /// The end of the task at work, or word that there is none.
    Stop,
}

pub(crate) struct World {
    pub(crate) sim: SimClient,
    pub(crate) chats: Chats,
    pub(crate) home: Home,
    /// In the command line of every process of the agents here, and of no other.
    pub(crate) mark: String,
    pub(crate) asked: Vec<Asked>,
    /// The approvals, as chat and message, that somebody allowed.
    pub(crate) allowed: HashSet<(i64, i64)>,
    /// How often it was killed.
    pub(crate) kills: usize,
    /// How often, since the last check, a message may have been repeated in each chat: once for every kill, and for
    /// every call that was carried out although the bot was told otherwise.
    pub(crate) excuses: usize,
    /// How many messages had been repeated in each chat at the last check.
    pub(crate) repeated: HashMap<i64, usize>,
    prompts: usize,
    serving: Option<Serving>,
    playground: Playground,
    _folder: TempDir,
}

impl World {
    /// A new world with Adjutant at work in it.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = options();
        let token = options.token.clone();
        let playground = Playground::start(options).await.unwrap();
        let home = Home {
            folder: folder.path().to_owned(),
            api: playground.url(),
            token,
            program: env!("CARGO_BIN_EXE_adjutant").into(),
        };
        let mark = mark();
        home.furnish(CONFIG, &agents(&mark));
        let sim = SimClient::new(&playground.url());
        let mut world = Self {
            chats: Chats::new(sim.clone()),
            sim,
            home,
            mark,
            asked: Vec::new(),
            allowed: HashSet::new(),
            kills: 0,
            excuses: 0,
            repeated: HashMap::new(),
            prompts: 0,
            serving: None,
            playground,
            _folder: folder,
        };
        world.serve();
        world
    }

    pub(crate) fn place(index: usize) -> Place {
        match index {
            8 => Place { user: OWNER, chat: GROUP, topic: None },
            9 => Place { user: OWNER, chat: FORUM, topic: Some(TOPIC) },
            _ => {
                let user = OWNER + i64::try_from(index).unwrap();
                Place { user, chat: user, topic: None }
            }
        }
    }

    pub(crate) fn serve(&mut self) {
        self.serving = Some(self.home.serve(&[]));
    }

    pub(crate) async fn kill(&mut self) {
        let serving = self.serving.take().expect("it is running");
        serving.kill().await;
        self.kills += 1;
        self.excuses += 1;
    }

    /// Asks Adjutant to end, and looks once more that nothing is left of it.
    pub(crate) async fn end(mut self) {
        let serving = self.serving.take().expect("it is running");
        let status = serving.stop().await;
        assert!(status.success(), "it ended with {status}\n{}", self.home.log());
        self.check("the end").await;
        self.playground.stop().await;
    }

    /// A prompt that nobody used before.
    pub(crate) fn prompt(&mut self) -> String {
        self.prompts += 1;
        format!("job-{}", self.prompts)
    }

    /// Somebody writes.
    pub(crate) async fn say(&mut self, place: Place, text: &str, what: Wish) -> i64 {
        let mut words = SendText::new(place.user, place.chat, text);
        words.thread_id = place.topic;
        let message = self.sim.send(&words).await.unwrap().remove(0);
        self.asked.push(Asked { chat: place.chat, message, what });
        message
    }

    /// Somebody asks an agent to do something.
    pub(crate) async fn ask(&mut self, place: Place, agent: &str) -> i64 {
        let prompt = self.prompt();
        self.say(place, &format!("/agent {agent} {prompt}"), Wish::Task(prompt)).await
    }

    /// Somebody presses a button. It may have gone a moment ago.
    pub(crate) async fn press(&mut self, place: Place, message: i64, label: &str) {
        let pressed = self.sim.tap(&Tap::label(place.user, place.chat, message, label)).await;
        if pressed.is_ok() && matches!(label, "Allow" | "This exact action") {
            self.allowed.insert((place.chat, message));
        }
    }

    /// Calls of Telegram's go wrong.
    pub(crate) async fn trouble(&mut self, fault: &Fault) {
        if fault.kind == FaultKind::ResetAfter {
            self.excuses += 1;
        }
        self.sim.fault(fault).await;
    }

    /// The messages of a chat that have such a button.
    pub(crate) fn offering(&self, chat: i64, label: &str) -> Vec<Arc<SimMessage>> {
        self.chats.of(chat).filter(|message| offers(message, label)).cloned().collect()
    }

    /// Waits until a message of a chat has such a button.
    pub(crate) async fn offered(&mut self, chat: i64, label: &str) -> i64 {
        let found = async {
            loop {
                if let Some(message) = self.offering(chat, label).first() {
                    return message.message_id;
                }
                self.chats.catch_up(REST).await;
            }
        };
        let found = timeout(REST, found).await;
        found.unwrap_or_else(|_| panic!("no {label:?} in chat {chat}\n{}", self.home.log()))
    }

    /// People answer and stop what waits for them, until nothing is left to do, to say or to wait for.
    pub(crate) async fn rest(&mut self, random: &mut Random) {
        let begun = Instant::now();
        let mut pressed = HashMap::new();
        let mut books = Books::open(&self.home.database()).await;
        loop {
            self.chats.catch_up(GLANCE).await;
            self.answer(random, &mut pressed).await;
            if self.sim.wait_idle(Duration::ZERO).await.is_ok() && books.is_quiet().await {
                break;
            }
            assert!(
                begun.elapsed() < REST,
                "it finds no rest: {}\n{}",
                books.unrest().await,
                self.home.log()
            );
        }
        books.close().await;
        // The last deliveries: what they took away is offered no longer.
        self.chats.catch_up(Duration::ZERO).await;
        self.sim.clear_faults().await;
    }

    async fn answer(&mut self, random: &mut Random, pressed: &mut HashMap<(i64, i64), Instant>) {
        for place in (0..PLACES).map(Self::place) {
            let messages: Vec<_> = self.chats.of(place.chat).cloned().collect();
            for message in messages {
                let label = if offers(&message, "Allow") {
                    if random.in_percent(70) { "Allow" } else { "Deny" }
                } else if offers(&message, "This exact action") {
                    "This exact action"
                } else if offers(&message, "Stop") && message.content().contains("slow") {
                    "Stop"
                } else {
                    continue;
                };
                let key = (place.chat, message.message_id);
                if pressed.get(&key).is_none_or(|at: &Instant| at.elapsed() > IMPATIENCE) {
                    pressed.insert(key, Instant::now());
                    self.press(place, message.message_id, label).await;
                }
            }
        }
    }
}

const CONFIG: &str = "\
agents: [./agents]
workspaces: { work: { path: ./workspace } }
engines: { script: { type: script } }
access: { owners: [1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008] }
limits: { running_tasks: 8, task_timeout: 1m, approval_timeout: 1m }
";

/// The agents. What they did is in two files: `ledger`, one line for each run, and `allowed`, one for each run that
/// was allowed to go on.
fn agents(mark: &str) -> Vec<(&'static str, String)> {
    let ledger = format!(r#"- run: {{ command: ': {mark}; echo "$PROMPT" >> ledger', ask: false }}"#);
    let said = format!("- say: {} {{{{prompt}}}}", crate::reading::SAID);
    let join = |steps: &[&str]| steps.join("\n");
    vec![
        ("quick", join(&[&ledger, &said])),
        (
            "steps",
            join(&[
                "- think: First things first.",
                "- wait: 100ms",
                &ledger,
                "- wait: 100ms",
                &format!("- run: {{ command: ': {mark}; echo one; echo two', ask: false }}"),
                &said,
            ]),
        ),
        (
            "asks",
            join(&[
                &ledger,
                "- wait: 100ms",
                &format!(r#"- run: ': {mark}; echo "$PROMPT" >> allowed'"#),
                &said,
            ]),
        ),
        (
            "slow",
            format!(
                r#"- run: {{ command: 'echo "$PROMPT" >> ledger; setsid sleep {mark} & sleep {mark} & wait', ask: false }}"#
            ),
        ),
        ("fails", join(&[&ledger, "- fail: It is a bad day."])),
    ]
}

fn options() -> Options {
    let users: Vec<SimUser> = (0..8)
        .map(|index| {
            SimUser::new(OWNER + index, &format!("Person {index}"), &format!("person{index}"), "owner")
        })
        .collect();
    let chats =
        vec![SimChat::group(GROUP, "Group", &[OWNER]), SimChat::forum(FORUM, "Forum", &[OWNER], &["work"])];
    Options { users, chats, ..Options::default() }
}

/// A number of seconds that nothing else sleeps.
fn mark() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("2000.{:08}{:04}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}
