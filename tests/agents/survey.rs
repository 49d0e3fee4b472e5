//! What each agent does here, as a table for `docs/engines.md`. `all.sh` installs the agents and asks for it.
//!
//! A check that fails is a "no" in the table and fails nothing; its panic is in the output.

use std::collections::HashMap;
use std::future::Future;

use crate::agent::others::{CLAUDE_ACP, GEMINI, OPENCODE, VIBE};
use crate::agent::{Agent, CLAUDE, CODEX};
use crate::checks;

static AGENTS: [Agent; 6] = [CLAUDE, CODEX, GEMINI, OPENCODE, VIBE, CLAUDE_ACP];

const HEAD: &str = "| engine | version | start | stream | permission | cancel | resume | plan | cost | login |\n\
                    |---|---|---|---|---|---|---|---|---|---|\n";

/// How often a session is resumed.
const RESUMES: usize = 3;

/// `ADJUTANT_TEST_TABLE` is the file to write; `ADJUTANT_TEST_VERSIONS` the agents to try, as `name=version` and spaces.
#[tokio::test]
async fn table() {
    let file = std::env::var("ADJUTANT_TEST_TABLE").expect("ADJUTANT_TEST_TABLE must name a file");
    let versions = std::env::var("ADJUTANT_TEST_VERSIONS").expect("ADJUTANT_TEST_VERSIONS must name agents");
    let versions: HashMap<&str, &str> =
        versions.split_whitespace().filter_map(|pair| pair.split_once('=')).collect();
    let mut table = HEAD.to_owned();
    for agent in &AGENTS {
        if let Some(version) = versions.get(agent.name) {
            table.push_str(&row(agent, version).await);
            std::fs::write(&file, &table).unwrap();
        }
    }
}

async fn row(agent: &'static Agent, version: &str) -> String {
    let start = tried(checks::starts(agent)).await;
    let stream = tried(checks::streams(agent)).await;
    let (allow, deny) = (tried(checks::allowed(agent)).await, tried(checks::denied(agent)).await);
    let cancel = tried(checks::stopped(agent)).await;
    let resume = repeated(agent).await;
    let plan = tried(checks::plans(agent)).await;
    let cost = tried(checks::costs(agent)).await;
    let login = tried(checks::logged_out(agent)).await;
    let permission = match (allow.as_deref(), deny.as_deref()) {
        (Some(_), Some(_)) => Some("yes".to_owned()),
        (Some(one), None) | (None, Some(one)) => Some(format!("{one} only")),
        (None, None) => None,
    };
    let cells = [start, stream, permission, cancel, resume, plan, cost, login];
    let cells: Vec<String> = cells.into_iter().map(|cell| cell.unwrap_or_else(|| "no".to_owned())).collect();
    format!("| {} | {version} | {} |\n", agent.name, cells.join(" | "))
}

/// How often a session goes on, where it does not always or never: one agent's depends on the minute of the clock.
async fn repeated(agent: &'static Agent) -> Option<String> {
    let mut seen = Vec::new();
    for _ in 0..RESUMES {
        seen.extend(tried(checks::resumed(agent)).await);
    }
    match seen.len() {
        RESUMES => seen.pop(),
        0 => None,
        times => Some(format!("{times} of {RESUMES}")),
    }
}

/// What a check has seen; nothing when it failed.
async fn tried(check: impl Future<Output = String> + Send + 'static) -> Option<String> {
    tokio::spawn(check).await.ok()
}
