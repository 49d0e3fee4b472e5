//! Numbers by name, in the order in which they were added. Knows nothing of what is numbered.

use std::collections::HashMap;
use std::iter;

/// Numbers by name. Nearly every name has one number, so that the others cost nothing.
pub(super) struct ByName<'a>(HashMap<&'a str, (usize, Vec<usize>)>);

impl<'a> ByName<'a> {
    pub(super) fn with_capacity(names: usize) -> Self {
        Self(HashMap::with_capacity(names))
    }

    /// Adds a number to those of a name.
    pub(super) fn add(&mut self, name: &'a str, number: usize) {
        let known = self.0.entry(name).and_modify(|(_, others)| others.push(number));
        known.or_insert((number, Vec::new()));
    }

    /// The numbers of a name, in the order in which they were added.
    pub(super) fn get(&self, name: &str) -> impl Iterator<Item = usize> {
        self.0.get(name).into_iter().flat_map(numbers)
    }

    /// The names that have several numbers, with them, in no order.
    pub(super) fn several(&self) -> impl Iterator<Item = (&'a str, Vec<usize>)> {
        let several = self.0.iter().filter(|(_, (_, others))| !others.is_empty());
        several.map(|(name, all)| (*name, numbers(all).collect()))
    }
}

fn numbers((first, others): &(usize, Vec<usize>)) -> impl Iterator<Item = usize> {
    iter::once(*first).chain(others.iter().copied())
}
