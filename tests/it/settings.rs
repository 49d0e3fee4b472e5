//! What a conversation chooses: how much it sees, what rings, where and with what its agents work.

use crate::support::{LOUNGE, MALLORY, Plan, World, YOU};

const STEPS: &str = "- plan: [Think, Act]\n- think: Deep thoughts.\n\
    - run: { command: echo from the command, ask: false }\n- ask: Go on?\n- say: The end.";

#[tokio::test]
async fn detail_decides_what_the_card_shows() {
    let world = Plan::new().agent("work", STEPS).start().await;
    let mut chat = world.private(YOU);
    chat.send("/settings").await;
    let panel = chat.expect_new("its plan and its last five steps").await;
    assert_eq!(panel.labels(), ["Brief", "• Normal", "Full", "• Ring: all", "Questions", "Nothing"]);
    chat.send("/agent work go").await;
    chat.expect_new("Go on?").await;
    let normal = chat.expect_edit("Waiting for your answer").await;
    assert!(
        normal.text().contains("▸ Think") && !normal.text().contains("Deep thoughts"),
        "{}",
        normal.text()
    );
    chat.tap_on(panel.id(), "Full").await;
    let changed = chat.expect_edit("its thoughts and its output").await;
    assert_eq!(changed.id(), panel.id(), "the settings change in place");
    let full = chat.expect_edit("Deep thoughts.").await;
    assert_eq!(full.id(), normal.id());
    assert!(full.text().contains("from the command"), "{}", full.text());
    chat.tap_on(panel.id(), "Brief").await;
    chat.expect_edit("While an agent works you see: one line.").await;
    let brief = chat.expect_edit("Waiting for your answer").await;
    assert_eq!(brief.text().lines().count(), 1, "{}", brief.text());
}

#[tokio::test]
async fn rings_decide_what_the_phone_does() {
    let world = Plan::new().agent("work", STEPS).start().await;
    for (label, questions, results) in
        [("Questions", true, false), ("Nothing", false, false), ("Ring: all", true, true)]
    {
        let mut chat = world.private(YOU);
        chat.send("/settings").await;
        chat.expect_new("Your phone rings for").await;
        chat.tap(label).await;
        chat.expect_edit(&format!(
            "Your phone rings for: {}",
            match label {
                "Questions" => "approvals and questions.",
                "Nothing" => "nothing.",
                _ => "results, approvals and questions.",
            }
        ))
        .await;
        chat.send("/agent work go").await;
        let question = chat.expect_new("Go on?").await;
        assert_eq!(question.rings(), questions, "{label}: question");
        chat.send("yes").await;
        let answer = chat.expect_new("The end.").await;
        assert_eq!(answer.rings(), results, "{label}: result");
    }
}

#[tokio::test]
async fn settings_belong_to_their_conversation_and_survive_a_restart() {
    let mut world = World::start().await;
    let mut chat = world.private(YOU);
    chat.send("/settings").await;
    chat.expect_new("Your phone rings for").await;
    chat.tap("Nothing").await;
    chat.expect_edit("Your phone rings for: nothing.").await;
    world.restart().await;
    chat.send("/settings").await;
    chat.expect_new("Your phone rings for: nothing.").await;
    let mut group = world.group(YOU, LOUNGE);
    group.send("/settings").await;
    group.expect_new("Your phone rings for: results").await;
}

#[tokio::test]
async fn the_workspace_is_chosen_by_button_or_name() {
    let world = Plan::new()
        .workspace("site")
        .agent("where", "- run: { command: touch here, ask: false }\n- say: Done.")
        .start()
        .await;
    let here = |name: &str| world.workspace(name).join("here").exists();
    let mut chat = world.private(YOU);
    chat.send("/workspace").await;
    let panel = chat.expect_new("In which workspace").await;
    assert_eq!(panel.labels(), ["• demo", "site"]);
    chat.tap("site").await;
    let chosen = chat.expect_edit("Agents now work in site").await;
    assert_eq!(chosen.id(), panel.id());
    chat.send("/agent where go").await;
    chat.expect_new("Done.").await;
    assert!(here("site") && !here("demo"));
    chat.send("/workspace DEMO").await;
    chat.expect_new("Agents now work in demo").await;
    chat.send("go").await;
    chat.expect_new("Done.").await;
    assert!(here("demo"));
    chat.send("/workspace nowhere").await;
    let unknown = chat.expect_new("There is no workspace “nowhere”. There are: demo, site.").await;
    assert_eq!(unknown.labels(), ["demo", "site"]);
    chat.send("/workspace").await;
    chat.expect_new("In which workspace").await;
    chat.send("site").await;
    chat.expect_new("Agents now work in site").await;
}

#[tokio::test]
async fn the_engine_is_chosen_by_button_or_name() {
    let world = Plan::new()
        .engine("second")
        .file(
            "free.md",
            "---\nname: free\ndescription: Names no engine.\n---\n\n```yaml steps\n- say: Done.\n```\n",
        )
        .start()
        .await;
    let mut chat = world.private(YOU);
    chat.send("/engine").await;
    let panel = chat.expect_new("Which engine shall run the agents here?").await;
    assert_eq!(panel.labels(), ["• As the agent says", "script", "second"]);
    chat.tap("second").await;
    let chosen = chat.expect_edit("Agents here now run with second.").await;
    assert_eq!(chosen.id(), panel.id());
    chat.send("/agent free go").await;
    chat.expect_new("Starting · free · second").await;
    chat.expect_new("Done.").await;
    chat.send("/engine nothing").await;
    chat.expect_new("There is no engine “nothing”. There are: script, second.").await;
    chat.send("/engine script").await;
    chat.expect_new("Agents here now run with script.").await;
    chat.send("go").await;
    chat.expect_new("Starting · free · script").await;
}

#[tokio::test]
async fn status_says_what_goes_on() {
    let world = Plan::new().agent("touch", "- run: touch trace").start().await;
    let mut chat = world.private(YOU);
    chat.send("/status").await;
    let idle = chat.expect_new("Nothing is running here").await;
    assert!(idle.text().contains("No agent chosen"), "{}", idle.text());
    chat.send("/approvals").await;
    chat.expect_new("Nothing waits for an answer.").await;
    chat.send("/agent touch one").await;
    chat.expect_new("wants to run a command").await;
    chat.send("/agent touch two").await;
    chat.expect_new("Queued").await;
    chat.send("/status").await;
    let busy = chat.expect_new("Working on #1").await;
    for words in ["1 task in the queue", "1 approval open: /approvals", "touch · script · in demo"] {
        assert!(busy.text().contains(words), "{words:?} is missing: {}", busy.text());
    }
    chat.send("/approvals").await;
    let open = chat.expect_new("These wait for an answer").await;
    assert!(open.text().contains("#1 touch") && open.text().contains("touch trace"), "{}", open.text());
    assert!(open.labels().is_empty(), "nobody decides about what is not shown in full");
    chat.send("/stop 2").await;
    chat.tap("Stop #1").await;
    chat.expect_toast("Stopping.").await;
}

#[tokio::test]
async fn earlier_tasks_are_listed_page_by_page() {
    let world = World::start().await;
    let mut chat = world.private(YOU);
    for n in 1..=10 {
        chat.send(&format!("/agent parrot {n}")).await;
        chat.expect_new(&format!(": {n}")).await;
    }
    chat.send("/tasks").await;
    let first = chat.expect_new("#10 ").await;
    assert!(first.text().contains("#3 ") && !first.text().contains("#2 "), "{}", first.text());
    chat.tap("Older").await;
    let second = chat.expect_new("#2 ").await;
    assert!(second.text().contains("#1 "), "{}", second.text());
    assert!(!second.labels().contains(&"Older"));
    let mut stranger = world.group(MALLORY, LOUNGE);
    stranger.send("/tasks").await;
    stranger.expect_new("I don't know you").await;
}
