//! What is kept of what a run's actions print: the beginning and the end of each, and no more than so much in all. Pure.

use std::collections::HashMap;

use crate::domain::event::{ActionState, ActionUpdate, EngineEvent};
use crate::domain::history::{HistoryEntry, KeptOutput};

/// How much is kept of all actions of one run together, in bytes.
const LIMIT: usize = 4 * 1024 * 1024;

/// How many actions may print side by side; what others print is not kept.
const SIDE_BY_SIDE: usize = 64;

/// What the log says where it ends early.
const FULL: &str = "(This task printed more than is kept. What it printed from here on is not in the log.)";

/// The outputs of one run.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    open: HashMap<String, KeptOutput>,
    kept: usize,
}

impl Outputs {
    /// Takes in an event; returns the outputs that are complete with it.
    pub(super) fn take(&mut self, event: &EngineEvent) -> Vec<HistoryEntry> {
        let ended = match event {
            EngineEvent::Output { action, chunk } => {
                self.push(action, chunk);
                Vec::new()
            }
            EngineEvent::Action(ActionUpdate {
                id,
                state: ActionState::Done | ActionState::Failed { .. },
                ..
            }) => self.open.remove_entry(id).into_iter().collect(),
            EngineEvent::Ended(_) => std::mem::take(&mut self.open).into_iter().collect(),
            EngineEvent::Action(_)
            | EngineEvent::SessionOpened(_)
            | EngineEvent::Text(_)
            | EngineEvent::Thought(_)
            | EngineEvent::Plan(_)
            | EngineEvent::ApprovalRequested { .. }
            | EngineEvent::Question { .. }
            | EngineEvent::File(_)
            | EngineEvent::Withdrawn { .. }
            | EngineEvent::Steered { .. }
            | EngineEvent::Offers(_)
            | EngineEvent::Titled(_)
            | EngineEvent::SessionLost
            | EngineEvent::Warning(_)
            | EngineEvent::Usage(_) => Vec::new(),
        };
        ended.into_iter().filter_map(|(id, output)| self.keep(output.entry(id)?)).collect()
    }

    fn push(&mut self, action: &str, chunk: &str) {
        let room = self.open.len() < SIDE_BY_SIDE && self.kept < LIMIT;
        match self.open.get_mut(action) {
            Some(output) => output.push(chunk),
            None if room => self.open.entry(action.to_owned()).or_default().push(chunk),
            None => {}
        }
    }

    /// The last one that still has room is followed by nothing but a word about that.
    fn keep(&mut self, entry: HistoryEntry) -> Option<HistoryEntry> {
        let HistoryEntry::Output { action, head, tail, .. } = &entry else { return Some(entry) };
        if self.kept >= LIMIT {
            return None;
        }
        self.kept += head.len() + tail.len();
        if self.kept < LIMIT {
            return Some(entry);
        }
        let (action, head) = (action.clone(), FULL.to_owned());
        Some(HistoryEntry::Output { action, head, tail: String::new(), omitted: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(action: usize, chunk: &str) -> EngineEvent {
        EngineEvent::Output { action: action.to_string(), chunk: chunk.to_owned() }
    }

    fn done(action: usize) -> EngineEvent {
        let (id, state) = (action.to_string(), ActionState::Done);
        EngineEvent::Action(ActionUpdate { id, title: None, state })
    }

    fn size(entries: &[HistoryEntry]) -> usize {
        entries.iter().map(|entry| serde_json::to_string(entry).unwrap().len()).sum()
    }

    #[test]
    fn each_output_is_kept_when_its_action_ends_or_the_run_does() {
        let mut outputs = Outputs::default();
        assert_eq!(outputs.take(&output(1, "one")), []);
        assert_eq!(outputs.take(&output(2, "two")), []);
        assert_eq!(outputs.take(&done(1)).len(), 1);
        let ended = EngineEvent::Ended(crate::domain::event::Ending::Completed);
        assert_eq!(outputs.take(&ended).len(), 1);
        assert_eq!(outputs.take(&ended), []);
    }

    #[test]
    fn a_hundred_thousand_loud_actions_are_kept_in_bounds_and_the_log_says_so() {
        let mut outputs = Outputs::default();
        let chunk = "x".repeat(8 * 1024);
        let mut kept = Vec::new();
        for action in 0..100_000 {
            outputs.take(&output(action, &chunk));
            kept.extend(outputs.take(&done(action)));
        }
        assert!(size(&kept) < LIMIT * 11 / 10, "{}", size(&kept));
        let last = kept.last().map(|entry| serde_json::to_string(entry).unwrap());
        assert!(last.is_some_and(|last| last.contains(FULL)));
    }

    #[test]
    fn actions_that_never_end_do_not_pile_up() {
        let mut outputs = Outputs::default();
        for action in 0..100_000 {
            outputs.take(&output(action, "x"));
        }
        assert_eq!(outputs.open.len(), SIDE_BY_SIDE);
    }
}
