//! What is expected of every agent, in a chat. Each check says what it has seen, in a word or two.

use std::time::{Duration, Instant};

use crate::agent::Agent;
use crate::model::PLAN;
use crate::support::{Chat, Seen, World, mark, until};

/// A turn with a command that has to be allowed.
const CREATE: &str = "Say: I shall create x.txt.\nRun: echo hi > x.txt\nSay: The tool said: {result}.";

/// Gone within this time after Stop.
const STOPPED_WITHIN: Duration = Duration::from_secs(3);

/// Asks the agent.
async fn ask(chat: &mut Chat, agent: &Agent, script: &str) {
    chat.send(&format!("/agent {} {script}", agent.name)).await;
}

/// Asks the agent for a command and waits for the question whether it may run.
async fn asked(chat: &mut Chat, agent: &Agent, command: &str) -> Seen {
    ask(chat, agent, &format!("Say: I begin.\nRun: {command}\nSay: The tool said: {{result}}.")).await;
    let card = chat.expect_new("Starting").await;
    chat.expect_new(command).await;
    card
}

/// A prompt is answered.
pub(crate) async fn starts(agent: &Agent) -> String {
    let world = World::start(agent).await;
    let mut chat = world.chat();
    let begun = Instant::now();
    ask(&mut chat, agent, "Say: Hello from the model.").await;
    chat.expect_new("Hello from the model.").await;
    let took = begun.elapsed();
    chat.expect_edit("Done").await;
    world.end().await;
    format!("{:.1} s", took.as_secs_f64())
}

/// What it does is shown while it is at it, and what it has said by then is not lost.
pub(crate) async fn streams(agent: &Agent) -> String {
    let world = World::start(agent).await;
    let mut chat = world.chat();
    let command = format!("echo > started; sleep {}", mark());
    asked(&mut chat, agent, &command).await;
    chat.tap("Allow").await;
    chat.expect_edit("▸ ").await;
    until("the command starts", || world.file("started").is_some()).await;
    chat.send("/stop").await;
    chat.expect_new("I begin.").await;
    world.end().await;
    "yes".to_owned()
}

/// A command that is allowed runs; the agent is told of its result.
pub(crate) async fn allowed(agent: &Agent) -> String {
    let world = World::start(agent).await;
    let mut chat = world.chat();
    ask(&mut chat, agent, CREATE).await;
    chat.expect_new("echo hi > x.txt").await;
    assert_eq!(world.file("x.txt"), None, "it did not wait for the answer");
    chat.tap("Allow").await;
    chat.expect_toast("Allowed.").await;
    chat.expect_new("The tool said: ").await;
    chat.expect_edit("Done").await;
    assert_eq!(world.file("x.txt").as_deref(), Some("hi\n"));
    world.end().await;
    "allow".to_owned()
}

/// A command that is denied does not run; the task ends all the same, and the session goes on.
pub(crate) async fn denied(agent: &Agent) -> String {
    let world = World::start(agent).await;
    let mut chat = world.chat();
    ask(&mut chat, agent, CREATE).await;
    chat.expect_new("echo hi > x.txt").await;
    chat.tap("Deny").await;
    chat.expect_toast("Denied.").await;
    chat.expect_edit("Denied by").await;
    chat.expect_edit(agent.after_denial).await;
    assert_eq!(world.file("x.txt"), None);
    chat.send("Recall:").await;
    chat.expect_new("Earlier: Say I shall create x.txt.").await;
    world.end().await;
    "deny".to_owned()
}

/// Stop in the middle of a tool ends the task, the command and the program.
pub(crate) async fn stopped(agent: &Agent) -> String {
    let world = World::start(agent).await;
    let mut chat = world.chat();
    let command = format!("echo > started; sleep {}", mark());
    let card = asked(&mut chat, agent, &command).await;
    chat.tap("Allow").await;
    until("the command starts", || world.file("started").is_some()).await;
    chat.tap_on(card.id(), "Stop").await;
    chat.expect_toast("Stopping.").await;
    let begun = Instant::now();
    chat.expect_new("Stopped").await;
    until("all its processes end", || world.processes().is_empty()).await;
    let took = begun.elapsed();
    world.end().await;
    let shown = format!("{:.1} s", took.as_secs_f64());
    if took > STOPPED_WITHIN { format!("late: {shown}") } else { shown }
}

/// After a `kill -9` of Adjutant in the middle of a tool, the next message continues the session.
pub(crate) async fn resumed(agent: &Agent) -> String {
    let mut world = World::start(agent).await;
    let mut chat = world.chat();
    ask(&mut chat, agent, "Say: I keep the word plum.").await;
    chat.expect_new("I keep the word plum.").await;
    chat.expect_edit("Done").await;
    let command = format!("echo > started; sleep {}", mark());
    asked(&mut chat, agent, &command).await;
    chat.tap("Allow").await;
    until("the command starts", || world.file("started").is_some()).await;
    world.kill().await;
    chat.look_away().await;
    world.serve();
    chat.expect_new("Interrupted").await;
    chat.send("Recall:").await;
    let answer = chat.expect_new("Earlier:").await;
    assert!(answer.text().contains("Say I keep the word plum."), "another session: {}", answer.text());
    world.end().await;
    "yes".to_owned()
}

/// The agent's plan stands on the card.
pub(crate) async fn plans(agent: &Agent) -> String {
    let world = World::start(agent).await;
    let mut chat = world.chat();
    let command = format!("echo > started; sleep {}", mark());
    ask(&mut chat, agent, &format!("Plan:\nRun: {command}")).await;
    chat.expect_new(&command).await;
    chat.tap("Allow").await;
    chat.expect_edit(PLAN).await;
    world.end().await;
    "yes".to_owned()
}

/// What it cost stands on the card in the end.
pub(crate) async fn costs(agent: &Agent) -> String {
    let world = World::start(agent).await;
    let mut chat = world.chat();
    ask(&mut chat, agent, "Say: Hello from the model.").await;
    let card = chat.expect_edit("Done").await;
    world.end().await;
    let parts = card.text().split(" · ").filter(|part| part.contains('$') || part.contains("token"));
    let parts: Vec<&str> = parts.collect();
    assert!(!parts.is_empty(), "neither cost nor tokens on the card: {}", card.text());
    parts.join(", ")
}

/// Whoever is not logged in is told so, and what to do.
pub(crate) async fn logged_out(agent: &Agent) -> String {
    let world = World::logged_out(agent).await;
    let mut chat = world.chat();
    ask(&mut chat, agent, "Say: Hello from the model.").await;
    let failed = chat.expect_new("Failed").await;
    assert!(failed.text().contains("in a terminal"), "no word of how to log in: {}", failed.text());
    world.end().await;
    "yes".to_owned()
}
