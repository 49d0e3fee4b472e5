//! Chains and races, killed right before a commit of theirs and started again: no step is lost or runs twice unasked, and
//! of the worktrees just the kept one is left.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use adjutant::playground::SendText;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, Row};
use tokio::time::{Duration, Instant, sleep};

use crate::books::Books;
use crate::trap;
use crate::world::{GLANCE, Place, World};

/// The beginnings of the triggers that stop a chain.
pub(crate) const CHAIN: &[&str] = &[
    "BEFORE INSERT ON chains",
    "BEFORE INSERT ON tasks WHEN NEW.chain IS NOT NULL",
    "BEFORE UPDATE ON chains",
    "BEFORE UPDATE ON tasks WHEN NEW.chain IS NOT NULL AND NEW.phase = 'starting'",
    "BEFORE UPDATE ON tasks WHEN NEW.chain IS NOT NULL AND NEW.phase = 'finished'",
    "BEFORE INSERT ON tasks WHEN NEW.agent = 'right'",
    "BEFORE UPDATE ON chains WHEN NEW.steps LIKE '%succeeded%'",
    "BEFORE UPDATE ON chains WHEN NEW.state = 'succeeded'",
];

/// The beginnings of the triggers that stop a race.
pub(crate) const RACE: &[&str] = &[
    "BEFORE INSERT ON races",
    "BEFORE UPDATE ON races WHEN NEW.state LIKE '%running%'",
    "BEFORE INSERT ON worktrees",
    "BEFORE UPDATE ON worktrees WHEN NEW.state = 'made'",
    "BEFORE UPDATE ON tasks WHEN NEW.race IS NOT NULL AND NEW.phase = 'finished'",
    "BEFORE UPDATE ON worktrees WHEN NEW.state = 'open'",
    "BEFORE UPDATE ON races WHEN NEW.state LIKE '%deciding%'",
    "BEFORE UPDATE ON races WHEN NEW.over = 1",
    "BEFORE UPDATE ON worktrees WHEN NEW.state = 'kept'",
    "BEFORE UPDATE ON worktrees WHEN NEW.state = 'removed'",
];

/// How long it may take until all is over.
const OVER: Duration = Duration::from_secs(30);

/// Kills a chain right before a commit, then sees it through.
pub(crate) async fn die_in_chain(point: &str) {
    let mut team = Team::start().await;
    team.die("/chain left > right: job", point).await;
    team.until("SELECT count(*) FROM chains WHERE state = 'succeeded'", 1, point).await;
    let succeeded = "SELECT count(*) FROM tasks WHERE chain = 1 AND outcome = 'succeeded'";
    assert_eq!(team.count(succeeded).await, 2, "{point}\n{}", team.world.home.log());
    let others = "SELECT count(*) FROM tasks WHERE chain = 1 AND outcome = 'interrupted'";
    assert_eq!(team.count(others).await, team.retried, "{point}\n{}", team.world.home.log());
    assert_eq!(team.count("SELECT count(*) FROM tasks WHERE chain IS NULL").await, 0);
    team.world.kill().await;
}

/// Kills a race right before a commit, then sees it through.
pub(crate) async fn die_in_race(point: &str) {
    let mut team = Team::start().await;
    team.die("/race left, right: job", point).await;
    team.until("SELECT count(*) FROM races WHERE over = 1", 1, point).await;
    let under_way = "SELECT count(*) FROM worktrees WHERE state NOT IN ('kept', 'removed')";
    team.until(under_way, 0, point).await;
    let mut kept = team.names("SELECT name FROM worktrees WHERE state = 'kept'").await;
    kept.sort();
    let log = team.world.home.log();
    assert_eq!(team.directories(), kept, "{point}\n{log}");
    let branches: Vec<String> = kept.iter().map(|name| format!("adjutant/{name}")).collect();
    assert_eq!(team.branches(), branches, "{point}\n{log}");
    assert!(kept.len() <= 1, "{point}: {kept:?}");
    team.world.kill().await;
}

/// A world with two agents who change something, in a repository.
struct Team {
    world: World,
    place: Place,
    pressed: HashSet<(i64, &'static str)>,
    retried: i64,
}

impl Team {
    async fn start() -> Self {
        let mut world = World::start().await;
        world.kill().await;
        let folder = &world.home.folder;
        for name in ["left", "right"] {
            let steps = format!(
                "- write: {{ path: {name}.txt, content: '{{{{prompt}}}}', ask: false }}\n- say: Done."
            );
            world.home.furnish(&fs::read_to_string(folder.join("adjutant.yaml")).unwrap(), &[(name, steps)]);
        }
        let workspace = folder.join("workspace");
        git(&workspace, &["init", "--quiet"]);
        git(&workspace, &["commit", "--quiet", "--allow-empty", "--message", "First"]);
        world.serve();
        Self { world, place: World::place(0), pressed: HashSet::new(), retried: 0 }
    }

    /// Asks for something, kills Adjutant where the trap stops it, and starts it again.
    async fn die(&mut self, text: &str, point: &str) {
        let database = self.world.home.database();
        // It makes its tables when it starts.
        Books::open(&database).await.close().await;
        while self.count("SELECT count(*) FROM sqlite_master WHERE name = 'worktrees'").await == 0 {
            sleep(Duration::from_millis(20)).await;
        }
        trap::lay(&database, point).await;
        self.world.sim.send(&SendText::new(self.place.user, self.place.chat, text)).await.unwrap();
        let sprung = {
            let trapped = trap::sprung(&database);
            tokio::pin!(trapped);
            loop {
                tokio::select! {
                    sprung = &mut trapped => break sprung,
                    () = self.world.chats.catch_up(GLANCE) => self.press().await,
                }
            }
        };
        assert!(sprung, "nothing is written: {point}\n{}", self.world.home.log());
        self.world.kill().await;
        trap::remove(&database).await;
        self.world.serve();
    }

    /// Somebody who retries what failed, and keeps the first that can be kept. Each button once.
    async fn press(&mut self) {
        for label in ["Retry step", "Keep left", "Keep right"] {
            for message in self.world.offering(self.place.chat, label) {
                // The same step is offered on the chain's card and below why it failed.
                let card = message.content().contains("Chain") || label != "Retry step";
                let kept = self.pressed.iter().any(|(_, pressed)| pressed.starts_with("Keep"));
                if card
                    && !(kept && label.starts_with("Keep"))
                    && self.pressed.insert((message.message_id, label))
                {
                    self.world.press(self.place, message.message_id, label).await;
                    self.retried += i64::from(label == "Retry step");
                }
            }
        }
    }

    async fn until(&mut self, query: &str, wanted: i64, point: &str) {
        let begun = Instant::now();
        while self.count(query).await != wanted {
            assert!(begun.elapsed() < OVER, "{point}: {query} is not {wanted}\n{}", self.world.home.log());
            self.world.chats.catch_up(GLANCE).await;
            self.press().await;
        }
    }

    async fn count(&self, query: &str) -> i64 {
        let mut connection = self.open().await;
        let row = sqlx::query(AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        row.get(0)
    }

    async fn names(&self, query: &str) -> Vec<String> {
        let mut connection = self.open().await;
        let rows = sqlx::query(AssertSqlSafe(query)).fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    async fn open(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.world.home.database());
        SqliteConnection::connect_with(&options.busy_timeout(Duration::from_secs(5))).await.unwrap()
    }

    fn directories(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.world.home.folder.join("adjutant.db.worktrees")) else {
            return Vec::new();
        };
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn branches(&self) -> Vec<String> {
        let list = ["branch", "--list", "adjutant/*", "--format=%(refname:short)"];
        git(&self.world.home.folder.join("workspace"), &list).lines().map(str::to_owned).collect()
    }
}

fn git(directory: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.com"])
        .args(args)
        .current_dir(directory)
        .output()
        .unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
