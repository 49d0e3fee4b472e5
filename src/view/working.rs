//! The cards of a task before and while it runs, and the line that it leaves behind.

use crate::domain::card::{TaskSummary, Totals, WorkingCard, WorkingState};
use crate::domain::conversation::Detail;
use crate::domain::event::{ActionState, PlanEntry, PlanState, Usage};
use crate::domain::ids::TaskId;
use crate::domain::message::{Button, Message, Style};
use crate::domain::press::Press;
use crate::domain::progress::{ActionLine, RECENT_ACTIONS};
use crate::domain::task::Outcome;

use super::clean::{block, last_lines, line};
use super::compose::{button, dotted, row, silent, title};
use super::quantity::{count, elapsed, usage};
use super::states;
use super::text::RichBuilder;

/// Longest command or title, in UTF-16 units.
const TITLE: usize = 300;

/// Longest line of a plan, in UTF-16 units.
const PLAN_LINE: usize = 100;

/// Most lines of a plan; those around the active one are shown.
const PLAN_LINES: usize = 10;

/// Longest note of a failed action, in UTF-16 units.
const NOTE: usize = 60;

/// Longest beginning of words that were passed on, in UTF-16 units.
const STEERED: usize = 100;

/// Longest thought, in UTF-16 units.
const THOUGHT: usize = 300;

/// How much of an output's end is shown: lines, and UTF-16 units.
const OUTPUT: (usize, usize) = (5, 240);

/// A task that waits for its turn.
pub(super) fn queued(task: &TaskSummary, place: usize, steer: bool) -> Message {
    let mut text = RichBuilder::new();
    text.push(states::PENDING).push(" ").push_styled(Style::Bold, "Queued");
    dotted(&mut text, &task.agent);
    match place {
        0 => text.push(" · waiting for a free slot"),
        1 => text.push(" · next"),
        place => text.push(&format!(" · place {place}")),
    };
    number(&mut text, task);
    let mut buttons = vec![button("Drop", Press::Drop(task.id))];
    if place > 1 {
        buttons.insert(0, button("Run next", Press::RunNext(task.id)));
    }
    if steer {
        buttons.insert(0, button("Steer", Press::Steer(task.id)));
    }
    silent(text.finish(), vec![buttons])
}

/// A task at work.
pub(super) fn working(card: &WorkingCard) -> Message {
    let mut text = RichBuilder::new();
    header(&mut text, card);
    if let Some(words) = &card.steered {
        text.push("\n+ ").push_styled(Style::Italic, &line(words, STEERED));
    }
    if card.detail != Detail::Brief {
        plan(&mut text, &card.plan);
        actions(&mut text, &card.actions);
    }
    if card.detail == Detail::Full {
        thought(&mut text, card.thought.as_deref().unwrap_or_default());
        output(&mut text, &card.output);
    }
    let buttons = match card.state {
        WorkingState::Stopping => Vec::new(),
        WorkingState::Starting
        | WorkingState::Working
        | WorkingState::AwaitingApproval
        | WorkingState::AwaitingAnswer => vec![row("Stop", Press::Stop(card.task.id))],
    };
    silent(text.finish(), buttons)
}

/// What an ended task leaves behind: one line. Its buttons are here only when no message says why it ended
/// ([`super::answer::unsuccessful`] has them, too).
pub(super) fn folded(task: &TaskSummary, outcome: &Outcome, totals: &Totals) -> Message {
    let never_ran = totals.elapsed.is_zero();
    let (mark, word) = match outcome {
        Outcome::Stopped if never_ran => (states::ENDED, "Dropped"),
        outcome => states::outcome(outcome),
    };
    let mut text = RichBuilder::new();
    text.push(mark).push(" ").push_styled(Style::Bold, word);
    dotted(&mut text, &task.agent);
    if !never_ran {
        text.push(" · ").push(&self::totals(totals));
    }
    if let Outcome::PassedOn { to } = outcome {
        text.push(&format!(" · to #{to}"));
    }
    number(&mut text, task);
    let told_why = !never_ran && *outcome != Outcome::Succeeded;
    let elsewhere = matches!(outcome, Outcome::PassedOn { .. });
    let buttons = if told_why || elsewhere { Vec::new() } else { vec![afterwards(task.id, false)] };
    silent(text.finish(), buttons)
}

/// How long it took, in how many steps, and what it used.
pub(super) fn totals(totals: &Totals) -> String {
    let steps = (totals.steps > 0).then(|| count(totals.steps, "step"));
    let parts = [Some(elapsed(totals.elapsed)), steps, usage(&totals.usage)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// How long it took and what it cost, where a line has no room for more; what it used, where no cost is known.
pub(super) fn spent(totals: &Totals) -> String {
    let Usage { cost_usd, tokens } = totals.usage;
    let used = if cost_usd.is_some_and(|cost| cost > 0.0) {
        usage(&Usage { cost_usd, tokens: None })
    } else {
        usage(&Usage { cost_usd: None, tokens })
    };
    [Some(elapsed(totals.elapsed)), used].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What can be done about an ended task.
pub(super) fn afterwards(task: TaskId, continues: bool) -> Vec<Button> {
    let mut buttons = vec![button("Retry", Press::Retry(task)), button("Log", Press::Log(task))];
    if continues {
        buttons.insert(0, button("Continue", Press::Continue(task)));
    }
    buttons
}

fn header(text: &mut RichBuilder, card: &WorkingCard) {
    let (mark, word) = states::working(card.state);
    text.push(mark).push(" ").push_styled(Style::Bold, word);
    dotted(text, &card.task.agent);
    dotted(text, &card.task.engine);
    text.push(" · ").push(&elapsed(card.elapsed));
    if card.steps > 0 {
        text.push(&format!(" · step {}", card.steps));
    }
    if let Some(used) = usage(&card.usage) {
        text.push(" · ").push(&used);
    }
    number(text, &card.task);
}

/// The number by which commands name the task.
fn number(text: &mut RichBuilder, task: &TaskSummary) {
    text.push(&format!(" · #{}", task.id));
}

fn plan(text: &mut RichBuilder, plan: &[PlanEntry]) {
    if plan.is_empty() {
        return;
    }
    text.push("\n");
    let active = plan.iter().position(|entry| entry.state != PlanState::Done).unwrap_or(plan.len());
    // One done line stays in sight above the active one.
    let first = active.saturating_sub(1).min(plan.len().saturating_sub(PLAN_LINES));
    let shown = &plan[first..plan.len().min(first + PLAN_LINES)];
    if first > 0 {
        text.push(&format!("\n{} {first} done before", states::DONE));
    }
    for entry in shown {
        text.push("\n").push(states::plan(entry.state)).push(" ").push(&line(&entry.text, PLAN_LINE));
    }
    let after = plan.len() - first - shown.len();
    if after > 0 {
        text.push(&format!("\n{} {after} more", states::PENDING));
    }
}

fn actions(text: &mut RichBuilder, actions: &[ActionLine]) {
    if actions.is_empty() {
        return;
    }
    text.push("\n");
    for action in &actions[actions.len().saturating_sub(RECENT_ACTIONS)..] {
        text.push("\n").push(states::action(&action.state)).push(" ");
        title(text, &line(&action.title, TITLE));
        match &action.state {
            ActionState::Failed { note } if !note.is_empty() => {
                title(text.push(" ("), &line(note, NOTE)).push(")");
            }
            ActionState::Failed { .. } | ActionState::Running | ActionState::Waiting | ActionState::Done => {}
        }
    }
}

fn thought(text: &mut RichBuilder, thought: &str) {
    let thought = block(thought, THOUGHT);
    if !thought.is_empty() {
        text.push("\n\n").push_styled(Style::Italic, &thought);
    }
}

fn output(text: &mut RichBuilder, output: &str) {
    let (lines, units) = OUTPUT;
    let output = last_lines(output, lines, units);
    if !output.trim().is_empty() {
        text.push("\n\n").push_styled(Style::Pre(None), &output);
    }
}
