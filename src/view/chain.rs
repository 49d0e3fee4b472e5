//! The card of a chain: its steps, one a line, and what can be done about it.

use crate::domain::card::{ChainCard, StepLine, Totals};
use crate::domain::chain::{ChainState, StepState};
use crate::domain::ids::TaskId;
use crate::domain::message::{Button, Message, Style};
use crate::domain::press::Press;

use super::clean::line;
use super::compose::{NAME, button, row, silent};
use super::states;
use super::text::RichBuilder;
use super::working::spent;

/// Longest beginning of the request, in UTF-16 units.
const PROMPT: usize = 120;

/// How many tasks have a button in a row, and how many in all.
const NUMBERED: (usize, usize) = (6, 24);

/// A chain.
pub(super) fn chain(card: &ChainCard) -> Message {
    let mut text = RichBuilder::new();
    header(&mut text, card);
    prompt(&mut text, &card.prompt);
    text.push("\n");
    for step in &card.steps {
        text.push("\n");
        step_line(&mut text, step);
    }
    silent(text.finish(), buttons(card))
}

/// The beginning of a request, as a line of its own.
pub(super) fn prompt(text: &mut RichBuilder, prompt: &str) {
    let prompt = line(prompt, PROMPT);
    if !prompt.is_empty() {
        text.push("\n").push_styled(Style::Italic, &prompt);
    }
}

fn header(text: &mut RichBuilder, card: &ChainCard) {
    let of = card.steps.len();
    let at = card.steps.iter().position(|step| !step.state.is_done()).map_or(of, |at| at + 1);
    let (mark, word, rest) = match card.state {
        ChainState::Working => (states::RUNNING, "Chain", format!(" · step {at} of {of}")),
        ChainState::Waiting => (states::WAITING, "Chain waits for you", format!(" · step {at} of {of}")),
        ChainState::Stopping => (states::ENDED, "Chain stopping", format!(" · step {at} of {of}")),
        ChainState::Succeeded => (states::DONE, "Chain done", together(&card.steps)),
        ChainState::Stopped => (states::ENDED, "Chain stopped", together(&card.steps)),
    };
    text.push(mark).push(" ").push_styled(Style::Bold, word).push(&rest);
}

/// What all steps together took.
fn together(steps: &[StepLine]) -> String {
    let mut sum: Option<Totals> = None;
    for done in steps.iter().filter_map(|step| step.totals) {
        let before = sum.unwrap_or_default();
        sum = Some(Totals {
            elapsed: before.elapsed.saturating_add(done.elapsed),
            steps: 0,
            usage: before.usage.plus(done.usage),
        });
    }
    sum.map(|sum| format!(" · {}", spent(&sum))).unwrap_or_default()
}

fn step_line(text: &mut RichBuilder, step: &StepLine) {
    let (mark, word) = state(step.state);
    let agent = line(&step.agent, NAME);
    text.push(mark).push(" ");
    match step.state {
        StepState::Running => text.push_styled(Style::Bold, &agent),
        StepState::Pending
        | StepState::Succeeded
        | StepState::Failed
        | StepState::Denied
        | StepState::TimedOut
        | StepState::Interrupted
        | StepState::Stopped
        | StepState::Skipped => text.push(&agent),
    };
    if !word.is_empty() {
        text.push(" · ").push(word);
    }
    if let Some(done) = step.totals.filter(|done| !done.elapsed.is_zero()) {
        text.push(" · ").push(&spent(&done));
    }
    if let Some(task) = step.task {
        text.push(&format!(" · #{task}"));
    }
}

/// The mark of a step, and the word that is needed besides.
fn state(state: StepState) -> (&'static str, &'static str) {
    match state {
        StepState::Pending => (states::PENDING, ""),
        StepState::Running => (states::STEP, ""),
        StepState::Succeeded => (states::DONE, ""),
        StepState::Failed => (states::FAILED, "failed"),
        StepState::Denied => (states::FAILED, "denied"),
        StepState::TimedOut => (states::ENDED, "timed out"),
        StepState::Interrupted => (states::FAILED, "interrupted"),
        StepState::Stopped => (states::ENDED, "stopped"),
        StepState::Skipped => (states::PASSED_ON, "skipped"),
    }
}

fn buttons(card: &ChainCard) -> Vec<Vec<Button>> {
    match card.state {
        ChainState::Working => vec![row("Stop", Press::StopChain(card.id))],
        ChainState::Waiting => {
            let waits = card.steps.iter().find(|step| !step.state.is_done()).and_then(|step| step.task);
            vec![waits.map_or_else(|| row("Stop", Press::StopChain(card.id)), |task| stuck(task, card.id))]
        }
        ChainState::Stopping => Vec::new(),
        ChainState::Succeeded | ChainState::Stopped => numbers(card.steps.iter().filter_map(|s| s.task)),
    }
}

/// What can be done about a step that did not succeed.
pub(super) fn stuck(task: TaskId, chain: crate::domain::ids::ChainId) -> Vec<Button> {
    vec![
        button("Retry step", Press::RetryStep(task)),
        button("Skip", Press::SkipStep(task)),
        button("Stop", Press::StopChain(chain)),
    ]
}

/// A button for each task, by which it is looked at.
pub(super) fn numbers(tasks: impl Iterator<Item = TaskId>) -> Vec<Vec<Button>> {
    let (row_length, most) = NUMBERED;
    let buttons: Vec<Button> =
        tasks.take(most).map(|task| button(&format!("#{task}"), Press::ShowTask(task))).collect();
    buttons.chunks(row_length).map(<[Button]>::to_vec).collect()
}
