//! What an agent may do: its definition, compiled into one answer for every use of a tool, whatever the engine.
//!
//! What is forbidden is forbidden whatever else is written; what is allowed is never more than what was written; for
//! all else a person is asked. Knows no engine and no files: paths are compared as they are told.

mod command;
mod describe;
mod judging;
mod limits;
mod names;
mod readonly;
mod rules;
mod selector;
mod shell;
mod tool;
mod wildcard;

pub use describe::{Line, Topic};
pub use limits::{Excess, Limits, Set};
pub use readonly::operands_of_reading;
pub use tool::{Target, ToolKind, ToolUse, claude_names, is_mcp_entry};

use self::rules::Rule;
use self::selector::{Selector, Subject};
use super::agent::{AgentSpec, Field, Isolation, Origin, PermissionMode, Verdict};

/// What does not stand in the agent's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grants {
    /// The directory that the agent works in, as an absolute path without symbolic links.
    pub workspace: String,
    /// Whether an owner lets agents of this workspace bypass questions.
    pub allow_bypass: bool,
}

/// What an agent may do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    root: String,
    references: Vec<String>,
    tools: Option<List>,
    disallowed: List,
    allowed: List,
    rules: Vec<Rule>,
    mode: Set<PermissionMode>,
    bypass: bool,
    /// How much it may use.
    pub limits: Limits,
    /// The model that it wants.
    pub model: Option<Set<String>>,
    /// Where it works within the workspace.
    pub isolation: Set<Isolation>,
}

/// What a policy says about the use of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// What it says.
    pub verdict: Verdict,
    /// Why; nothing when no rule is about it.
    pub because: Option<Because>,
}

/// The rule that decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// The rule as written, such as `tools: Read, Grep`.
    pub rule: String,
    /// Where it stands; nothing when it is in no file.
    pub origin: Option<Origin>,
    /// What about the use made it so, where that is not plain to see.
    pub why: Option<String>,
}

impl Because {
    /// Where the rule stands in short, such as `reviewer.md:7`.
    #[must_use]
    pub fn label(&self) -> String {
        self.origin.as_ref().map_or_else(|| "the agent's definition".to_owned(), Origin::label)
    }

    /// The rule, and why it applies.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.why {
            Some(why) => format!("{}; {why}", self.rule),
            None => self.rule.clone(),
        }
    }
}

/// A list of tools in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct List {
    entries: Vec<Selector>,
    key: &'static str,
    written: Vec<String>,
    origin: Option<Origin>,
}

impl List {
    fn of(key: &'static str, written: &[String], origin: Option<&Origin>) -> Self {
        let entries = written.iter().map(|entry| Selector::parse(entry)).collect();
        Self { entries, key, written: written.to_vec(), origin: origin.cloned() }
    }

    fn because(&self, why: Option<String>) -> Because {
        let written = if self.written.is_empty() { "none".to_owned() } else { self.written.join(", ") };
        Because { rule: format!("{}: {written}", self.key), origin: self.origin.clone(), why }
    }

    fn covering<'l>(&'l self, subject: &'l Subject<'_>, forbids: bool) -> impl Iterator<Item = &'l Selector> {
        self.entries.iter().filter(move |entry| entry.covers(subject.used, forbids))
    }
}

impl Policy {
    /// The policy of an agent.
    #[must_use]
    pub fn of(agent: &AgentSpec, grants: Grants) -> Self {
        let origin = |field| agent.origins.get(&field);
        let rule = |rule: &super::agent::PermissionRule| Rule {
            selector: Selector::rule(&rule.tool, rule.pattern.as_deref()),
            verdict: rule.verdict,
            written: rule.words(),
            origin: rule.origin.clone(),
        };
        let tools = agent.tools.as_ref();
        let mode = agent.permission_mode.unwrap_or(PermissionMode::Default);
        Self {
            root: grants.workspace,
            references: agent.references.iter().filter_map(|path| path.to_str().map(str::to_owned)).collect(),
            tools: tools.map(|tools| List::of("tools", tools, origin(Field::Tools))),
            disallowed: List::of("disallowedTools", &agent.disallowed_tools, origin(Field::DisallowedTools)),
            allowed: List::of("allowed-tools", &agent.allowed_tools, origin(Field::AllowedTools)),
            rules: agent.permission.iter().map(rule).collect(),
            mode: Set { value: mode, origin: origin(Field::PermissionMode).cloned() },
            bypass: grants.allow_bypass && mode == PermissionMode::BypassPermissions,
            limits: Limits::of(agent),
            model: Set::of(agent.model.clone(), origin(Field::Model)),
            isolation: Set { value: agent.isolation, origin: origin(Field::Isolation).cloned() },
        }
    }

    /// How it acts where no rule decides.
    #[must_use]
    pub fn mode(&self) -> PermissionMode {
        self.mode.value
    }

    /// Whether every use of a tool of this name must be judged, since what it is used on matters.
    #[must_use]
    pub fn judges_each(&self, tool: &str) -> bool {
        let used = ToolUse { tool: tool.to_owned(), kind: ToolKind::of_name(tool), targets: Vec::new() };
        let narrow = |entry: &Selector, forbids| entry.what.is_some() && entry.covers(&used, forbids);
        let plans = self.mode() == PermissionMode::Plan
            && matches!(used.kind, ToolKind::Edit | ToolKind::Command(_) | ToolKind::Other);
        let asks_nobody = self.mode() == PermissionMode::DontAsk
            && !matches!(used.kind, ToolKind::Read | ToolKind::Search | ToolKind::Inward);
        plans
            || asks_nobody
            || self.tools.iter().flat_map(|list| &list.entries).any(|entry| narrow(entry, false))
            || self.disallowed.entries.iter().any(|entry| narrow(entry, true))
            || self
                .rules
                .iter()
                .any(|rule| rule.verdict != Verdict::Allow && rule.selector.covers(&used, true))
    }

    /// Whether every use of a tool of an MCP server must be judged.
    #[must_use]
    pub fn judges_servers(&self) -> bool {
        let used = |server: &str, tool: &str| ToolUse {
            tool: format!("mcp__{server}__{tool}"),
            kind: ToolKind::Mcp { server: server.to_owned(), tool: tool.to_owned() },
            targets: Vec::new(),
        };
        let about = |entry: &Selector| is_mcp_entry(&entry.tool) || entry.covers(&used("any", "any"), true);
        self.tools.iter().flat_map(|list| &list.entries).any(|entry| is_mcp_entry(&entry.tool))
            || matches!(self.mode(), PermissionMode::Plan | PermissionMode::DontAsk)
            || self.disallowed.entries.iter().any(about)
            || self.rules.iter().any(|rule| rule.verdict != Verdict::Allow && about(&rule.selector))
    }

    /// Tools in its lists that no engine has, as written: a slip of the pen, or tools of a server under another name.
    #[must_use]
    pub fn unknown_tools(&self) -> Vec<String> {
        let lists = self.tools.iter().chain([&self.disallowed, &self.allowed]);
        let names = lists.flat_map(|list| &list.entries).map(|entry| entry.tool.as_str());
        let unknown = |name: &&str| {
            !name.contains('*') && !name.is_empty() && !is_mcp_entry(name) && tool::class_of(name).is_none()
        };
        let mut names: Vec<String> = names.filter(unknown).map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
