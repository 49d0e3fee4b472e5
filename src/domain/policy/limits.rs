//! How much an agent may use, and the words for when it has used more. Knows no clock: who measures tells.

use std::fmt;
use std::time::Duration;

use crate::domain::agent::{AgentSpec, Budget, Field, Origin};
use crate::domain::event::Usage;

/// A value, and where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Set<T> {
    /// The value.
    pub value: T,
    /// Where it stands; nothing when it is in no file.
    pub origin: Option<Origin>,
}

impl<T> Set<T> {
    pub(super) fn of(value: Option<T>, origin: Option<&Origin>) -> Option<Self> {
        value.map(|value| Self { value, origin: origin.cloned() })
    }

    /// Where it stands in short, such as `reviewer.md:7`.
    #[must_use]
    pub fn label(&self) -> String {
        self.origin.as_ref().map_or_else(|| "the agent's definition".to_owned(), Origin::label)
    }
}

/// How much an agent may use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Turns: replies of the model that call tools.
    pub turns: Option<Set<u32>>,
    /// Time.
    pub timeout: Option<Set<Duration>>,
    /// Money and tokens.
    pub budget: Option<Set<Budget>>,
}

/// A limit that was reached, in words for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excess(String);

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Limits {
    pub(super) fn of(agent: &AgentSpec) -> Self {
        let origin = |field| agent.origins.get(&field);
        Self {
            turns: Set::of(agent.max_turns, origin(Field::MaxTurns)),
            timeout: Set::of(agent.timeout, origin(Field::Timeout)),
            budget: Set::of(agent.budget, origin(Field::Budget)),
        }
    }

    /// Whether more was used than the budget allows.
    #[must_use]
    pub fn overspent(&self, usage: &Usage) -> Option<Excess> {
        let budget = self.budget.as_ref()?;
        let label = budget.label();
        let money = budget.value.microdollars.zip(usage.cost_usd).and_then(|(most, used)| {
            let most = most as f64 / 1e6;
            (used > most).then(|| {
                // Rounded up, so that what is shown tells the two apart.
                let digits = if most < 0.1 { 4 } else { 2 };
                let used = (used * 10_f64.powi(digits) - 1e-6).ceil() / 10_f64.powi(digits);
                let digits = digits.unsigned_abs() as usize;
                format!("It has used ${used:.digits$} of the ${most:.digits$} that {label} allows.")
            })
        });
        let tokens = || {
            let (most, used) = budget.value.tokens.zip(usage.tokens)?;
            (used > most).then(|| format!("It has used {used} of the {most} tokens that {label} allows."))
        };
        money.or_else(tokens).map(Excess)
    }

    /// Whether it has taken more turns than it may.
    #[must_use]
    pub fn outran(&self, turns: u32) -> Option<Excess> {
        let most = self.turns.as_ref()?;
        (turns > most.value).then(|| {
            let (most, label) = (most.value, most.label());
            Excess(format!(
                "It has taken the {most} turns that {label} allows. Write “go on” to let it continue."
            ))
        })
    }
}
