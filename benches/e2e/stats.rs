//! Many durations in a few numbers.

use std::time::Duration;

/// Durations, sorted.
pub(crate) struct Sample(Vec<Duration>);

impl Sample {
    pub(crate) fn of(mut durations: Vec<Duration>) -> Self {
        assert!(!durations.is_empty(), "nothing was measured");
        durations.sort();
        Self(durations)
    }

    /// The duration below which so many of a thousand lie.
    pub(crate) fn quantile(&self, of_thousand: usize) -> Duration {
        self.0[(self.0.len() * of_thousand / 1000).min(self.0.len() - 1)]
    }

    pub(crate) fn median(&self) -> Duration {
        self.quantile(500)
    }

    pub(crate) fn p99(&self) -> Duration {
        self.quantile(990)
    }

    pub(crate) fn longest(&self) -> Duration {
        self.quantile(1000)
    }
}

/// In milliseconds.
pub(crate) fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
