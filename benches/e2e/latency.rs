//! How long people wait, one after the other: for the first message, for the answer, and beside a chat that is banned.

use std::time::Duration;

use adjutant::playground::{Fault, SimMessage};

use crate::report::Row;
use crate::rig::{Rig, Scale, person, until};
use crate::stats::{Sample, ms};

/// The agent that answers at once.
fn echo() -> [(&'static str, String); 1] {
    [("echo", "- say: \"{{prompt}}\"".to_owned())]
}

/// From the update to the first message, each in a chat of its own, so that no pace is in the way.
pub(crate) async fn first_message(scale: Scale) -> Vec<Row> {
    let count = scale.of(1000);
    let rig = Rig::started(count + 1, &echo()).await;
    let mut answers = Vec::new();
    let mut cards = Vec::new();
    for at in 0..count {
        answers.push(rig.ask(person(at), "/whoami").await);
    }
    for at in 0..count {
        let chat = person(at);
        cards.push(rig.ask(chat, "/agent echo hi").await);
        // One after the other: what is measured is how long a person waits, not how much fits at once.
        until("the task has ended", async || rig.said(chat).iter().any(|m| offers_retry(m))).await;
    }
    rig.end().await;
    let (answers, cards) = (Sample::of(answers), Sample::of(cards));
    vec![
        Row::at_most("command in → first message out, `/whoami`, median", 1.5, ms(answers.median()), "ms"),
        Row::at_most("… p99", 10.0, ms(answers.p99()), "ms"),
        Row::at_most("… `/agent echo hi`, median", 1.5, ms(cards.median()), "ms"),
        Row::at_most("… p99", 10.0, ms(cards.p99()), "ms"),
    ]
}

fn offers_retry(message: &SimMessage) -> bool {
    message.buttons().any(|button| button.text == "Retry")
}

/// From the prompt to the answer of an engine that answers at once.
pub(crate) async fn final_answer(scale: Scale) -> Vec<Row> {
    let count = scale.of(500);
    let rig = Rig::started(count + 1, &echo()).await;
    let mut answers = Vec::new();
    for at in 0..count {
        let prompt = format!("answer number {at}");
        let is_answer = |message: &SimMessage| message.content() == prompt;
        answers.push(rig.ask_until(person(at), &format!("/agent echo {prompt}"), is_answer).await);
    }
    rig.end().await;
    let answers = Sample::of(answers);
    vec![
        Row::at_most(
            "prompt → answer, engine that answers at once, median",
            15.0,
            ms(answers.median()),
            "ms",
        ),
        Row::info("… p99", ms(answers.p99()), "ms"),
    ]
}

/// What a ban of ten seconds in one chat costs the others.
pub(crate) async fn under_a_ban(scale: Scale) -> Vec<Row> {
    let count = scale.of(1000);
    let rig = Rig::started(count + 2, &[]).await;
    let banned = person(count);
    let before = round(&rig, count / 2, 0).await;
    rig.sim.fault(Fault::ban(banned, 10_000)).unwrap();
    let asked = tokio::time::Instant::now();
    rig.sim.say(banned, banned, "/whoami").unwrap();
    let during = round(&rig, count / 2, count / 2).await;
    assert!(asked.elapsed() < Duration::from_secs(10), "the ban was over before the others were measured");
    let waited = until("the banned chat is served", async || !rig.said(banned).is_empty()).await;
    let waited = waited + (asked.elapsed() - waited);
    rig.end().await;
    let (before, during) = (Sample::of(before), Sample::of(during));
    let added = ms(during.p99()) - ms(before.p99());
    vec![
        Row::at_most("one chat banned for 10 s: delay in the others, p99", 50.0, added.max(0.0), "ms"),
        Row::at_most("… longest wait of all in the others", 50.0, ms(during.longest()), "ms"),
        Row::info("… the banned chat itself waited", waited.as_secs_f64(), "s"),
    ]
}

async fn round(rig: &Rig, count: usize, from: usize) -> Vec<Duration> {
    let mut times = Vec::new();
    for at in from..from + count {
        times.push(rig.ask(person(at), "/whoami").await);
    }
    times
}
