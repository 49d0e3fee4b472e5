//! What became of the agents after their files were changed, for owners.

use super::browser::path_end;
use super::{Said, built, short};
use crate::domain::card::{AgentChange, AgentFate, AgentsChanged, BrokenChange, ChangeStage};
use crate::domain::message::{Button, Style};
use crate::domain::press::{NameKey, Press};
use crate::view::clean::line;
use crate::view::compose::{button, name};
use crate::view::states;
use crate::view::text::RichBuilder;

/// Most lines; the rest is counted.
const LINES: usize = 10;

/// So many of them are kept for mistakes.
const MISTAKES: usize = 3;

/// Longest list of differences, in UTF-16 units.
const WHAT: usize = 200;

/// Longest remark about a mistake, in UTF-16 units.
const MISTAKE: usize = 140;

/// What changed, with buttons for what an owner decides.
pub(super) fn changed(changed: &AgentsChanged) -> Said {
    let room = LINES - changed.mistakes.len().min(MISTAKES);
    let waiting: Vec<(&AgentChange, NameKey)> = changed
        .changes
        .iter()
        .take(room)
        .filter_map(|change| match change.stage {
            ChangeStage::Waiting { key } => Some((change, key)),
            ChangeStage::Applied
            | ChangeStage::Used { .. }
            | ChangeStage::Kept { .. }
            | ChangeStage::Overtaken => None,
        })
        .collect();
    let text = built(|text| {
        text.push("Agent files have changed.\n");
        for change in changed.changes.iter().take(room) {
            one(text, change);
        }
        let left = LINES - changed.changes.len().min(room);
        for broken in changed.mistakes.iter().take(left) {
            mistake(text, broken);
        }
        let shown = changed.changes.len().min(room) + changed.mistakes.len().min(left);
        let more = changed.changes.len() + changed.mistakes.len() - shown;
        if more > 0 {
            text.push(&format!("\n… and {more} more"));
        }
        if !waiting.is_empty() {
            let what = if waiting.len() == 1 { "It" } else { "They" };
            text.push(&format!(
                "\n\n{what} could do more than before. Until you decide, the old version stays."
            ));
        }
    });
    (text, waiting.iter().map(|(change, key)| buttons(change, *key, waiting.len())).collect())
}

fn one(text: &mut RichBuilder, change: &AgentChange) {
    let mark = match &change.stage {
        ChangeStage::Waiting { .. } => format!("{} ", states::WAITING),
        ChangeStage::Applied
        | ChangeStage::Used { .. }
        | ChangeStage::Kept { .. }
        | ChangeStage::Overtaken => String::new(),
    };
    text.push("\n").push(&mark);
    match &change.how {
        AgentFate::New => text.push("New: "),
        AgentFate::Gone => text.push("Gone: "),
        AgentFate::Changed(_) => text,
    };
    name(text, &change.agent);
    if let Some(home) = &change.home {
        text.push(&format!(" (in {})", short(home)));
    }
    if let AgentFate::Changed(differences) = &change.how {
        // What lets it do more is what must be seen.
        let (more, rest): (Vec<_>, Vec<_>) = differences.iter().partition(|one| one.widens);
        let what: Vec<&str> = more.iter().chain(&rest).map(|one| one.what.as_str()).collect();
        text.push(": ").push(&line(&what.join(", "), WHAT));
    }
    match &change.stage {
        ChangeStage::Applied | ChangeStage::Waiting { .. } => text,
        ChangeStage::Used { by } => text.push(&format!(" — used now, says {}", short(by))),
        ChangeStage::Kept { by } => text.push(&format!(" — stays as it was, says {}", short(by))),
        ChangeStage::Overtaken => text.push(" — changed again since"),
    };
}

fn mistake(text: &mut RichBuilder, broken: &BrokenChange) {
    let file = path_end(&broken.mistake.path);
    let place = broken.mistake.line.map_or(file.clone(), |line| format!("{file}:{line}"));
    text.push(&format!("\n{} ", states::FAILED)).push_styled(Style::Code, &place);
    text.push(": ").push(&line(&broken.mistake.text, MISTAKE));
    if let Some(remedy) = &broken.mistake.remedy {
        text.push("; ").push(&line(remedy, MISTAKE));
    }
    text.push(if broken.still_in_force { ". The version before goes on." } else { "." });
}

/// One row; the name is on it where there are several.
fn buttons(change: &AgentChange, key: NameKey, waiting: usize) -> Vec<Button> {
    let labels = match waiting {
        1 => ("Use it".to_owned(), "Keep the old".to_owned()),
        _ => (format!("Use {}", change.agent), format!("Keep old {}", change.agent)),
    };
    vec![button(&labels.0, Press::UseVersion(key)), button(&labels.1, Press::KeepVersion(key))]
}
