//! What an agent may do: its definition, compiled into one answer for every use of a tool, whatever the engine.
//!
//! What is forbidden is forbidden whatever else is written; what is allowed is never more than what was written; for
//! all else a person is asked. Knows no engine and no files: paths are compared as they are told.

mod command;
mod describe;
mod limits;
mod names;
mod readonly;
mod selector;
mod shell;
mod tool;
mod wildcard;

pub use describe::{Line, Topic};
pub use limits::{Excess, Limits, Set};
pub use tool::{Target, ToolKind, ToolUse};

use self::names::Class;
use self::selector::{Item, Selector, Subject};
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
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// A permission rule in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    selector: Selector,
    verdict: Verdict,
    written: String,
    origin: Origin,
}

impl Rule {
    fn because(&self, why: Option<&str>) -> Because {
        let origin = Some(self.origin.clone());
        Because { rule: self.written.clone(), origin, why: why.map(str::to_owned) }
    }
}

/// Where the file does not say which command or file was meant.
const ONLY_THESE: &str = "is none of these";

impl Policy {
    /// The policy of an agent.
    #[must_use]
    pub fn of(agent: &AgentSpec, grants: Grants) -> Self {
        let origin = |field| agent.origins.get(&field);
        let rule = |rule: &super::agent::PermissionRule| Rule {
            selector: Selector::rule(&rule.tool, rule.pattern.as_deref()),
            verdict: rule.verdict,
            written: describe::written(rule),
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

    /// Whether a tool may be used, or a person is to be asked.
    #[must_use]
    pub fn judge(&self, used: &ToolUse) -> Judgement {
        let subject = Subject::of(used, &self.root);
        if let Some(because) = self.forbidden(&subject) {
            return Judgement { verdict: Verdict::Deny, because: Some(because) };
        }
        match self.decided(&subject) {
            Some((verdict, because)) => Judgement { verdict, because: Some(because) },
            None if self.mode() == PermissionMode::DontAsk => {
                let why = Some("nothing allows it beforehand".to_owned());
                Judgement { verdict: Verdict::Deny, because: Some(self.because_of_mode(why)) }
            }
            None => Judgement { verdict: Verdict::Ask, because: None },
        }
    }

    /// Why a tool must not be used even where nobody is asked for it: reading is then free unless a rule forbids it.
    #[must_use]
    pub fn forbids(&self, used: &ToolUse) -> Option<Because> {
        match used.kind.class() {
            Class::Inward => None,
            Class::Read | Class::Search | Class::Skill | Class::Agent => {
                self.forbidden(&Subject::of(used, &self.root))
            }
            Class::Edit | Class::Command | Class::Fetch | Class::WebSearch | Class::Mcp | Class::Other => {
                let judgement = self.judge(used);
                judgement.because.filter(|_| judgement.verdict == Verdict::Deny)
            }
        }
    }

    fn because_of_mode(&self, why: Option<String>) -> Because {
        let rule = format!("permissionMode: {}", describe::mode(self.mode()));
        Because { rule, origin: self.mode.origin.clone(), why }
    }

    fn forbidden(&self, subject: &Subject<'_>) -> Option<Because> {
        let ruled = || match self.ruled(subject) {
            Some((Verdict::Deny, because)) => Some(because),
            Some((Verdict::Allow | Verdict::Ask, _)) | None => None,
        };
        let disallowed = || {
            let hits = |entry: &Selector| subject.everything().any(|item| entry.may_mean(item, &self.root));
            self.disallowed.covering(subject, true).any(hits).then(|| self.disallowed.because(None))
        };
        self.against_plan(subject).or_else(disallowed).or_else(|| self.unavailable(subject)).or_else(ruled)
    }

    /// A plan changes nothing. What cannot be told to change nothing must be allowed by name.
    fn against_plan(&self, subject: &Subject<'_>) -> Option<Because> {
        if self.mode() != PermissionMode::Plan {
            return None;
        }
        let why = match subject.used.kind.class() {
            Class::Edit => "it changes a file".to_owned(),
            Class::Command => match subject.unclear {
                Some(why) => why.to_owned(),
                None => subject.items.iter().find_map(|item| match item {
                    Item::Command(words) if readonly::only_looks(words) => None,
                    item => Some(format!("{} may change something", describe::item(item))),
                })?,
            },
            Class::Mcp | Class::Other => {
                let named = |entry: &Selector| entry.tool != "*";
                if self.allowed.covering(subject, false).any(named) {
                    return None;
                }
                "it may change something".to_owned()
            }
            Class::Read
            | Class::Search
            | Class::Fetch
            | Class::WebSearch
            | Class::Agent
            | Class::Skill
            | Class::Inward => return None,
        };
        Some(self.because_of_mode(Some(why)))
    }

    fn unavailable(&self, subject: &Subject<'_>) -> Option<Because> {
        let tools = self.tools.as_ref().filter(|_| subject.used.kind != ToolKind::Inward)?;
        let entries: Vec<&Selector> = tools.covering(subject, false).collect();
        if entries.is_empty() {
            return Some(tools.because(None));
        }
        if entries.iter().any(|entry| entry.what.is_none()) {
            return None;
        }
        if let Some(why) = subject.unclear {
            return Some(tools.because(Some(why.to_owned())));
        }
        let other =
            subject.items.iter().find(|item| !entries.iter().any(|entry| entry.allows(item, &self.root)))?;
        Some(tools.because(Some(format!("{} {ONLY_THESE}", describe::item(other)))))
    }

    /// What allows it, or says to ask.
    fn decided(&self, subject: &Subject<'_>) -> Option<(Verdict, Because)> {
        let ruled = self.ruled(subject);
        if let Some((Verdict::Ask, because)) = ruled {
            return Some((Verdict::Ask, because));
        }
        // Something forbidden may hide in what cannot be told.
        if let (Some(why), true) = (subject.unclear, self.has_narrow_bounds(subject)) {
            return ruled.map(|(_, rule)| (Verdict::Ask, Because { why: Some(why.to_owned()), ..rule }));
        }
        let allowed = self.beforehand(subject).or_else(|| ruled.map(|(_, because)| because));
        let allowed = allowed.or_else(|| self.by_mode(subject));
        allowed.map(|because| (Verdict::Allow, because))
    }

    fn beforehand(&self, subject: &Subject<'_>) -> Option<Because> {
        let entries: Vec<&Selector> = self.allowed.covering(subject, false).collect();
        let all = entries.iter().any(|entry| entry.what.is_none() && self.reaches(subject));
        let each = || {
            let one = |item: &Item| {
                entries.iter().any(|entry| entry.what.is_some() && entry.allows(item, &self.root))
            };
            subject.unclear.is_none() && subject.items.iter().all(one)
        };
        (all || each()).then(|| self.allowed.because(None))
    }

    /// Whether a tool that is allowed as a whole is allowed for this: files only where the agent works.
    fn reaches(&self, subject: &Subject<'_>) -> bool {
        if !subject.is_about_files() {
            return subject.unclear.is_none() || matches!(subject.used.kind, ToolKind::Command(_));
        }
        subject.unclear.is_none() && subject.within(&self.readable(subject))
    }

    fn readable<'p>(&'p self, subject: &Subject<'_>) -> Vec<&'p str> {
        let mut directories = vec![self.root.as_str()];
        if subject.used.kind != ToolKind::Edit {
            directories.extend(self.references.iter().map(String::as_str));
        }
        directories
    }

    fn by_mode(&self, subject: &Subject<'_>) -> Option<Because> {
        let accepts = match self.mode() {
            PermissionMode::AcceptEdits => {
                // What lies in there is run by git.
                let git = |item: &Item| matches!(item, Item::Path(path) if path.split('/').any(|part| part == ".git"));
                subject.used.kind == ToolKind::Edit && self.reaches(subject) && !subject.items.iter().any(git)
            }
            PermissionMode::BypassPermissions => self.bypass,
            PermissionMode::Default
            | PermissionMode::Auto
            | PermissionMode::DontAsk
            | PermissionMode::Plan => false,
        };
        accepts.then(|| self.because_of_mode(None))
    }

    /// What the permission rules say: the last one that fits decides for each thing, and the strictest for all.
    fn ruled(&self, subject: &Subject<'_>) -> Option<(Verdict, Because)> {
        let mut found: Option<&Rule> = None;
        let (mut all_found, mut whole) = (true, true);
        for item in &subject.items {
            let Some(rule) = self.rule_for(subject, item) else {
                all_found = false;
                continue;
            };
            whole &= rule.selector.what.is_none();
            if found.is_none_or(|known| strictness(rule.verdict) > strictness(known.verdict)) {
                found = Some(rule);
            }
        }
        // What stands behind a command is forbidden by what is about it, not by what is about everything.
        for item in &subject.behind {
            let narrow = |rule: &&Rule| rule.selector.what.is_some() && rule.verdict != Verdict::Allow;
            if let Some(rule) = self.rule_for(subject, item).filter(narrow)
                && found.is_none_or(|known| strictness(rule.verdict) > strictness(known.verdict))
            {
                found = Some(rule);
            }
        }
        let rule = found?;
        match (rule.verdict, subject.unclear) {
            (Verdict::Allow, Some(why)) if !whole => Some(self.unclear_rule(subject, rule, why)),
            // A part of it is allowed, and nothing is said of the rest.
            (Verdict::Allow, _) if !all_found => None,
            (verdict, why) => Some((verdict, rule.because(why))),
        }
    }

    /// Only certain things are allowed, and it cannot be told whether this is one of them.
    fn unclear_rule(&self, subject: &Subject<'_>, rule: &Rule, why: &str) -> (Verdict, Because) {
        let about_all = |rule: &&Rule| {
            let forbids = rule.verdict != Verdict::Allow;
            rule.selector.what.is_none() && rule.selector.covers(subject.used, forbids)
        };
        match self.rules.iter().rev().find(about_all) {
            Some(rule) if rule.verdict == Verdict::Deny => (Verdict::Deny, rule.because(Some(why))),
            Some(_) | None => (Verdict::Ask, rule.because(Some(why))),
        }
    }

    fn rule_for(&self, subject: &Subject<'_>, item: &Item) -> Option<&Rule> {
        self.rules.iter().rev().find(|rule| {
            let forbids = rule.verdict != Verdict::Allow;
            rule.selector.covers(subject.used, forbids)
                && match rule.verdict {
                    Verdict::Allow if rule.selector.what.is_none() => match item {
                        Item::Path(_) => self.reaches(&Subject {
                            used: subject.used,
                            items: vec![item.clone()],
                            behind: Vec::new(),
                            unclear: subject.unclear,
                        }),
                        Item::Command(_) | Item::Url(_) | Item::Name(_) | Item::Whole => true,
                    },
                    Verdict::Allow => rule.selector.allows(item, &self.root),
                    Verdict::Ask | Verdict::Deny => rule.selector.may_mean(item, &self.root),
                }
        })
    }

    /// Whether something is forbidden, or to be asked for, only when it is used on certain things.
    fn has_narrow_bounds(&self, subject: &Subject<'_>) -> bool {
        let narrow = |selector: &Selector| selector.what.is_some() && selector.covers(subject.used, true);
        self.disallowed.entries.iter().any(narrow)
            || self.rules.iter().any(|rule| rule.verdict != Verdict::Allow && narrow(&rule.selector))
    }

    /// Tools in its lists that no engine has, as written: a slip of the pen, or tools of a server under another name.
    #[must_use]
    pub fn unknown_tools(&self) -> Vec<String> {
        let lists = self.tools.iter().chain([&self.disallowed, &self.allowed]);
        let names = lists.flat_map(|list| &list.entries).map(|entry| entry.tool.as_str());
        let unknown = |name: &&str| {
            !name.contains('*') && !name.is_empty() && !tool::is_mcp(name) && tool::class_of(name).is_none()
        };
        let mut names: Vec<String> = names.filter(unknown).map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn strictness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Allow => 0,
        Verdict::Ask => 1,
        Verdict::Deny => 2,
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
