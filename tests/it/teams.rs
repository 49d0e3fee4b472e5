//! Several agents at once, as people use them: chains, races in real git repositories, and what is kept of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Plan, World, YOU};

/// A git command of a person, without their configuration.
pub(crate) fn git(directory: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "init.defaultBranch=main"])
        .args(args)
        .current_dir(directory)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "git {args:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// Makes the workspace a repository with one commit.
fn repository(world: &World) -> PathBuf {
    let path = world.workspace("demo");
    git(&path, &["init", "--quiet"]);
    fs::write(path.join("README.md"), "one\n").unwrap();
    fs::write(path.join(".gitignore"), "target/\n").unwrap();
    git(&path, &["add", "--all"]);
    git(&path, &["commit", "--quiet", "--message", "First"]);
    path
}

fn worktrees(world: &World) -> Vec<String> {
    let folder = world.workspace("adjutant.db.worktrees");
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn branches(repository: &Path) -> Vec<String> {
    let said = git(repository, &["branch", "--list", "adjutant/*", "--format=%(refname:short)"]);
    said.lines().map(str::to_owned).collect()
}

/// Those who write a plan, code and documents.
fn team() -> Plan {
    Plan::new()
        .agent("architect", "- say: 'The plan: two parts.'")
        .agent(
            "engineer",
            "- write: { path: code.txt, content: '{{prompt}}', ask: false }\n- say: 'The code.'",
        )
        .agent("documenter", "- say: 'The documents. {{prompt}}'")
}

#[tokio::test]
async fn a_chain_from_beginning_to_end() {
    let world = team().start().await;
    let mut chat = world.private(YOU);
    let request = chat.send("/chain architect > engineer > documenter BUILD a bridge").await;
    let card = chat.expect_new("step 1 of 3").await;
    assert_eq!((card.reply_to(), card.rings()), (Some(request), false));
    let answer = chat.expect_new("The documents.").await;
    assert!(answer.rings());
    let done = chat.expect_edit("Chain done").await;
    assert_eq!(done.id(), card.id(), "the chain is one message");
    assert_eq!(done.labels(), ["#1", "#2", "#3"]);
    let handed = world.file("code.txt").unwrap();
    assert!(handed.contains("BUILD a bridge") && handed.contains("The plan: two parts."), "{handed}");
    chat.expect_edit("Done · documenter").await;
    assert_eq!(
        chat.news().await.len(),
        3,
        "the chain, its step at work, and the answer:\n{}",
        chat.screen().await
    );
    chat.tap_on(card.id(), "#1").await;
    chat.expect_new("#1 ✓ Done · architect").await;
    chat.tap("Answer").await;
    chat.expect_new("The plan: two parts.").await;
}

/// A team whose second fails until there is a file.
fn failing() -> Plan {
    Plan::new()
        .agent("architect", "- say: 'The plan.'")
        .agent("engineer", "- run: { command: 'test -e ready', ask: false }\n- say: 'The code.'")
        .agent("documenter", "- say: 'The documents. {{prompt}}'")
}

#[tokio::test]
async fn a_step_that_fails_is_retried_skipped_or_the_end() {
    let world = failing().start().await;
    let mut chat = world.private(YOU);
    chat.send("/chain architect > engineer > documenter BUILD").await;
    let stuck = chat.expect_new("The chain waits for you").await;
    assert!(stuck.rings());
    assert_eq!(stuck.labels(), ["Retry step", "Skip", "Stop"]);
    let card = chat.expect_edit("Chain waits for you").await;
    assert_eq!(card.labels(), ["Retry step", "Skip", "Stop"]);
    fs::write(world.workspace("demo").join("ready"), "").unwrap();
    chat.tap_on(card.id(), "Retry step").await;
    chat.expect_toast("The step runs again.").await;
    chat.expect_new("The documents.").await;
    chat.expect_edit("Chain done").await;
    chat.tap_on(stuck.id(), "Retry step").await;
    chat.expect_toast("already ended").await;

    fs::remove_file(world.workspace("demo").join("ready")).unwrap();
    chat.send("/chain architect > engineer > documenter BUILD").await;
    let stuck = chat.expect_new("The chain waits for you").await;
    chat.tap_on(stuck.id(), "Skip").await;
    let answer = chat.expect_new("The documents.").await;
    assert!(answer.text().contains("The plan."), "the result before the skipped step: {}", answer.text());

    chat.send("/chain architect > engineer > documenter BUILD").await;
    let stuck = chat.expect_new("The chain waits for you").await;
    chat.tap_on(stuck.id(), "Stop").await;
    chat.expect_edit("Chain stopped").await;
    chat.settle().await;
    assert!(!chat.screen().await.contains("#10"), "{}", chat.screen().await);
}

#[tokio::test]
async fn a_step_that_goes_on_without_what_was_denied_does_not_stop_the_chain() {
    let plan = Plan::new()
        .agent("one", "- write: { path: a.txt, content: x }\n- say: 'Went on.'")
        .agent("two", "- write: { path: a.txt, content: x }\n- fail: 'It needs that file.'")
        .agent("three", "- say: 'The end.'");
    let world = plan.start().await;
    let mut chat = world.private(YOU);
    chat.send("/chain one > two > three GO").await;
    chat.expect_new("one wants to write").await;
    chat.tap("Deny").await;
    chat.expect_new("two wants to write").await;
    chat.tap("Deny").await;
    let card = chat.expect_edit("Chain waits for you").await;
    assert!(card.text().contains("✓ one") && card.text().contains("✗ two · denied"), "{}", card.text());
}

#[tokio::test]
async fn a_restart_in_mid_chain_asks_how_to_go_on() {
    let plan = Plan::new()
        .agent("one", "- say: 'The plan.'")
        .agent("two", "- ask: { question: 'Which?', into: which }\n- say: 'Took {{which}}. {{prompt}}'");
    let mut world = plan.start().await;
    let mut chat = world.private(YOU);
    chat.send("/chain one > two GO").await;
    chat.expect_new("Which?").await;
    world.restart().await;
    let card = chat.expect_edit("Chain waits for you").await;
    assert!(card.text().contains("✓ one") && card.text().contains("two · interrupted"), "{}", card.text());
    chat.tap_on(card.id(), "Retry step").await;
    chat.expect_new("Which?").await;
    chat.send("the left one").await;
    let answer = chat.expect_new("Took the left one.").await;
    assert!(answer.text().contains("The plan."), "{}", answer.text());
    chat.expect_edit("Chain done").await;
}

#[tokio::test]
async fn what_is_written_wrongly_is_told_with_an_example() {
    let world = team().start().await;
    let mut chat = world.private(YOU);
    for (text, said) in [
        ("/chain", "one after the other"),
        ("/chain architect > enginer BUILD", "Did you mean engineer?"),
        ("/chain architect > engineer", "What shall they do?"),
        ("/race architect BUILD", "2 to 4 agents"),
    ] {
        chat.send(text).await;
        let told = chat.expect_new(said).await;
        let command = text.split(' ').next().unwrap();
        let example = told.text().contains(&format!("{command} architect"));
        assert!(example && told.text().contains("fix the failing test"), "{}", told.text());
    }
}

/// Two who change something, and commit it or not.
fn racers() -> Plan {
    Plan::new()
        .agent(
            "quick",
            "- run: { command: 'echo two >> README.md; echo new > new.txt; mkdir target; echo x > target/x', ask: false }\n\
             - say: 'Quick is done.'",
        )
        .agent(
            "tidy",
            "- write: { path: better.txt, content: better, ask: false }\n\
             - run: { command: 'git add -A && git -c user.name=T -c user.email=t@example.com commit -qm Better', ask: false }\n\
             - say: 'Tidy is done.'",
        )
}

#[tokio::test]
async fn a_race_is_compared_and_one_is_kept_and_merged() {
    let mut world = racers().test("test -e better.txt").start().await;
    let repository = repository(&world);
    let mut chat = world.private(YOU);
    chat.send("/race quick, tidy: make it better").await;
    let card = chat.expect_new("Race").await;
    let compared = chat.expect_new("which one is kept?").await;
    assert!(compared.rings());
    let text = compared.text();
    assert!(text.contains("2 files · +2 −0") && text.contains("1 file · +1 −0"), "{text}");
    assert!(text.contains("✗ test failed (exit 1)") && text.contains("✓ test passed"), "{text}");
    assert_eq!(compared.labels(), ["Keep quick", "Keep tidy", "Keep none", "#1", "#2"]);
    assert_eq!(worktrees(&world), ["race-1-quick", "race-1-tidy"]);
    assert_eq!(world.file("better.txt"), None, "the workspace is as it was");

    chat.tap("Keep tidy").await;
    let kept = chat.expect("git merge adjutant/race-1-tidy").await;
    assert_eq!(kept.labels(), ["Merge"]);
    chat.expect_edit("Kept: tidy").await;
    chat.tap_on(compared.id(), "#2").await;
    chat.expect_new("#2 ✓ Done · tidy").await;
    chat.tap_on(kept.id(), "Merge").await;
    chat.expect_edit("Merged").await;
    assert_eq!(world.file("better.txt").as_deref(), Some("better"));
    // What was decided is done before the bot ends.
    world.end().await;
    assert_eq!(worktrees(&world), ["race-1-tidy"]);
    assert_eq!(branches(&repository), ["adjutant/race-1-tidy"]);
    assert!(chat.now(card.id()).await.text().contains("Race over"), "{}", chat.screen().await);
    assert_eq!(
        chat.screen().await.matches("is done.").count(),
        0,
        "their answers are a tap away:\n{}",
        chat.screen().await
    );
}

#[tokio::test]
async fn what_is_not_committed_yet_is_committed_when_it_is_kept() {
    let world = racers().start().await;
    let repository = repository(&world);
    fs::write(repository.join("draft.txt"), "mine").unwrap();
    let mut chat = world.private(YOU);
    chat.send("/race quick, tidy: make it better").await;
    let compared = chat.expect_new("which one is kept?").await;
    assert!(compared.text().contains("uncommitted changes"), "{}", compared.text());
    chat.tap("Keep quick").await;
    chat.expect("git merge adjutant/race-1-quick").await;
    let files = git(&repository, &["show", "--name-only", "--format=%s", "adjutant/race-1-quick"]);
    assert_eq!(files, "quick: make it better\n\nREADME.md\nnew.txt\n");
    assert_eq!(fs::read_to_string(repository.join("draft.txt")).unwrap(), "mine");
}

#[tokio::test]
async fn a_workspace_that_cannot_have_worktrees_is_told() {
    let world = racers().start().await;
    let mut chat = world.private(YOU);
    chat.send("/race quick, tidy: make it better").await;
    chat.expect_edit("is no git repository").await;
    git(&world.workspace("demo"), &["init", "--quiet"]);
    chat.send("/race quick, tidy: make it better").await;
    chat.expect_edit("has no commit yet").await;
    chat.settle().await;
    chat.send("/tasks").await;
    chat.expect_new("There are no tasks here yet.").await;
}

#[tokio::test]
async fn a_race_of_which_nothing_is_kept_leaves_nothing() {
    let mut world = racers().start().await;
    let repository = repository(&world);
    git(&repository, &["branch", "adjutant/race-1-tidy"]);
    let mut chat = world.private(YOU);
    chat.send("/race quick, tidy: make it better").await;
    chat.expect_new("which one is kept?").await;
    assert_eq!(
        worktrees(&world),
        ["race-1-quick", "race-1-tidy-2"],
        "a branch of somebody else is let alone"
    );
    chat.tap("Keep none").await;
    chat.expect_edit("Kept: none").await;
    world.end().await;
    assert_eq!(branches(&repository), ["adjutant/race-1-tidy"]);
    assert_eq!(worktrees(&world), [""; 0]);
}

/// An agent's file of this kind, with further keys.
fn file(name: &str, keys: &str, steps: &str) -> String {
    format!(
        "---\nname: {name}\ndescription: Does it.\nengine: script\n{keys}---\n\n```yaml steps\n{steps}\n```\n"
    )
}

#[tokio::test]
async fn a_result_is_handed_on_by_a_button_or_to_whom_one_likes() {
    let keys = "handoffs:\n  - { label: Build it, agent: engineer, prompt: Build what is planned. }\n  \
                - { label: Ship it, agent: nobody }\n";
    let plan = Plan::new()
        .file("architect.md", file("architect", keys, "- say: 'The plan.'"))
        .agent("engineer", "- say: 'Built: {{prompt}}'")
        .agent("documenter", "- say: 'Documents: {{prompt}}'");
    let world = plan.start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent architect a bridge").await;
    let answer = chat.expect_new("The plan.").await;
    assert_eq!(answer.labels(), ["Build it"]);
    chat.tap("Build it").await;
    chat.expect_toast("Handed on to engineer.").await;
    let built = chat.expect_new("Built:").await;
    for words in ["Build what is planned.", "a bridge", "The plan."] {
        assert!(built.text().contains(words), "{}", built.text());
    }
    chat.send("/task 1").await;
    chat.expect_new("#1 ✓ Done").await;
    chat.tap("Pass on…").await;
    chat.expect_new("To whom shall the result of #1").await;
    chat.tap("documenter").await;
    let documents = chat.expect_new("Documents:").await;
    assert!(documents.text().contains("The plan."), "{}", documents.text());
}

#[tokio::test]
async fn an_isolated_agent_leaves_the_workspace_as_it_is() {
    let write = "- write: { path: better.txt, content: better, ask: false }\n- say: 'Done {{turn}}.'";
    let plan = Plan::new()
        .file("apart.md", file("apart", "isolation: worktree\n", write))
        .file("idle.md", file("idle", "isolation: worktree\n", "- say: 'Nothing to do.'"));
    let mut world = plan.start().await;
    let mut chat = world.private(YOU);
    chat.send("/agent apart go").await;
    chat.expect_new("is no git repository").await;
    let repository = repository(&world);
    chat.send("/agent apart go").await;
    chat.expect_new("Done 1.").await;
    let left = chat.expect_new("Changes to keep?").await;
    assert_eq!(left.labels(), ["Keep", "Discard"]);
    assert_eq!(world.file("better.txt"), None);
    chat.send("/agent apart go").await;
    chat.expect_new("Done 1.").await;
    chat.expect_new("Changes to keep?").await;
    chat.tap("Discard").await;
    chat.expect_edit("Discarded").await;
    chat.tap_on(left.id(), "Keep").await;
    chat.expect_edit("git merge adjutant/task-2-apart").await;
    chat.send("/agent idle go").await;
    chat.expect_new("Nothing to do.").await;
    world.end().await;
    assert_eq!(worktrees(&world), ["task-2-apart"]);
    assert_eq!(branches(&repository), ["adjutant/task-2-apart"]);
}

#[tokio::test]
async fn what_an_isolated_agent_may_write_counts_from_its_own_directory() {
    let keys = "isolation: worktree\npermission:\n  edit:\n    '*': deny\n    better.txt: allow\n";
    let steps = "- write: { path: better.txt, content: better }\n- write: { path: worse.txt, content: worse }\n\
                 - say: 'Done.'";
    let world = Plan::new().file("apart.md", file("apart", keys, steps)).start().await;
    repository(&world);
    let mut chat = world.private(YOU);
    chat.send("/agent apart go").await;
    let left = chat.expect_new("Changes to keep?").await;
    assert!(left.text().contains("1 file · +1 −0"), "{}", chat.screen().await);
}
