//! A chat as a person sees it, as text, without what differs from run to run.

use std::fmt::Write;
use std::sync::Arc;

use adjutant::playground::SimMessage;

/// The messages as they stand, files last.
pub(super) fn render(messages: &[Arc<SimMessage>]) -> String {
    let mut screen = String::new();
    // A file may overtake the words that follow it, or not.
    let (files, words): (Vec<_>, Vec<_>) = messages.iter().partition(|message| message.document.is_some());
    for message in words.into_iter().chain(files) {
        one(&mut screen, message);
    }
    screen
}

fn one(screen: &mut String, message: &SimMessage) {
    let mut about = message.from.first_name.clone();
    if message.from.is_bot && !message.silent {
        about.push_str(" (rings)");
    }
    if let Some(to) = &message.reply_to_message {
        let _ = write!(about, " to {:?}", to.content().lines().next().unwrap_or_default());
    }
    if let Some(file) = &message.document {
        let _ = write!(about, " [file {}]", file.file_name.as_deref().unwrap_or("without a name"));
    }
    let _ = writeln!(screen, "{about}:");
    for line in formatted(message).lines() {
        let _ = writeln!(screen, "    {}", lasting(line));
    }
    for row in message.reply_markup.iter().flat_map(|keyboard| &keyboard.inline_keyboard) {
        let labels: Vec<String> = row.iter().map(|button| format!("[{}]", button.text)).collect();
        let _ = writeln!(screen, "    {}", labels.join(" "));
    }
    screen.push('\n');
}

/// The text with its formatting as tags.
fn formatted(message: &SimMessage) -> String {
    let entities = if message.text.is_some() { &message.entities } else { &message.caption_entities };
    let mut text = String::new();
    let mut units = 0;
    let tags = |text: &mut String, at: usize| {
        for entity in entities.iter().rev().filter(|entity| entity.end() == at) {
            let _ = write!(text, "</{}>", entity.kind);
        }
        for entity in entities.iter().filter(|entity| entity.offset == at) {
            let _ = write!(text, "<{}>", entity.kind);
        }
    };
    for c in message.content().chars() {
        tags(&mut text, units);
        text.push(c);
        units += c.len_utf16();
    }
    tags(&mut text, units);
    text
}

/// A line with times and temporary directories left out.
fn lasting(line: &str) -> String {
    let parts: Vec<&str> =
        line.split(" · ").map(|part| if is_time(part) { "‹time›" } else { part }).collect();
    let line = parts.join(" · ");
    match line.split_once(std::env::temp_dir().to_str().unwrap_or("/tmp")) {
        Some((before, after)) => {
            // The directory's name is made up anew in each run.
            let inside = after.trim_start_matches('/').split_once('/').map_or("", |(_, inside)| inside);
            format!("{before}‹folder›/{inside}")
        }
        None => line,
    }
}

/// `0s`, `12s`, `1m 05s`.
fn is_time(part: &str) -> bool {
    part.ends_with('s')
        && part.starts_with(|c: char| c.is_ascii_digit())
        && part.chars().all(|c| c.is_ascii_digit() || matches!(c, 's' | 'm' | 'h' | ' '))
}
