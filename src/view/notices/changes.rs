//! What became of the agents after their files were changed, for owners.

use super::browser::path_end;
use super::{Said, built, short};
use crate::domain::agent::Difference;
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

/// Longest list of differences, in bytes.
const WHAT: usize = 200;

/// Longest difference, in UTF-16 units.
const ONE: usize = 60;

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
            text.push("\n\n").push(&undecided(&waiting));
        }
    });
    (text, waiting.iter().map(|(change, key)| buttons(change, *key, waiting.len())).collect())
}

/// What holds until an owner has decided.
fn undecided(waiting: &[(&AgentChange, NameKey)]) -> String {
    let new = waiting.iter().filter(|(change, _)| is_new(change)).count();
    let it = |count: usize| if count == 1 { "It" } else { "They" };
    let changed = waiting.len() - new;
    let old = format!("{} could do more than before. Until you decide, the old version stays.", it(changed));
    let fresh = format!("{} would act without asking. Until you decide, nobody can call it.", it(new));
    match (changed, new) {
        (_, 0) => old,
        (0, _) => fresh,
        (_, _) => "They could do more than before, or would act without asking. Until you decide, what was before stays.".to_owned(),
    }
}

fn is_new(change: &AgentChange) -> bool {
    matches!(change.how, AgentFate::New(_))
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
        AgentFate::New(_) => text.push("New: "),
        AgentFate::Gone => text.push("Gone: "),
        AgentFate::Changed(_) => text,
    };
    name(text, &change.agent);
    if let Some(home) = &change.home {
        text.push(&format!(" (in {})", short(home)));
    }
    match &change.how {
        AgentFate::New(differences) | AgentFate::Changed(differences) if !differences.is_empty() => {
            text.push(": ").push(&what(differences));
        }
        AgentFate::New(_) | AgentFate::Changed(_) | AgentFate::Gone => {}
    }
    match &change.stage {
        ChangeStage::Applied | ChangeStage::Waiting { .. } => text,
        ChangeStage::Used { by } => text.push(&format!(" — used now, says {}", short(by))),
        ChangeStage::Kept { by } if is_new(change) => text.push(&format!(" — left out, says {}", short(by))),
        ChangeStage::Kept { by } => text.push(&format!(" — stays as it was, says {}", short(by))),
        ChangeStage::Overtaken => text.push(" — changed again since"),
    };
}

/// What differs, what lets it do more first: that must be seen. What has no room is said to be there.
fn what(differences: &[Difference]) -> String {
    let (more, rest): (Vec<_>, Vec<_>) = differences.iter().partition(|one| one.widens);
    let (mut said, mut hidden) = (String::new(), 0);
    for one in more.into_iter().chain(rest) {
        let one = line(&one.what, ONE);
        if said.len() + one.len() > WHAT {
            hidden += 1;
            continue;
        }
        said.push_str(if said.is_empty() { "" } else { ", " });
        said.push_str(&one);
    }
    if hidden > 0 {
        said.push_str(&format!(" … and {hidden} more: read the file before you decide"));
    }
    said
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
    let agent = &change.agent;
    let labels = match (waiting, is_new(change)) {
        (1, false) => ("Use it".to_owned(), "Keep the old".to_owned()),
        (1, true) => ("Use it".to_owned(), "Leave it out".to_owned()),
        (_, false) => (format!("Use {agent}"), format!("Keep old {agent}")),
        (_, true) => (format!("Use {agent}"), format!("Leave out {agent}")),
    };
    vec![button(&labels.0, Press::UseVersion(key)), button(&labels.1, Press::KeepVersion(key))]
}
