//! What agents have used in a while, summed up for people to look at.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::time::Duration;

use super::event::Usage;

/// What one agent has used on one engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Used {
    /// The agent.
    pub agent: String,
    /// The engine.
    pub engine: String,
    /// In how many tasks.
    pub tasks: u64,
    /// What.
    pub usage: Usage,
}

/// For how long back something is summed up. It ends now, not at some zone's midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// 24 hours.
    Day,
    /// 7 days.
    Week,
    /// 30 days.
    Month,
}

impl Window {
    /// All of them, the shortest first.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// Its length.
    #[must_use]
    pub fn length(self) -> Duration {
        const DAY: u64 = 24 * 3600;
        Duration::from_secs(match self {
            Self::Day => DAY,
            Self::Week => 7 * DAY,
            Self::Month => 30 * DAY,
        })
    }
}

/// A sum under a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Sum {
    /// Whose; empty for several together.
    pub name: String,
    /// How many tasks.
    pub tasks: u64,
    /// What they used.
    pub usage: Usage,
}

impl Sum {
    fn of(name: &str) -> Self {
        Self { name: name.to_owned(), tasks: 0, usage: Usage::default() }
    }

    fn add(&mut self, tasks: u64, usage: Usage) {
        self.tasks = self.tasks.saturating_add(tasks);
        self.usage = self.usage.plus(usage);
    }
}

/// All together.
#[must_use]
pub fn total(used: &[Used]) -> Sum {
    let mut sum = Sum::of("");
    for used in used {
        sum.add(used.tasks, used.usage);
    }
    sum
}

/// A sum for each name, the most expensive first. Of more than `most` the last ones are put together, under no name.
#[must_use]
pub fn sums<'u>(used: &'u [Used], name: impl Fn(&'u Used) -> &'u str, most: usize) -> Vec<Sum> {
    let mut named: BTreeMap<&str, Sum> = BTreeMap::new();
    for used in used {
        let name = name(used);
        named.entry(name).or_insert_with(|| Sum::of(name)).add(used.tasks, used.usage);
    }
    let mut sums: Vec<Sum> = named.into_values().collect();
    // Stable: those that used the same stay in the order of their names.
    sums.sort_by(|a, b| expense(&b.usage, &a.usage));
    if sums.len() > most {
        let rest = sums.split_off(most.saturating_sub(1));
        let mut others = Sum::of("");
        for sum in rest {
            others.add(sum.tasks, sum.usage);
        }
        sums.push(others);
    }
    sums
}

fn expense(a: &Usage, b: &Usage) -> Ordering {
    let (cost, other) = (a.cost_usd.unwrap_or(0.0), b.cost_usd.unwrap_or(0.0));
    cost.total_cmp(&other).then(a.tokens.cmp(&b.tokens))
}

#[cfg(test)]
mod tests;
