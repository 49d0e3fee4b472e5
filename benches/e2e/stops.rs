//! Two hundred stops of programs that want to go on: how long each takes, and what is left behind.
//!
//! Of the script engine, and of an agent that speaks ACP and ignores both cancel and `SIGTERM`. With
//! `ADJUTANT_BENCH_ACP` that agent is another command, which must carry out what stands in a prompt after `run: `.

use std::time::Duration;

use adjutant::playground::Tap;
use tokio::time::{Instant, sleep};

use crate::agent;
use crate::processes::with_mark;
use crate::report::Row;
use crate::rig::{Rig, Scale, person, until};
use crate::stats::Sample;

/// How many are stopped in all, for each engine.
const STOPS: usize = 200;

/// How many run at once: a few, so that they hardly disturb each other.
const AT_ONCE: usize = 10;

/// So many processes have the mark once all run: two shells and two sleeps.
const PROCESSES: usize = 4;

/// After so long, whatever is left has been left behind.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) async fn many(scale: Scale) -> Vec<Row> {
    let script = "- run: { command: 'sh -c \"$PROMPT\"', ask: false }".to_owned();
    let config = format!(
        "engines: {{ script: {{ type: script }}, acp: {{ type: acp, command: [{}] }} }}\n\
         limits: {{ running_tasks: 1000, living_sessions: 100 }}\n",
        acp_command().iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ")
    );
    let count = scale.of(STOPS);
    let mut rig = Rig::with(2 * count + 1, &[("stubborn", script)], &config).await;
    rig.serve().await;
    let mut rows = Vec::new();
    for (at, (agent, before)) in [("stubborn", ""), ("acp", agent::RUN)].into_iter().enumerate() {
        let people: Vec<i64> = (at * count..(at + 1) * count).map(person).collect();
        rows.extend(stopped(&rig, &format!("/agent {agent} {before}"), &people).await);
    }
    rig.end().await;
    rows
}

/// The bench's own agent, deaf to polite signals, or another.
fn acp_command() -> Vec<String> {
    match std::env::var("ADJUTANT_BENCH_ACP") {
        Ok(command) => command.split_whitespace().map(str::to_owned).collect(),
        Err(_) => {
            let deaf = format!("trap '' TERM INT HUP; exec \"$0\" {}", agent::ARGUMENT);
            let program = std::env::current_exe().unwrap().into_os_string().into_string().unwrap();
            vec!["sh".to_owned(), "-c".to_owned(), deaf, program]
        }
    }
}

/// Ignores `SIGTERM`, as do its grandchildren in a session of their own. Each has the mark.
fn command(mark: &str) -> String {
    format!(
        "trap '' TERM INT HUP; setsid sh -c 'trap \"\" TERM; sleep {mark}; sleep {mark}' & sleep {mark}; sleep {mark}"
    )
}

/// What only this person's processes have in their arguments.
fn mark(chat: i64) -> String {
    format!("{}{chat}", prefix())
}

fn prefix() -> String {
    format!("4000.{:08}", std::process::id())
}

/// How many processes each of these people has.
fn counts(people: &[i64]) -> Vec<usize> {
    let lines = with_mark(&prefix());
    let count = |chat: &i64| lines.iter().filter(|line| line.contains(&mark(*chat))).count();
    people.iter().map(count).collect()
}

async fn stopped(rig: &Rig, request: &str, people: &[i64]) -> Vec<Row> {
    let (mut times, mut left) = (Vec::new(), 0);
    for wave in people.chunks(AT_ONCE) {
        for chat in wave {
            rig.sim.say(*chat, *chat, &format!("{request}{}", command(&mark(*chat)))).unwrap();
        }
        let run = async || counts(wave).iter().all(|count| *count >= PROCESSES);
        until("their processes run", run).await;
        let begun: Vec<Instant> = wave.iter().map(|chat| stop(rig, *chat)).collect();
        let mut took: Vec<Option<Duration>> = vec![None; wave.len()];
        while took.contains(&None) && begun.iter().any(|begun| begun.elapsed() < PATIENCE) {
            for (at, count) in counts(wave).into_iter().enumerate() {
                if count == 0 {
                    took[at].get_or_insert(begun[at].elapsed());
                }
            }
            sleep(Duration::from_millis(2)).await;
        }
        left += counts(wave).iter().sum::<usize>();
        times.extend(took.into_iter().map(|took| took.unwrap_or(PATIENCE)));
    }
    let times = Sample::of(times);
    let what = format!("{} × {request}…: Stop pressed → whole process tree gone", people.len());
    vec![
        Row::at_most(format!("{what}, longest"), 3.0, times.longest().as_secs_f64(), "s"),
        Row::info("… p99", times.p99().as_secs_f64(), "s"),
        Row::info("… median", times.median().as_secs_f64(), "s"),
        Row::at_most("… processes left behind", 0.0, left as f64, ""),
    ]
}

/// Presses Stop; when that was.
fn stop(rig: &Rig, chat: i64) -> Instant {
    let card = rig.said(chat).first().map(|card| card.message_id).unwrap();
    rig.sim.tap(&Tap::label(chat, chat, card, "Stop")).unwrap();
    Instant::now()
}
