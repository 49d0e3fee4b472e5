//! How SQLite goes about the statements: every checked one is in `.sqlx`.

use super::*;

/// Statements that may go through a whole table: once a day, or once in a group's life.
const RARE: &[&str] = &[
    "UPDATE approvals SET chat",
    "DELETE FROM posts WHERE chat",
    "DELETE FROM outbox WHERE id IN",
    "DELETE FROM updates WHERE update_id IN",
];

/// Steps of a plan that go through as much as they are given, or through a partial index of what is unfinished.
const SMALL: &[&str] = &[
    "VIRTUAL TABLE",
    "SCAN failed",
    "USING INDEX outbox_pending",
    "USING INDEX tasks_unfinished",
    "USING INDEX approvals_open",
    "USING INDEX updates_pending",
    "INDEX races_under_way",
    "USING INDEX worktrees_unsettled",
];

fn checked_statements() -> Vec<String> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    let statement = |path: &Path| -> String {
        let file: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        file["query"].as_str().unwrap().to_owned()
    };
    std::fs::read_dir(dir).unwrap().map(|entry| statement(&entry.unwrap().path())).collect()
}

async fn plan(store: &Store, statement: &str) -> Vec<String> {
    let sql = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
    let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(sql).fetch_all(&store.readers).await.unwrap();
    rows.into_iter().map(|(_, _, _, step)| step).collect()
}

#[tokio::test]
async fn no_statement_goes_through_a_whole_table() {
    let store = memory().await;
    let statements = checked_statements();
    assert!(statements.len() > 30, "found only {}", statements.len());
    for statement in statements.iter().filter(|sql| !RARE.iter().any(|rare| sql.starts_with(rare))) {
        for step in plan(&store, statement).await {
            let small = SMALL.iter().any(|known| step.contains(known));
            assert!(!step.contains("SCAN") || small, "{step}: {statement}");
        }
    }
}

#[tokio::test]
async fn hot_lists_use_their_indexes() {
    let store = memory().await;
    let statements = checked_statements();
    let cases = [
        ("FROM tasks WHERE chat = ?1 AND topic = ?2 AND id < ?3", "USING INDEX tasks_place"),
        ("FROM tasks WHERE id < ?1", "USING INTEGER PRIMARY KEY"),
        ("ORDER BY queue_rank, id", "tasks_unfinished"),
        ("FROM updates\n               WHERE status = 'pending'", "updates_pending"),
        ("FROM outbox WHERE status = 'pending' ORDER BY", "USING INDEX outbox_pending"),
        ("status = 'open' AND chat = ?1", "USING INDEX approvals_open"),
        ("FROM usage_hours WHERE chat = ?1 AND hour >= ?2", "USING PRIMARY KEY (chat=? AND hour>?)"),
        ("FROM runs WHERE task = ?1", "USING INDEX runs_task"),
    ];
    for (part, index) in cases {
        let found: Vec<&String> = statements.iter().filter(|sql| sql.contains(part)).collect();
        assert!(!found.is_empty(), "no statement has {part}");
        for statement in found {
            let steps = plan(&store, statement).await;
            assert!(steps.iter().any(|step| step.contains(index)), "{steps:?}: {statement}");
            let paged = part.contains("id <");
            assert!(!paged || !steps.iter().any(|step| step.contains("TEMP B-TREE")), "{steps:?}");
        }
    }
}
