//! A definition and its bases -> one. The rules of joining stand in the user's guide of agents; whoever changes them here
//! changes them there.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::dialect;
use super::library::Kept;
use super::lookup::{Lookup, Sought};
use super::read::Definition;
use crate::domain::agent::{AgentSpec, Field, Origin};

/// Bases of bases; more are a mistake.
const MAX_BASES: usize = 8;

/// Why a definition cannot be joined with its bases.
pub(super) struct Unjoined {
    /// What is wrong, with the chain.
    pub(super) text: String,
    pub(super) remedy: String,
}

/// The files from `number` on: each one extends the next.
pub(super) fn chain(number: usize, kept: &[Kept], lookup: &Lookup<'_>) -> Result<Vec<usize>, Unjoined> {
    let mut chain = vec![number];
    let mut names: Vec<&str> = kept[number].definition.iter().map(|own| own.agent.name.as_str()).collect();
    let mut last = number;
    while let Some(base) = kept[last].definition.as_ref().and_then(|own| own.extends.as_ref()) {
        names.push(&base.name);
        let told = |names: &[&str]| names.join(" → ");
        match lookup.agent(last, &base.name) {
            Sought::One(next) if chain.contains(&next) => {
                let text = format!("extends: goes round in a circle: {}", told(&names));
                return Err(Unjoined { text, remedy: "take one `extends` out of the circle".to_owned() });
            }
            Sought::One(_) if chain.len() > MAX_BASES => {
                let text = format!("extends: more than {MAX_BASES} bases: {}", told(&names));
                return Err(Unjoined { text, remedy: "join some of them into one file".to_owned() });
            }
            Sought::One(next) => {
                chain.push(next);
                last = next;
            }
            Sought::Broken(broken) => {
                let text = format!("extends: `{}` cannot be used: {}", base.name, told(&names));
                let path = kept[broken].report.path.display();
                return Err(Unjoined { text, remedy: format!("correct {path}") });
            }
            Sought::Missing(nearest) => {
                let text = format!("extends: there is no `{}`: {}", base.name, told(&names));
                return Err(Unjoined { text, remedy: remedy(&nearest, "add the file that it names") });
            }
        }
    }
    Ok(chain)
}

/// What to do about a name that is not there.
pub(super) fn remedy(nearest: &[String], otherwise: &str) -> String {
    if nearest.is_empty() { otherwise.to_owned() } else { format!("did you mean {}?", nearest.join(", ")) }
}

/// What files became with their bases. Their texts are long, and most stay the same from one catalog to the next.
#[derive(Debug, Default)]
pub(super) struct Joins(HashMap<usize, Join>);

#[derive(Debug)]
struct Join {
    chain: Vec<Arc<Definition>>,
    agent: Arc<AgentSpec>,
}

impl Joins {
    /// The definition of a file, the first of its chain, with what it takes from the others.
    pub(super) fn join(&mut self, number: usize, chain: &[usize], kept: &[Kept]) -> Option<Arc<AgentSpec>> {
        let definitions = chain.iter().filter_map(|number| kept[*number].definition.as_ref());
        let known = self.0.get(&number).filter(|join| {
            let (old, new) = (join.chain.iter().map(Arc::as_ptr), definitions.clone().map(Arc::as_ptr));
            old.eq(new)
        });
        if let Some(join) = known {
            return Some(Arc::clone(&join.agent));
        }
        let chain: Vec<_> = definitions.cloned().collect();
        let mut outwards = chain.iter().rev();
        let outermost = Arc::clone(&outwards.next()?.agent);
        let agent = outwards.fold(outermost, |base, child| Arc::new(joined(&base, child)));
        self.0.insert(number, Join { chain, agent: Arc::clone(&agent) });
        Some(agent)
    }

    /// Forgets the other files.
    pub(super) fn keep(&mut self, stays: impl Fn(usize) -> bool) {
        self.0.retain(|number, _| stays(*number));
    }
}

fn joined(base: &AgentSpec, child: &Definition) -> AgentSpec {
    let mut agent = (*child.agent).clone();
    agent.bases = std::iter::once(base.source.path.clone()).chain(base.bases.iter().cloned()).collect();
    agent.instructions = paragraphs(&base.instructions, &agent.instructions);
    let mut from = Inheritance { base: &base.origins, own: &mut agent.origins };
    from.replace(Field::Description, &mut agent.description, &base.description);
    from.replace(Field::Role, &mut agent.role, &base.role);
    from.replace(Field::Handoffs, &mut agent.handoffs, &base.handoffs);
    from.replace(Field::ArgumentHint, &mut agent.argument_hint, &base.argument_hint);
    from.unite(Field::Skills, &mut agent.skills, &base.skills);
    inherit_bounds(&mut agent, base);
    dialect::limit(&mut agent);
    agent
}

/// Takes over by what an agent is run, and within which bounds, where it says nothing of its own.
pub(super) fn inherit_bounds(agent: &mut AgentSpec, base: &AgentSpec) {
    let mut from = Inheritance { base: &base.origins, own: &mut agent.origins };
    from.replace(Field::Engine, &mut agent.engine, &base.engine);
    from.replace(Field::Workspace, &mut agent.workspace, &base.workspace);
    from.replace(Field::Model, &mut agent.model, &base.model);
    from.replace(Field::Effort, &mut agent.effort, &base.effort);
    from.replace(Field::Tools, &mut agent.tools, &base.tools);
    from.replace(Field::PermissionMode, &mut agent.permission_mode, &base.permission_mode);
    from.replace(Field::MaxTurns, &mut agent.max_turns, &base.max_turns);
    from.replace(Field::Timeout, &mut agent.timeout, &base.timeout);
    from.replace(Field::Budget, &mut agent.budget, &base.budget);
    from.replace(Field::Isolation, &mut agent.isolation, &base.isolation);
    from.unite(Field::DisallowedTools, &mut agent.disallowed_tools, &base.disallowed_tools);
    from.unite(Field::AllowedTools, &mut agent.allowed_tools, &base.allowed_tools);
    from.origin(Field::Permission);
    // The last rule that matches counts, so that the base's come first.
    agent.permission.splice(0..0, base.permission.iter().cloned());
    settle(agent);
}

/// An agent of a workspace's own works there, whatever its file or its bases say. `false` when they say something else.
pub(super) fn settle(agent: &mut AgentSpec) -> bool {
    let Some(home) = &agent.home else { return true };
    let agrees = agent.workspace.as_ref().is_none_or(|workspace| workspace == home);
    if !agrees {
        agent.origins.remove(&Field::Workspace);
    }
    agent.workspace = Some(home.clone());
    agrees
}

/// Values of a base, on their way to the definition that extends it.
struct Inheritance<'a> {
    base: &'a BTreeMap<Field, Origin>,
    own: &'a mut BTreeMap<Field, Origin>,
}

impl Inheritance<'_> {
    /// The base's value counts unless the definition has one of its own.
    fn replace<T: Clone>(&mut self, field: Field, own: &mut T, base: &T) {
        if !self.own.contains_key(&field) {
            own.clone_from(base);
            self.origin(field);
        }
    }

    /// Both count, the base's first.
    fn unite(&mut self, field: Field, own: &mut Vec<String>, base: &[String]) {
        unite(own, base);
        self.origin(field);
    }

    fn origin(&mut self, field: Field) {
        if let Some(origin) = self.base.get(&field) {
            self.own.entry(field).or_insert_with(|| origin.clone());
        }
    }
}

/// Puts what `own` lacks of `base` in front of it.
fn unite(own: &mut Vec<String>, base: &[String]) {
    let known: HashSet<&String> = own.iter().collect();
    let missing: Vec<String> = base.iter().filter(|item| !known.contains(item)).cloned().collect();
    own.splice(0..0, missing);
}

/// Two texts, one after the other.
pub(super) fn paragraphs(first: &str, second: &str) -> String {
    let apart = if first.is_empty() || second.is_empty() { "" } else { "\n\n" };
    // Not `format!`, which grows the text as it goes: they are long.
    [first, apart, second].concat()
}
