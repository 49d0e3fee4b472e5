//! A task's history as a document that a person reads: what happened when, counted from the start of its run.
//!
//! Owns the layout. Must not know where the history is kept.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

use crate::domain::action::ProposedAction;
use crate::domain::event::{ActionState, ActionUpdate, Ending, PlanEntry, TaskEvent};
use crate::domain::history::HistoryEntry;
use crate::domain::ids::Timestamp;
use crate::domain::task::{Phase, Task};

use super::clean::{line, plain};
use super::exact::{Keep, exact};
use super::quantity::{bytes, elapsed, offset, span};
use super::states;

#[cfg(test)]
pub(super) mod tests;

/// Longest title of an action, in UTF-16 units.
const TITLE: usize = 1_000;

/// Where the text of an entry begins, so that times stand in a column of their own.
const INDENT: usize = 10;

/// The log of a task. Times count from the start of its run, or from its request while it has not begun.
#[must_use]
pub fn log(task: &Task, history: &[(Timestamp, HistoryEntry)]) -> String {
    let start = task.started_at.unwrap_or(task.created_at);
    let mut log = Log { text: heading(task), start, titles: HashMap::new() };
    for (at, entry) in history {
        log.entry(*at, entry);
    }
    if history.is_empty() {
        log.text.push_str("Nothing has happened yet.\n");
    }
    log.text
}

fn heading(task: &Task) -> String {
    let Task { id, agent, engine, workspace, requester, .. } = task;
    let mut text = format!("Task #{id} · {agent} · {engine} · in {workspace}\nasked by user {requester}");
    if let Ok(asked) = jiff::Timestamp::from_millisecond(task.created_at.0) {
        // Writing to a string cannot fail.
        let _ = write!(text, " on {}", asked.strftime("%Y-%m-%d at %H:%M:%S UTC"));
    }
    let (mark, word) = match &task.phase {
        Phase::Finished(outcome) => states::outcome(outcome),
        phase @ (Phase::Queued
        | Phase::Starting { .. }
        | Phase::Running { .. }
        | Phase::AwaitingApproval { .. }
        | Phase::Stopping { .. }) => states::named(phase.name()),
    };
    let _ = write!(text, "\n{mark} {word}");
    if let (Some(from), Some(to)) = (task.started_at, task.ended_at) {
        let _ = write!(text, " after {}", elapsed(to.since(from)));
    }
    let _ = write!(text, "\n\n{}\n\n", plain(&task.prompt).trim());
    text
}

struct Log<'h> {
    text: String,
    start: Timestamp,
    /// What each action is, by the engine's name for it: later entries do not repeat it.
    titles: HashMap<&'h str, String>,
}

impl<'h> Log<'h> {
    fn entry(&mut self, at: Timestamp, entry: &'h HistoryEntry) {
        match entry {
            HistoryEntry::Task { moved } => self.moved(at, moved),
            HistoryEntry::Action { update } => self.action(at, update),
            HistoryEntry::Output { action, head, tail, omitted } => {
                let title = self.title(action);
                self.line(at, &format!("Output of {title}:"));
                self.output(head, tail, *omitted);
            }
            HistoryEntry::Plan { plan } => self.plan(at, plan),
            HistoryEntry::Asked { payload, .. } => self.asked(at, payload),
            HistoryEntry::Resolved { status, .. } => self.line(at, &states::approval(status)),
            HistoryEntry::Question { text } => self.with_text(at, "? The agent asked:", text),
            HistoryEntry::Answer { text } => self.with_text(at, "Answer:", text),
            HistoryEntry::Withdrawn { .. } => self.line(at, "The agent took its question back"),
            HistoryEntry::SessionLost => {
                self.line(at, "The earlier session could not be taken up again; this is a new one");
            }
            HistoryEntry::Warned { text } => self.with_text(at, "Warning:", text),
            HistoryEntry::Steered { task, text } => {
                self.with_text(at, &format!("{} Words passed on from #{task}:", states::PASSED_ON), text);
            }
            HistoryEntry::Silent { seconds } => {
                let time = span(Duration::from_secs(*seconds));
                self.line(at, &format!("{} No sign of life from the engine for {time}", states::ASKING));
            }
            HistoryEntry::Heard => self.line(at, "The engine works again"),
            HistoryEntry::File { path } => self.line(at, &format!("Sent the file {path}")),
            HistoryEntry::Said { markdown } => self.with_text(at, "The agent said:", markdown),
        }
    }

    fn moved(&mut self, at: Timestamp, event: &TaskEvent) {
        let words = match event {
            TaskEvent::Started { .. } => "Started the engine",
            TaskEvent::Running { .. } => "The engine is up",
            TaskEvent::SessionOpened { session, .. } => {
                self.line(at, &format!("Session {}", session.0));
                return;
            }
            TaskEvent::PassedOn { to } => {
                self.line(
                    at,
                    &format!("{} Its words went into the running turn of #{to}", states::PASSED_ON),
                );
                return;
            }
            TaskEvent::StopRequested => "Told to stop",
            TaskEvent::TimedOut => "Ran longer than the time limit",
            TaskEvent::Interrupted => "Interrupted: Adjutant was restarted",
            TaskEvent::Ended { ending: Ending::Completed, .. } => "The engine is done",
            TaskEvent::Ended { ending: Ending::Stopped, .. } => "The engine stopped",
            TaskEvent::Ended { ending: Ending::Failed { reason }, .. } => {
                self.with_text(at, "The engine failed:", reason);
                return;
            }
            // The approvals' own entries say more.
            TaskEvent::ApprovalRequested { .. } | TaskEvent::ApprovalResolved { .. } => return,
        };
        self.line(at, words);
    }

    fn action(&mut self, at: Timestamp, update: &'h ActionUpdate) {
        if let Some(title) = &update.title {
            self.titles.insert(&update.id, line(title, TITLE));
        }
        let note = match &update.state {
            ActionState::Failed { note } if !note.is_empty() => format!(" ({note})"),
            ActionState::Failed { .. } | ActionState::Running | ActionState::Waiting | ActionState::Done => {
                String::new()
            }
        };
        let words = format!("{} {}{note}", states::action(&update.state), self.title(&update.id));
        self.line(at, &words);
    }

    fn title(&self, action: &str) -> String {
        self.titles.get(action).cloned().unwrap_or_else(|| format!("action {action}"))
    }

    fn plan(&mut self, at: Timestamp, plan: &[PlanEntry]) {
        self.line(at, "Plan:");
        for entry in plan {
            self.block(&format!("{} {}", states::plan(entry.state), line(&entry.text, TITLE)));
        }
    }

    fn asked(&mut self, at: Timestamp, payload: &str) {
        match serde_json::from_str::<ProposedAction>(payload) {
            Ok(ProposedAction::Command { command, cwd, env }) => {
                self.line(
                    at,
                    &format!("{} Asked to run in {}:", states::WAITING, exact(&cwd, Keep::Nothing)),
                );
                self.block(&exact(&command, Keep::Lines));
                for (name, value) in env {
                    self.block(&exact(&format!("with {name}={value}"), Keep::Nothing));
                }
            }
            Ok(ProposedAction::WriteFile { path, content }) => {
                let size = bytes(content.len() as u64);
                let path = exact(&path, Keep::Nothing);
                self.line(at, &format!("{} Asked to write {path} ({size}):", states::WAITING));
                self.block(&exact(&content, Keep::LinesAndTabs));
            }
            Ok(ProposedAction::Other { title, detail, .. }) => {
                let title = exact(&title, Keep::Nothing);
                self.line(at, &format!("{} Asked to: {title}", states::WAITING));
                self.block(&exact(&detail, Keep::LinesAndTabs));
            }
            Err(_) => {
                self.with_text(at, &format!("{} Asked for:", states::WAITING), &exact(payload, Keep::Lines))
            }
        }
    }

    fn output(&mut self, head: &str, tail: &str, omitted: u64) {
        if omitted == 0 {
            self.block(&format!("{head}{tail}"));
        } else {
            self.block(head);
            self.block(&format!("… {} left out …", bytes(omitted)));
            self.block(tail);
        }
    }

    fn with_text(&mut self, at: Timestamp, words: &str, text: &str) {
        self.line(at, words);
        self.block(text);
    }

    /// A line with its time.
    fn line(&mut self, at: Timestamp, words: &str) {
        let time = offset(at.since(self.start));
        let _ = writeln!(self.text, "{time:<INDENT$}{}", line(words, usize::MAX));
    }

    /// Lines below one with a time.
    fn block(&mut self, text: &str) {
        for text in plain(text).trim_end().lines() {
            let line = format!("{:INDENT$}{text}", "");
            let _ = writeln!(self.text, "{}", line.trim_end());
        }
    }
}
