//! `adjutant tasks`: listed, shown, and their logs, read beside a working bot.

use std::sync::Arc;

use adjutant::domain::action::ProposedAction;
use adjutant::domain::agent::{AgentSpec, Dialect, Source};
use adjutant::domain::approval::{Approval, ApprovalStatus};
use adjutant::domain::card::Totals;
use adjutant::domain::event::{Ending, TaskEvent, Usage};
use adjutant::domain::history::HistoryEntry;
use adjutant::domain::ids::{
    ApprovalId, ChatId, MessageId, Place, RunId, TaskId, Timestamp, TopicId, UserId,
};
use adjutant::domain::press::Nonce;
use adjutant::domain::task::{Outcome, Phase, Task};
use adjutant::store::{DatabaseLocation, NewTask, Store};
use insta::assert_snapshot;
use serde_json::json;
use uuid::Uuid;

use crate::support::{Desk, fits};

/// 2008-01-10 21:20:00 UTC: so long ago that the number of days since has four digits, now and until 2035.
const ASKED: Timestamp = Timestamp(1_200_000_000_000);
const RUN: RunId = RunId(Uuid::nil());

pub(crate) async fn open(desk: &Desk) -> Store {
    Store::open(&DatabaseLocation::File(desk.path().join("adjutant.db"))).await.unwrap()
}

fn later(seconds: i64) -> Timestamp {
    Timestamp(ASKED.0 + seconds * 1_000)
}

async fn ask(store: &Store, agent: &str, prompt: &str, created_at: Timestamp) -> Task {
    let new = NewTask {
        place: Place { chat: ChatId(-100_333), topic: Some(TopicId(7)) },
        requester: UserId(111),
        request: Some(MessageId(1)),
        agent: Arc::new(AgentSpec::new(
            agent,
            "Works.",
            Source { path: "agent.md".into(), dialect: Dialect::ClaudeCode },
        )),
        engine: "script".to_owned(),
        workspace: "api".to_owned(),
        prompt: prompt.to_owned(),
        files: Vec::new(),
        resume: None,
        part: adjutant::domain::task::Part::Alone,
        created_at,
    };
    let mut tx = store.begin().await.unwrap();
    let task = tx.insert_task(&new).await.unwrap();
    tx.commit().await.unwrap();
    task
}

/// Ends a task in its 65th second, after one approval.
async fn finish(store: &Store, task: &Task, outcome: Outcome) {
    let mut tx = store.begin().await.unwrap();
    let ended = Task {
        phase: Phase::Finished(outcome),
        started_at: Some(later(1)),
        ended_at: Some(later(66)),
        ..task.clone()
    };
    tx.insert_run(RUN, task.id, "script", later(1)).await.unwrap();
    let action = ProposedAction::Command {
        command: "cargo test".to_owned(),
        cwd: "/srv/api".to_owned(),
        env: Vec::new(),
    };
    let approval = Approval {
        id: ApprovalId(Uuid::nil()),
        task: task.id,
        run: RUN,
        request: "r".to_owned(),
        place: task.place,
        requester: task.requester,
        agent: task.agent.clone(),
        fingerprint: action.fingerprint(),
        action,
        nonce: Nonce(1),
        asked_at: later(2),
        deadline: later(900),
        status: ApprovalStatus::Open,
    };
    tx.insert_approval(&approval).await.unwrap();
    let status =
        ApprovalStatus::Granted { by: UserId(111), name: "Ada".to_owned(), at: later(9), rule: None };
    tx.save_approval(&Approval { status, ..approval.clone() }).await.unwrap();
    tx.save_task(&ended, &task.phase).await.unwrap();
    let usage = Usage { cost_usd: Some(0.125), tokens: Some(3_400) };
    let totals = Totals { elapsed: std::time::Duration::ZERO, steps: 9, usage };
    tx.save_totals(task.id, &totals).await.unwrap();
    let moved = |moved| HistoryEntry::Task { moved };
    tx.append_history(task.id, later(1), &[moved(TaskEvent::Started { run: RUN })]).await.unwrap();
    let asked = HistoryEntry::Asked { approval: approval.id, payload: approval.action.payload() };
    tx.append_history(task.id, later(2), &[asked]).await.unwrap();
    let said = HistoryEntry::Said { markdown: "Fixed.\u{1b}[31m".to_owned() };
    let done = moved(TaskEvent::Ended { run: RUN, ending: Ending::Completed });
    tx.append_history(task.id, later(66), &[said, done]).await.unwrap();
    tx.commit().await.unwrap();
}

/// Three tasks; the bot that made them is still at work.
async fn busy() -> (Desk, Store) {
    let desk = Desk::new();
    let store = open(&desk).await;
    let first = ask(&store, "reviewer", "fix the failing test\nand \u{1b}[2Jsay why", ASKED).await;
    finish(&store, &first, Outcome::Succeeded).await;
    let second = ask(&store, "a-name-that-goes-on-and-on", &"word ".repeat(40), later(60)).await;
    let failed = Outcome::Failed { reason: "there is no test".to_owned() };
    let failed = Task { phase: Phase::Finished(failed), ended_at: Some(later(70)), ..second.clone() };
    let mut tx = store.begin().await.unwrap();
    tx.save_task(&failed, &second.phase).await.unwrap();
    tx.commit().await.unwrap();
    let now = Timestamp(jiff::Timestamp::now().as_millisecond());
    ask(&store, "echo", "hello", Timestamp(now.0 - 125 * 60 * 1_000)).await;
    (desk, store)
}

/// Without the number of days, which grows.
fn undated(text: &str) -> String {
    let days = (jiff::Timestamp::now().as_millisecond() - ASKED.0) / 86_400_000;
    text.replace(&format!("{days} d ago"), "DAYS d ago").replace(&format!("{} d ago", days - 1), "DAYS d ago")
}

#[tokio::test]
async fn tasks_are_listed_newest_first_while_a_bot_works() {
    let (desk, _store) = busy().await;
    let listed = desk.run("tasks list").fine();
    assert!(fits(&listed), "{listed}");
    assert_snapshot!(undated(&listed));
}

#[tokio::test]
async fn the_list_has_pages() {
    let (desk, _store) = busy().await;
    let first = desk.run("tasks list --limit 2").fine();
    assert!(first.ends_with("\nOlder ones: adjutant tasks list --before 2\n"), "{first}");
    let second = desk.run("tasks list --limit 2 --before #2").fine();
    assert_eq!(second.lines().count(), 2, "{second}");
    assert!(second.contains("fix the failing test and [2Jsay why"), "{second}");
    assert_eq!(desk.run("tasks list --before 1").fine(), "No task is older than #1.\n");
}

#[tokio::test]
async fn the_list_is_json_too() {
    let (desk, _store) = busy().await;
    let page = desk.run("tasks list --limit 2 --json").json();
    assert_eq!(page["older_before"], 2);
    let states: Vec<_> = page["tasks"].as_array().unwrap().iter().map(|task| &task["state"]).collect();
    assert_eq!(states, ["queued", "failed"]);
    assert_eq!(page["tasks"][1]["reason"], "there is no test");
    let last = desk.run("tasks list --before 2 --json").json();
    let expected = json!({
        "tasks": [{
            "id": 1, "state": "succeeded", "reason": null, "agent": "reviewer", "engine": "script",
            "workspace": "api", "chat": -100_333, "topic": 7, "requester": 111,
            "prompt": "fix the failing test\nand \u{1b}[2Jsay why",
            "created_at": "2008-01-10T21:20:00.000Z", "created_at_ms": ASKED.0,
            "started_at": "2008-01-10T21:20:01.000Z", "started_at_ms": ASKED.0 + 1_000,
            "ended_at": "2008-01-10T21:21:06.000Z", "ended_at_ms": ASKED.0 + 66_000,
            "steps": 9, "cost_usd": 0.125, "tokens": 3_400,
        }],
        "older_before": null,
    });
    assert_eq!(last, expected);
}

#[tokio::test]
async fn a_task_is_shown() {
    let (desk, _store) = busy().await;
    let shown = desk.run("tasks show 1").fine();
    assert!(!shown.contains('\u{1b}'), "the terminal is left alone");
    assert_snapshot!(undated(&shown));
    assert_snapshot!(undated(&desk.run("tasks show #2").fine()));
}

#[tokio::test]
async fn a_shown_task_is_json_too() {
    let (desk, _store) = busy().await;
    let shown = desk.run("tasks show 1 --json").json();
    assert_eq!((&shown["id"], &shown["state"]), (&json!(1), &json!("succeeded")));
    let approvals = json!([{
        "status": "granted", "by": 111, "by_name": "Ada",
        "asked_at": "2008-01-10T21:20:02.000Z", "asked_at_ms": ASKED.0 + 2_000,
        "deadline": "2008-01-10T21:35:00.000Z", "deadline_ms": ASKED.0 + 900_000,
        "action": { "kind": "command", "command": "cargo test", "cwd": "/srv/api" },
    }]);
    assert_eq!(shown["approvals"], approvals);
}

#[tokio::test]
async fn a_log_reads_from_top_to_bottom() {
    let (desk, _store) = busy().await;
    assert_snapshot!(desk.run("tasks log 1").fine());
}

#[tokio::test]
async fn an_unknown_task_is_a_failure() {
    let (desk, store) = busy().await;
    assert_eq!(store.task(TaskId(9)).await.unwrap(), None);
    for command in ["tasks show 9", "tasks show 9 --json", "tasks log 9"] {
        let told = desk.run(command).refused(1);
        assert_eq!(told, "adjutant: there is no task #9; `adjutant tasks list` shows those there are\n");
    }
}

#[test]
fn without_a_database_a_way_out_is_told() {
    let desk = Desk::new();
    let told = desk.run("tasks list").refused(1);
    assert_eq!(told, "adjutant: there is no database at adjutant.db yet; `adjutant serve` makes it\n");
    let told = desk.run_with("tasks list", &[("DATABASE_URL", "sqlite::memory:")]).refused(1);
    assert!(told.contains("only the running bot can see its tasks"), "{told}");
}

#[tokio::test]
async fn a_database_without_tasks_says_so() {
    let desk = Desk::new();
    open(&desk).await.close().await;
    assert_eq!(desk.run("tasks list").fine(), "There are no tasks yet.\n");
    assert_eq!(desk.run("tasks list --json").json(), json!({ "tasks": [], "older_before": null }));
}
