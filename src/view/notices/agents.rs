//! Choosing an agent: the picker, the list, and what to do when there is none of that name.

use super::{Said, built, choices, plain, short};
use crate::domain::card::{AgentLine, AgentPage};
use crate::domain::message::{Button, Style};
use crate::domain::press::{NameKey, Press};
use crate::view::clean::{block, first_sentence};
use crate::view::compose::{button, name, row};

/// Longest description on a button, in UTF-16 units.
const LABEL_DESCRIPTION: usize = 40;

/// Longest description in the list, in UTF-16 units.
const LIST_DESCRIPTION: usize = 120;

/// Longest description or reason on its own, in UTF-16 units.
const WHOLE: usize = 1_000;

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
        text.push_styled(Style::Code, "adjutant init").push(" writes a first one.");
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

/// The agent's file asks for what cannot be done here.
pub(super) fn unusable(agent: &str, reason: &str) -> Said {
    let text = built(|text| {
        name(text, agent);
        text.push(" cannot run: ").push(&block(reason, WHOLE));
    });
    (text, Vec::new())
}

/// What shall the agent do?
pub(super) fn ask_prompt(agent: &str, description: &str) -> Said {
    let text = built(|text| {
        text.push("What shall ");
        name(text, agent);
        text.push(" do? Write it as your next message.");
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

/// The agents, as a list.
pub(super) fn list(agents: &[AgentLine], broken: usize) -> Said {
    let text = built(|text| {
        if agents.is_empty() {
            text.push("There are no agents yet.");
        }
        for (at, agent) in agents.iter().enumerate() {
            if at > 0 {
                text.push("\n");
            }
            name(text, &agent.name);
            let description = first_sentence(&agent.description, LIST_DESCRIPTION);
            if !description.is_empty() {
                text.push(" — ").push(&description);
            }
        }
        if !agents.is_empty() {
            text.push("\n\nTo run one: /agent");
        }
        if broken > 0 {
            let files = if broken == 1 { "1 agent file".to_owned() } else { format!("{broken} agent files") };
            text.push(&format!("\n\n{files} could not be loaded. On the computer, "));
            text.push_styled(Style::Code, "adjutant agents check").push(" says why.");
        }
    });
    (text, Vec::new())
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
