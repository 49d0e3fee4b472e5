//! Choosing which engine runs an agent.

use super::places::those_there_are;
use super::{Said, built, choices, marked, plain, short};
use crate::domain::card::{AgentEngine, EngineChange, EngineLine};
use crate::domain::press::Press;
use crate::view::clean::block;
use crate::view::compose::{name, row};
use crate::view::text::RichBuilder;

/// Most engines that the text lists.
const MOST_LINES: usize = 20;

/// Longest reason, in UTF-16 units.
const REASON: usize = 1_000;

/// Engines to choose from; the first choice leaves it to the agent.
pub(super) fn picker(
    engines: &[EngineLine],
    chosen: Option<&str>,
    default: &str,
    used: Option<&AgentEngine>,
) -> Said {
    let text = built(|text| {
        if let Some(AgentEngine { agent, engine }) = used {
            name(text, agent);
            text.push(" now runs with ");
            name(text, engine);
            text.push(".\n\n");
        }
        text.push("Which engine shall run the agents here?");
        for EngineLine { name, kind } in engines.iter().take(MOST_LINES) {
            let current = used.is_some_and(|used| used.engine == *name);
            text.push("\n").push(&marked(&short(name), current)).push(" · ").push(&short(kind));
        }
        text.push(&format!(
            "\n\nLeft to the agent, it is the one that its file names, or else {}.",
            short(default)
        ));
    });
    let names: Vec<&str> = engines.iter().map(|engine| engine.name.as_str()).collect();
    let mut rows = vec![row(&marked("As the agent says", chosen.is_none()), Press::PickEngine(None))];
    rows.extend(choices(&names, chosen, |key| Press::PickEngine(Some(key))));
    (text, rows)
}

/// An engine was chosen: what that means for the conversation's agent.
pub(super) fn chosen(change: &EngineChange) -> Said {
    let text = built(|text| {
        match &change.name {
            Some(engine) => text.push("Agents here now run with ").push(&short(engine)).push("."),
            None => {
                text.push("Agents here now run with the engine that their file names, or else the default.")
            }
        };
        let Some(used) = &change.used else { return };
        if change.name.as_ref() != Some(&used.engine) {
            text.push("\n");
            name(text, &used.agent);
            let file = if change.name.is_some() { ", which its file names" } else { "" };
            text.push(&format!(" runs with {}{file}.", short(&used.engine)));
        }
        if let Some(problem) = &change.problem {
            text.push("\n");
            name(text, &used.agent);
            text.push(" cannot run with it: ").push(&block(problem, REASON));
        }
        sessions(text, change);
    });
    (text, Vec::new())
}

fn sessions(text: &mut RichBuilder, change: &EngineChange) {
    if change.continues {
        text.push("\nYour next message continues what was said with it.");
    }
    if let Some(aside) = &change.aside {
        text.push(&format!(
            "\nWhat was said with {} is kept: switch back, and it goes on from there.",
            short(aside)
        ));
    }
}

/// No engine of that name.
pub(super) fn unknown(wanted: &str, names: &[String]) -> Said {
    let text = plain(format!("There is no engine “{}”. {}", short(wanted), those_there_are(names))).0;
    (text, choices(names, None, |key| Press::PickEngine(Some(key))))
}
