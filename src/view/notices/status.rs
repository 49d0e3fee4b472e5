//! What goes on: in this conversation, in all of them, and what waits for an answer.

use std::time::Duration;

use super::{Said, built, plain, short};
use crate::domain::action::ProposedAction;
use crate::domain::approval::Approval;
use crate::domain::card::Status;
use crate::domain::message::Style;
use crate::domain::press::{NameKey, Press};
use crate::view::clean::line;
use crate::view::compose::{dotted, name, row};
use crate::view::quantity::{count, elapsed, span, usage};
use crate::view::states;

/// Longest action in the list of open approvals, in UTF-16 units. Deciding needs its card, which shows it whole.
const ACTION: usize = 80;

/// Longest title of a session, in UTF-16 units.
const TITLE: usize = 120;

/// What goes on.
pub(super) fn status(status: &Status) -> Said {
    let text = built(|text| {
        match &status.running {
            Some((task, time)) => {
                text.push(&format!("{} Working on #{task} · {}", states::RUNNING, elapsed(*time)));
            }
            None => {
                text.push(&format!("{} Nothing is running here", states::PENDING));
            }
        }
        if status.asks {
            text.push(&format!("\n{} It waits for your answer to its question", states::ASKING));
        }
        if status.queued > 0 {
            text.push(&format!("\n{} {} in the queue", states::PENDING, count(status.queued, "task")));
        }
        if status.approvals > 0 {
            let waiting = count(status.approvals, "approval");
            text.push(&format!("\n{} {waiting} open: /approvals", states::WAITING));
        }
        text.push("\n\n");
        match &status.agent {
            Some(agent) => name(text, agent),
            None => {
                text.push("No agent chosen");
            }
        }
        dotted(text, &status.engine);
        text.push(" · in ").push(&short(&status.workspace));
        if status.bound {
            text.push("\nWhat you write here goes to it, whichever agent you call in between.");
        }
        text.push(match (&status.agent, status.session) {
            (None, _) => "\n/agent lets you choose one.",
            (Some(_), true) => "\nYour next message continues where it left off; /new starts over.",
            (Some(_), false) => "\nYour next message starts a new session.",
        });
        let title = line(status.title.as_deref().unwrap_or_default(), TITLE);
        if !title.is_empty() {
            text.push(&format!("\nSession: {title}"));
        }
        if let Some(used) = usage(&status.used) {
            text.push(&format!("\nUsed in this session: {used}"));
        }
        text.push(&format!("\n\nIn all chats: {} of {} running.", status.running_everywhere, status.limit));
    });
    let stop = status.running.map(|(task, _)| row(&format!("Stop #{task}"), Press::Stop(task)));
    let bound = status.agent.as_ref().filter(|_| status.bound);
    let release =
        bound.map(|agent| row(&format!("Release {}", short(agent)), Press::ReleaseAgent(NameKey::of(agent))));
    (text, stop.into_iter().chain(release).collect())
}

/// Open approvals. Without buttons: what is decided about must be shown in full, as on its own card.
pub(super) fn approvals(approvals: &[(Approval, Duration)]) -> Said {
    if approvals.is_empty() {
        return plain("Nothing waits for an answer.");
    }
    let text = built(|text| {
        text.push("These wait for an answer, on their cards above:\n");
        for (approval, left) in approvals {
            text.push(&format!("\n{} #{} ", states::WAITING, approval.task));
            name(text, &approval.agent);
            text.push(&format!(" · {} left\n", span(*left)));
            text.push_styled(Style::Code, &what(&approval.action));
        }
    });
    (text, Vec::new())
}

fn what(action: &ProposedAction) -> String {
    match action {
        ProposedAction::Command { command, .. } => line(command, ACTION),
        ProposedAction::WriteFile { path, .. } => line(&format!("write {path}"), ACTION),
        ProposedAction::Other { title, .. } => line(title, ACTION),
    }
}
