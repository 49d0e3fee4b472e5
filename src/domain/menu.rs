//! The commands that a chat offers while one types: ours, and one for each agent that can have it.

use super::agent::AgentSpec;
use super::command::{COMMANDS, is_ours};

/// Most commands that a chat takes. Source: `setMyCommands` of the Bot API.
const MOST: usize = 100;

/// A command in the menu.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MenuEntry {
    /// Its name, without a slash.
    pub command: String,
    /// What it does, whole.
    pub about: String,
}

/// The menu of a chat, given the commands that are an agent's alone and the agents used there, latest first: ours, then
/// those of the agents used last, then the others by name.
#[must_use]
pub fn menu(agents: &[(String, &AgentSpec)], used: &[String]) -> Vec<MenuEntry> {
    let ours = COMMANDS.iter().map(|(command, about)| entry(command, about));
    let mut theirs: Vec<_> = agents.iter().filter(|(command, _)| !is_ours(command)).collect();
    let last_used = |agent: &AgentSpec| used.iter().position(|name| *name == agent.name);
    theirs.sort_by_cached_key(|(command, agent)| (last_used(agent).unwrap_or(usize::MAX), command.clone()));
    let theirs = theirs.into_iter().map(|(command, agent)| entry(command, &agent.description));
    ours.chain(theirs).take(MOST).collect()
}

fn entry(command: &str, about: &str) -> MenuEntry {
    MenuEntry { command: command.to_owned(), about: about.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agent::{Dialect, Source};

    fn agent(name: &str) -> AgentSpec {
        let source = Source { path: "a.md".into(), dialect: Dialect::ClaudeCode };
        AgentSpec::new(name, format!("{name} works."), source)
    }

    fn commands(agents: &[AgentSpec], used: &[&str]) -> Vec<String> {
        let agents: Vec<_> = agents.iter().map(|agent| (agent.name.clone(), agent)).collect();
        let used: Vec<String> = used.iter().map(|name| (*name).to_owned()).collect();
        menu(&agents, &used).into_iter().map(|entry| entry.command).collect()
    }

    #[test]
    fn ours_come_first_then_the_agents_used_last() {
        let agents = ["architect", "reviewer", "stop", "tour", "writer"].map(agent);
        let all = commands(&agents, &["tour", "gone", "reviewer"]);
        let (ours, theirs) = all.split_at(COMMANDS.len());
        assert_eq!(ours[0], "agent");
        assert_eq!(theirs, ["tour", "reviewer", "architect", "writer"], "an agent does not get `stop`");
    }

    #[test]
    fn no_more_than_a_chat_takes() {
        let many: Vec<AgentSpec> = (100..300).map(|n| agent(&format!("agent_{n}"))).collect();
        let all = commands(&many, &["agent_299"]);
        assert_eq!(all.len(), 100);
        assert_eq!(all[COMMANDS.len()], "agent_299");
    }
}
