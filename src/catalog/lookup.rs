//! How one file finds another by name: a base, an agent to run as, a skill.

use std::cell::Cell;

use super::by_name::ByName;
use super::dialect;
use super::library::Kept;
use super::report::{FileReport, Status};
use crate::domain::agent::{Dialect, command_of, folded, nearest};

/// How many names are suggested for one that is not there.
const SUGGESTIONS: usize = 3;

/// For so many missing names others are suggested; to compare all names with each other would take long.
const SUGGESTED: usize = 20;

/// By which names a file is looked for, worked out once.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Its stem and its name: of an agent in lower case, of a skill [`folded`].
    keys: Vec<String>,
    /// The name, [`folded`].
    pub(super) folded: String,
    /// The chat command that the name makes.
    pub(super) command: Option<String>,
}

impl Names {
    pub(super) fn of(report: &FileReport) -> Self {
        // A file that could not be opened still stands in the way of farther ones.
        let by_path = || (report.status == Status::Error).then(|| dialect::of(&report.path));
        let Some(dialect) = report.dialect.or_else(by_path) else { return Self::default() };
        let name = report.name.as_deref().unwrap_or_default();
        let key = |name: &str| {
            if dialect == Dialect::Skill { folded(name) } else { name.to_lowercase() }
        };
        let mut keys = vec![key(&dialect::stem(&report.path)), key(name)];
        keys.dedup();
        Self { keys, folded: folded(name), command: command_of(name) }
    }
}

/// All files by their names.
pub(super) struct Lookup<'a> {
    kept: &'a [Kept],
    agents: ByName<'a>,
    skills: ByName<'a>,
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
        let mut agents = ByName::with_capacity(kept.len());
        let mut skills = ByName::with_capacity(0);
        for (number, file) in kept.iter().enumerate() {
            let is_skill = file.report.dialect == Some(Dialect::Skill);
            let names = if is_skill { &mut skills } else { &mut agents };
            for key in file.names.keys.iter().filter(|key| !key.is_empty()) {
                names.add(key, number);
            }
        }
        Self { kept, agents, skills, worth_suggesting: Cell::new(SUGGESTED) }
    }

    /// The agent that the file `from` means by `name`: by its file's stem or its name, in its own folder first, then in its
    /// own directory, then in all in their order. Itself only when there is no other. Where that one is broken no farther
    /// one takes its place: it would bring other bounds.
    pub(super) fn agent(&self, from: usize, name: &str) -> Sought {
        let name = name.trim().to_lowercase();
        let stem = name.strip_suffix(".md").unwrap_or(&name);
        let found = self.visible(from, self.agents.get(stem));
        let closeness = |number: &usize| {
            let own = &self.kept[from];
            let other = &self.kept[*number];
            let same_folder = other.report.path.parent() == own.report.path.parent();
            (*number == from, !same_folder, own.root != other.root, *number)
        };
        match found.iter().min_by_key(|number| closeness(number)) {
            Some(number) if self.kept[*number].definition.is_some() => Sought::One(*number),
            Some(number) => Sought::Broken(*number),
            None => self.none(from, &found, stem, |dialect| dialect != Dialect::Skill),
        }
    }

    /// The skill that the file `from` means by `name`: that of its own workspace first, then in their order.
    pub(super) fn skill(&self, from: usize, name: &str) -> Sought {
        let found = self.visible(from, self.skills.get(folded(name).as_str()));
        let sound = found.iter().filter(|number| self.kept[**number].definition.is_some());
        match sound.min_by_key(|number| (self.home(**number).is_none(), **number)) {
            Some(number) => Sought::One(*number),
            None => self.none(from, &found, name, |dialect| dialect == Dialect::Skill),
        }
    }

    /// Of a workspace's own files, only those of the same workspace can be meant.
    fn visible(&self, from: usize, numbers: impl Iterator<Item = usize>) -> Vec<usize> {
        numbers.filter(|number| self.is_visible(from, *number)).collect()
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
