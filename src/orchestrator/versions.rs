//! Which version of each agent is in force, which ones wait for an owner, and what is told of it. In memory only: after a
//! restart the files as they are count, since whoever restarts Adjutant is its owner.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::agents::Agents;
use crate::domain::agent::{AgentSpec, Mistake, differences, folded, unasked};
use crate::domain::card::{AgentChange, AgentFate, AgentsChanged, BrokenChange, ChangeStage};
use crate::domain::dialogue::VersionChoice;
use crate::domain::press::NameKey;

/// So many changes that wait for an owner are told in one message: each is shown, and has its buttons.
const AT_ONCE: usize = 7;

/// The versions of the agents. Its lock is held for moments only, never over an await.
pub(super) struct Versions(Mutex<State>);

struct State {
    in_force: Arc<Agents>,
    waiting: Vec<Waiting>,
    /// Versions that an owner did not want, until their file changes again.
    unwanted: BTreeMap<AgentId, NameKey>,
    /// Agents that are gone, as they were.
    gone: BTreeMap<AgentId, Arc<AgentSpec>>,
    /// What was told, as long as something of it waits.
    told: Vec<Told>,
    /// How often something was told.
    number: u64,
}

/// An agent among all that there are: by its workspace, if it is one's own, and its name.
type AgentId = (Option<String>, String);

/// A version that waits for an owner.
#[derive(Clone)]
struct Waiting {
    key: NameKey,
    agent: Arc<AgentSpec>,
}

/// What the owners are told, or were told and is changed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Told {
    /// Its number since the start.
    pub(super) number: u64,
    /// What it says.
    pub(super) changed: AgentsChanged,
    /// Whether it is a change of what was told before.
    pub(super) again: bool,
}

impl Versions {
    /// What the files say at the start is in force.
    pub(super) fn new(agents: Agents) -> Self {
        Self(Mutex::new(State {
            in_force: Arc::new(agents),
            waiting: Vec::new(),
            unwanted: BTreeMap::new(),
            gone: BTreeMap::new(),
            told: Vec::new(),
            number: 0,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The agents as they are in force now.
    pub(super) fn in_force(&self) -> Arc<Agents> {
        Arc::clone(&self.state().in_force)
    }

    /// Whether a version waits for an owner.
    pub(super) fn waits(&self, key: NameKey) -> bool {
        self.state().waiting.iter().any(|waiting| waiting.key == key)
    }

    /// The files say something else now: takes over what lets no agent do more than before, and returns what is to be
    /// told.
    pub(super) fn offer(&self, files: Agents) -> Vec<Told> {
        self.state().offer(files)
    }

    /// An owner has decided about a version; returns what is to be told.
    pub(super) fn decide(&self, key: NameKey, choice: VersionChoice, by: &str) -> Vec<Told> {
        self.state().decide(key, choice, by)
    }
}

impl State {
    fn offer(&mut self, files: Agents) -> Vec<Told> {
        let before = Arc::clone(&self.in_force);
        let mut left: BTreeMap<AgentId, &Arc<AgentSpec>> =
            before.list.iter().map(|agent| (id(agent), agent)).collect();
        let mut earlier = std::mem::take(&mut self.waiting);
        let (mut list, mut changes) = (Vec::new(), Vec::new());
        let broken: BTreeSet<&PathBuf> = files.broken.iter().map(|mistake| &mistake.path).collect();
        for new in &files.list {
            let (agent, change) = match left.remove(&id(new)) {
                // Another of its name does not take its place for as long as its file is broken.
                Some(old) if old.source.path != new.source.path && broken.contains(&old.source.path) => {
                    (Some(Arc::clone(old)), None)
                }
                Some(old) => {
                    let (agent, change) = self.compare(old, new, &mut earlier);
                    (Some(agent), change)
                }
                None => self.welcome(new, &mut earlier),
            };
            list.extend(agent);
            changes.extend(change.map(|(how, stage)| changed(new, how, stage)));
        }
        for (id, old) in left {
            if is_broken(old, &broken) {
                list.push(Arc::clone(old));
            } else {
                changes.push(changed(old, AgentFate::Gone, ChangeStage::Applied));
                self.gone.insert(id, Arc::clone(old));
            }
        }
        let known: BTreeSet<&Mistake> = before.broken.iter().collect();
        let fresh = files.broken.iter().filter(|mistake| !known.contains(mistake));
        let told_broken = fresh.map(|mistake| BrokenChange {
            mistake: mistake.clone(),
            still_in_force: list.iter().any(|agent| agent.source.path == mistake.path),
        });
        let mistakes = told_broken.collect();
        sort(&mut list);
        self.in_force = Arc::new(Agents { list, broken: files.broken });
        let overtaken: Vec<NameKey> = earlier.iter().map(|waiting| waiting.key).collect();
        let mut told = self.settle(&overtaken, &ChangeStage::Overtaken);
        told.extend(self.tell(changes, mistakes));
        told
    }

    /// An agent that was not there. One that comes back is compared with what it was: taking a file away for a moment
    /// gives nobody more. One that would act without asking waits for an owner, since an agent may have written it.
    fn welcome(
        &mut self,
        new: &Arc<AgentSpec>,
        earlier: &mut Vec<Waiting>,
    ) -> (Option<Arc<AgentSpec>>, Option<(AgentFate, ChangeStage)>) {
        let is_new = Some((AgentFate::New(Vec::new()), ChangeStage::Applied));
        let unasked = unasked(new);
        match self.gone.remove(&id(new)) {
            Some(old) => {
                let (agent, change) = self.compare(&old, new, earlier);
                (Some(agent), change.or(is_new))
            }
            None if !unasked.is_empty() => {
                (None, self.hold(new, earlier).map(|stage| (AgentFate::New(unasked), stage)))
            }
            None => {
                self.unwanted.remove(&id(new));
                (Some(Arc::clone(new)), is_new)
            }
        }
    }

    /// Lets a version wait for an owner; nothing is told when it waits already, or when no owner wanted it. What waits on is
    /// taken out of `earlier`.
    fn hold(&mut self, new: &Arc<AgentSpec>, earlier: &mut Vec<Waiting>) -> Option<ChangeStage> {
        let key = key_of(new);
        if self.unwanted.get(&id(new)) == Some(&key) {
            return None;
        }
        self.unwanted.remove(&id(new));
        let at = earlier.iter().position(|waiting| waiting.key == key);
        let known = at.map(|at| earlier.swap_remove(at));
        self.waiting.push(Waiting { key, agent: Arc::clone(new) });
        known.is_none().then_some(ChangeStage::Waiting { key })
    }

    /// Which of two versions is in force, and what is told of the change.
    fn compare(
        &mut self,
        old: &Arc<AgentSpec>,
        new: &Arc<AgentSpec>,
        earlier: &mut Vec<Waiting>,
    ) -> (Arc<AgentSpec>, Option<(AgentFate, ChangeStage)>) {
        let found = differences(old, new);
        if !found.iter().any(|difference| difference.widens) {
            self.unwanted.remove(&id(new));
            let told = (!found.is_empty()).then_some((AgentFate::Changed(found), ChangeStage::Applied));
            return (Arc::clone(new), told);
        }
        let told = self.hold(new, earlier).map(|stage| (AgentFate::Changed(found), stage));
        (Arc::clone(old), told)
    }

    fn decide(&mut self, key: NameKey, choice: VersionChoice, by: &str) -> Vec<Told> {
        let Some(at) = self.waiting.iter().position(|waiting| waiting.key == key) else { return Vec::new() };
        let agent = self.waiting.swap_remove(at).agent;
        let by = by.to_owned();
        let stage = match choice {
            VersionChoice::Use => {
                let mut agents = self.in_force.as_ref().clone();
                match agents.list.iter_mut().find(|old| id(old) == id(&agent)) {
                    Some(old) => *old = Arc::clone(&agent),
                    None => agents.list.push(Arc::clone(&agent)),
                }
                sort(&mut agents.list);
                self.in_force = Arc::new(agents);
                ChangeStage::Used { by }
            }
            VersionChoice::Keep => {
                self.unwanted.insert(id(&agent), key);
                ChangeStage::Kept { by }
            }
        };
        self.settle(&[key], &stage)
    }

    /// Says anew what was told of versions that wait no more.
    fn settle(&mut self, keys: &[NameKey], stage: &ChangeStage) -> Vec<Told> {
        let mut again = Vec::new();
        for told in &mut self.told {
            let waits = |change: &&mut AgentChange| matches!(change.stage, ChangeStage::Waiting { key } if keys.contains(&key));
            let settled = told.changed.changes.iter_mut().filter(waits);
            if settled.map(|change| change.stage = stage.clone()).count() > 0 {
                again.push(Told { again: true, ..told.clone() });
            }
        }
        self.told.retain(|told| told.changed.changes.iter().any(waits));
        again
    }

    /// What waits for an owner is told whole, in as many messages as it takes; the rest goes with the first of them.
    fn tell(&mut self, changes: Vec<AgentChange>, mistakes: Vec<BrokenChange>) -> Vec<Told> {
        if changes.is_empty() && mistakes.is_empty() {
            return Vec::new();
        }
        let (waiting, rest): (Vec<_>, Vec<_>) = changes.into_iter().partition(waits);
        let mut parts: Vec<AgentsChanged> = waiting
            .chunks(AT_ONCE)
            .map(|part| AgentsChanged { changes: part.to_vec(), mistakes: Vec::new() })
            .collect();
        match parts.first_mut() {
            Some(first) => {
                first.changes.extend(rest);
                first.mistakes = mistakes;
            }
            None => parts.push(AgentsChanged { changes: rest, mistakes }),
        }
        let mut all = Vec::new();
        for changed in parts {
            self.number += 1;
            all.push(Told { number: self.number, changed, again: false });
        }
        self.told.extend(all.iter().filter(|told| told.changed.changes.iter().any(waits)).cloned());
        all
    }
}

fn sort(list: &mut [Arc<AgentSpec>]) {
    list.sort_by_cached_key(|agent| (folded(&agent.name), agent.name.clone(), agent.home.clone()));
}

/// Whether an agent is missing only because a file of it cannot be loaded.
fn is_broken(agent: &AgentSpec, broken: &BTreeSet<&PathBuf>) -> bool {
    let mut read = std::iter::once(&agent.source.path).chain(&agent.bases);
    read.any(|path| broken.contains(path))
}

fn waits(change: &AgentChange) -> bool {
    matches!(change.stage, ChangeStage::Waiting { .. })
}

fn changed(agent: &AgentSpec, how: AgentFate, stage: ChangeStage) -> AgentChange {
    AgentChange { agent: agent.name.clone(), home: agent.home.clone(), how, stage }
}

fn id(agent: &AgentSpec) -> AgentId {
    (agent.home.clone(), agent.name.clone())
}

/// What a button calls a version: that of an agent that says something else has another key.
fn key_of(agent: &AgentSpec) -> NameKey {
    NameKey::of(&format!("{agent:?}"))
}

#[cfg(test)]
mod tests;
