//! The card of an approval: the whole action, who asks, and the choices.
//!
//! What is decided about is shown exactly ([`super::exact`]) and in full: in the card itself, or, when it is too
//! long, in a document sent before it. Which of the two depends on the action alone, so that a later edit of the
//! card agrees with what was sent.

use crate::domain::approval::{Approval, ApprovalStatus};
use crate::domain::card::{ApprovalCard, ApprovalStage};
use crate::domain::message::{Button, Message, Style};
use crate::domain::press::{Choice, Press};

use super::clean::line;
use super::compose::{NAME, button, name, silent, text_document, title, words};
use super::exact::{Keep, exact};
use super::quantity::{bytes, span};
use super::states;
use super::text::{RichBuilder, truncate, utf16_len};
use payload::Payload;

mod payload;
#[cfg(test)]
mod tests;
/// Longest action that the card itself carries, in UTF-16 units. What else the card says fits into the rest.
const INLINE: usize = 3_500;

/// How much of a longer action's text the card shows: lines, and UTF-16 units.
const PREVIEW: (usize, usize) = (12, 1_000);

/// How much of the other fields of a longer action the card shows, in UTF-16 units.
const FIELD: usize = 200;

/// Longest pattern that is offered, in UTF-16 units: it must be shown whole.
const PATTERN: usize = 120;

/// Hex digits of the fingerprint that tie the card to its document.
const DIGITS: usize = 12;

/// The approval. The card with the buttons is the last message.
pub(super) fn approval(card: &ApprovalCard) -> Vec<Message> {
    let approval = &card.approval;
    let payload = Payload::of(&approval.action);
    let inline = payload.units() <= INLINE;
    let open = approval.status == ApprovalStatus::Open && card.stage != ApprovalStage::Closed;
    let mut text = RichBuilder::new();
    heading(&mut text, approval, &payload);
    if inline {
        whole(&mut text, &payload);
    } else {
        preview(&mut text, &payload);
        text.push(&format!("\n{}", digits(approval)));
    }
    place(&mut text, card, &payload, inline);
    if payload.escaped {
        text.push("\nInvisible characters are shown as \\u{…}.");
    }
    let buttons = match card.stage {
        ApprovalStage::Main if open => main(&mut text, approval),
        ApprovalStage::Lasting if open => lasting(&mut text, approval),
        ApprovalStage::Main | ApprovalStage::Lasting | ApprovalStage::Closed => {
            title(text.push("\n\n"), &ended(approval));
            Vec::new()
        }
    };
    let message = Message { silent: !(open && card.rings), ..silent(text.finish(), buttons) };
    if inline { vec![message] } else { vec![document(approval, &payload), message] }
}

fn heading(text: &mut RichBuilder, approval: &Approval, payload: &Payload) {
    name(text, &approval.agent);
    text.push(&format!(" wants to {}", payload.what)).push(&format!(" · #{}", approval.task));
}

/// The action, whole.
fn whole(text: &mut RichBuilder, payload: &Payload) {
    if let Some(subject) = &payload.subject {
        text.push("\n").push_styled(Style::Code, subject);
    }
    body(text, &payload.text, payload.empty);
    if !payload.env.is_empty() {
        text.push("\nwith\n").push_styled(Style::Pre(None), &payload.env.join("\n"));
    }
}

/// The beginning of an action that is too long, and where all of it is.
fn preview(text: &mut RichBuilder, payload: &Payload) {
    if let Some(subject) = &payload.subject {
        text.push("\n").push_styled(Style::Code, &truncate(subject, FIELD, "…"));
    }
    let (lines, most) = PREVIEW;
    let end = payload.text.match_indices('\n').nth(lines - 1).map_or(payload.text.len(), |(at, _)| at);
    let beginning = &payload.text[..end];
    let rest = if end < payload.text.len() { "\n…" } else { "" };
    let shown = truncate(beginning, most, "…");
    body(text, &format!("{shown}{rest}"), payload.empty);
    let size = bytes(payload.bytes as u64);
    text.push(&format!("\nThe whole action ({size}) is in the file above."));
}

fn body(text: &mut RichBuilder, payload: &str, empty: &str) {
    text.push("\n");
    if payload.trim().is_empty() {
        let blank = if payload.is_empty() { empty } else { "(only spaces and empty lines)" };
        text.push_styled(Style::Italic, blank);
    } else {
        text.push_styled(Style::Pre(None), payload);
    }
}

fn place(text: &mut RichBuilder, card: &ApprovalCard, payload: &Payload, inline: bool) {
    text.push("\nWorkspace ").push(&line(&card.workspace, NAME));
    let most = if inline { usize::MAX } else { FIELD };
    if !payload.cwd.is_empty() {
        text.push(" · ").push_styled(Style::Code, &truncate(&payload.cwd, most, "…"));
    }
}

fn main(text: &mut RichBuilder, approval: &Approval) -> Vec<Vec<Button>> {
    text.push(&format!("\nAnswer within {}.", span(approval.deadline.since(approval.asked_at))));
    vec![vec![
        choice(approval, "Allow", Choice::Allow),
        choice(approval, "Always…", Choice::AlwaysMenu),
        choice(approval, "Deny", Choice::Deny),
    ]]
}

fn lasting(text: &mut RichBuilder, approval: &Approval) -> Vec<Vec<Button>> {
    text.push("\n\nFor the rest of this task, allow without asking:");
    let mut rows = vec![vec![choice(approval, "This exact action", Choice::AlwaysExact)]];
    let pattern = approval.action.pattern().map(|pattern| exact(&pattern.label(), Keep::Nothing));
    if let Some(label) = pattern.filter(|label| utf16_len(label) <= PATTERN) {
        text.push("\n· this exact action\n· commands like ").push_styled(Style::Code, &label);
        text.push(", in the same directory");
        rows.push(vec![choice(approval, &format!("Commands like {label}"), Choice::AlwaysPattern)]);
    }
    rows.push(vec![choice(approval, "Back", Choice::Back)]);
    rows
}

fn choice(approval: &Approval, label: &str, choice: Choice) -> Button {
    button(label, Press::Approval { id: approval.id, nonce: approval.nonce, choice })
}

fn ended(approval: &Approval) -> String {
    match &approval.status {
        ApprovalStatus::Expired { .. } => {
            let time = span(approval.deadline.since(approval.asked_at));
            format!("{} Expired: nobody answered in {time}", states::FAILED)
        }
        status @ (ApprovalStatus::Open
        | ApprovalStatus::Granted { .. }
        | ApprovalStatus::GrantedByRule { .. }
        | ApprovalStatus::GrantedByPolicy { .. }
        | ApprovalStatus::DeniedByPolicy { .. }
        | ApprovalStatus::Denied { .. }
        | ApprovalStatus::Superseded { .. }
        | ApprovalStatus::Undeliverable { .. }) => states::approval(status),
    }
}

fn digits(approval: &Approval) -> String {
    let hex: String = approval.fingerprint.0.chars().take(DIGITS).collect();
    format!("SHA-256 {hex}")
}

fn document(approval: &Approval, payload: &Payload) -> Message {
    let agent = line(&approval.agent, NAME);
    let caption = format!("{agent} · #{} · {}", approval.task, digits(approval));
    let content = payload.document(&agent, &format!("Task #{}", approval.task), &digits(approval));
    text_document("action.txt".to_owned(), content, words(caption))
}
