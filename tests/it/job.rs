//! The main job: an agent works, asks, and brings the result where it was asked for.

use crate::support::{Plan, World, YOU};

#[tokio::test]
async fn the_tour_from_beginning_to_end() {
    let mut world = World::start().await;
    let mut chat = world.private(YOU);
    let request = chat.send("/agent tour hello").await;
    let card = chat.expect_new("Starting").await;
    assert_eq!(card.reply_to(), Some(request));
    assert!(!card.rings());
    assert_eq!(card.labels(), ["Stop"]);

    let question = chat.expect_new("How shall it begin?").await;
    assert!(question.rings());
    chat.tap("Ahoy!").await;
    let write = chat.expect_new("tour wants to write a file").await;
    assert!(write.rings());
    assert_eq!(write.labels(), ["Allow", "Always…", "Deny"]);
    let waiting = chat.expect_edit("Waiting for your approval").await;
    assert_eq!(waiting.id(), card.id(), "the card is one message");
    assert_eq!(world.file("adjutant-tour.md"), None, "nothing is written unasked");
    chat.tap("Allow").await;
    chat.expect_toast("Allowed.").await;
    let allowed = chat.expect_edit("Allowed by").await;
    assert_eq!(allowed.id(), write.id());
    assert!(allowed.labels().is_empty());

    chat.expect_new("tour wants to run a command").await;
    chat.tap("Allow").await;
    let answer = chat.expect_new("That was the tour").await;
    assert!(answer.rings(), "the result is a new message, so that the phone rings");
    assert_eq!(answer.reply_to(), Some(request));
    let folded = chat.expect_edit("Done · tour").await;
    assert_eq!(folded.id(), card.id());
    assert_eq!(folded.labels(), ["Retry", "Log"]);
    let note = chat.expect_file("adjutant-tour.md").await;
    let note = chat.text_of(&note).await;
    assert!(note.starts_with("Ahoy!") && note.contains("You asked: hello"), "{note}");

    chat.tap("Log").await;
    let log = chat.expect_file("log-1.txt").await;
    let log = chat.text_of(&log).await;
    for line in ["ls -la", "adjutant-tour.md", "date; cat", "A script wrote this"] {
        assert!(log.contains(line), "{line:?} is missing:\n{log}");
    }

    world.restart().await;
    chat.send("/tasks").await;
    chat.expect_new("#1 ✓ tour").await;
    chat.tap("#1").await;
    let detail = chat.expect_new("#1 ✓ Done · tour").await;
    for line in ["hello", "It asked for:", "Write", "Allowed by", "date; cat"] {
        assert!(detail.text().contains(line), "{line:?} is missing:\n{}", detail.text());
    }
    chat.send("/task").await;
    chat.expect_new("#1 ✓ Done").await;
}

#[tokio::test]
async fn every_screen_of_the_tour() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent tour hello").await;
    chat.expect_edit("Waiting for your answer").await;
    chat.expect_new("How shall it begin?").await;
    let mut screens = vec![chat.screen().await];
    chat.tap("Dear team,").await;
    chat.expect_edit("Write adjutant-tour.md").await;
    chat.expect_new("wants to write a file").await;
    chat.expect_edit("Answered").await;
    screens.push(chat.screen().await);
    chat.tap("Allow").await;
    chat.expect_edit("Allowed by").await;
    chat.expect_new("wants to run a command").await;
    chat.expect_edit("Run date").await;
    screens.push(chat.screen().await);
    chat.tap("Allow").await;
    chat.expect_edit("Allowed by").await;
    chat.expect_edit("Done · tour").await;
    chat.expect_file("adjutant-tour.md").await;
    screens.push(chat.screen().await);
    insta::assert_snapshot!(screens.join("----------------------------------------\n\n"));
}

#[tokio::test]
async fn a_tour_that_is_denied_everything_still_ends_well() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent tour hello").await;
    chat.expect_new("How shall it begin?").await;
    chat.send("Hi,").await;
    for wanted in ["tour wants to write a file", "tour wants to run a command"] {
        chat.expect_new(wanted).await;
        chat.tap("Deny").await;
    }
    let answer = chat.expect_new("That was the tour").await;
    for line in [
        "Not done: Write adjutant-tour.md (denied).",
        "Not done: Run date; cat adjutant-tour.md (denied).",
        "you said “Hi,”",
        "Not sent: adjutant-tour.md is not there.",
    ] {
        assert!(answer.text().contains(line), "{line:?} is missing:\n{}", answer.text());
    }
    chat.expect_edit("Done · tour").await;
    assert_eq!(world.file("adjutant-tour.md"), None);
}

#[tokio::test]
async fn retry_runs_the_same_request_as_a_new_task() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    let request = chat.send("/agent parrot sing").await;
    chat.expect_new("turn 1: sing").await;
    chat.expect_edit("Done · parrot").await;
    chat.tap("Retry").await;
    chat.expect_toast("Running it again.").await;
    let answer = chat.expect_new("turn 2: sing").await;
    assert_eq!(answer.reply_to(), Some(request));
    chat.send("/task 2").await;
    chat.expect_new("#2 ✓ Done · parrot").await;
}

#[tokio::test]
async fn retry_pressed_twice_runs_once() {
    let world = Plan::new().agent("hold", "- ask: Go on?\n- fail: No.").start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent hold go").await;
    chat.expect_new("Go on?").await;
    chat.send("yes").await;
    let failed = chat.expect_new("No.").await;
    chat.tap_on(failed.id(), "Retry").await;
    chat.tap_on(failed.id(), "Retry").await;
    chat.expect_toast("It runs again already, as #2.").await;
    chat.settle().await;
    chat.send("/task 3").await;
    chat.expect_new("There is no task #3 here").await;
}

#[tokio::test]
async fn a_failure_says_why_and_offers_to_retry() {
    let world =
        Plan::new().agent("fail", "- say: I began\n- fail: The moon is in the wrong house.").start().await;
    let mut chat = world.private(YOU);
    let request = chat.send("/agent fail hello").await;
    chat.expect_new("I began").await;
    let failed = chat.expect_new("The moon is in the wrong house.").await;
    assert!(failed.rings());
    assert_eq!(failed.reply_to(), Some(request));
    assert_eq!(failed.labels(), ["Retry", "Log"]);
    chat.expect_edit("Failed · fail").await;
}
