//! A policy in lines for people, and in words for the agent itself.

use super::selector::Item;
use super::{List, Policy};
use crate::domain::agent::{Origin, PermissionMode, Verdict};

/// How much of a command or a path is repeated in a reason, in characters.
const SHOWN: usize = 80;

/// One line about a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is about.
    pub topic: Topic,
    /// What it says.
    pub text: String,
    /// Where that stands; nothing when it is in no file.
    pub origin: Option<Origin>,
}

/// What a line about a policy is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// The only tools there are.
    Only,
    /// What happens without a question.
    Allow,
    /// What a person is asked for.
    Ask,
    /// What does not happen.
    Deny,
    /// How much may be used.
    Limit,
}

impl Policy {
    /// The policy as lines: what is there, what is denied, asked and allowed, and the limits.
    #[must_use]
    pub fn describe(&self) -> Vec<Line> {
        let list = |topic, list: &List| {
            let text = if list.written.is_empty() { "nothing".to_owned() } else { list.written.join(", ") };
            Line { topic, text, origin: list.origin.clone() }
        };
        let mut lines: Vec<Line> = self.tools.iter().map(|tools| list(Topic::Only, tools)).collect();
        for (topic, entries) in [(Topic::Deny, &self.disallowed), (Topic::Allow, &self.allowed)] {
            if !entries.written.is_empty() {
                lines.push(list(topic, entries));
            }
        }
        lines.extend(self.rules.iter().map(|rule| Line {
            topic: topic(rule.verdict),
            text: rule.written.rsplit_once(": ").map_or(&*rule.written, |(head, _)| head).to_owned(),
            origin: Some(rule.origin.clone()),
        }));
        let (topic, text) = self.default();
        lines.push(Line { topic, text: text.to_owned(), origin: self.mode.origin.clone() });
        lines.extend(self.limit_lines());
        lines
    }

    /// What holds for all else.
    fn default(&self) -> (Topic, &'static str) {
        match self.mode() {
            PermissionMode::Default | PermissionMode::Auto => (Topic::Ask, "everything else"),
            PermissionMode::AcceptEdits => (Topic::Allow, "changes to files of the workspace"),
            PermissionMode::DontAsk => (Topic::Deny, "everything else"),
            PermissionMode::BypassPermissions if self.bypass => (Topic::Allow, "everything else"),
            PermissionMode::BypassPermissions => {
                (Topic::Ask, "everything else (bypassPermissions is not turned on for this workspace)")
            }
            PermissionMode::Plan => (Topic::Deny, "whatever changes something"),
        }
    }

    fn limit_lines(&self) -> Vec<Line> {
        let limits = &self.limits;
        let line = |text: String, origin: &Option<Origin>| Line {
            topic: Topic::Limit,
            text,
            origin: origin.clone(),
        };
        let turns = limits.turns.iter().map(|turns| line(format!("{} turns", turns.value), &turns.origin));
        let time = limits.timeout.iter().map(|time| line(minutes(time.value.as_secs()), &time.origin));
        let budget = limits.budget.iter().flat_map(|budget| {
            let money = budget.value.microdollars.map(|most| format!("${:.2}", most as f64 / 1e6));
            let tokens = budget.value.tokens.map(|most| format!("{most} tokens"));
            money.into_iter().chain(tokens).map(|text| line(text, &budget.origin))
        });
        turns.chain(time).chain(budget).collect()
    }

    /// What the agent is told of its policy from the start; nothing when only people decide.
    #[must_use]
    pub fn summary(&self) -> Option<String> {
        let lines: Vec<String> = self
            .describe()
            .into_iter()
            .filter(|line| line.topic != Topic::Limit && line.topic != Topic::Ask)
            .map(|line| {
                let head = match line.topic {
                    Topic::Only => "Only these tools may be used",
                    Topic::Deny => "Not allowed",
                    Topic::Allow | Topic::Ask | Topic::Limit => "Allowed without asking",
                };
                format!("- {head}: {}", line.text)
            })
            .collect();
        let bounded = lines.iter().any(|line| !line.starts_with("- Allowed"));
        bounded.then(|| {
            format!(
                "What you may do here is limited, and that is enforced:\n{}\nDo not try what is not allowed; work without it.",
                lines.join("\n")
            )
        })
    }
}

fn topic(verdict: Verdict) -> Topic {
    match verdict {
        Verdict::Allow => Topic::Allow,
        Verdict::Ask => Topic::Ask,
        Verdict::Deny => Topic::Deny,
    }
}

/// What a tool is used on, in short.
pub(super) fn item(item: &Item) -> String {
    let text = match item {
        Item::Command(words) => words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "),
        Item::Path(text) | Item::Url(text) | Item::Name(text) => text.clone(),
        Item::Whole => return "it".to_owned(),
    };
    let short: String = text.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if short.len() < text.len() { format!("`{short}…`") } else { format!("`{short}`") }
}

fn minutes(seconds: u64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}
