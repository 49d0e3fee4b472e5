//! What a task ends with: its answer, or why there is none; and the files that go with it.

use std::path::Path;

use crate::domain::card::{HandoffButton, TaskSummary};
use crate::domain::ids::{ChainId, TaskId};
use crate::domain::message::{Document, DocumentContent, Message, RichText, Style};
use crate::domain::press::Press;
use crate::domain::task::Outcome;

use super::chain::stuck;
use super::clean::block;
use super::compose::{dotted, long, name, row, silent, text_document, title, words};
use super::markdown::markdown;
use super::split::{MESSAGE_LIMIT, split};
use super::states;
use super::text::RichBuilder;
use super::working::afterwards;

/// Most buttons by which an answer is handed on.
const MOST_HANDOFFS: usize = 8;

/// An answer of more messages than this goes into a document.
const MOST_PARTS: usize = 5;

/// Longest reason, in UTF-16 units.
const REASON: usize = 2_000;

/// The final answer. Only its first message rings; its last one has the buttons by which it is handed on.
pub(super) fn answer(task: TaskId, source: &str, handoffs: &[HandoffButton], rings: bool) -> Vec<Message> {
    let mut messages = said(task, source);
    if messages.is_empty() {
        messages.push(silent(words("Done. The agent said nothing."), Vec::new()));
    }
    if let Some(last) = messages.last_mut() {
        let press = |handoff: &HandoffButton| Press::HandOff { task, handoff: handoff.key };
        last.buttons = handoffs.iter().take(MOST_HANDOFFS).map(|h| row(&h.label, press(h))).collect();
    }
    if let Some(first) = messages.first_mut() {
        first.silent = !rings;
    }
    messages
}

/// An outcome other than success, after what had been said until then. Only the message that says what happened
/// rings.
pub(super) fn unsuccessful(
    task: &TaskSummary,
    outcome: &Outcome,
    partial: &str,
    continues: bool,
    chain: Option<ChainId>,
    rings: bool,
) -> Vec<Message> {
    let mut messages = said(task.id, partial);
    let body = what_happened(task, outcome, continues, chain.is_some(), !messages.is_empty());
    let buttons = match chain {
        Some(chain) => stuck(task.id, chain),
        None => afterwards(task.id, continues),
    };
    messages.push(Message { silent: !rings, ..silent(body, vec![buttons]) });
    messages
}

/// A file from the agent.
pub(super) fn file(path: &Path) -> Message {
    let name = path.file_name().map_or_else(|| "file".into(), |name| name.to_string_lossy());
    let document = Document { name: name.into_owned(), content: DocumentContent::File(path.to_path_buf()) };
    Message { body: RichText::default(), buttons: Vec::new(), document: Some(document), silent: true }
}

/// A task's log.
pub(super) fn log(task: TaskId, text: &str) -> Message {
    text_document(format!("log-{task}.txt"), text.to_owned(), RichText::default())
}

fn said(task: TaskId, source: &str) -> Vec<Message> {
    let body = markdown(source);
    let parts = split(&body, MESSAGE_LIMIT);
    if parts.len() <= MOST_PARTS {
        return long(&body, Vec::new());
    }
    let caption = words(format!("The whole answer, {} messages long, is in this file.", parts.len()));
    let beginning = parts.into_iter().take(MOST_PARTS - 1).map(|part| silent(part, Vec::new()));
    let whole = text_document(format!("answer-{task}.md"), source.to_owned(), caption);
    beginning.chain([whole]).collect()
}

fn what_happened(
    task: &TaskSummary,
    outcome: &Outcome,
    continues: bool,
    chained: bool,
    after_words: bool,
) -> RichText {
    let (mark, word) = states::outcome(outcome);
    let mut text = RichBuilder::new();
    text.push(mark).push(" ");
    name(&mut text, word);
    dotted(&mut text, &task.agent);
    text.push(&format!(" · #{}\n", task.id));
    match outcome {
        Outcome::Failed { reason } if !reason.trim().is_empty() => title(&mut text, &block(reason, REASON)),
        Outcome::Failed { .. } => text.push("The engine did not say why. The log shows how far it came."),
        Outcome::Stopped => text.push("It was stopped before it was done."),
        Outcome::TimedOut => text.push("It took longer than the time limit allows."),
        Outcome::Interrupted if chained => text.push("Adjutant was stopped or restarted while this ran."),
        Outcome::Interrupted if continues => text
            .push("Adjutant was stopped or restarted while this ran. The session is kept: ")
            .push_styled(Style::Bold, "Continue")
            .push(" lets the agent go on, ")
            .push_styled(Style::Bold, "Retry")
            .push(" begins this request anew."),
        Outcome::Interrupted => text
            .push("Adjutant was stopped or restarted while this ran. Nothing was run again: ")
            .push_styled(Style::Bold, "Retry")
            .push(" begins this request anew."),
        Outcome::Succeeded => text.push("It is done."),
        Outcome::PassedOn { to } => text.push(&format!("Its words went to #{to}.")),
    };
    if chained {
        text.push(" The chain waits for you.");
    }
    if after_words {
        text.push("\nWhat it had said until then is above.");
    }
    text.finish()
}
