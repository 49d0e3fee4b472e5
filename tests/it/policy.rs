//! What an agent's file permits, from the chat's side: what is denied is told with its line, what is allowed asks nobody.

use std::time::Duration;

use crate::support::{Plan, World, YOU};

/// An agent with more in its frontmatter, each key on a line of its own: after `name` (2), `description` (3) and
/// `engine` (4).
async fn defined(keys: &str, steps: &str) -> World {
    let text = format!(
        "---\nname: reviewer\ndescription: Reviews. Always.\nengine: script\n{keys}\n---\n\n```yaml steps\n{steps}\n```\n"
    );
    Plan::new().file("reviewer.md", text).start().await
}

#[tokio::test]
async fn what_the_file_forbids_is_denied_without_asking_and_told_with_its_line() {
    let steps = "- run: touch trace\n- ask: Shall I go on?\n- say: The end.";
    let world = defined("tools: Read, Bash(git *)", steps).await;
    let mut chat = world.private(YOU);
    chat.send("/agent reviewer go").await;
    let card = chat.expect_edit("denied by reviewer.md:5").await;
    assert!(!card.text().contains("approval"), "{}", card.text());
    chat.send("yes").await;
    let answer = chat.expect_new("The end.").await;
    assert!(answer.text().contains("denied by reviewer.md:5"), "{}", answer.text());
    assert_eq!(world.file("trace"), None);
    chat.send("/task 1").await;
    let detail = chat.expect_new("It asked for:").await;
    let words = "Denied by reviewer.md:5 (tools: Read, Bash(git *); `touch trace` is none of these)";
    // What is code there is shown as code.
    assert!(detail.text().contains(&words.replace('`', "")), "{}", detail.text());
    chat.tap("Log").await;
    let log = chat.expect_file("log-1.txt").await;
    let log = chat.text_of(&log).await;
    assert!(log.contains(words), "{log}");
}

#[tokio::test]
async fn what_the_file_allows_happens_without_asking_and_is_told_with_its_line() {
    let keys = "permission:\n  bash: { \"*\": ask, \"touch *\": allow }\n  edit: deny";
    let steps = "- run: touch trace\n- write: { path: note.txt, content: Hello }\n- run: { command: rm trace, ask: false }\n- say: The end.";
    let world = defined(keys, steps).await;
    let mut chat = world.private(YOU);
    chat.send("/agent reviewer go").await;
    let answer = chat.expect_new("The end.").await;
    assert!(answer.text().contains("denied by reviewer.md:7"), "{}", answer.text());
    assert_eq!(
        world.file("trace"),
        None,
        "a step that does not ask is judged, and this one is not forbidden"
    );
    assert_eq!(world.file("note.txt"), None);
    chat.send("/task 1").await;
    let detail = chat.expect_new("It asked for:").await;
    assert!(detail.text().contains("Allowed by reviewer.md:6"), "{}", detail.text());
}

#[tokio::test]
async fn a_step_that_would_not_ask_is_left_out_when_it_is_forbidden() {
    let steps = "- run: { command: touch trace, ask: false }\n- read: secret.txt\n- say: The end.";
    let world =
        defined("permission:\n  bash: { \"touch *\": deny }\n  read: { \"secret*\": deny }", steps).await;
    let mut chat = world.private(YOU);
    chat.send("/agent reviewer go").await;
    let answer = chat.expect_new("The end.").await;
    for line in ["denied by reviewer.md:6", "denied by reviewer.md:7"] {
        assert!(answer.text().contains(line), "{}", answer.text());
    }
    assert_eq!(world.file("trace"), None);
}

#[tokio::test]
async fn what_a_person_allowed_for_the_task_does_not_lift_what_is_forbidden() {
    let keys = "permission:\n  bash: { \"*\": ask, \"git status two\": deny }";
    let steps = "- run: { command: git status one, allow_failure: true }\n\
                 - run: { command: git status two, allow_failure: true }\n- say: The end.";
    let world = defined(keys, steps).await;
    let mut chat = world.private(YOU);
    chat.send("/agent reviewer go").await;
    chat.expect_new("git status one").await;
    chat.tap("Always…").await;
    chat.tap("Commands like git status …").await;
    let answer = chat.expect_new("The end.").await;
    assert!(answer.text().contains("denied by reviewer.md:6"), "{}", answer.text());
}

#[tokio::test]
async fn an_agent_that_may_not_take_long_times_out() {
    let text = "---\nname: reviewer\ndescription: Reviews. Always.\nengine: script\ntimeout: 1s\n---\n\n```yaml steps\n- wait: 1h\n```\n";
    let plan = Plan::new().file("reviewer.md", text);
    let world = plan.limits(|limits| limits.task_timeout = Duration::from_secs(3600)).start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent reviewer go").await;
    chat.expect_new("Timed out").await;
}

#[tokio::test]
async fn a_tool_that_no_engine_has_is_told_in_the_log() {
    let world = defined("tools: Raed, Bash", "- say: The end.").await;
    let mut chat = world.private(YOU);
    chat.send("/agent reviewer go").await;
    chat.expect_new("The end.").await;
    chat.expect_edit("Done").await;
    chat.tap("Log").await;
    let log = chat.expect_file("log-1.txt").await;
    let log = chat.text_of(&log).await;
    assert!(log.contains("No engine has these tools of the agent's file: Raed."), "{log}");
}
