//! The cards of a race: while it runs, compared at its end, and what a task has left in a worktree of its own.

use crate::domain::card::{RaceCard, RunnerLine, WorkCard};
use crate::domain::message::{Button, Message, Style};
use crate::domain::press::Press;
use crate::domain::race::RaceState;
use crate::domain::task::Outcome;
use crate::domain::worktree::{Changes, TestResult, WorktreeState};

use super::chain::{numbers, prompt};
use super::clean::{block, last_lines, line};
use super::compose::{NAME, button, row, silent, title};
use super::quantity::count;
use super::states;
use super::text::RichBuilder;
use super::working::spent;

/// Longest reason, in UTF-16 units.
const REASON: usize = 500;

/// Longest reason among others, in UTF-16 units.
const WHY: usize = 150;

/// How much of a failed test is shown: lines, and UTF-16 units.
const TAIL: (usize, usize) = (6, 400);

/// Longest path or branch, in UTF-16 units.
const PATH: usize = 400;

/// A race while it runs, and the line that it leaves behind.
pub(super) fn race(card: &RaceCard) -> Message {
    let mut text = RichBuilder::new();
    let ended = card.runners.iter().filter(|runner| runner.outcome.is_some()).count();
    let (mark, word) = match &card.state {
        RaceState::Preparing | RaceState::Running { .. } => (states::RUNNING, "Race"),
        RaceState::Deciding { .. } | RaceState::Kept { .. } | RaceState::NoneKept => {
            (states::DONE, "Race over")
        }
        RaceState::Refused { .. } => (states::FAILED, "No race"),
    };
    text.push(mark).push(" ").push_styled(Style::Bold, word);
    match &card.state {
        RaceState::Preparing => text.push(" · looking at the repository"),
        RaceState::Running { .. } => text.push(&format!(" · {ended} of {} done", card.runners.len())),
        RaceState::Deciding { .. } | RaceState::Kept { .. } | RaceState::NoneKept => {
            text.push(" · the comparison is below")
        }
        RaceState::Refused { reason } => text.push("\n").push(&block(reason, REASON)),
    };
    prompt(&mut text, &card.prompt);
    if let RaceState::Running { dirty: true, .. } = card.state {
        text.push("\nYour uncommitted changes are not part of it.");
    }
    if matches!(card.state, RaceState::Preparing | RaceState::Running { .. }) {
        text.push("\n");
        for runner in &card.runners {
            text.push("\n");
            runner_line(&mut text, runner);
        }
    }
    let buttons = match card.state {
        RaceState::Preparing | RaceState::Running { .. } => vec![row("Stop", Press::StopRace(card.id))],
        RaceState::Deciding { .. }
        | RaceState::Kept { .. }
        | RaceState::NoneKept
        | RaceState::Refused { .. } => Vec::new(),
    };
    silent(text.finish(), buttons)
}

/// A race that has ended, compared.
pub(super) fn comparison(card: &RaceCard) -> Message {
    let mut text = RichBuilder::new();
    let kept =
        |runner: &&RunnerLine| matches!(card.state, RaceState::Kept { task } if runner.task == Some(task));
    let kept = card.runners.iter().find(kept).map(|runner| line(&runner.agent, NAME));
    let changed = card.runners.iter().any(|runner| runner.changes.is_some_and(|changes| changes.files > 0));
    let (mark, words) = match (&card.state, kept) {
        (RaceState::Kept { .. }, Some(agent)) => (states::DONE, format!("Kept: {agent}")),
        (RaceState::NoneKept, _) if changed => (states::ENDED, "Kept: none".to_owned()),
        (RaceState::Deciding { .. }, _) => (states::WAITING, "Race over: which one is kept?".to_owned()),
        (_, _) => (states::DONE, "Race over: nobody has changed anything".to_owned()),
    };
    text.push(mark).push(" ").push_styled(Style::Bold, &words);
    prompt(&mut text, &card.prompt);
    if let RaceState::Deciding { dirty: true } = card.state {
        text.push("\nYour uncommitted changes were not part of it.");
    }
    let deciding = matches!(card.state, RaceState::Deciding { .. });
    for runner in &card.runners {
        text.push("\n\n");
        // Once it is decided, only the outcome of a test matters.
        compared(&mut text, runner, deciding);
    }
    let mut buttons = Vec::new();
    if deciding {
        let open = card.runners.iter().filter(|runner| runner.worktree == Some(WorktreeState::Open));
        let keep = open.filter_map(|runner| {
            Some(row(&format!("Keep {}", line(&runner.agent, NAME)), Press::Keep(runner.task?)))
        });
        buttons.extend(keep);
        buttons.push(row("Keep none", Press::KeepNone(card.id)));
    }
    buttons.extend(numbers(card.runners.iter().filter_map(|runner| runner.task)));
    Message { silent: !card.rings, ..silent(text.finish(), buttons) }
}

fn runner_line(text: &mut RichBuilder, runner: &RunnerLine) {
    let (mark, word) = state(runner);
    text.push(mark).push(" ").push(&line(&runner.agent, NAME)).push(" · ").push(&word.to_lowercase());
    if let Some(done) = runner.totals {
        text.push(" · ").push(&spent(&done));
    }
    if let Some(task) = runner.task {
        text.push(&format!(" · #{task}"));
    }
}

fn state(runner: &RunnerLine) -> (&'static str, &'static str) {
    runner.outcome.as_ref().map_or_else(|| states::named(&runner.state), states::outcome)
}

fn compared(text: &mut RichBuilder, runner: &RunnerLine, tails: bool) {
    let (mark, word) = state(runner);
    text.push(mark).push(" ").push_styled(Style::Bold, &line(&runner.agent, NAME));
    text.push(" · ").push(&word.to_lowercase());
    if let Some(task) = runner.task {
        text.push(&format!(" · #{task}"));
    }
    text.push("\n").push(&match (runner.changes, runner.worktree) {
        (Some(changes), _) => stat(changes),
        (None, Some(WorktreeState::Open)) => "changes unknown".to_owned(),
        (None, _) => "no changes".to_owned(),
    });
    if let Some(done) = runner.totals {
        text.push(" · ").push(&spent(&done));
    }
    if let Some(Outcome::Failed { reason }) = &runner.outcome {
        title(text.push("\n"), &line(reason, WHY));
    }
    test(text, runner.test.as_ref(), tails);
}

/// How much was changed: `3 files · +40 −2`.
fn stat(changes: Changes) -> String {
    match changes {
        Changes { files: 0, .. } => "no changes".to_owned(),
        Changes { files, added, removed } => format!("{} · +{added} −{removed}", count(files, "file")),
    }
}

fn test(text: &mut RichBuilder, result: Option<&TestResult>, tails: bool) {
    match result {
        None => {}
        Some(TestResult::Passed) => {
            text.push(&format!("\n{} test passed", states::DONE));
        }
        Some(TestResult::TimedOut) => {
            text.push(&format!("\n{} test timed out", states::ENDED));
        }
        Some(TestResult::Stopped) => {
            text.push(&format!("\n{} test stopped", states::ENDED));
        }
        Some(TestResult::NotStarted { reason }) => {
            text.push(&format!("\n{} test not started: {}", states::FAILED, line(reason, REASON)));
        }
        Some(TestResult::Failed { code, tail }) => {
            text.push(&format!("\n{} test failed (exit {code})", states::FAILED));
            let (lines, units) = TAIL;
            let tail = last_lines(tail, lines, units);
            if tails && !tail.trim().is_empty() {
                text.push("\n").push_styled(Style::Pre(None), &tail);
            }
        }
    }
}

/// What a task has left in a worktree of its own.
pub(super) fn work(card: &WorkCard) -> Message {
    let mut text = RichBuilder::new();
    let (mark, word) = match card.state {
        WorktreeState::Making | WorktreeState::Made | WorktreeState::Open => {
            (states::WAITING, "Changes to keep?")
        }
        WorktreeState::Keeping => (states::RUNNING, "Keeping"),
        WorktreeState::Kept => (states::DONE, "Kept"),
        WorktreeState::Merging => (states::RUNNING, "Merging"),
        WorktreeState::Merged => (states::DONE, "Merged"),
        WorktreeState::Removing | WorktreeState::Removed => (states::ENDED, "Discarded"),
    };
    text.push(mark).push(" ").push_styled(Style::Bold, word);
    text.push(" · ").push(&line(&card.agent, NAME)).push(&format!(" · #{}", card.task));
    if card.changes.files > 0 {
        text.push("\n").push(&stat(card.changes));
    }
    if card.state == WorktreeState::Open {
        text.push(", in a worktree of its own: the workspace is as it was.");
    }
    if matches!(card.state, WorktreeState::Kept | WorktreeState::Merged) {
        text.push("\nBranch ").push_styled(Style::Code, &line(&card.branch, PATH));
        text.push("\nDirectory ").push_styled(Style::Code, &line(&card.path.display().to_string(), PATH));
    }
    if card.state == WorktreeState::Kept {
        text.push("\nInto the workspace: ");
        text.push_styled(Style::Code, &format!("git merge {}", line(&card.branch, PATH)));
    }
    if let Some(problem) = &card.problem {
        text.push("\n\n").push(states::FAILED).push(" ").push(&block(problem, REASON));
    }
    Message { silent: !card.rings, ..silent(text.finish(), work_buttons(card)) }
}

fn work_buttons(card: &WorkCard) -> Vec<Vec<Button>> {
    match card.state {
        WorktreeState::Open => {
            vec![vec![button("Keep", Press::Keep(card.task)), button("Discard", Press::Discard(card.task))]]
        }
        WorktreeState::Kept if card.merges => vec![row("Merge", Press::Merge(card.task))],
        WorktreeState::Making
        | WorktreeState::Made
        | WorktreeState::Keeping
        | WorktreeState::Kept
        | WorktreeState::Merging
        | WorktreeState::Merged
        | WorktreeState::Removing
        | WorktreeState::Removed => Vec::new(),
    }
}
