//! What must hold whenever everything has come to rest: in the chats, in the database, and among the processes.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

use adjutant::playground::TranscriptMessage;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, FromRow};
use tokio::time::{Instant, sleep};

use crate::processes;
use crate::reading::{Meaning, Notice, is_folded, is_open, meaning};
use crate::world::{PLACES, Wish, World};

/// How long the system may take to bury the processes of a dead Adjutant.
const BURIAL: Duration = Duration::from_secs(5);

/// How long making the database may take.
const MAKING: Duration = Duration::from_secs(10);

/// The database, read beside the program.
pub(crate) struct Books {
    connection: SqliteConnection,
}

/// A task, as the database has it.
#[derive(Debug, FromRow)]
pub(crate) struct TaskRow {
    pub(crate) id: i64,
    pub(crate) chat: i64,
    pub(crate) request_message: i64,
    pub(crate) agent: String,
    pub(crate) prompt: String,
    pub(crate) outcome: Option<String>,
    pub(crate) started_at: Option<i64>,
}

const OPEN: &str = "\
SELECT 'update ' || update_id AS what FROM updates WHERE status = 'pending'
UNION ALL SELECT 'task ' || id || ' ' || phase FROM tasks WHERE phase <> 'finished'
UNION ALL SELECT 'message ' || id || ' to ' || chat || ' about ' || coalesce(subject, 'nothing') FROM outbox
    WHERE status = 'pending'";

impl Books {
    pub(crate) async fn open(database: &Path) -> Self {
        let begun = Instant::now();
        loop {
            match Self::try_open(database).await {
                Ok(books) => return books,
                // The program may be making it just now.
                Err(_) if begun.elapsed() < MAKING => sleep(Duration::from_millis(20)).await,
                Err(error) => {
                    let log = text_of(&database.with_file_name("log"));
                    panic!("the database cannot be read: {error}\n{log}");
                }
            }
        }
    }

    async fn try_open(database: &Path) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new().filename(database).read_only(true);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        sqlx::query(OPEN).fetch_all(&mut connection).await?;
        Ok(Self { connection })
    }

    pub(crate) async fn close(self) {
        self.connection.close().await.unwrap();
    }

    /// Whether nothing is left to apply, to run or to deliver.
    pub(crate) async fn is_quiet(&mut self) -> bool {
        sqlx::query(OPEN).fetch_optional(&mut self.connection).await.unwrap().is_none()
    }

    /// What is left.
    pub(crate) async fn unrest(&mut self) -> String {
        let open: Vec<String> = sqlx::query_scalar(OPEN).fetch_all(&mut self.connection).await.unwrap();
        open.join(", ")
    }

    /// All tasks.
    pub(crate) async fn tasks(&mut self) -> Vec<TaskRow> {
        let query =
            "SELECT id, chat, request_message, agent, prompt, outcome, started_at FROM tasks ORDER BY id";
        sqlx::query_as(query).fetch_all(&mut self.connection).await.unwrap()
    }

    async fn failures(&mut self) -> Vec<String> {
        let query = "\
            SELECT 'update ' || update_id || ' failed: ' || error FROM updates WHERE status = 'failed'
            UNION ALL SELECT 'message ' || id || ' failed: ' || error FROM outbox WHERE status = 'failed'";
        sqlx::query_scalar(query).fetch_all(&mut self.connection).await.unwrap()
    }
}

impl World {
    /// Checks everything; panics with all that is wrong. Returns what there was, in a few words.
    pub(crate) async fn check(&mut self, when: &str) -> String {
        let mut books = Books::open(&self.home.database()).await;
        let tasks = books.tasks().await;
        let mut wrong = books.failures().await;
        books.close().await;
        self.chats.catch_up(Duration::ZERO).await;
        self.check_work(&tasks, &mut wrong);
        let mut repeated = 0;
        for chat in (0..PLACES).map(|index| Self::place(index).chat) {
            let tally = self.tally(chat, &tasks).await;
            wrong.extend(tally.wrong.into_iter().map(|problem| format!("chat {chat}: {problem}")));
            let before = self.repeated.insert(chat, tally.repeated).unwrap_or(0);
            if tally.repeated > before + self.excuses {
                let (new, may) = (tally.repeated - before, self.excuses);
                wrong.push(format!("chat {chat}: {new} messages repeated, only {may} may be"));
            }
            repeated += tally.repeated;
        }
        self.excuses = 0;
        if self.home.log().contains("panicked") {
            wrong.push("something panicked".to_owned());
        }
        wrong.extend(self.orphans().await);
        assert!(wrong.is_empty(), "{when}:\n{}\n\n{}", wrong.join("\n"), self.home.log());
        let mut outcomes = BTreeMap::new();
        for task in &tasks {
            *outcomes.entry(task.outcome.as_deref().unwrap_or("none")).or_insert(0) += 1;
        }
        format!("{} commands, outcomes {outcomes:?}, {repeated} messages repeated", self.asked.len())
    }

    /// No command lost, none executed twice, nothing done that was not allowed.
    fn check_work(&self, tasks: &[TaskRow], wrong: &mut Vec<String>) {
        let mut by_request: HashMap<(i64, i64), Vec<&TaskRow>> = HashMap::new();
        for task in tasks {
            by_request.entry((task.chat, task.request_message)).or_default().push(task);
        }
        let ran = Lines::of(&text_of(&self.home.folder.join("workspace/ledger")));
        let went_on = Lines::of(&text_of(&self.home.folder.join("workspace/allowed")));
        wrong.extend(ran.twice().map(|prompt| format!("{prompt} ran twice")));
        wrong.extend(went_on.twice().map(|prompt| format!("{prompt} went on twice")));
        for asked in &self.asked {
            let Wish::Task(prompt) = &asked.what else { continue };
            match by_request.get(&(asked.chat, asked.message)).map(Vec::as_slice) {
                Some([task]) if task.prompt == *prompt => {
                    if task.outcome.as_deref() == Some("succeeded") && !ran.has(prompt) {
                        wrong.push(format!("{prompt} succeeded, but did not run"));
                    }
                }
                found => wrong.push(format!("{prompt} became {found:?}")),
            }
        }
        let allowed = self.allowed_prompts(tasks);
        for prompt in went_on.0.keys().filter(|prompt| !allowed.contains(prompt.as_str())) {
            wrong.push(format!("{prompt} went on without being allowed"));
        }
    }

    /// The prompts of the tasks that somebody allowed to go on.
    fn allowed_prompts<'t>(&self, tasks: &'t [TaskRow]) -> HashSet<&'t str> {
        let request_of = |chat: i64, message: i64| {
            let approval = self.chats.of(chat).find(|known| known.message_id == message)?;
            Some(approval.reply_to_message.as_ref()?.message_id)
        };
        let requests: HashSet<(i64, i64)> = self
            .allowed
            .iter()
            .filter_map(|(chat, message)| Some((*chat, request_of(*chat, *message)?)))
            .collect();
        tasks
            .iter()
            .filter(|task| requests.contains(&(task.chat, task.request_message)))
            .map(|task| task.prompt.as_str())
            .collect()
    }

    /// Every task and every command answered in a chat; and how many messages were repeated in it.
    async fn tally(&self, chat: i64, tasks: &[TaskRow]) -> Tally {
        let transcript = self.sim.transcript(Some(chat)).await;
        let said: Vec<&TranscriptMessage> =
            transcript.messages.iter().filter(|message| message.message.from.is_bot).collect();
        let mut tally = Tally { repeated: 0, wrong: Vec::new() };
        let mut about: HashMap<i64, Vec<(Meaning, &TranscriptMessage)>> = HashMap::new();
        let mut notices: HashMap<Notice, usize> = HashMap::new();
        for message in said {
            match (meaning(message), &message.message.reply_to_message) {
                (Meaning::Notice(notice), _) => *notices.entry(notice).or_default() += 1,
                (meaning, Some(request)) => {
                    about.entry(request.message_id).or_default().push((meaning, message));
                }
                (_, None) => tally.wrong.push(format!("nobody asked for {:?}", message.message.content())),
            }
        }
        for task in tasks.iter().filter(|task| task.chat == chat) {
            tally.task(task, about.get(&task.request_message).map_or(&[], Vec::as_slice));
        }
        for (command, notice) in Notice::COMMANDS {
            let wanted = |what: &Wish| matches!(what, Wish::Answer(wanted) if *wanted == notice);
            let asked = self.count(chat, wanted);
            tally.count(command, asked, notices.get(&notice).copied().unwrap_or(0));
        }
        let stopped = |task: &&TaskRow| task.chat == chat && task.outcome.as_deref() == Some("stopped");
        let stopped = tasks.iter().filter(stopped).count();
        let stops = self.count(chat, |what| matches!(what, Wish::Stop));
        let idle = notices.get(&Notice::NothingToStop).copied().unwrap_or(0);
        if idle + stopped < stops {
            tally.wrong.push(format!("{stops} times /stop: {stopped} tasks stopped, {idle} answers"));
        }
        tally.repeated += idle.saturating_sub(stops);
        tally
    }

    fn count(&self, chat: i64, what: impl Fn(&Wish) -> bool) -> usize {
        self.asked.iter().filter(|asked| asked.chat == chat && what(&asked.what)).count()
    }

    /// Nothing of a task is left once it has ended.
    async fn orphans(&self) -> Vec<String> {
        let mut left = Vec::new();
        for _ in 0..BURIAL.as_millis() / 50 {
            left = processes::with_mark(&self.mark);
            if left.is_empty() {
                break;
            }
            sleep(Duration::from_millis(50)).await;
        }
        left.into_iter().map(|line| format!("left behind: {line}")).collect()
    }
}

/// What is wrong in one chat, and how many of its messages were repeated.
struct Tally {
    repeated: usize,
    wrong: Vec<String>,
}

impl Tally {
    /// One task: its card folded, its outcome told.
    fn task(&mut self, task: &TaskRow, said: &[(Meaning, &TranscriptMessage)]) {
        let name = format!("#{} ({} {})", task.id, task.agent, task.prompt);
        let of = |wanted: Meaning| said.iter().filter(move |(meaning, _)| *meaning == wanted);
        let cards: Vec<_> = of(Meaning::Card).collect();
        let folded = cards.iter().filter(|(_, card)| is_folded(&card.message)).count();
        self.count(&format!("folded card of {name}"), 1, folded);
        self.repeated += cards.len() - folded;
        // A task that never ran says with its card all that there is to say.
        let finals = usize::from(task.started_at.is_some());
        if task.outcome.as_deref() == Some("succeeded") {
            self.count(&format!("answer of {name}"), finals, of(Meaning::Answer).count());
            self.count(&format!("failure of {name}"), 0, of(Meaning::Unsuccessful).count());
        } else {
            self.count(&format!("end of {name}"), finals, of(Meaning::Unsuccessful).count());
            self.repeated += of(Meaning::Answer).count().saturating_sub(1);
        }
        let approvals: Vec<_> = of(Meaning::Approval).collect();
        self.repeated += approvals.len().saturating_sub(1);
        let open = approvals.iter().filter(|(_, approval)| is_open(&approval.message)).count();
        if open > 0 && open == approvals.len() {
            self.wrong.push(format!("{name} has ended, and can still be allowed"));
        }
        for (_, message) in of(Meaning::Other) {
            self.wrong.push(format!("{name} led to {:?}", message.message.content()));
        }
    }

    fn count(&mut self, what: &str, wanted: usize, found: usize) {
        if found < wanted || wanted == 0 && found > 0 {
            self.wrong.push(format!("{what}: {found} instead of {wanted}"));
        }
        self.repeated += found.saturating_sub(wanted);
    }
}

/// The lines of a file, counted.
struct Lines(BTreeMap<String, usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let mut lines = BTreeMap::new();
        for line in text.lines() {
            *lines.entry(line.to_owned()).or_insert(0) += 1;
        }
        Self(lines)
    }

    fn has(&self, line: &str) -> bool {
        self.0.contains_key(line)
    }

    fn twice(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, count)| **count > 1).map(|(line, _)| line.as_str())
    }
}

fn text_of(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_default()
}
