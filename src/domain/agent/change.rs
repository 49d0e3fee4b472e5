//! What changed between two versions of the agents, and whether an agent may do more than before.
//!
//! Compares what the definitions say, not what becomes of it with an engine: in doubt, it is more.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use super::{AgentSpec, Isolation, PermissionMode, PermissionRule, Verdict};

/// An agent file that could not be loaded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The file.
    pub path: PathBuf,
    /// The line of the mistake, where it has one.
    pub line: Option<usize>,
    /// What is wrong.
    pub text: String,
    /// What to do.
    pub remedy: Option<String>,
}

/// One thing that differs between two versions of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What, in a few words such as `+ Bash`.
    pub what: String,
    /// Whether the agent may do more than before.
    pub widens: bool,
}

/// What differs between two versions of an agent; nothing for what people need not know, such as where the file lies.
#[must_use]
pub fn differences(old: &AgentSpec, new: &AgentSpec) -> Vec<Difference> {
    // Whoever gives agents something new decides here whether it can be more.
    let AgentSpec {
        name: _,
        description: _,
        instructions: _,
        role: _,
        engine: _,
        workspace: _,
        model: _,
        effort: _,
        tools: _,
        disallowed_tools: _,
        allowed_tools: _,
        permission: _,
        permission_mode: _,
        max_turns: _,
        timeout: _,
        budget: _,
        isolation: _,
        skills: _,
        references: _,
        handoffs: _,
        argument_hint: _,
        home: _,
        extras: _,
        source: _,
        bases: _,
        origins: _,
    } = new;
    let mut found = Found(Vec::new());
    found.engine(old, new);
    found.tools(old, new);
    found.permission(&old.permission, &new.permission);
    found.mode(old.permission_mode, new.permission_mode);
    found.limits(old, new);
    found.surroundings(old, new);
    found.words(old, new);
    found.0
}

/// What an agent does without a question, because its file says so.
#[must_use]
pub fn unasked(agent: &AgentSpec) -> Vec<Difference> {
    let mut found = Found(Vec::new());
    match agent.permission_mode {
        Some(mode @ (PermissionMode::AcceptEdits | PermissionMode::BypassPermissions)) => {
            found.add(true, format!("mode {}", mode.name()));
        }
        None
        | Some(
            PermissionMode::Default | PermissionMode::Auto | PermissionMode::DontAsk | PermissionMode::Plan,
        ) => {}
    }
    for tool in &agent.allowed_tools {
        found.add(true, format!("{tool}: allow"));
    }
    for rule in agent.permission.iter().filter(|rule| rule.verdict == Verdict::Allow) {
        found.add(true, rule.words());
    }
    if scripts_unasked(agent) {
        found.add(true, UNASKED_STEPS);
    }
    found.0
}

/// What is said of a script that does something without a question.
const UNASKED_STEPS: &str = "steps that do not ask";

/// Whether its text may be a script with steps that do not ask. In doubt it is: what a script does stands in its text.
fn scripts_unasked(agent: &AgentSpec) -> bool {
    let text = agent.instructions.to_lowercase();
    let is_script =
        agent.engine.as_deref() == Some("script") || text.contains("yaml steps") || text.contains("yaml&");
    // `ask: false`, however it is spelt: YAML has no other word for it that the steps take.
    is_script && text.contains("false")
}

/// Differences as they are found.
struct Found(Vec<Difference>);

impl Found {
    fn add(&mut self, widens: bool, what: impl Into<String>) {
        self.0.push(Difference { what: what.into(), widens });
    }

    fn engine(&mut self, old: &AgentSpec, new: &AgentSpec) {
        let engine =
            |agent: &AgentSpec| agent.engine.clone().unwrap_or_else(|| "the default engine".to_owned());
        if old.engine != new.engine {
            self.add(true, format!("runs by {} instead of {}", engine(new), engine(old)));
        }
        let default = |value: &Option<String>| value.clone().unwrap_or_else(|| "default".to_owned());
        if old.model != new.model {
            self.add(false, format!("model {} → {}", default(&old.model), default(&new.model)));
        }
        if old.effort != new.effort {
            self.add(false, format!("effort {} → {}", default(&old.effort), default(&new.effort)));
        }
    }

    fn tools(&mut self, old: &AgentSpec, new: &AgentSpec) {
        match (&old.tools, &new.tools) {
            (None, None) => {}
            (Some(_), None) => self.add(true, "+ all tools"),
            (None, Some(tools)) if tools.is_empty() => self.add(false, "no tools any more"),
            (None, Some(tools)) => self.add(false, format!("only {}", tools.join(", "))),
            (Some(before), Some(after)) => {
                self.items(
                    before,
                    after,
                    |tool| (true, format!("+ {tool}")),
                    |tool| (false, format!("− {tool}")),
                );
            }
        }
        self.items(
            &old.disallowed_tools,
            &new.disallowed_tools,
            |tool| (false, format!("{tool} is denied")),
            |tool| (true, format!("{tool} is no longer denied")),
        );
        self.items(
            &old.allowed_tools,
            &new.allowed_tools,
            |tool| (true, format!("{tool} without asking")),
            |tool| (false, format!("{tool} no longer without asking")),
        );
    }

    /// What was added to a list, and what was taken out of it.
    fn items(
        &mut self,
        old: &[String],
        new: &[String],
        added: impl Fn(&str) -> (bool, String),
        removed: impl Fn(&str) -> (bool, String),
    ) {
        for item in new.iter().filter(|item| !old.contains(item)) {
            let (widens, what) = added(item);
            self.add(widens, what);
        }
        for item in old.iter().filter(|item| !new.contains(item)) {
            let (widens, what) = removed(item);
            self.add(widens, what);
        }
    }

    /// The last rule that matches counts, so that taking out an `allow` or putting in a `deny` never gives more, and
    /// anything else may.
    fn permission(&mut self, old: &[PermissionRule], new: &[PermissionRule]) {
        // Not by their words: two rules may read the same and be about different tools.
        let said = |rule: &PermissionRule| (rule.tool.clone(), rule.pattern.clone(), rule.verdict);
        let (before, after): (Vec<_>, Vec<_>) =
            (old.iter().map(said).collect(), new.iter().map(said).collect());
        for rule in new.iter().filter(|rule| !before.contains(&said(rule))) {
            self.add(rule.verdict != Verdict::Deny, format!("+ {}", rule.words()));
        }
        for rule in old.iter().filter(|rule| !after.contains(&said(rule))) {
            self.add(rule.verdict != Verdict::Allow, format!("− {}", rule.words()));
        }
        let before_kept = before.iter().filter(|rule| after.contains(rule));
        if !before_kept.eq(after.iter().filter(|rule| before.contains(rule))) {
            self.add(true, "permission rules in another order");
        }
    }

    fn mode(&mut self, old: Option<PermissionMode>, new: Option<PermissionMode>) {
        let default = PermissionMode::Default;
        let (old, new) = (old.unwrap_or(default), new.unwrap_or(default));
        if old != new {
            self.add(looseness(new) > looseness(old), format!("mode {} → {}", old.name(), new.name()));
        }
    }

    fn limits(&mut self, old: &AgentSpec, new: &AgentSpec) {
        let turns = |limit: u64| format!("{limit}");
        self.limit("turns", old.max_turns.map(u64::from), new.max_turns.map(u64::from), turns);
        let seconds = |time: Option<Duration>| time.map(|time| time.as_secs());
        self.limit("time", seconds(old.timeout), seconds(new.timeout), |limit| format!("{limit} s"));
        let (before, after) = (old.budget.unwrap_or_default(), new.budget.unwrap_or_default());
        let dollars = |limit: u64| format!("${}.{:02}", limit / 1_000_000, limit % 1_000_000 / 10_000);
        self.limit("budget", before.microdollars, after.microdollars, dollars);
        self.limit("tokens", before.tokens, after.tokens, turns);
    }

    fn limit(&mut self, what: &str, old: Option<u64>, new: Option<u64>, shown: impl Fn(u64) -> String) {
        let words = |limit: Option<u64>| limit.map_or_else(|| "no limit".to_owned(), &shown);
        if old != new {
            let more = new.unwrap_or(u64::MAX) > old.unwrap_or(u64::MAX);
            self.add(more, format!("{what} {} → {}", words(old), words(new)));
        }
    }

    /// Where it works and what it may read there.
    fn surroundings(&mut self, old: &AgentSpec, new: &AgentSpec) {
        let workspace =
            |agent: &AgentSpec| agent.workspace.clone().unwrap_or_else(|| "the chosen workspace".to_owned());
        if old.workspace != new.workspace {
            self.add(true, format!("works in {} instead of {}", workspace(new), workspace(old)));
        }
        match (old.isolation, new.isolation) {
            (Isolation::None, Isolation::None) | (Isolation::Worktree, Isolation::Worktree) => {}
            (Isolation::Worktree, Isolation::None) => self.add(true, "no worktree of its own any more"),
            (Isolation::None, Isolation::Worktree) => self.add(false, "works in a worktree of its own"),
        }
        let paths = |agent: &AgentSpec| -> BTreeSet<PathBuf> { agent.references.iter().cloned().collect() };
        let (before, after) = (paths(old), paths(new));
        for path in after.difference(&before) {
            self.add(true, format!("may read {}", path.display()));
        }
        for path in before.difference(&after) {
            self.add(false, format!("no longer reads {}", path.display()));
        }
    }

    fn words(&mut self, old: &AgentSpec, new: &AgentSpec) {
        self.items(
            &old.skills,
            &new.skills,
            |skill| (false, format!("+ skill {skill}")),
            |skill| (false, format!("− skill {skill}")),
        );
        if old.handoffs != new.handoffs {
            self.add(false, "hand-offs changed");
        }
        if old.instructions != new.instructions {
            let lines = changed_lines(&old.instructions, &new.instructions);
            let lines = if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") };
            let unasked = scripts_unasked(new);
            let steps = if unasked { format!(", {UNASKED_STEPS}") } else { String::new() };
            self.add(unasked, format!("instructions changed ({lines}{steps})"));
        }
        let about =
            |agent: &AgentSpec| (agent.description.clone(), agent.role.clone(), agent.argument_hint.clone());
        if about(old) != about(new) {
            self.add(false, "description changed");
        }
    }
}

/// How much a mode lets happen, compared with others.
fn looseness(mode: PermissionMode) -> u8 {
    match mode {
        PermissionMode::Plan => 0,
        PermissionMode::DontAsk => 1,
        PermissionMode::Default | PermissionMode::Auto => 2,
        PermissionMode::AcceptEdits => 3,
        PermissionMode::BypassPermissions => 4,
    }
}

/// How many lines lie between the first and the last one that differ, in whichever text there are more.
fn changed_lines(old: &str, new: &str) -> usize {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let same_start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[same_start..], &new[same_start..]);
    let same_end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    (old.len().max(new.len()) - same_end).max(1)
}

#[cfg(test)]
mod tests;
