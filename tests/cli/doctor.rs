//! `adjutant doctor`: what is well, what is wrong, and the way out.

use adjutant::playground::{Options, Playground};
use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Desk, KEY, Ran};

const OFFLINE: &str = "doctor --offline";

/// A desk with nothing to complain about.
fn tidy() -> Desk {
    let desk = Desk::new();
    desk.put(
        "adjutant.yaml",
        "workspaces: { api: { path: . } }\naccess: { members: [222], chats: [-100333] }\n",
    );
    desk
}

fn line_of<'r>(ran: &'r Ran, check: &str) -> &'r str {
    let found = ran.out.lines().find(|line| line.split_whitespace().nth(1) == Some(check));
    found.unwrap_or_else(|| panic!("nothing about {check}: {ran:?}"))
}

#[test]
fn what_is_well_has_a_line_each() {
    assert_snapshot!(tidy().run(OFFLINE).fine());
}

#[test]
fn what_is_wrong_has_a_line_each_with_a_way_out() {
    let desk = Desk::new();
    desk.put(".env", "DATABASE_URL=sqlite://missing/adjutant.db\n");
    desk.put("adjutant.yaml", "agents: [./none]\nworkspaces: { api: { path: ./api } }\n");
    let ran = desk.run(OFFLINE);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    assert_snapshot!(ran.out);
}

#[test]
fn a_broken_agent_is_a_warning() {
    let desk = tidy();
    desk.put("agents/broken.md", "---\nname: broken\n");
    let ran = desk.run(OFFLINE);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        line_of(&ran, "agents"),
        "warn  agents         1 agent, 1 file broken → `adjutant agents check` says why"
    );
}

#[test]
fn a_group_alone_leaves_nobody_to_approve() {
    let desk = Desk::new();
    desk.put(".env", "");
    desk.put("adjutant.yaml", "access: { chats: [-100333] }\n");
    let ran = desk.run(OFFLINE);
    assert!(line_of(&ran, "access").starts_with("warn  access         everybody in 1 group, but nobody can"));
}

#[test]
fn a_wrong_configuration_is_one_line_per_problem_and_nothing_else() {
    let desk = tidy();
    desk.put(".env", &format!("TELOXIDE_TOKEN=bot{KEY}\nADJUTANT_OWNERS=me\n"));
    let ran = desk.run(OFFLINE);
    assert_eq!((ran.code, ran.err.as_str()), (2, ""));
    assert_snapshot!(ran.out);
    let ran = desk.run("doctor --offline --json");
    assert_eq!(ran.code, 2);
    assert_eq!(ran.json()["ok"], false);
    assert_eq!(ran.json()["checks"].as_array().unwrap().len(), 2);
}

#[test]
fn findings_are_json_too() {
    let desk = tidy();
    desk.put(".env", "");
    let ran = desk.run("doctor --offline --json");
    assert_eq!(ran.code, 1);
    let report = ran.json();
    assert_eq!(report["ok"], false);
    let token = json!({
        "check": "token", "status": "fail", "text": "there is none",
        "remedy": "get one from @BotFather (/newbot) and set TELOXIDE_TOKEN in .env",
    });
    assert_eq!(report["checks"][1], token);
    let access = json!({
        "check": "access", "status": "ok", "text": "0 owners, 1 member, 1 group", "remedy": null,
    });
    assert_eq!(report["checks"].as_array().unwrap().last().unwrap(), &access);
}

#[tokio::test]
async fn the_database_is_looked_at_also_while_a_bot_works_with_it() {
    let desk = tidy();
    let store = crate::tasks::open(&desk).await;
    let ran = desk.run(OFFLINE);
    assert_eq!(line_of(&ran, "database"), "ok    database       adjutant.db, mode 0600, schema current");
    store.close().await;
    desk.mode("adjutant.db", 0o644);
    let ran = desk.run(OFFLINE);
    assert_eq!(
        line_of(&ran, "database"),
        "warn  database       adjutant.db is open to other users of this computer (mode 0644) → chmod 600 adjutant.db"
    );
}

#[test]
fn a_file_that_is_no_database_is_a_failure() {
    let desk = tidy();
    desk.put("adjutant.db", &"this is a text, and long enough to be taken for a header ".repeat(9));
    let ran = desk.run(OFFLINE);
    assert_eq!(ran.code, 1);
    assert!(line_of(&ran, "database").starts_with("fail  database       adjutant.db: "), "{ran:?}");
}

#[test]
fn looking_leaves_nothing_behind() {
    let desk = tidy();
    desk.run(OFFLINE).fine();
    let mut left: Vec<String> = std::fs::read_dir(desk.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, [".env", "adjutant.yaml", "agents"]);
}

/// The doctor's answer about a token that a server knows under `key`.
async fn asked(key: &str) -> Ran {
    let options = Options { token: format!("123456:{key}"), ..Options::default() };
    let server = Playground::start(options).await.unwrap();
    let url = server.url();
    let ran = tokio::task::spawn_blocking(move || {
        tidy().run_with("doctor", &[("TELOXIDE_API_URL", &url), ("RUST_LOG", "trace")])
    })
    .await
    .unwrap();
    server.stop().await;
    ran
}

#[tokio::test]
async fn telegram_is_asked_who_the_bot_is_and_the_token_never_shows() {
    // That the token shows nowhere, traces included, is checked for every run.
    let ran = asked(KEY).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(line_of(&ran, "token"), "ok    token          @adjutant_demo_bot (id 123456)");
}

#[tokio::test]
async fn a_token_that_telegram_refuses_is_a_failure() {
    let ran = asked("another-key-of-more-than-thirty-letters").await;
    assert_eq!(ran.code, 1);
    assert_eq!(
        line_of(&ran, "token"),
        "fail  token          Telegram refuses it → check TELOXIDE_TOKEN, or ask @BotFather for a new one (/token)"
    );
}
