//! The cards of a task's life.

use std::path::PathBuf;
use std::time::Duration;

use super::assert_gallery;
use super::samples::approval;
use crate::domain::action::{ProposedAction, Rule};
use crate::domain::approval::{Approval, ApprovalStatus, Moot};
use crate::domain::card::*;
use crate::domain::conversation::Detail;
use crate::domain::event::{ActionState, PlanEntry, PlanState, Usage};
use crate::domain::ids::{TaskId, Timestamp, UserId};
use crate::domain::progress::ActionLine;
use crate::domain::task::Outcome;

fn task() -> TaskSummary {
    TaskSummary { id: TaskId(42), agent: "reviewer".to_owned(), engine: "script".to_owned() }
}

fn working() -> WorkingCard {
    let plan =
        [("Read the test", PlanState::Done), ("Fix it", PlanState::Active), ("Run it", PlanState::Pending)];
    let actions = [
        ("Read src/lib.rs", ActionState::Done),
        ("`cargo test --workspace`", ActionState::Failed { note: "exit 1".to_owned() }),
        ("Edit src/lib.rs", ActionState::Waiting),
        ("Run `cargo test`", ActionState::Running),
    ];
    WorkingCard {
        task: task(),
        state: WorkingState::Working,
        elapsed: Duration::from_secs(65),
        steps: 7,
        usage: Usage { cost_usd: Some(0.036), tokens: Some(12_345) },
        plan: plan.map(|(text, state)| PlanEntry { text: text.to_owned(), state }).into(),
        actions: actions
            .map(|(title, state)| ActionLine { id: title.to_owned(), title: title.to_owned(), state })
            .into(),
        thought: Some("The test expects two parts.".to_owned()),
        steered: None,
        output: "one\ntwo\nthree\nfour\nfive\nrunning 3 tests\n\u{1b}[32mok\u{1b}[0m".to_owned(),
        detail: Detail::Normal,
    }
}

#[test]
fn working_cards() {
    let state = |state| Card::Working(WorkingCard { state, detail: Detail::Brief, ..working() });
    let long = PlanEntry { text: "One of many".to_owned(), state: PlanState::Done };
    let mut plan = vec![long; 14];
    plan.iter_mut().skip(6).for_each(|entry| entry.state = PlanState::Pending);
    let starting = WorkingCard {
        state: WorkingState::Starting,
        elapsed: Duration::ZERO,
        steps: 0,
        usage: Usage::default(),
        plan: Vec::new(),
        actions: Vec::new(),
        ..working()
    };
    let passed_on = WorkingCard {
        steered: Some("use tabs instead\nplease".to_owned()),
        detail: Detail::Brief,
        ..working()
    };
    assert_gallery!([
        ("queued: third", Card::Queued { task: task(), place: 3, steer: false }),
        ("queued: next", Card::Queued { task: task(), place: 1, steer: false }),
        ("queued: no slot", Card::Queued { task: task(), place: 0, steer: false }),
        ("queued: can be passed on", Card::Queued { task: task(), place: 2, steer: true }),
        ("passed on", Card::Working(passed_on)),
        ("starting", Card::Working(starting)),
        ("normal", Card::Working(working())),
        ("full", Card::Working(WorkingCard { detail: Detail::Full, ..working() })),
        ("long plan", Card::Working(WorkingCard { plan, actions: Vec::new(), ..working() })),
        ("brief", state(WorkingState::Working)),
        ("approval", state(WorkingState::AwaitingApproval)),
        ("answer", state(WorkingState::AwaitingAnswer)),
        ("stopping", state(WorkingState::Stopping)),
    ]);
}

#[test]
fn folded_cards() {
    let usage = Usage { cost_usd: Some(0.04), tokens: Some(9_000) };
    let totals = Totals { elapsed: Duration::from_secs(72), steps: 9, usage };
    let none = Totals { elapsed: Duration::from_secs(1), steps: 0, usage: Usage::default() };
    let folded = |outcome, totals| Card::Folded { task: task(), outcome, totals };
    assert_gallery!([
        ("done", folded(Outcome::Succeeded, totals)),
        ("failed", folded(Outcome::Failed { reason: "no".to_owned() }, none)),
        ("stopped", folded(Outcome::Stopped, none)),
        ("dropped", folded(Outcome::Stopped, Totals { elapsed: Duration::ZERO, ..none })),
        ("timed out", folded(Outcome::TimedOut, none)),
        ("interrupted", folded(Outcome::Interrupted, none)),
        (
            "passed on",
            folded(Outcome::PassedOn { to: TaskId(41) }, Totals { elapsed: Duration::ZERO, ..none })
        ),
    ]);
}

#[test]
fn answers() {
    let answer = |markdown: &str| Card::Answer {
        task: TaskId(42),
        markdown: markdown.to_owned(),
        handoffs: Vec::new(),
        rings: true,
    };
    let unsuccessful = |outcome, partial: &str| Card::Unsuccessful {
        task: task(),
        outcome,
        partial: partial.to_owned(),
        continues: partial.contains("kept"),
        chain: None,
        rings: true,
    };
    assert_gallery!([
        ("answer", answer("Fixed **it** in `lib.rs`.")),
        ("empty", answer(" \n")),
        ("failed", unsuccessful(Outcome::Failed { reason: "`claude` needs a login.".to_owned() }, "")),
        ("failed without a word", unsuccessful(Outcome::Failed { reason: String::new() }, "")),
        ("stopped", unsuccessful(Outcome::Stopped, "I have *begun*")),
        ("timed out", unsuccessful(Outcome::TimedOut, "")),
        ("interrupted", unsuccessful(Outcome::Interrupted, "")),
        ("interrupted, session kept", unsuccessful(Outcome::Interrupted, "My words are kept.")),
        ("file", Card::File { path: PathBuf::from("/srv/api/report.txt"), task: TaskId(42) }),
        ("log", Card::Log { task: Box::new(crate::view::log::tests::task()), history: Vec::new() }),
    ]);
}

#[test]
fn a_long_answer_becomes_a_document() {
    let parts = |paragraphs: usize| {
        let markdown = format!("{}\n\n", "word ".repeat(700)).repeat(paragraphs);
        super::render(&Card::Answer { task: TaskId(42), markdown, handoffs: Vec::new(), rings: true })
    };
    let five = parts(5);
    assert_eq!(five.len(), 5);
    assert!(five.iter().all(|message| message.document.is_none()));
    let ringing: Vec<bool> = five.iter().map(|message| !message.silent).collect();
    assert_eq!(ringing, [true, false, false, false, false]);
    let eight = parts(8);
    assert_eq!(eight.len(), 5);
    assert_eq!(eight[4].body.text, "The whole answer, 8 messages long, is in this file.");
    assert_eq!(eight[4].document.as_ref().map(|document| document.name.as_str()), Some("answer-42.md"));
}

fn approval_card(action: ProposedAction, stage: ApprovalStage, status: ApprovalStatus) -> Card {
    let approval = Approval { status, ..approval(action) };
    Card::Approval(ApprovalCard { approval, workspace: "api".to_owned(), stage, rings: true })
}

fn command(command: &str) -> ProposedAction {
    ProposedAction::Command { command: command.to_owned(), cwd: "/srv/api".to_owned(), env: Vec::new() }
}

#[test]
fn open_approvals() {
    let open = |action| approval_card(action, ApprovalStage::Main, ApprovalStatus::Open);
    let lasting = |action| approval_card(action, ApprovalStage::Lasting, ApprovalStatus::Open);
    let with_env = ProposedAction::Command {
        command: "deploy --now".to_owned(),
        cwd: "/srv/api".to_owned(),
        env: vec![("PROMPT".to_owned(), "no\nway".to_owned()), ("STAGE".to_owned(), "prod".to_owned())],
    };
    let write = |content: &str| ProposedAction::WriteFile {
        path: "/srv/api/src/lib.rs".to_owned(),
        content: content.to_owned(),
    };
    let other = |detail: &str| ProposedAction::Other {
        title: "Fetch https://example.org".to_owned(),
        detail: detail.to_owned(),
        cwd: String::new(),
    };
    assert_gallery!([
        ("command", open(command("cargo test --workspace"))),
        ("two lines, hidden characters", open(command("echo \u{202e}fr mr\u{200b}\nls"))),
        ("environment", open(with_env)),
        ("file", open(write("fn main() {\n\tprintln!();\n}\n"))),
        ("empty file", open(write(""))),
        ("other", open(other("GET /"))),
        ("other without details", open(other(""))),
        ("long", open(write(&"let x = 1;\n".repeat(1_200)))),
        ("lasting", lasting(command("cargo test --workspace"))),
        ("lasting, no pattern", lasting(command("cargo test | tee log"))),
    ]);
}

#[test]
fn closed_approvals() {
    let (by, at) = (UserId(1001), Timestamp(0));
    let action = command("cargo test --workspace");
    let exact = Some(Rule::Exact(action.fingerprint()));
    let pattern = action.pattern().map(Rule::Pattern);
    let closed = |status| approval_card(action.clone(), ApprovalStage::Closed, status);
    let name = || "Ann".to_owned();
    let unnamed = ApprovalStatus::Denied { by, name: " \u{200b}".to_owned(), at };
    assert_gallery!([
        ("allowed", closed(ApprovalStatus::Granted { by, name: name(), at, rule: None })),
        ("allowed: exact", closed(ApprovalStatus::Granted { by, name: name(), at, rule: exact })),
        ("allowed: pattern", closed(ApprovalStatus::Granted { by, name: name(), at, rule: pattern })),
        ("allowed by rule", closed(ApprovalStatus::GrantedByRule { at })),
        (
            "allowed by policy",
            closed(ApprovalStatus::GrantedByPolicy {
                at,
                rule: "allowed-tools: Bash(cargo *)".to_owned(),
                by: "reviewer.md:7".to_owned()
            })
        ),
        (
            "denied by policy",
            closed(ApprovalStatus::DeniedByPolicy {
                at,
                rule: "tools: Read, Grep".to_owned(),
                by: "reviewer.md:7".to_owned()
            })
        ),
        ("denied", closed(ApprovalStatus::Denied { by, name: name(), at })),
        ("denied by somebody without a name", closed(unnamed)),
        ("expired", closed(ApprovalStatus::Expired { at })),
        ("superseded", closed(ApprovalStatus::Superseded { at, why: Moot::Over })),
        ("withdrawn", closed(ApprovalStatus::Superseded { at, why: Moot::Withdrawn })),
        ("undeliverable", closed(ApprovalStatus::Undeliverable { at })),
    ]);
}

#[test]
fn silences() {
    let card = |stage, rings| {
        Card::Silence(SilenceCard { task: task(), silent: Duration::from_secs(610), stage, rings })
    };
    assert_gallery!([
        ("asking", card(SilenceStage::Asking, true)),
        ("asking, silently", card(SilenceStage::Asking, false)),
        ("waiting", card(SilenceStage::Waiting, true)),
        ("over", card(SilenceStage::Over, true)),
        ("ended", card(SilenceStage::Ended, true)),
    ]);
}

#[test]
fn questions() {
    let card = |options: &[&str]| QuestionCard {
        task: task(),
        number: 1,
        text: "Which branch shall I use for `lib.rs`?".to_owned(),
        options: options.iter().map(|option| (*option).to_owned()).collect(),
        answer: None,
        closed: None,
        rings: true,
    };
    let long = ["Use the main branch, as everybody does", "Make a new one"];
    let answered = QuestionCard { answer: Some("main".to_owned()), ..card(&["main", "next"]) };
    let closed = |why| Card::Question(QuestionCard { closed: Some(why), ..card(&["main", "next"]) });
    let many_words = QuestionCard { text: "Which one? ".repeat(300), ..card(&["this", "that"]) };
    assert_eq!(super::render(&Card::Question(many_words)).len(), 2);
    assert_gallery!([
        ("options", Card::Question(card(&["main", "next", "a new branch", "none of these at all"]))),
        ("long options", Card::Question(card(&long))),
        ("no options", Card::Question(card(&[]))),
        ("answered", Card::Question(answered)),
        ("closed", closed(Moot::Over)),
        ("withdrawn", closed(Moot::Withdrawn)),
    ]);
}
