//! The cards of several tasks together, and of work in worktrees.

use std::path::PathBuf;
use std::time::Duration;

use super::{assert_gallery, said};
use crate::domain::card::*;
use crate::domain::chain::{ChainState, StepState};
use crate::domain::event::Usage;
use crate::domain::ids::{ChainId, RaceId, TaskId};
use crate::domain::press::NameKey;
use crate::domain::race::RaceState;
use crate::domain::task::Outcome;
use crate::domain::worktree::{Changes, TestResult, WorktreeState};

fn totals(seconds: u64) -> Totals {
    let usage = Usage { cost_usd: Some(0.12), tokens: Some(12_345) };
    Totals { elapsed: Duration::from_secs(seconds), steps: 7, usage }
}

fn chain(state: ChainState, steps: [StepState; 4]) -> Card {
    let agents = ["architect", "engineer", "unit-tester", "documenter"];
    let steps = agents.into_iter().zip(steps).zip(12..).map(|((agent, state), task)| StepLine {
        agent: agent.to_owned(),
        state,
        task: (state != StepState::Pending).then_some(TaskId(task)),
        totals: (!matches!(state, StepState::Pending | StepState::Running)).then(|| totals(65)),
    });
    let prompt = "BUILD the export of invoices as CSV,\nwith tests".to_owned();
    Card::Chain(ChainCard { id: ChainId(3), prompt, state, steps: steps.collect() })
}

#[test]
fn chains() {
    use StepState::{Denied, Failed, Interrupted, Pending, Running, Skipped, Stopped, Succeeded, TimedOut};
    assert_gallery!([
        ("begun", chain(ChainState::Working, [Running, Pending, Pending, Pending])),
        ("at work", chain(ChainState::Working, [Succeeded, Running, Pending, Pending])),
        ("failed", chain(ChainState::Waiting, [Succeeded, Failed, Pending, Pending])),
        ("denied", chain(ChainState::Waiting, [Succeeded, Skipped, Denied, Pending])),
        ("timed out", chain(ChainState::Waiting, [TimedOut, Pending, Pending, Pending])),
        ("interrupted", chain(ChainState::Waiting, [Succeeded, Succeeded, Interrupted, Pending])),
        ("stopping", chain(ChainState::Stopping, [Succeeded, Running, Pending, Pending])),
        ("stopped", chain(ChainState::Stopped, [Succeeded, Stopped, Pending, Pending])),
        ("done", chain(ChainState::Succeeded, [Succeeded, Succeeded, Skipped, Succeeded])),
    ]);
}

fn runner(agent: &str, task: i64, state: &str, outcome: Option<Outcome>) -> RunnerLine {
    RunnerLine {
        agent: agent.to_owned(),
        task: Some(TaskId(task)),
        state: state.to_owned(),
        totals: outcome.is_some().then(|| totals(130)),
        outcome,
        worktree: None,
        changes: None,
        test: None,
    }
}

fn race(state: RaceState, runners: Vec<RunnerLine>) -> RaceCard {
    let prompt = "make the failing test pass".to_owned();
    RaceCard { id: RaceId(12), prompt, state, runners, rings: false }
}

#[test]
fn races() {
    let running = |dirty| RaceState::Running { base: "abc".to_owned(), dirty };
    let waiting = RunnerLine { task: None, ..runner("debugger", 0, "queued", None) };
    let under_way = vec![
        runner("engineer", 21, "finished", Some(Outcome::Succeeded)),
        runner("debugger", 22, "awaiting_approval", None),
        runner("reviewer", 23, "queued", None),
    ];
    let reason =
        "The workspace /srv/api is no git repository. A worktree needs one: git init, and a first commit.";
    assert_gallery!([
        ("preparing", Card::Race(race(RaceState::Preparing, vec![waiting]))),
        ("at work", Card::Race(race(running(false), under_way.clone()))),
        ("at work, changes left out", Card::Race(race(running(true), under_way.clone()))),
        ("over", Card::Race(race(RaceState::Deciding { dirty: false }, under_way))),
        ("refused", Card::Race(race(RaceState::Refused { reason: reason.to_owned() }, Vec::new()))),
    ]);
}

#[test]
fn comparisons() {
    let open = |agent, task, changes, test| RunnerLine {
        worktree: Some(WorktreeState::Open),
        changes: Some(changes),
        test,
        ..runner(agent, task, "finished", Some(Outcome::Succeeded))
    };
    let tail = "running 3 tests\ntest a ... FAILED\n\ntest result: FAILED".to_owned();
    let failed = Some(TestResult::Failed { code: 101, tail });
    let runners = vec![
        open("engineer", 21, Changes { files: 3, added: 40, removed: 2 }, Some(TestResult::Passed)),
        open("debugger", 22, Changes { files: 1, added: 1, removed: 1 }, failed),
        RunnerLine {
            worktree: Some(WorktreeState::Removed),
            changes: Some(Changes::default()),
            test: Some(TestResult::TimedOut),
            ..runner("reviewer", 23, "finished", Some(Outcome::TimedOut))
        },
        runner("writer", 24, "finished", Some(Outcome::Failed { reason: "no login".to_owned() })),
    ];
    let nobody = runners[2..].to_vec();
    let ringing = RaceCard { rings: true, ..race(RaceState::Deciding { dirty: true }, runners.clone()) };
    assert_gallery!([
        ("which one?", Card::Comparison(ringing)),
        ("one", Card::Comparison(race(RaceState::Kept { task: TaskId(21) }, runners.clone()))),
        ("none", Card::Comparison(race(RaceState::NoneKept, runners))),
        ("nobody changed anything", Card::Comparison(race(RaceState::NoneKept, nobody))),
    ]);
}

#[test]
fn work_in_worktrees() {
    let work = |state| WorkCard {
        task: TaskId(45),
        agent: "refactorer".to_owned(),
        changes: Changes { files: 2, added: 10, removed: 30 },
        state,
        branch: "adjutant/task-45-refactorer".to_owned(),
        path: PathBuf::from("/srv/adjutant.db.worktrees/task-45-refactorer"),
        merges: true,
        problem: None,
        rings: false,
    };
    let left = WorkCard { rings: true, ..work(WorktreeState::Open) };
    let moved =
        "The workspace has moved on since. In a terminal, git merge adjutant/x joins the two.".to_owned();
    assert_gallery!([
        ("what is left", Card::Work(left)),
        ("keeping", Card::Work(work(WorktreeState::Keeping))),
        ("kept", Card::Work(work(WorktreeState::Kept))),
        (
            "kept, not to be merged at once",
            Card::Work(WorkCard { merges: false, ..work(WorktreeState::Kept) })
        ),
        (
            "not merged",
            Card::Work(WorkCard { merges: false, problem: Some(moved), ..work(WorktreeState::Kept) })
        ),
        ("merging", Card::Work(work(WorktreeState::Merging))),
        ("merged", Card::Work(work(WorktreeState::Merged))),
        ("discarded", Card::Work(work(WorktreeState::Removing))),
    ]);
}

#[test]
fn results_that_are_handed_on() {
    let button = |label: &str| HandoffButton { label: label.to_owned(), key: NameKey::of(label) };
    let stuck = |outcome, partial: &str| Card::Unsuccessful {
        task: TaskSummary { id: TaskId(13), agent: "engineer".to_owned(), engine: "claude".to_owned() },
        outcome,
        partial: partial.to_owned(),
        continues: true,
        chain: Some(ChainId(3)),
        rings: true,
    };
    let agent = |name: &str| AgentLine { name: name.to_owned(), description: "Does it.".to_owned() };
    let page = AgentPage { agents: vec![agent("engineer"), agent("reviewer")], page: 1, pages: 3 };
    assert_gallery!([
        (
            "an answer with handoffs",
            Card::Answer {
                task: TaskId(42),
                markdown: "The plan.".to_owned(),
                handoffs: vec![button("Build it"), button("Review it")],
                rings: true,
            }
        ),
        (
            "a step that failed",
            stuck(Outcome::Failed { reason: "`claude` needs a login.".to_owned() }, "Half.")
        ),
        ("a step that was interrupted", stuck(Outcome::Interrupted, "")),
        said("to whom?", Notice::PassOnPicker { task: TaskId(42), page }),
        said("no answer", Notice::NoAnswer { task: TaskId(42) }),
    ]);
}

#[test]
fn how_it_is_written() {
    let usage = |wrong| TeamUsage { wrong, example: vec!["architect".to_owned(), "engineer".to_owned()] };
    let unknown = |wanted: &str, nearest: &[&str]| TeamMistake::Unknown {
        wanted: wanted.to_owned(),
        nearest: nearest.iter().map(|name| (*name).to_owned()).collect(),
    };
    assert_gallery!([
        said("chain", Notice::ChainUsage(usage(TeamMistake::Nothing))),
        said("race", Notice::RaceUsage(usage(TeamMistake::Nothing))),
        said("unknown", Notice::ChainUsage(usage(unknown("enginer", &["engineer", "engineer pro"])))),
        said("quite unknown", Notice::ChainUsage(usage(unknown("astronaut", &[])))),
        said("no name", Notice::ChainUsage(usage(unknown("", &[])))),
        said("no request", Notice::RaceUsage(usage(TeamMistake::NoRequest))),
        said("too few", Notice::RaceUsage(usage(TeamMistake::Count { given: 1, range: (2, 4) }))),
        said("too many", Notice::RaceUsage(usage(TeamMistake::Count { given: 9, range: (2, 4) }))),
        said("twice", Notice::RaceUsage(usage(TeamMistake::Twice { agent: "engineer".to_owned() }))),
    ]);
}
