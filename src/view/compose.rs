//! Putting messages together: text, buttons, documents, and what rings.

use crate::domain::message::{Button, Document, DocumentContent, Message, RichText, Style};
use crate::domain::press::Press;

use super::chars::is_blank;
use super::clean::line;
use super::split::{MAX_ENTITIES, MESSAGE_LIMIT, split};
use super::text::RichBuilder;

/// Longest name of an agent, an engine or a workspace on a card, in UTF-16 units.
pub(super) const NAME: usize = 64;

/// Longest label of a button, in UTF-16 units. A phone shows about half of it.
const LABEL: usize = 60;

/// A message that does not ring. The text fits the limit; of its formatting, what a chat takes. A full part of an
/// agent's text between a card's own words can have a few ranges too many: the last ones are left out.
pub(super) fn silent(mut body: RichText, buttons: Vec<Vec<Button>>) -> Message {
    body.entities.truncate(MAX_ENTITIES);
    Message { body, buttons, document: None, silent: true }
}

/// A message of plain words.
pub(super) fn words(text: impl Into<String>) -> RichText {
    RichText { text: text.into(), entities: Vec::new() }
}

/// A text of any length as silent messages; the buttons are on the last. None for a text without anything to see.
pub(super) fn long(body: &RichText, buttons: Vec<Vec<Button>>) -> Vec<Message> {
    let mut messages: Vec<Message> =
        split(body, MESSAGE_LIMIT).into_iter().map(|part| silent(part, Vec::new())).collect();
    if let Some(last) = messages.last_mut() {
        last.buttons = buttons;
    }
    messages
}

/// A document made of text, with a caption.
pub(super) fn text_document(name: String, content: String, caption: RichText) -> Message {
    let document = Document { name, content: DocumentContent::Text(content) };
    Message { body: caption, buttons: Vec::new(), document: Some(document), silent: true }
}

/// A button. A chat refuses one without a visible label.
pub(super) fn button(label: &str, press: Press) -> Button {
    let label = line(label, LABEL);
    let label = if label.chars().all(is_blank) { "…".to_owned() } else { label };
    Button { label, press }
}

/// A row with one button.
pub(super) fn row(label: &str, press: Press) -> Vec<Button> {
    vec![button(label, press)]
}

/// The names on a card's first line, each led by a dot.
pub(super) fn dotted(text: &mut RichBuilder, name: &str) {
    let name = line(name, NAME);
    if !name.is_empty() {
        text.push(" · ").push(&name);
    }
}

/// A name that a sentence begins with.
pub(super) fn name(text: &mut RichBuilder, name: &str) {
    text.push_styled(Style::Bold, &line(name, NAME));
}

/// A title or reason: commands that an engine put between backticks are shown as code, and so are lines of files, which
/// chats would otherwise take for web addresses.
pub(super) fn title<'a>(text: &'a mut RichBuilder, title: &str) -> &'a mut RichBuilder {
    // A chat allows about a hundred formatted ranges in a message; a title has no need of more than a few.
    const SPANS: usize = 4;
    let mut rest = title;
    for _ in 0..SPANS {
        let Some((before, after)) = rest.split_once('`') else { break };
        let Some((code, tail)) = after.split_once('`') else { break };
        with_place(text, before).push_styled(Style::Code, code);
        rest = tail;
    }
    with_place(text, rest)
}

/// Words, of which the first that names a line of a file, such as `reviewer.md:7`, is shown as code.
fn with_place<'a>(text: &'a mut RichBuilder, words: &str) -> &'a mut RichBuilder {
    let odd = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';');
    let Some(place) =
        words.split(odd).map(|word| word.trim_end_matches(['.', ':'])).find(|word| is_place(word))
    else {
        return text.push(words);
    };
    match words.split_once(place) {
        Some((before, after)) => text.push(before).push_styled(Style::Code, place).push(after),
        None => text.push(words),
    }
}

/// Whether this is the name of an agent's file with a line's number.
fn is_place(word: &str) -> bool {
    let Some((file, line)) = word.rsplit_once(':') else { return false };
    let file = file.to_ascii_lowercase();
    (file.ends_with(".md") || file.ends_with(".toml"))
        && !line.is_empty()
        && line.bytes().all(|byte| byte.is_ascii_digit())
}
