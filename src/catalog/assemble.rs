//! What the files say -> the agents that people can call: each with what it takes from other files, and which of several with
//! one name counts.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::by_name::ByName;
use super::extend::{self, Joins, Unjoined};
use super::library::Kept;
use super::lookup::{Lookup, Sought};
use super::read::{Definition, Named};
use super::report::FileReport;
use super::{Catalog, skills};
use crate::domain::agent::{AgentSpec, Dialect, Field};
use crate::yaml::Position;

/// With bases and skills, in bytes.
const LARGEST_INSTRUCTIONS: usize = 1024 * 1024;

/// The catalog of these files.
pub(super) fn catalog(kept: &[Kept], joins: &mut Joins) -> Catalog {
    let assembly = Assembly::new(kept, joins);
    // The names that are taken: everywhere, or in one workspace.
    let mut taken = ByName::with_capacity(kept.len());
    let mut reports = Vec::with_capacity(kept.len());
    let mut agents: Vec<(usize, Arc<AgentSpec>)> = Vec::with_capacity(kept.len());
    for (number, file) in kept.iter().enumerate() {
        let mut report = Arc::clone(&file.report);
        if let Some((agent, own)) = assembly.agent(number, &mut report).zip(file.definition.as_deref()) {
            let hides = |earlier: &usize| {
                let home = &kept[*earlier].home;
                home.is_none() || *home == file.home
            };
            if let Some(earlier) = taken.get(&own.agent.name).find(hides) {
                Arc::make_mut(&mut report).shadowed_by(&kept[earlier].report.path);
            } else {
                taken.add(&own.agent.name, number);
                agents.push((number, agent));
            }
        }
        reports.push(report);
    }
    note_commands(kept, &agents, &mut reports);
    // As `Catalog::sort` does, with keys that are there already.
    agents.sort_by_cached_key(|(number, agent)| {
        let own = kept[*number].definition.as_deref().map(|own| own.agent.name.as_str());
        (kept[*number].names.folded.as_str(), own, agent.home.is_some())
    });
    Catalog { agents: agents.into_iter().map(|(_, agent)| agent).collect(), reports }
}

/// All files, and how they depend on each other.
struct Assembly<'a> {
    kept: &'a [Kept],
    lookup: Lookup<'a>,
    /// Of the files that extend another: each with what it takes from its bases.
    joined: HashMap<usize, Result<Arc<AgentSpec>, Unjoined>>,
    /// The files that others extend.
    bases: HashSet<usize>,
}

impl<'a> Assembly<'a> {
    fn new(kept: &'a [Kept], joins: &mut Joins) -> Self {
        let lookup = Lookup::new(kept);
        let extends = |file: &Kept| file.definition.as_ref().is_some_and(|own| own.extends.is_some());
        let mut joined = HashMap::new();
        let mut bases = HashSet::new();
        for number in (0..kept.len()).filter(|number| extends(&kept[*number])) {
            let chain = extend::chain(number, kept, &lookup);
            bases.extend(chain.iter().flat_map(|chain| chain.iter().skip(1)));
            let agent = chain.map(|chain| joins.join(number, &chain, kept)).transpose();
            joined.extend(agent.map(|agent| (number, agent)));
        }
        joins.keep(|number| joined.contains_key(&number));
        Self { kept, lookup, joined, bases }
    }

    /// The agent that people can call because of this file.
    fn agent(&self, number: usize, report: &mut Arc<FileReport>) -> Option<Arc<AgentSpec>> {
        let definition = self.kept[number].definition.as_deref()?;
        let mut agent = match self.joined(number)? {
            Ok(agent) => Arc::clone(agent),
            Err(Unjoined { text, remedy }) => {
                Arc::make_mut(report).fail(definition.extends.as_ref().map(position), text, remedy);
                return None;
            }
        };
        let can_run = self.run_as(&mut agent, number, definition, report);
        self.preload(&mut agent, number, definition, report);
        if !definition.files.is_empty() {
            skills::refer(Arc::make_mut(&mut agent), definition);
        }
        if agent.instructions.len() > LARGEST_INSTRUCTIONS {
            let remedy = "shorten them, or name fewer skills";
            Arc::make_mut(report).fail(None, "is larger than 1 MB with its bases and skills", remedy);
            return None;
        }
        (self.is_invocable(number, definition, &agent, report) && can_run).then_some(agent)
    }

    /// What the file says, with what it takes from its bases.
    fn joined(&self, number: usize) -> Option<Result<&Arc<AgentSpec>, &Unjoined>> {
        let own = || self.kept[number].definition.as_ref().map(|own| Ok(&own.agent));
        self.joined.get(&number).map(Result::as_ref).or_else(own)
    }

    /// Gives a skill the engine and the bounds of the agent that it names. Without that agent nobody can call it: it would
    /// run unbounded.
    fn run_as(
        &self,
        agent: &mut Arc<AgentSpec>,
        number: usize,
        own: &Definition,
        report: &mut Arc<FileReport>,
    ) -> bool {
        let Some(named) = &own.runs_as else { return true };
        let found = match self.lookup.agent(number, &named.name) {
            Sought::One(other) => self.joined(other).and_then(Result::ok),
            Sought::Broken(_) | Sought::Missing(_) => None,
        };
        if let Some(base) = found {
            extend::inherit_bounds(Arc::make_mut(agent), base);
        } else {
            let text = format!("agent: there is no `{}` to run it, so nobody can call it", named.name);
            Arc::make_mut(report).warn(Some(position(named)), text, "name another agent, or remove the key");
        }
        found.is_some()
    }

    fn preload(
        &self,
        agent: &mut Arc<AgentSpec>,
        number: usize,
        own: &Definition,
        report: &mut Arc<FileReport>,
    ) {
        let mut done = HashSet::new();
        for name in agent.skills.clone() {
            let found = self.lookup.skill(number, &name);
            if let Sought::One(skill) = found {
                let skill = self.kept[skill].definition.as_deref().filter(|_| done.insert(skill));
                if let Some(skill) = skill {
                    skills::preload(Arc::make_mut(agent), skill);
                }
            } else if own.agent.skills.contains(&name) {
                // Of a base, the report about the base says it.
                let origin = own.agent.origins.get(&Field::Skills);
                let at = origin.map(|origin| Position { line: origin.line, column: 1 });
                let (text, remedy) = match found {
                    Sought::Missing(nearest) => {
                        (format!("skills: there is no skill `{name}`"), extend::remedy(&nearest, "remove it"))
                    }
                    Sought::Broken(other) | Sought::One(other) => (
                        format!("skills: the skill `{name}` cannot be used"),
                        format!("correct {}", self.kept[other].report.path.display()),
                    ),
                };
                Arc::make_mut(report).warn(at, text, &remedy);
            }
            if agent.instructions.len() > LARGEST_INSTRUCTIONS {
                return;
            }
        }
    }

    fn is_invocable(
        &self,
        number: usize,
        own: &Definition,
        agent: &AgentSpec,
        report: &mut Arc<FileReport>,
    ) -> bool {
        if agent.description.is_empty() {
            if self.bases.contains(&number) {
                Arc::make_mut(report).note("a base of others; has no description, so nobody can call it");
            } else {
                let remedy = "add `description:`: when to use it";
                Arc::make_mut(report).warn(None, "has no description, so nobody can call it", remedy);
            }
            return false;
        }
        if !own.invocable {
            let key = match agent.source.dialect {
                Dialect::OpenCode => "hidden: true",
                Dialect::ClaudeCode
                | Dialect::Skill
                | Dialect::Gemini
                | Dialect::Copilot
                | Dialect::Codex
                | Dialect::BuiltIn => "user-invocable: false",
            };
            Arc::make_mut(report).note(format!("not called by name ({key})"));
        }
        own.invocable
    }
}

/// The place of a name that leads to another file.
fn position(named: &Named) -> Position {
    Position { line: named.line, column: 1 }
}

/// Says of agents that make the same command that none of them gets it.
fn note_commands(kept: &[Kept], agents: &[(usize, Arc<AgentSpec>)], reports: &mut [Arc<FileReport>]) {
    let mut by_command = ByName::with_capacity(agents.len());
    for (index, (number, _)) in agents.iter().enumerate() {
        if let Some(command) = &kept[*number].names.command {
            by_command.add(command, index);
        }
    }
    for (command, indices) in by_command.several() {
        for index in &indices {
            let (number, own) = &agents[*index];
            let meets = |other: &&usize| {
                let home = &agents[**other].1.home;
                *other != index && (home.is_none() || own.home.is_none() || *home == own.home)
            };
            if let Some(other) = indices.iter().find(meets) {
                let other = &agents[*other].1.name;
                Arc::make_mut(&mut reports[*number]).note(format!(
                    "neither gets the short command /{command}, which `{other}` makes, too; both are reached by /agent"
                ));
            }
        }
    }
}
