//! How `/chain` and `/race` are written, and what was wrong; and to whom a result can be passed on.

use super::{Said, built, plain, short};
use crate::domain::card::{AgentLine, AgentPage, TeamMistake, TeamUsage};
use crate::domain::ids::TaskId;
use crate::domain::message::{Button, Style};
use crate::domain::press::{NameKey, Press};
use crate::view::compose::{button, row};
use crate::view::text::RichBuilder;

/// How `/chain` is written.
pub(super) fn chain(usage: &TeamUsage) -> Said {
    said(usage, "/chain", " > ", "Agents work one after the other; each gets the result of the one before.")
}

/// How `/race` is written.
pub(super) fn race(usage: &TeamUsage) -> Said {
    said(
        usage,
        "/race",
        ", ",
        "Agents do the same side by side, each in a git worktree of its own; you keep one.",
    )
}

fn said(usage: &TeamUsage, command: &str, separator: &str, what: &str) -> Said {
    let text = built(|text| {
        mistake(text, &usage.wrong, what);
        let names: Vec<String> = match usage.example.as_slice() {
            [one, other, ..] => vec![short(one), short(other)],
            [] | [_] => vec!["architect".to_owned(), "engineer".to_owned()],
        };
        let example = format!("{command} {}: fix the failing test", names.join(separator));
        text.push("\n\nIt is written like this: ").push_styled(Style::Code, &example);
    });
    (text, Vec::new())
}

fn mistake(text: &mut RichBuilder, wrong: &TeamMistake, what: &str) {
    match wrong {
        TeamMistake::Nothing => text.push(what),
        TeamMistake::Unknown { wanted, nearest } => {
            let wanted = short(wanted);
            if wanted.is_empty() {
                text.push("An agent's name is missing.")
            } else {
                text.push(&format!("There is no agent “{wanted}”."))
            };
            let names: Vec<String> = nearest.iter().map(|name| short(name)).collect();
            if names.is_empty() {
                text.push(" /agents shows those there are.")
            } else {
                text.push(&format!(" Did you mean {}?", names.join(" or ")))
            }
        }
        TeamMistake::NoRequest => text.push("What shall they do? Write it behind the last name."),
        TeamMistake::Count { given, range: (least, most) } if given < least => {
            text.push(&format!("It takes {least} to {most} agents."))
        }
        TeamMistake::Count { range: (_, most), .. } => text.push(&format!("It takes at most {most} agents.")),
        TeamMistake::Twice { agent } => {
            text.push(&format!("{} stands there twice; each can run only once.", short(agent)))
        }
    };
    if !matches!(wrong, TeamMistake::Nothing) {
        text.push(" Nothing was started.");
    }
}

/// Most agents on one page.
const MOST_ROWS: usize = 30;

/// The agents, to pass a result on to one.
pub(super) fn pass_on(task: TaskId, page: &AgentPage) -> Said {
    let text = plain(format!("To whom shall the result of #{task} be passed on? The agent begins at once."));
    let agent = |agent: &AgentLine| row(&agent.name, Press::PassTo { task, agent: NameKey::of(&agent.name) });
    let mut rows: Vec<Vec<Button>> = page.agents.iter().take(MOST_ROWS).map(agent).collect();
    let arrow = |label, page| button(label, Press::PassOn { task, page });
    let back = page.page.checked_sub(1).map(|before| arrow("‹ Back", before));
    let more = page.page.checked_add(1).filter(|next| *next < page.pages).map(|next| arrow("More ›", next));
    let arrows: Vec<Button> = back.into_iter().chain(more).collect();
    if !arrows.is_empty() {
        rows.push(arrows);
    }
    (text.0, rows)
}

/// A task has no answer to show.
pub(super) fn no_answer(task: TaskId) -> Said {
    plain(format!("#{task} has said nothing. Its log shows what it did."))
}
