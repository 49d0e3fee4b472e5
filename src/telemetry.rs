//! What is counted and timed, and how it is written for Prometheus. Knows nothing of who counts.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// One label: what kind of thing was counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

/// All counters of one Adjutant.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    updates: Family<Kind, Counter>,
    tasks: Family<Kind, Counter>,
    approvals: Family<Kind, Counter>,
    chat_errors: Family<Kind, Counter>,
    running_tasks: Gauge,
    outbox_depth: Gauge,
    outbox_lag_ms: Gauge,
    apply: Histogram,
    deliver: Histogram,
    task: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("adjutant");
        let fast = || Histogram::new(exponential_buckets(0.000_25, 2.0, 16));
        let metrics = Self {
            updates: Family::default(),
            tasks: Family::default(),
            approvals: Family::default(),
            chat_errors: Family::default(),
            running_tasks: Gauge::default(),
            outbox_depth: Gauge::default(),
            outbox_lag_ms: Gauge::default(),
            apply: fast(),
            deliver: fast(),
            task: Histogram::new(exponential_buckets(0.1, 2.0, 16)),
            registry: Registry::default(),
        };
        registry.register("updates", "Updates applied, by result", metrics.updates.clone());
        registry.register("tasks", "Tasks ended, by outcome", metrics.tasks.clone());
        registry.register("approvals", "Approvals ended, by status", metrics.approvals.clone());
        registry.register(
            "chat_errors",
            "Calls that the chat service refused, by kind",
            metrics.chat_errors.clone(),
        );
        registry.register("running_tasks", "Tasks at work", metrics.running_tasks.clone());
        registry.register("outbox_depth", "Messages not yet delivered", metrics.outbox_depth.clone());
        registry.register(
            "outbox_lag_ms",
            "Age of the oldest undelivered message in ms",
            metrics.outbox_lag_ms.clone(),
        );
        registry.register("apply_seconds", "Applying a batch of updates", metrics.apply.clone());
        registry.register("deliver_seconds", "One call that delivers a message", metrics.deliver.clone());
        registry.register("task_seconds", "A task from its start to its end", metrics.task.clone());
        Self { registry, ..metrics }
    }
}

impl Metrics {
    /// Counts updates: `applied` or `failed`.
    pub fn updates(&self, result: &'static str, count: usize) {
        self.updates.get_or_create(&Kind { kind: result }).inc_by(count as u64);
    }

    /// Counts an ended task.
    pub fn task_ended(&self, outcome: &'static str, elapsed: Duration) {
        self.tasks.get_or_create(&Kind { kind: outcome }).inc();
        self.task.observe(elapsed.as_secs_f64());
    }

    /// Counts an ended approval.
    pub fn approval_ended(&self, status: &'static str) {
        self.approvals.get_or_create(&Kind { kind: status }).inc();
    }

    /// Counts a call that the chat service refused.
    pub fn chat_error(&self, kind: &'static str) {
        self.chat_errors.get_or_create(&Kind { kind }).inc();
    }

    /// Tells how many tasks are at work.
    pub fn running(&self, tasks: usize) {
        self.running_tasks.set(i64::try_from(tasks).unwrap_or(i64::MAX));
    }

    /// Tells how many messages wait, and for how long the oldest has.
    pub fn outbox(&self, depth: u64, lag: Duration) {
        self.outbox_depth.set(i64::try_from(depth).unwrap_or(i64::MAX));
        self.outbox_lag_ms.set(i64::try_from(lag.as_millis()).unwrap_or(i64::MAX));
    }

    /// Times the application of a batch of updates.
    pub fn applied_in(&self, took: Duration) {
        self.apply.observe(took.as_secs_f64());
    }

    /// Times one call that delivers a message.
    pub fn delivered_in(&self, took: Duration) {
        self.deliver.observe(took.as_secs_f64());
    }

    /// Everything, in Prometheus' text format.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            Err(error) => format!("# could not be written: {error}\n"),
        }
    }
}
