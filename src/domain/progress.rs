//! A run's progress: the fold of what its engine reports, as much of it as a card needs.

use std::collections::VecDeque;

use super::event::{ActionState, ActionUpdate, Ending, EngineEvent, PlanEntry, Usage};

/// How many actions a card shows.
pub const RECENT_ACTIONS: usize = 5;

/// Longest answer that is kept, in bytes. Beyond it the answer ends with a line that says so.
pub const ANSWER_LIMIT: usize = 4 * 1024 * 1024;

/// How much of an action's latest output is kept, in bytes.
const OUTPUT_TAIL: usize = 240;

/// Longest title or thought that is kept for the card, in characters.
const LINE_LIMIT: usize = 300;

/// What a run has done so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Progress {
    /// How many actions have begun.
    pub steps: u32,
    /// The plan, if the agent made one.
    pub plan: Vec<PlanEntry>,
    /// The last actions, oldest first; at most [`RECENT_ACTIONS`].
    pub recent: VecDeque<ActionLine>,
    /// The latest thought, shortened.
    pub thought: Option<String>,
    /// The end of the latest action's output.
    pub output: String,
    /// The answer so far, in Markdown.
    pub answer: String,
    /// What it has used.
    pub usage: Usage,
    /// The question it waits for, if any.
    pub question: Option<String>,
    /// What the session is about, shortened.
    pub title: Option<String>,
    /// Whose output [`Self::output`] is.
    printing: Option<String>,
    truncated: bool,
}

/// One action as the card shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionLine {
    /// The engine's name for it.
    pub id: String,
    /// What it is.
    pub title: String,
    /// How far it is.
    pub state: ActionState,
}

/// How much an engine's event matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Kept in the history.
    Milestone,
    /// Shown, not kept.
    Chatter,
}

impl Progress {
    /// Takes in one event.
    pub fn fold(&mut self, event: &EngineEvent) -> Weight {
        match event {
            EngineEvent::Text(text) => self.text(text),
            EngineEvent::Thought(thought) => self.thought(thought),
            EngineEvent::Output { action, chunk } => self.output(action, chunk),
            EngineEvent::Usage(usage) => self.usage = usage.plausible(),
            EngineEvent::Offers(_) => {}
            EngineEvent::Plan(plan) => {
                self.plan.clone_from(plan);
                return Weight::Milestone;
            }
            EngineEvent::Action(update) => {
                self.action(update);
                return Weight::Milestone;
            }
            EngineEvent::Question { text, .. } => {
                self.question = Some(shortened(text));
                return Weight::Milestone;
            }
            EngineEvent::Titled(title) => self.titled(title),
            EngineEvent::SessionOpened(_)
            | EngineEvent::SessionLost
            | EngineEvent::Warning(_)
            | EngineEvent::ApprovalRequested { .. }
            | EngineEvent::Withdrawn { .. }
            | EngineEvent::Steered { .. }
            | EngineEvent::File(_)
            | EngineEvent::Ended(Ending::Completed | Ending::Failed { .. } | Ending::Stopped) => {
                return Weight::Milestone;
            }
        }
        Weight::Chatter
    }

    fn text(&mut self, text: &str) {
        if self.truncated {
            return;
        }
        let room = ANSWER_LIMIT.saturating_sub(self.answer.len());
        self.answer.push_str(&text[..text.floor_char_boundary(room)]);
        if text.len() > room {
            self.truncated = true;
            self.answer.push_str("\n\n(The answer went on past 4 MB; the rest was not kept.)");
        }
    }

    fn thought(&mut self, thought: &str) {
        let line = shortened(thought);
        if !line.is_empty() {
            self.thought = Some(line);
        }
    }

    fn titled(&mut self, title: &str) {
        let line = shortened(title);
        if !line.is_empty() {
            self.title = Some(line);
        }
    }

    fn output(&mut self, action: &str, chunk: &str) {
        // Actions that run side by side must not have their outputs mixed.
        if self.printing.as_deref() != Some(action) {
            self.printing = Some(action.to_owned());
            self.output.clear();
        }
        self.output.push_str(chunk);
        if self.output.len() > OUTPUT_TAIL {
            let cut = self.output.ceil_char_boundary(self.output.len() - OUTPUT_TAIL);
            self.output.drain(..cut);
        }
    }

    fn action(&mut self, update: &ActionUpdate) {
        if let Some(line) = self.recent.iter_mut().find(|line| line.id == update.id) {
            if let Some(title) = &update.title {
                line.title = shortened(title);
            }
            line.state = update.state.clone();
            return;
        }
        // The end of an action that the card no longer shows is not one more action.
        let ended = matches!(update.state, ActionState::Done | ActionState::Failed { .. });
        if ended && update.title.is_none() {
            return;
        }
        self.steps += 1;
        self.output.clear();
        let title = update.title.as_deref().unwrap_or("Working");
        self.recent.push_back(ActionLine {
            id: update.id.clone(),
            title: shortened(title),
            state: update.state.clone(),
        });
        if self.recent.len() > RECENT_ACTIONS {
            self.recent.pop_front();
        }
    }
}

fn shortened(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    if line.chars().count() <= LINE_LIMIT {
        return line.to_owned();
    }
    line.chars().take(LINE_LIMIT - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests;
