//! Agent files that change while the bot runs: what applies, what an owner decides, what is told.

use std::fs;

use adjutant::domain::ids::UserId;

use crate::support::{Chat, Plan, ROBIN, World, YOU};

/// An agent's file, with what stands in its frontmatter besides.
fn file(name: &str, more: &str, steps: &str) -> String {
    format!(
        "---\nname: {name}\ndescription: Does what {name} does.\nengine: script\n{more}---\n\n\
         ```yaml steps\n{steps}\n```\n"
    )
}

const READS: &str = "tools: Read\n";
const RUNS: &str = "tools: Read, Bash\n";

/// A world with a worker whose tools are limited, and an owner who has said hello.
async fn world() -> (World, Chat) {
    let world = Plan::new().file("worker.md", file("worker", READS, "- say: old")).parrot().start().await;
    let chat = hello(&world, YOU).await;
    (world, chat)
}

async fn hello(world: &World, user: i64) -> Chat {
    let mut chat = world.private(user);
    chat.send("/start").await;
    chat.expect_new("I run your coding agents").await;
    chat.look_away().await;
    chat
}

fn write(world: &World, name: &str, content: &str) {
    // As editors do it: beside, then in its place.
    let (path, beside) = (world.agent_file(name), world.agent_file(&format!("{name}.new")));
    fs::write(&beside, content).unwrap();
    fs::rename(beside, path).unwrap();
}

#[tokio::test]
async fn what_gives_an_agent_no_more_applies_at_once() {
    let (world, mut chat) = world().await;
    write(&world, "worker.md", &file("worker", READS, "- say: new"));
    let told = chat.expect_new("Agent files have changed.").await;
    assert!(told.text().contains("worker: instructions changed (1 line)"), "{}", told.text());
    assert!(told.labels().is_empty(), "{:?}", told.labels());
    chat.send("/worker go").await;
    chat.expect_new("new").await;
}

#[tokio::test]
async fn what_gives_an_agent_more_waits_for_an_owner() {
    let (world, mut chat) = world().await;
    write(&world, "worker.md", &file("worker", RUNS, "- say: new"));
    let told = chat.expect_new("worker: + Bash, instructions changed (1 line)").await;
    assert!(told.text().contains("Until you decide, the old version stays."), "{}", told.text());
    chat.send("/worker go").await;
    chat.expect_new("old").await;
    chat.tap("Use it").await;
    chat.expect_toast("New tasks use it.").await;
    let told = chat.expect_edit("used now, says You").await;
    assert!(told.labels().is_empty(), "{:?}", told.labels());
    chat.send("/worker go").await;
    chat.expect_new("new").await;
}

#[tokio::test]
async fn an_owner_may_keep_the_old_until_the_file_changes_again() {
    let (world, mut chat) = world().await;
    write(&world, "worker.md", &file("worker", RUNS, "- say: new"));
    chat.expect_new("worker: + Bash").await;
    chat.tap("Keep the old").await;
    chat.expect_toast("It stays as it was.").await;
    chat.expect_edit("stays as it was, says You").await;
    chat.send("/worker go").await;
    chat.expect_new("old").await;
    chat.look_away().await;
    write(&world, "worker.md", &file("worker", "tools: Read, Write\n", "- say: newer"));
    chat.expect_new("worker: + Write").await;
    let told = chat.tap("Use it").await;
    chat.expect_edit("used now").await;
    chat.forge(told.id(), &told.data("Keep the old")).await;
    chat.expect_toast("This change does not wait any more.").await;
    chat.send("/worker go").await;
    chat.expect_new("newer").await;
}

#[tokio::test]
async fn only_owners_are_told_and_only_owners_decide() {
    let mut plan = Plan::new().file("worker.md", file("worker", READS, "- say: old"));
    const ZOE: i64 = 1002;
    plan.access.owners.insert(UserId(ZOE));
    let world = plan.start().await;
    let (mut you, mut robin) = (hello(&world, YOU).await, hello(&world, ROBIN).await);
    write(&world, "worker.md", &file("worker", RUNS, "- say: new"));
    let told = you.expect_new("worker: + Bash").await;
    robin.settle().await;
    assert!(robin.news().await.is_empty(), "a member was told");
    assert!(world.sim.messages(ZOE, None).await.is_empty(), "an owner was written to who never wrote");
    // Somebody who got hold of the button's data.
    robin.send("/settings").await;
    let settings = robin.expect_new("rings").await;
    robin.forge(settings.id(), &told.data("Use it")).await;
    robin.expect_toast("Only an owner can decide this.").await;
    robin.send("/worker go").await;
    robin.expect_new("old").await;
}

#[tokio::test]
async fn all_owners_see_what_one_has_decided() {
    let mut plan = Plan::new().file("worker.md", file("worker", READS, "- say: old"));
    plan.access.owners.insert(UserId(ROBIN));
    let world = plan.start().await;
    let (mut you, mut robin) = (hello(&world, YOU).await, hello(&world, ROBIN).await);
    write(&world, "worker.md", &file("worker", RUNS, "- say: new"));
    you.expect_new("worker: + Bash").await;
    robin.expect_new("worker: + Bash").await;
    robin.tap("Use it").await;
    you.expect_edit("used now, says Robin").await;
}

#[tokio::test]
async fn a_file_that_breaks_leaves_its_agent_as_it_was() {
    let (world, mut chat) = world().await;
    write(&world, "worker.md", &file("worker", "maxTurns: many\n", "- say: bad"));
    let told = chat.expect_new("worker.md:5: ").await;
    assert!(told.text().contains("The version before goes on."), "{}", told.text());
    chat.send("/worker go").await;
    chat.expect_new("old").await;
    chat.look_away().await;
    write(&world, "worker.md", &file("worker", READS, "- say: mended"));
    chat.expect_new("worker: instructions changed").await;
    chat.send("/worker go").await;
    chat.expect_new("mended").await;
}

#[tokio::test]
async fn agents_come_and_go() {
    let (world, mut chat) = world().await;
    write(&world, "newcomer.md", &file("newcomer", "", "- say: 'here I am'"));
    chat.expect_new("New: newcomer").await;
    chat.send("/newcomer go").await;
    chat.expect_new("here I am").await;
    chat.look_away().await;
    fs::remove_file(world.agent_file("newcomer.md")).unwrap();
    chat.expect_new("Gone: newcomer").await;
    chat.send("/agent newcomer go").await;
    chat.expect_new("There is no agent “newcomer”").await;
}

#[tokio::test]
async fn what_runs_and_what_waits_keeps_its_version() {
    let steps = "- ask: { question: Go on?, options: [Yes] }\n- say: 'old {{prompt}}'";
    let world = Plan::new().file("worker.md", file("worker", READS, steps)).parrot().start().await;
    let mut chat = hello(&world, YOU).await;
    chat.send("/worker one").await;
    chat.expect_new("Go on?").await;
    chat.send("/worker two").await;
    chat.expect_new("Queued").await;
    chat.look_away().await;
    fs::remove_file(world.agent_file("worker.md")).unwrap();
    chat.expect_new("Gone: worker").await;
    chat.tap("Yes").await;
    chat.expect_new("old one").await;
    chat.expect_new("Go on?").await;
    chat.tap("Yes").await;
    chat.expect_new("old two").await;
    chat.expect_edit("Done").await;
    chat.tap("Retry").await;
    chat.expect_toast("The agent worker is not there any more.").await;
}

#[tokio::test]
async fn what_waits_in_the_queue_keeps_its_version_over_a_restart() {
    let steps = "- ask: { question: Go on?, options: [Yes] }\n- say: 'old {{prompt}}'";
    let mut world = Plan::new().file("worker.md", file("worker", READS, steps)).parrot().start().await;
    let mut chat = hello(&world, YOU).await;
    chat.send("/worker one").await;
    chat.expect_new("Go on?").await;
    chat.send("/worker two").await;
    chat.expect_new("Queued").await;
    world.end().await;
    write(&world, "worker.md", &file("worker", READS, "- say: 'new {{prompt}}'"));
    world.begin();
    chat.expect_new("Go on?").await;
    chat.tap("Yes").await;
    chat.expect_new("old two").await;
    chat.send("/worker three").await;
    chat.expect_new("new three").await;
}

#[tokio::test]
async fn a_workspaces_own_agent_comes_while_the_bot_runs_and_is_called_there_only() {
    let world = Plan::new().parrot().workspace("site").start().await;
    let mut chat = hello(&world, YOU).await;
    let folder = world.workspace("site").join(".claude/agents");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("lint.md"), file("lint", "", "- say: 'linted {{prompt}}'")).unwrap();
    chat.expect_new("New: lint (in site)").await;
    chat.send("/agent lint it").await;
    chat.expect_new("lint belongs to the workspace site").await;
    chat.send("/lint it").await;
    chat.expect_new("To change over: /workspace site").await;
    chat.send("/workspace site").await;
    chat.expect_new("Agents now work in site").await;
    chat.send("/lint it").await;
    chat.expect_new("linted it").await;
    chat.send("/agents").await;
    chat.expect_new("2 agents").await;
    chat.look_away().await;
    fs::write(folder.join("lint.md"), file("lint", "", "- say: 'linted again'")).unwrap();
    chat.expect_new("lint (in site): instructions changed").await;
    chat.send("more").await;
    chat.expect_new("linted again").await;
}

#[tokio::test]
async fn a_folder_that_takes_the_place_of_another_is_followed() {
    let world = Plan::new().parrot().start().await;
    let folder = |name: &str, says: &str| {
        let folder = world.workspace("").join(name).join("deep");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("lint.md"), file("lint", "", says)).unwrap();
    };
    folder("first", "- say: one");
    folder("second", "- say: two");
    let (team, at) = (world.agent_file("team"), |name: &str| world.workspace("").join(name));
    let mut chat = hello(&world, YOU).await;
    fs::rename(at("first"), &team).unwrap();
    chat.expect_new("New: lint").await;
    chat.look_away().await;
    fs::rename(&team, at("first")).unwrap();
    fs::rename(at("second"), &team).unwrap();
    chat.expect_new("lint: instructions changed").await;
    chat.look_away().await;
    fs::write(team.join("deep/lint.md"), file("lint", "", "- say: three")).unwrap();
    chat.expect_new("lint: instructions changed").await;
    chat.send("/lint it").await;
    chat.expect_new("three").await;
}

#[tokio::test]
async fn a_workspace_that_was_made_anew_is_followed() {
    let world = Plan::new().parrot().workspace("site").start().await;
    let mut chat = hello(&world, YOU).await;
    let folder = world.workspace("site").join(".claude/agents");
    let make = |says: &str| {
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("lint.md"), file("lint", "", says)).unwrap();
    };
    make("- say: one");
    chat.expect_new("New: lint (in site)").await;
    chat.look_away().await;
    fs::remove_dir_all(world.workspace("site")).unwrap();
    chat.expect_new("Gone: lint (in site)").await;
    chat.look_away().await;
    make("- say: one");
    chat.expect_new("New: lint (in site)").await;
}
