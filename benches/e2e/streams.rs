//! A thousand tasks at work at once, each with more than thirty events a second.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::report::Row;
use crate::rig::{Rig, Scale, memory, person, until};

/// How many pieces each answer has; the script engine says one every 30 ms.
const PIECES: usize = 280;

/// What each of them says in the end.
const DONE: &str = "The stream has ended.";

pub(crate) async fn many(scale: Scale) -> Vec<Row> {
    let count = scale.of(1000);
    let steps = format!("- say: \"{}{DONE}\"", "word ".repeat(PIECES * 5));
    let rig = Rig::started(count + 1, &[("stream", steps)]).await;
    let idle = memory(rig.pid());
    for at in 0..count {
        rig.sim.say(person(at), person(at), "/agent stream go").unwrap();
    }
    until("all have their cards", async || (0..count).all(|at| !rig.said(person(at)).is_empty())).await;
    // All are at work, and some seconds into it.
    sleep(Duration::from_secs(3)).await;
    let busy = memory(rig.pid());
    let known = rig.sim.calls(0).next;
    let begun = Instant::now();
    sleep(Duration::from_secs(2)).await;
    let calls = rig.sim.calls(known).calls;
    let edits = calls.iter().filter(|call| call.method == "editMessageText").count();
    let edits = edits as f64 / begun.elapsed().as_secs_f64();
    let ended = |at: &usize| rig.said(person(*at)).iter().any(|message| message.content().ends_with(DONE));
    until("all have answered", async || (0..count).all(|at| ended(&at))).await;
    let missed = (0..count).filter(|at| !ended(at)).count();
    let after = memory(rig.pid());
    rig.end().await;
    let per_task = (busy - idle) * 1e6 / 1024.0 / count as f64;
    vec![
        Row::at_most("1,000 tasks with 33 events/s each: memory for a task", 60.0, per_task, "KiB"),
        Row::at_most("… answers missed", 0.0, missed as f64, ""),
        Row::at_most("… edits in all chats (Telegram takes about 30)", 30.0, edits, "per second"),
        Row::info("… memory at work", busy, "MB"),
        Row::info("… memory afterwards", after, "MB"),
    ]
}
