//! Questions of an agent: answered by a button or in words, by whoever may, while the task runs.

use crate::support::{LOUNGE, MALLORY, Plan, ROBIN, World, YOU};

const ASK: &str =
    "- ask: { question: Which branch?, options: [main, next], into: branch }\n- say: 'on {{branch}}'";

async fn asking() -> World {
    Plan::new().agent("ask", ASK).parrot().open_to(LOUNGE).start().await
}

#[tokio::test]
async fn a_tap_answers() {
    let world = asking().await;
    let mut chat = world.private(YOU);
    let request = chat.send("/agent ask go").await;
    let question = chat.expect_new("Which branch?").await;
    assert_eq!(question.labels(), ["main", "next"]);
    assert_eq!(question.reply_to(), Some(request));
    assert!(question.rings());
    chat.expect_edit("Waiting for your answer").await;
    chat.tap("next").await;
    let answered = chat.expect_edit("✓ Answered: next").await;
    assert_eq!(answered.id(), question.id());
    assert!(answered.labels().is_empty());
    chat.expect_new("on next").await;
}

#[tokio::test]
async fn words_answer() {
    let world = asking().await;
    let mut chat = world.private(YOU);
    chat.send("/agent ask go").await;
    chat.expect_new("Which branch?").await;
    chat.send("a branch of my own").await;
    chat.expect_edit("✓ Answered: a branch of my own").await;
    chat.expect_new("on a branch of my own").await;
    // Words after the answer are a new request again.
    chat.send("go on").await;
    chat.expect_new("Which branch?").await;
}

#[tokio::test]
async fn an_answer_of_somebody_else_does_not_count() {
    let world = asking().await;
    let mut you = world.group(YOU, LOUNGE);
    you.send("/agent ask go").await;
    let question = you.expect_new("Which branch?").await;
    for user in [ROBIN, MALLORY] {
        let mut other = world.group(user, LOUNGE);
        other.tap_on(question.id(), "main").await;
        other.expect_toast("Only an owner, or whoever asked for the task").await;
        // Their words are a request of their own, which waits its turn.
        other.reply(question.id(), "main").await;
        other.expect_new("Queued · ask").await;
    }
    assert_eq!(you.now(question.id()).await.labels(), ["main", "next"]);
    you.tap_on(question.id(), "main").await;
    you.expect_new("on main").await;
}

#[tokio::test]
async fn after_the_end_there_is_nothing_to_answer() {
    let world = asking().await;
    let mut chat = world.private(YOU);
    chat.send("/agent ask go").await;
    let question = chat.expect_new("Which branch?").await;
    chat.send("/stop").await;
    let closed = chat.expect_edit("No longer needed: the task ended.").await;
    assert_eq!(closed.id(), question.id());
    chat.forge(question.id(), &question.data("main")).await;
    chat.expect_toast("This question can no longer be answered.").await;
    chat.send("/agent parrot hello").await;
    chat.expect_new("turn 1: hello").await;
}

#[tokio::test]
async fn a_question_of_a_task_that_a_restart_interrupted_is_closed() {
    let mut world = asking().await;
    let mut chat = world.private(YOU);
    chat.send("/agent ask go").await;
    let question = chat.expect_new("Which branch?").await;
    chat.look_away().await;
    world.restart().await;
    chat.expect_new("Interrupted · ask").await;
    let closed = chat.expect_edit("No longer needed: the task ended.").await;
    assert_eq!(closed.id(), question.id());
    chat.send("/agent parrot hello").await;
    chat.expect_new("turn 1: hello").await;
}

#[tokio::test]
async fn looking_around_does_not_lose_the_question() {
    let world = asking().await;
    let mut chat = world.private(YOU);
    chat.send("/agent ask go").await;
    chat.expect_new("Which branch?").await;
    chat.send("/status").await;
    chat.expect_new("Working on #1").await;
    chat.send("/whoami").await;
    chat.expect_new("Your user id").await;
    chat.send("next").await;
    chat.expect_new("on next").await;
}
