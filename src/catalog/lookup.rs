//! How one file finds another by name: a base, an agent to run as, a skill.

use std::cell::Cell;
use std::collections::HashMap;

use super::dialect;
use super::library::Kept;
use crate::domain::agent::{Dialect, folded, nearest};

/// How many names are suggested for one that is not there.
const SUGGESTIONS: usize = 3;

/// For so many missing names others are suggested; to compare all names with each other would take long.
const SUGGESTED: usize = 20;

/// All files by their names.
pub(super) struct Lookup<'a> {
    kept: &'a [Kept],
    /// By stem and by name, in lower case; in the order in which they count.
    agents: HashMap<String, Vec<usize>>,
    /// By folder and by name, [`folded`]; in the order in which they count.
    skills: HashMap<String, Vec<usize>>,
    /// How many missing names are still worth suggestions.
    worth_suggesting: Cell<usize>,
}

/// What a name leads to.
pub(super) enum Sought {
    /// The file with this number.
    One(usize),
    /// Only the file with this number, which cannot be used.
    Broken(usize),
    /// Nothing, but for names that may have been meant.
    Missing(Vec<String>),
}

impl<'a> Lookup<'a> {
    pub(super) fn new(kept: &'a [Kept]) -> Self {
        let mut lookup = Self {
            kept,
            agents: HashMap::new(),
            skills: HashMap::new(),
            worth_suggesting: Cell::new(SUGGESTED),
        };
        for (number, file) in kept.iter().enumerate() {
            let Some(dialect) = file.report.dialect else { continue };
            let name = file.report.name.as_deref();
            let stem = dialect::stem(&file.report.path);
            let is_skill = dialect == Dialect::Skill;
            let map = if is_skill { &mut lookup.skills } else { &mut lookup.agents };
            for name in [Some(stem.as_str()), name].into_iter().flatten() {
                let key = if is_skill { folded(name) } else { name.to_lowercase() };
                let numbers: &mut Vec<usize> = map.entry(key).or_default();
                if numbers.last() != Some(&number) {
                    numbers.push(number);
                }
            }
        }
        lookup
    }

    /// The agent that the file `from` means by `name`: by its file's stem or its name, in its own folder first, then in its
    /// own directory, then in all in their order. Itself only when there is no other.
    pub(super) fn agent(&self, from: usize, name: &str) -> Sought {
        let name = name.trim().to_lowercase();
        let stem = name.strip_suffix(".md").unwrap_or(&name);
        let found = self.visible(from, self.agents.get(stem));
        let of = |number: &usize| self.kept[*number].definition.as_deref();
        let closeness = |number: &usize| {
            let own = &self.kept[from];
            let other = &self.kept[*number];
            let same_folder = other.report.path.parent() == own.report.path.parent();
            let same_root = of(&from).zip(of(number)).is_some_and(|(own, other)| own.root == other.root);
            (*number == from, !same_folder, !same_root, *number)
        };
        match found.iter().filter(|number| of(number).is_some()).min_by_key(|number| closeness(number)) {
            Some(number) => Sought::One(*number),
            None => self.none(from, &found, stem, |dialect| dialect != Dialect::Skill),
        }
    }

    /// The skill that the file `from` means by `name`: that of its own workspace first, then in their order.
    pub(super) fn skill(&self, from: usize, name: &str) -> Sought {
        let found = self.visible(from, self.skills.get(&folded(name)));
        let sound = found.iter().filter(|number| self.kept[**number].definition.is_some());
        match sound.min_by_key(|number| (self.home(**number).is_none(), **number)) {
            Some(number) => Sought::One(*number),
            None => self.none(from, &found, name, |dialect| dialect == Dialect::Skill),
        }
    }

    /// Of a workspace's own files, only those of the same workspace can be meant.
    fn visible(&self, from: usize, numbers: Option<&Vec<usize>>) -> Vec<usize> {
        let visible = |number: &&usize| self.is_visible(from, **number);
        numbers.into_iter().flatten().filter(visible).copied().collect()
    }

    fn is_visible(&self, from: usize, number: usize) -> bool {
        self.home(number).is_none() || self.home(number) == self.home(from)
    }

    fn home(&self, number: usize) -> Option<&str> {
        self.kept[number].home.as_deref()
    }

    fn none(&self, from: usize, found: &[usize], name: &str, is_kind: fn(Dialect) -> bool) -> Sought {
        if let Some(broken) = found.first() {
            return Sought::Broken(*broken);
        }
        let Some(left) = self.worth_suggesting.get().checked_sub(1) else {
            return Sought::Missing(Vec::new());
        };
        self.worth_suggesting.set(left);
        let others = self.kept.iter().enumerate().filter(|(number, file)| {
            *number != from && file.report.dialect.is_some_and(is_kind) && self.is_visible(from, *number)
        });
        let names = others.filter_map(|(_, file)| file.report.name.as_deref());
        let mut nearest = nearest(names, name, SUGGESTIONS);
        nearest.dedup();
        Sought::Missing(nearest)
    }
}
