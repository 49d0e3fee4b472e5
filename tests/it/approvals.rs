//! Approvals: what is shown is what runs, once, for whoever may, in time.

use std::time::Duration;

use adjutant::playground::{ChatAction, ChatChange};

use crate::support::{API, LOUNGE, MALLORY, Plan, ROBIN, TEAM, World, YOU};

/// An agent that asks for two commands of one kind. Whether they succeed does not matter.
const TWICE: &str = "- run: { command: git status one, allow_failure: true }\n\
                     - run: { command: git status two, allow_failure: true }\n- say: Both are done.";

/// One that asks for a command which leaves a trace.
const TOUCH: &str = "- run: touch trace\n- say: The end.";

async fn touching() -> World {
    Plan::new().agent("touch", TOUCH).agent("other", TOUCH).start().await
}

async fn twice() -> World {
    Plan::new().agent("twice", TWICE).start().await
}

#[tokio::test]
async fn allowed_once_is_allowed_once() {
    let world = twice().await;
    let mut chat = world.private(YOU);
    chat.send("/agent twice go").await;
    chat.expect_new("git status one").await;
    chat.tap("Allow").await;
    chat.expect_toast("Allowed.").await;
    chat.expect_new("git status two").await;
    chat.tap("Allow").await;
    chat.expect_new("Both are done.").await;
}

#[tokio::test]
async fn denied_is_not_done() {
    let world = touching().await;
    let mut chat = world.private(YOU);
    chat.send("/agent touch go").await;
    chat.expect_new("touch trace").await;
    chat.tap("Deny").await;
    chat.expect_toast("Denied.").await;
    chat.expect_edit("✗ Denied by You").await;
    let answer = chat.expect_new("Not done: ").await;
    assert!(answer.text().contains("denied"), "{}", answer.text());
    assert_eq!(world.file("trace"), None);
}

#[tokio::test]
async fn always_this_exact_action_asks_again_for_another() {
    let world = twice().await;
    let mut chat = world.private(YOU);
    chat.send("/agent twice go").await;
    let first = chat.expect_new("git status one").await;
    chat.tap("Always…").await;
    let menu = chat.expect_edit("For the rest of this task").await;
    assert_eq!(menu.labels(), ["This exact action", "Commands like git status …", "Back"]);
    chat.tap("Back").await;
    let back = chat.expect_edit("Answer within").await;
    assert_eq!((back.id(), back.labels()), (first.id(), vec!["Allow", "Always…", "Deny"]));
    chat.tap("Always…").await;
    chat.tap("This exact action").await;
    chat.expect_toast("Allowed for the rest of this task.").await;
    chat.expect_new("git status two").await;
    chat.tap("Deny").await;
    chat.expect_new("Both are done.").await;
}

#[tokio::test]
async fn always_commands_like_it_does_not_ask_again() {
    let world = twice().await;
    let mut chat = world.private(YOU);
    chat.send("/agent twice go").await;
    chat.expect_new("git status one").await;
    chat.tap("Always…").await;
    chat.tap("Commands like git status …").await;
    chat.expect_new("Both are done.").await;
    let asked = chat.news().await.iter().filter(|seen| seen.text().contains("wants to run")).count();
    assert_eq!(asked, 0, "asked again");
    // The permission ends with its task.
    chat.send("/agent twice go").await;
    chat.expect_new("git status one").await;
}

#[tokio::test]
async fn nobody_answers_in_time() {
    let soon = Duration::from_millis(50);
    let world =
        Plan::new().agent("touch", TOUCH).limits(|limits| limits.approval_timeout = soon).start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent touch go").await;
    let card = chat.expect_new("touch trace").await;
    let expired = chat.expect_edit("✗ Expired").await;
    assert_eq!(expired.id(), card.id());
    let answer = chat.expect_new("Not done: ").await;
    assert!(answer.text().contains("nobody answered in time"), "{}", answer.text());
    chat.forge(card.id(), &card.data("Allow")).await;
    chat.expect_toast("Too late: this expired.").await;
    assert_eq!(world.file("trace"), None);
}

#[tokio::test]
async fn only_those_who_may_can_answer() {
    let mut plan = Plan::new().agent("touch", TOUCH);
    plan = plan.open_to(LOUNGE);
    let world = plan.start().await;
    let mut mallory = world.group(MALLORY, LOUNGE);
    mallory.send("/agent touch go").await;
    let card = mallory.expect_new("touch trace").await;
    // A guest asked for it, and a guest does not approve, nor does a member who did not ask.
    for user in [MALLORY, ROBIN] {
        let mut chat = world.group(user, LOUNGE);
        for label in ["Allow", "Always…", "Deny"] {
            chat.tap_on(card.id(), label).await;
            chat.expect_toast("Only an owner, or the member who asked for the task").await;
        }
    }
    assert_eq!(mallory.now(card.id()).await.labels(), ["Allow", "Always…", "Deny"], "nothing has happened");
    assert_eq!(world.file("trace"), None);
    let mut you = world.group(YOU, LOUNGE);
    you.tap_on(card.id(), "Allow").await;
    you.expect_toast("Allowed.").await;
    you.expect_new("The end.").await;
}

#[tokio::test]
async fn a_member_answers_for_their_own_tasks() {
    let world = touching().await;
    let mut robin = world.group(ROBIN, LOUNGE);
    robin.send("/agent touch go").await;
    let card = robin.expect_new("touch trace").await;
    let mut mallory = world.group(MALLORY, LOUNGE);
    mallory.tap_on(card.id(), "Allow").await;
    mallory.expect_toast("Only an owner").await;
    robin.tap_on(card.id(), "Allow").await;
    robin.expect_toast("Allowed.").await;
    robin.expect_new("The end.").await;
}

#[tokio::test]
async fn pressed_twice_counts_once() {
    let world = touching().await;
    let mut chat = world.private(YOU);
    chat.send("/agent touch go").await;
    let card = chat.expect_new("touch trace").await;
    let (allow, deny) = (card.data("Allow"), card.data("Deny"));
    chat.forge(card.id(), &allow).await;
    chat.expect_toast("Allowed.").await;
    for data in [&allow, &deny] {
        chat.forge(card.id(), data).await;
        chat.expect_toast("This was already answered.").await;
    }
    chat.send("/task 1").await;
    chat.expect_new("✓ Allowed by You").await;
}

#[tokio::test]
async fn forged_buttons_do_nothing() {
    let world = touching().await;
    let mut chat = world.private(YOU);
    chat.send("/agent touch go").await;
    let card = chat.expect_new("touch trace").await;
    let allow = card.data("Allow");
    for data in ["allow", "yes", "1a", "1a.x.y.z", "😀", &allow[..allow.len() - 2], &allow.to_uppercase()] {
        chat.forge(card.id(), data).await;
        chat.expect_toast("This button no longer works").await;
    }
    // The form is right, but the secret is another's.
    let parts: Vec<&str> = allow.split('.').collect();
    let secret = if parts[2] == "00000000" { "00000001" } else { "00000000" };
    chat.forge(card.id(), &[parts[0], parts[1], secret, parts[3]].join(".")).await;
    chat.expect_toast("This button does not belong here.").await;
    // No approval of this name.
    let nobody = "00000000000000000000000000000000";
    chat.forge(card.id(), &[parts[0], nobody, parts[2], parts[3]].join(".")).await;
    chat.expect_toast("This button does not belong here.").await;
    assert_eq!(chat.now(card.id()).await.labels(), ["Allow", "Always…", "Deny"]);
    assert_eq!(world.file("trace"), None);
}

#[tokio::test]
async fn a_button_works_only_in_its_own_chat() {
    let world = touching().await;
    let mut chat = world.private(YOU);
    chat.send("/agent touch go").await;
    let card = chat.expect_new("touch trace").await;
    let mut elsewhere = world.group(YOU, LOUNGE);
    elsewhere.send("/agent other go").await;
    let other = elsewhere.expect_new("touch trace").await;
    elsewhere.forge(other.id(), &card.data("Allow")).await;
    elsewhere.expect_toast("This button does not belong here.").await;
    elsewhere.settle().await;
    assert_eq!(chat.now(card.id()).await.labels(), ["Allow", "Always…", "Deny"]);
    assert_eq!(world.file("trace"), None);
}

#[tokio::test]
async fn a_long_action_comes_as_a_file_first() {
    let long = format!("echo {}\ntouch trace", "x".repeat(5_000));
    let steps = format!("- run: |\n    {}\n- say: The end.", long.replace('\n', "\n    "));
    let world = Plan::new().agent("long", &steps).start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent long go").await;
    let file = chat.expect_file("action.txt").await;
    let card = chat.expect_new("The whole action").await;
    assert!(file.id() < card.id(), "the buttons come after what they are about");
    assert!(file.labels().is_empty());
    assert!(chat.text_of(&file).await.contains(&long), "the file does not hold all of it");
    chat.tap("Allow").await;
    chat.expect_new("The end.").await;
    assert!(world.file("trace").is_some());
}

#[tokio::test]
async fn a_stopped_task_no_longer_waits_for_an_answer() {
    let world = touching().await;
    let mut chat = world.private(YOU);
    chat.send("/agent touch go").await;
    let card = chat.expect_new("touch trace").await;
    chat.send("/stop").await;
    let closed = chat.expect_edit("No longer needed: the task ended").await;
    assert_eq!(closed.id(), card.id());
    chat.expect_new("Stopped · touch").await;
    chat.forge(card.id(), &card.data("Allow")).await;
    chat.expect_toast("The task no longer waits for this.").await;
    chat.send("/approvals").await;
    chat.expect_new("Nothing waits for an answer.").await;
    assert_eq!(world.file("trace"), None);
}

#[tokio::test]
async fn a_card_that_is_gone_is_asked_anew_on_demand() {
    let world = touching().await;
    let mut chat = world.private(YOU);
    chat.send("/agent touch go").await;
    let card = chat.expect_new("wants to run a command").await;
    world.sim.delete(YOU, card.id()).await.unwrap();
    chat.send("/approvals").await;
    let again = chat.expect_new("wants to run a command").await;
    assert_eq!(again.labels(), ["Allow", "Always…", "Deny"]);
    chat.tap("Allow").await;
    let closed = chat.expect_edit("Allowed by").await;
    assert_eq!(closed.id(), again.id());
    chat.expect_edit("Done · touch").await;
    assert!(world.file("trace").is_some());
}

#[tokio::test]
async fn a_restart_interrupts_a_waiting_task_and_retry_asks_anew() {
    let mut world = touching().await;
    let mut chat = world.private(YOU);
    chat.send("/agent touch go").await;
    let card = chat.expect_new("touch trace").await;
    chat.look_away().await;
    world.restart().await;
    let told = chat.expect_new("Interrupted · touch · #1").await;
    let closed = chat.expect_edit("No longer needed").await;
    assert_eq!(closed.id(), card.id());
    chat.forge(card.id(), &card.data("Allow")).await;
    chat.expect_toast("The task no longer waits for this.").await;
    chat.tap_on(told.id(), "Retry").await;
    let anew = chat.expect_new("touch trace").await;
    assert_ne!(anew.id(), card.id());
    chat.tap_on(anew.id(), "Allow").await;
    chat.expect_new("The end.").await;
    assert!(world.file("trace").is_some());
}

#[tokio::test]
async fn an_approval_waits_for_a_chat_that_is_closed_to_the_bot() {
    let world = Plan::new().agent("touch", &format!("- ask: Now?\n{TOUCH}")).start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent touch go").await;
    chat.expect_new("Now?").await;
    chat.send("now").await;
    world.sim.chat(&ChatChange::new(ChatAction::Block, YOU)).await.unwrap();
    chat.look_away().await;
    world.sim.chat(&ChatChange::new(ChatAction::Unblock, YOU)).await.unwrap();
    chat.expect_new("touch trace").await;
    chat.tap("Allow").await;
    chat.expect_new("The end.").await;
}

#[tokio::test]
async fn words_are_no_consent() {
    let world = touching().await;
    let mut chat = world.private(YOU);
    chat.send("/agent touch go").await;
    let card = chat.expect_new("touch trace").await;
    for words in ["yes", "allow", "ok"] {
        chat.send(words).await;
        chat.expect_new("Queued · touch").await;
    }
    assert_eq!(chat.now(card.id()).await.labels(), ["Allow", "Always…", "Deny"]);
    assert_eq!(world.file("trace"), None);
}

#[tokio::test]
async fn an_approval_works_in_a_topic() {
    let world = touching().await;
    let mut topic = world.topic(ROBIN, TEAM, API);
    topic.send("/agent touch go").await;
    let card = topic.expect_new("touch trace").await;
    assert_eq!(card.topic(), Some(API));
    topic.tap_on(card.id(), "Allow").await;
    topic.expect_toast("Allowed.").await;
    assert_eq!(topic.expect_new("The end.").await.topic(), Some(API));
}
