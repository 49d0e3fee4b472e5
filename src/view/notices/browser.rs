//! Looking through the agents: the list page by page, and one in full.

use std::path::Path;

use super::{Said, built, short};
use crate::domain::agent::{AgentSpec, Isolation};
use crate::domain::card::{AgentBrowser, AgentDetail, AgentLine, TaskLine};
use crate::domain::message::{Button, Style};
use crate::domain::press::{NameKey, Press};
use crate::view::clean::{block, first_sentence, line};
use crate::view::compose::{button, name};
use crate::view::quantity::{ago, count, span};
use crate::view::states;
use crate::view::text::RichBuilder;

/// Longest description in the list, in UTF-16 units.
const LINE: usize = 120;

/// Longest description of one agent, in UTF-16 units.
const WHOLE: usize = 1_200;

/// Longest fact about an agent, in UTF-16 units.
const FACT: usize = 200;

/// Longest search above a page, in UTF-16 units.
const SEARCH: usize = 60;

/// Longest request of an earlier task, in UTF-16 units.
const PROMPT: usize = 60;

/// Two names stand beside each other when neither is longer, in characters: a phone shows no more of them.
const HALF: usize = 16;

/// Most agents of a page.
const MOST: usize = 16;

/// Most tools, rules or files that are named.
const NAMED: usize = 8;

/// So many of a path's last parts tell files apart.
const PARTS: usize = 3;

/// One page of the list.
pub(super) fn browser(browser: &AgentBrowser) -> Said {
    let agents = &browser.page.agents[..browser.page.agents.len().min(MOST)];
    let text = built(|text| {
        heading(text, browser);
        for agent in agents {
            text.push("\n");
            name(text, &agent.name);
            let description = first_sentence(&agent.description, LINE);
            if !description.is_empty() {
                text.push(" — ").push(&description);
            }
        }
        if browser.broken > 0 {
            broken(text, browser);
        }
    });
    let mut rows = names(agents);
    let page = &browser.page;
    let mut arrows = Vec::new();
    if let Some(before) = page.page.checked_sub(1) {
        arrows.push(button("‹ Back", Press::BrowseAgents(before)));
    }
    if let Some(next) = page.page.checked_add(1).filter(|next| *next < page.pages) {
        arrows.push(button("Next ›", Press::BrowseAgents(next)));
    }
    rows.extend((!arrows.is_empty()).then_some(arrows));
    (text, rows)
}

fn heading(text: &mut RichBuilder, browser: &AgentBrowser) {
    let search = line(&browser.search, SEARCH);
    match (browser.found, search.is_empty()) {
        (0, true) => {
            text.push("There are no agents here yet. Put a definition file into your agents directory.");
        }
        (0, false) => {
            text.push(&format!(
                "No agent has “{search}” in its name, description or role. /agents shows all."
            ));
        }
        (found, searched) => {
            text.push(&count(found, "agent"));
            if !searched {
                text.push(&format!(" with “{search}”"));
            }
            if browser.page.pages > 1 {
                text.push(&format!(" · page {} of {}", u32::from(browser.page.page) + 1, browser.page.pages));
            }
            text.push("\n");
        }
    }
}

fn broken(text: &mut RichBuilder, browser: &AgentBrowser) {
    text.push(&format!("\n\n{} could not be loaded", count(browser.broken, "agent file")));
    for (at, path) in browser.broken_files.iter().take(NAMED).enumerate() {
        text.push(if at == 0 { ": " } else { ", " }).push_styled(Style::Code, &path_end(path));
    }
    let more = browser.broken > browser.broken_files.len() && !browser.broken_files.is_empty();
    text.push(if more { ", …" } else { "" }).push(". On the computer, ");
    text.push_styled(Style::Code, "adjutant agents check").push(" says why.");
}

/// A button for each, two in a row where the names are short.
fn names(agents: &[AgentLine]) -> Vec<Vec<Button>> {
    let mut rows: Vec<Vec<Button>> = Vec::new();
    let mut half_full = false;
    for agent in agents {
        let shown = button(&agent.name, Press::ShowAgent(NameKey::of(&agent.name)));
        let is_short = agent.name.chars().count() <= HALF;
        match rows.last_mut().filter(|_| half_full && is_short) {
            Some(row) => {
                row.push(shown);
                half_full = false;
            }
            None => {
                rows.push(vec![shown]);
                half_full = is_short;
            }
        }
    }
    rows
}

/// What the facts about an agent's files are called.
const EXTENDS: &str = "Extends";
const FILE: &str = "File";

/// One agent.
pub(super) fn detail(detail: &AgentDetail) -> Said {
    let agent = &detail.agent;
    let text = built(|text| {
        name(text, &agent.name);
        if let Some(command) = &detail.command {
            text.push(&format!(" · /{}", line(command, FACT)));
        }
        if detail.bound {
            text.push("\nWhat you write here goes to it.");
        }
        let description = block(&agent.description, WHOLE);
        if !description.is_empty() {
            text.push("\n\n").push(&description);
        }
        text.push("\n");
        for (what, value) in facts(detail) {
            text.push("\n").push_styled(Style::Italic, what).push(": ");
            match what {
                // Chats would take the name of a file for a web address.
                EXTENDS | FILE => text.push_styled(Style::Code, &value),
                _ => text.push(&value),
            };
        }
        if !detail.recent.is_empty() {
            text.push("\n\nLately here:");
        }
        for task in &detail.recent {
            recent(text, task);
        }
    });
    let key = NameKey::of(&agent.name);
    let choice = if detail.bound {
        button("Release", Press::ReleaseAgent(key))
    } else {
        button("Use", Press::UseAgent(key))
    };
    let back = button("‹ Back", Press::BrowseAgents(detail.page));
    (text, vec![vec![choice, button("Run", Press::PickAgent(key))], vec![back]])
}

/// What there is to know, each under its name.
fn facts(detail: &AgentDetail) -> Vec<(&'static str, String)> {
    let agent = &detail.agent;
    let mut facts =
        vec![("Engine", line(&detail.engine, FACT)), ("Workspace", line(&detail.workspace, FACT))];
    let words = |value: &Option<String>| value.as_deref().map(|value| line(value, FACT));
    facts.extend(words(&agent.model).map(|model| ("Model", model)));
    facts.extend(words(&agent.role).map(|role| ("Role", role)));
    facts.push(("May", may(agent)));
    facts.extend(limits(agent).map(|limits| ("Limits", limits)));
    if !agent.bases.is_empty() {
        facts.push((EXTENDS, listed(agent.bases.iter().map(|path| path_end(path)))));
    }
    if !agent.skills.is_empty() {
        facts.push(("Skills", listed(agent.skills.iter().cloned())));
    }
    if !agent.source.path.as_os_str().is_empty() {
        facts.push((FILE, path_end(&agent.source.path)));
    }
    facts
}

/// Its tools and rules in short.
fn may(agent: &AgentSpec) -> String {
    let mut parts = vec![match &agent.tools {
        None => "all tools".to_owned(),
        Some(tools) if tools.is_empty() => "no tools".to_owned(),
        Some(tools) => listed(tools.iter().cloned()),
    }];
    if !agent.disallowed_tools.is_empty() {
        parts.push(format!("not {}", listed(agent.disallowed_tools.iter().cloned())));
    }
    if !agent.permission.is_empty() {
        parts.push(count(agent.permission.len(), "rule"));
    }
    parts.extend(agent.permission_mode.map(|mode| format!("mode {}", mode.name())));
    if agent.isolation == Isolation::Worktree {
        parts.push("in a worktree of its own".to_owned());
    }
    line(&parts.join("; "), FACT)
}

fn limits(agent: &AgentSpec) -> Option<String> {
    let mut parts = Vec::new();
    parts.extend(agent.max_turns.map(|turns| count(turns as usize, "turn")));
    parts.extend(agent.timeout.map(span));
    let budget = agent.budget.unwrap_or_default();
    parts.extend(
        budget.microdollars.map(|micro| format!("${}.{:02}", micro / 1_000_000, micro % 1_000_000 / 10_000)),
    );
    parts.extend(budget.tokens.map(|tokens| format!("{tokens} tokens")));
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn recent(text: &mut RichBuilder, task: &TaskLine) {
    let prompt = line(&task.prompt, PROMPT);
    let (mark, _) = states::named(&task.state);
    text.push(&format!("\n{mark} #{} {prompt} · {}", task.id, ago(task.age)));
}

/// The first few names, and that there are more.
fn listed(names: impl Iterator<Item = String>) -> String {
    let mut shown: Vec<String> = names.take(NAMED + 1).map(|name| short(&name)).collect();
    if shown.len() > NAMED {
        shown.truncate(NAMED);
        shown.push("…".to_owned());
    }
    line(&shown.join(", "), FACT)
}

/// The end of a path, which tells more than its beginning.
pub(super) fn path_end(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let shown = &parts[parts.len().saturating_sub(PARTS)..];
    let dots = if shown.len() < parts.len() { "…/" } else { "" };
    line(&format!("{dots}{}", shown.join("/").replace("//", "/")), FACT)
}
