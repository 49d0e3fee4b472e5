//! Choosing an agent: the picker, the list, and what to do when there is none of that name.

use super::{Said, built, choices, plain, short};
use crate::domain::card::{AgentLine, AgentPage};
use crate::domain::message::{Button, Style};
use crate::domain::press::{NameKey, Press};
use crate::view::clean::{block, first_sentence, line};
use crate::view::compose::{button, name, row};

/// Longest description on a button, in UTF-16 units.
const LABEL_DESCRIPTION: usize = 40;

/// Longest description or reason on its own, in UTF-16 units.
const WHOLE: usize = 1_000;

/// Longest hint of what to write, in UTF-16 units.
const HINT: usize = 200;

/// Most agents on one page of the picker.
const MOST_ROWS: usize = 30;

/// Plain text, but no agent has been chosen here.
pub(super) fn none_chosen(agents: &[String]) -> Said {
    let text =
        "No agent is chosen here yet. Choose one, then write what it shall do. /agents shows all of them.";
    (plain(text).0, choices(agents, None, Press::PickAgent))
}

/// There are no agents at all.
pub(super) fn none() -> Said {
    let text = built(|text| {
        text.push("There are no agents yet. Put a definition file into your agents directory; ");
        text.push_styled(Style::Code, "adjutant agents new NAME").push(" begins one.");
    });
    (text, Vec::new())
}

/// No agent of that name.
pub(super) fn unknown(wanted: &str, nearest: &[String]) -> Said {
    let hint =
        if nearest.is_empty() { "/agents shows those there are." } else { "Did you mean one of these?" };
    let text = plain(format!("There is no agent “{}”. {hint}", short(wanted))).0;
    (text, choices(nearest, None, Press::PickAgent))
}

/// The agent lies in the directory of another workspace.
pub(super) fn elsewhere(agent: &str, workspace: &str) -> Said {
    let workspace = short(workspace);
    let text = built(|text| {
        name(text, agent);
        text.push(" belongs to the workspace ").push_styled(Style::Bold, &workspace);
        text.push(", and this place works in another one. To change over: ");
        text.push_styled(Style::Code, &format!("/workspace {workspace}"));
    });
    (text, Vec::new())
}

/// Plain text goes to an agent that is not there any more.
pub(super) fn bound_gone(agent: &str) -> Said {
    let text = built(|text| {
        text.push("What you write here goes to ");
        name(text, agent);
        text.push(", and that agent is not there any more. Choose another: /agents");
    });
    (text, vec![row(&format!("Release {}", short(agent)), Press::ReleaseAgent(NameKey::of(agent)))])
}

/// Several agents have the same short command.
pub(super) fn ambiguous(command: &str, agents: &[String]) -> Said {
    let text = plain(format!("{} could be one of these agents. Which one?", short(command))).0;
    (text, choices(agents, None, Press::PickAgent))
}

/// The agent's file asks for what cannot be done here.
pub(super) fn unusable(agent: &str, reason: &str) -> Said {
    let text = built(|text| {
        name(text, agent);
        text.push(" cannot run: ").push(&block(reason, WHOLE));
    });
    (text, Vec::new())
}

/// What shall the agent do?
pub(super) fn ask_prompt(agent: &str, description: &str, hint: Option<&str>) -> Said {
    let text = built(|text| {
        text.push("What shall ");
        name(text, agent);
        text.push(" do? Write it as your next message.");
        let hint = line(hint.unwrap_or_default(), HINT);
        if !hint.is_empty() {
            text.push("\nIt expects: ").push(&hint);
        }
        let description = block(description, WHOLE);
        if !description.is_empty() {
            text.push("\n\n").push_styled(Style::Italic, &description);
        }
    });
    (text, Vec::new())
}

/// One page of agents, each with a button.
pub(super) fn picker(page: &AgentPage) -> Said {
    let place = if page.pages > 1 {
        format!(" ({} of {})", u32::from(page.page) + 1, page.pages)
    } else {
        String::new()
    };
    let mut rows: Vec<Vec<Button>> = page.agents.iter().take(MOST_ROWS).map(agent_row).collect();
    let mut arrows = Vec::new();
    if let Some(before) = page.page.checked_sub(1) {
        arrows.push(button("‹ Back", Press::AgentsPage(before)));
    }
    if let Some(next) = page.page.checked_add(1).filter(|next| *next < page.pages) {
        arrows.push(button("More ›", Press::AgentsPage(next)));
    }
    if !arrows.is_empty() {
        rows.push(arrows);
    }
    (plain(format!("Which agent?{place}")).0, rows)
}

fn agent_row(agent: &AgentLine) -> Vec<Button> {
    let description = first_sentence(&agent.description, LABEL_DESCRIPTION);
    let label =
        if description.is_empty() { agent.name.clone() } else { format!("{} — {description}", agent.name) };
    row(&label, Press::PickAgent(NameKey::of(&agent.name)))
}

/// The session was forgotten.
pub(super) fn new_session(agent: Option<&str>) -> Said {
    let text = built(|text| {
        text.push("Started over: what was said before is no longer known. ");
        match agent {
            Some(agent) => {
                text.push("Your next message goes to ");
                name(text, agent);
                text.push(".");
            }
            None => {
                text.push("Choose an agent with /agent.");
            }
        }
    });
    (text, Vec::new())
}
