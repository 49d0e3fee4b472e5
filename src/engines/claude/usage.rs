//! What a run has used. Claude Code counts for its whole process, which may serve several runs. Pure.

use serde_json::{Map, Value};

use super::message::TurnResult;
use crate::domain::event::Usage;

/// The counts of each model that are tokens.
const TOKENS: [&str; 4] = ["inputTokens", "outputTokens", "cacheReadInputTokens", "cacheCreationInputTokens"];

/// The counter of one process.
#[derive(Debug, Default)]
pub(super) struct Meter {
    total: Usage,
    /// What earlier runs had used.
    before: Usage,
}

impl Meter {
    pub(super) fn run_begins(&mut self) {
        self.before = self.total;
    }

    /// Reads the counts at the end of a turn; what this run has used.
    pub(super) fn read(&mut self, result: &TurnResult) -> Usage {
        if let Some(cost) = result.total_cost_usd {
            self.total.cost_usd = Some(cost);
        }
        if !result.model_usage.is_empty() {
            self.total.tokens = Some(tokens(&result.model_usage));
        }
        Usage {
            cost_usd: self.total.cost_usd.map(|cost| less(cost, self.before.cost_usd.unwrap_or(0.0))),
            tokens: self.total.tokens.map(|tokens| tokens.saturating_sub(self.before.tokens.unwrap_or(0))),
        }
    }
}

/// A difference without the noise of binary fractions: to a millionth of a dollar.
fn less(cost: f64, before: f64) -> f64 {
    ((cost - before).max(0.0) * 1e6).round() / 1e6
}

fn tokens(by_model: &Map<String, Value>) -> u64 {
    let counts =
        by_model.values().flat_map(|model| TOKENS.iter().filter_map(|name| model.get(name)?.as_u64()));
    counts.fold(0, u64::saturating_add)
}
