//! The judgement of one use of a tool: what is forbidden first, then what is allowed, then what the mode says.

use super::names::Class;
use super::selector::{Item, Selector, Subject};
use super::{Because, Judgement, Policy, Rule, ToolKind, ToolUse, describe, readonly};
use crate::domain::agent::{PermissionMode, Verdict};

/// What is said of the first thing that no entry of a list covers.
const ONLY_THESE: &str = "is none of these";

impl Policy {
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
        let rule = format!("permissionMode: {}", self.mode().name());
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
                let named = |entry: &Selector| entry.tool != "*" && entry.covers(subject.used, false);
                let ruled = |rule: &Rule| rule.verdict == Verdict::Allow && named(&rule.selector);
                if self.allowed.entries.iter().any(named) || self.rules.iter().any(ruled) {
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
        let hides = subject.unclear.or(subject.doubt).filter(|_| self.has_narrow_bounds(subject));
        if let Some(why) = subject.unjudged.or(hides) {
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
    pub(super) fn reaches(&self, subject: &Subject<'_>) -> bool {
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
                // Some file systems take all cases for one.
                let is_git = |part: &str| part.eq_ignore_ascii_case(".git");
                let git = |item: &Item| matches!(item, Item::Path(path) if path.split('/').any(is_git));
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
}
