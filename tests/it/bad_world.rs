//! Broken agents, lost workspaces, programs that misbehave: told, and of no harm to anything else.

use std::fs;
use std::process::Command;

use adjutant::config::Database;

use crate::engine::support::eventually;
use crate::support::{Plan, YOU, mark, processes_with};

#[tokio::test]
async fn a_broken_agent_file_breaks_nothing_else() {
    let world = Plan::new()
        .parrot()
        .file("broken.md", "---\nname: [broken\ndescription: x\n---\nHello.")
        .file("binary.md", vec![0xFF, 0xFE, 0x00, 0xC3])
        .file("notes.txt", "no agent")
        .start()
        .await;
    let mut chat = world.private(YOU);
    chat.send("/agents").await;
    let list = chat.expect_new("parrot").await;
    assert!(list.text().contains("could not be loaded"), "{}", list.text());
    assert!(list.text().contains("adjutant agents check"), "{}", list.text());
    chat.send("/agent parrot one").await;
    chat.expect_new("turn 1: one").await;
}

#[tokio::test]
async fn an_agent_that_its_engine_cannot_run_says_why() {
    let world = Plan::new()
        .parrot()
        .agent("typo", "- sya: Hello")
        .file("prose.md", "---\nname: prose\ndescription: x\nengine: script\n---\nJust prose.")
        .file("other.md", "---\nname: other\ndescription: x\nengine: warp\n---\nProse.")
        .start()
        .await;
    let mut chat = world.private(YOU);
    for (agent, why) in
        [("typo", "sya"), ("prose", "yaml steps"), ("other", "engine warp, which is not configured")]
    {
        chat.send(&format!("/agent {agent} go")).await;
        let told = chat.expect_new(&format!("{agent} cannot run: ")).await;
        assert!(told.text().contains(why), "{}", told.text());
    }
    chat.send("/status").await;
    chat.expect_new("Nothing is running here").await;
}

#[tokio::test]
async fn a_workspace_that_vanished_is_told() {
    let world = Plan::new().parrot().agent("run", "- run: { command: ls, ask: false }").start().await;
    let mut chat = world.private(YOU);
    chat.settle().await;
    fs::remove_dir_all(world.workspace("demo")).unwrap();
    chat.send("/agent run go").await;
    let told = chat.expect_new("Failed · run").await;
    assert!(told.text().contains("is not there any more; choose another with /workspace"), "{}", told.text());
}

#[tokio::test]
async fn a_command_that_prints_a_hundred_megabytes_does_no_harm() {
    let command = "yes 0123456789012345678901234567890123456789 | head -c 100000000";
    let steps = format!("- run: {{ command: '{command}', ask: false }}\n- say: It printed a lot.");
    let world = Plan::new().agent("loud", &steps).start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent loud go").await;
    chat.expect_new("It printed a lot.").await;
    chat.tap("Log").await;
    let log = chat.expect_file("log-1.txt").await;
    let log = chat.text_of(&log).await;
    assert!(log.contains("0123456789"), "{log}");
    assert!(log.len() < 1_000_000, "{} bytes", log.len());
}

#[tokio::test]
async fn output_that_is_no_text_does_no_harm() {
    let steps = "- run: { command: 'head -c 100000 /dev/urandom; printf \"\\0\\033[31m\\377\\n\"', ask: false }\n\
                 - say: It printed noise.";
    let world = Plan::new().agent("noise", steps).start().await;
    let mut chat = world.private(YOU);
    chat.send("/settings").await;
    chat.expect_new("While an agent works").await;
    chat.tap("Full").await;
    chat.expect_edit("its thoughts and its output").await;
    chat.send("/agent noise go").await;
    chat.expect_new("It printed noise.").await;
    chat.tap("Log").await;
    chat.expect_file("log-1.txt").await;
}

#[tokio::test]
async fn a_command_that_fails_ends_the_task_with_its_exit_code() {
    let world =
        Plan::new().agent("fail", "- run: { command: exit 3, ask: false }\n- say: never").start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent fail go").await;
    let failed = chat.expect_new("Failed · fail").await;
    assert!(failed.text().contains("exit 3"), "{}", failed.text());
}

#[tokio::test]
async fn no_secret_reaches_the_chat_or_a_command() {
    let world = Plan::new()
        .agent("env", "- run: { command: env > env.txt, ask: false }\n- send: env.txt")
        .start()
        .await;
    let mut chat = world.private(YOU);
    chat.send("/agent env go").await;
    let file = chat.expect_file("env.txt").await;
    let variables = chat.text_of(&file).await;
    assert!(!variables.contains("PLAYGROUND-token"), "{variables}");
    assert!(!variables.contains("CARGO"), "more than a command needs: {variables}");
}

#[tokio::test]
async fn what_an_earlier_run_left_behind_is_gone_before_anything_runs() {
    let mark = mark();
    let mut world = Plan::new().parrot().start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent parrot one").await;
    chat.expect_new("turn 1: one").await;
    world.end().await;
    let Database::File(database) = &world.config.database else { unreachable!("worlds have files") };
    let records = format!("{}.processes", database.display());
    assert_eq!(fs::read_dir(&records).unwrap().count(), 0, "a record is left");
    // As a guard leaves it that was killed together with Adjutant.
    let tree = "0123456789abcdef0123456789abcdef";
    fs::write(format!("{records}/{tree}"), "").unwrap();
    let mut left = Command::new("sleep").arg(&mark).env("ADJUTANT_TREE", tree).spawn().unwrap();
    eventually("it sleeps", || processes_with(&mark) == 1).await;
    world.begin();
    chat.send("/agent parrot two").await;
    chat.expect_new("turn 2: two").await;
    assert_eq!(processes_with(&mark), 0, "it is still there");
    left.wait().unwrap();
    assert_eq!(fs::read_dir(&records).unwrap().count(), 0);
}
