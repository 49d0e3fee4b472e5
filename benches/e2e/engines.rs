//! What Adjutant costs beside a real engine: from its event to the call of the Bot API, and memory for its sessions.

use std::time::Duration;

use adjutant::playground::{EventKind, SimMessage, Tap};
use tokio::time::timeout;

use crate::agent::{self, time_in};
use crate::report::Row;
use crate::rig::{PATIENCE, Rig, Scale, memory, person, until};
use crate::stats::{Sample, ms};

/// How many sessions live at once.
const SESSIONS: usize = 50;

/// A rig with the bench's own agent as its engine, which may keep so many sessions.
async fn rig(people: usize, living: usize) -> Rig {
    let program = std::env::current_exe().unwrap();
    let engines = format!(
        "engines: {{ clock: {{ type: acp, command: [{:?}, {}] }} }}\n\
         limits: {{ running_tasks: 1000, living_sessions: {living}, idle_session: 1h }}\n",
        program,
        agent::ARGUMENT
    );
    let mut rig = Rig::with(people, &[], &engines).await;
    rig.serve().await;
    rig
}

/// From what the agent says to the message that Telegram is sent: an approval, and the answer.
pub(crate) async fn overhead(scale: Scale) -> Vec<Row> {
    let count = scale.of(500);
    let rig = rig(count + 1, 8).await;
    let (mut approvals, mut answers) = (Vec::new(), Vec::new());
    for at in 0..count {
        let chat = person(at);
        rig.sim.say(chat, chat, "/agent clock what time is it?").unwrap();
        let (asked, card) = told(&rig, chat, "Deny").await;
        approvals.push(asked);
        rig.sim.tap(&Tap::label(chat, chat, card, "Deny")).unwrap();
        answers.push(told(&rig, chat, "").await.0);
    }
    rig.end().await;
    let (approvals, answers) = (Sample::of(approvals), Sample::of(answers));
    vec![
        Row::at_most("engine's event → call of the Bot API, approval, p99", 15.0, ms(approvals.p99()), "ms"),
        Row::info("… median", ms(approvals.median()), "ms"),
        Row::at_most("engine's event → call of the Bot API, answer, p99", 15.0, ms(answers.p99()), "ms"),
        Row::info("… median", ms(answers.median()), "ms"),
    ]
}

/// Waits for a new message that holds a time and, if one is named, a button; how long ago that time was then.
async fn told(rig: &Rig, chat: i64, button: &str) -> (Duration, i64) {
    let mut seq = 0;
    let found = async {
        loop {
            for event in rig.sim.wait_event(seq).await {
                let heard = agent::now();
                seq = event.seq;
                if event.chat_id == chat
                    && let EventKind::Message { message } = event.kind
                    && message.from.is_bot
                    && (has_button(&message, button)
                        || (button.is_empty() && message.content().contains("Answered")))
                    && let Some(said) = time_in(message.content())
                {
                    let nanos = u64::try_from(heard.saturating_sub(said)).unwrap();
                    return (Duration::from_nanos(nanos), message.message_id);
                }
            }
        }
    };
    timeout(PATIENCE, found).await.unwrap_or_else(|_| panic!("nothing was told: {}", rig.home.log()))
}

fn has_button(message: &SimMessage, label: &str) -> bool {
    message.buttons().any(|button| button.text == label)
}

/// Adjutant's own memory while so many sessions live; that of the agents is theirs.
pub(crate) async fn sessions(scale: Scale) -> Vec<Row> {
    let count = scale.of(SESSIONS);
    let rig = rig(count + 1, count).await;
    for at in 0..count {
        let chat = person(at);
        rig.sim.say(chat, chat, "/agent clock what time is it?").unwrap();
        let (_, card) = told(&rig, chat, "Deny").await;
        rig.sim.tap(&Tap::label(chat, chat, card, "Deny")).unwrap();
    }
    // The cards are folded at the pace of Telegram.
    let ended = |at| rig.said(person(at)).iter().any(|message| has_button(message, "Retry"));
    until("all tasks have ended", async || (0..count).all(ended)).await;
    let used = memory(rig.pid());
    let living = crate::processes::with_mark(agent::ARGUMENT).len();
    rig.end().await;
    vec![
        Row::at_most(format!("memory with {count} live sessions"), 40.0, used, "MB"),
        Row::at_least("… processes of agents and guards that live", count as f64, living as f64, ""),
    ]
}
