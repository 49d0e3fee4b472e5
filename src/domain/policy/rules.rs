//! Permission rules: of those that fit, the last one decides for each thing that a tool is used on, and of several things
//! the strictest verdict counts.

use super::selector::{Item, Selector, Subject};
use super::{Because, Policy};
use crate::domain::agent::{Origin, Verdict};

/// A permission rule in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) selector: Selector,
    pub(super) verdict: Verdict,
    pub(super) written: String,
    pub(super) origin: Origin,
}

impl Rule {
    pub(super) fn because(&self, why: Option<&str>) -> Because {
        let origin = Some(self.origin.clone());
        Because { rule: self.written.clone(), origin, why: why.map(str::to_owned) }
    }
}

impl Policy {
    /// What the permission rules say: the last one that fits decides for each thing, and the strictest for all.
    pub(super) fn ruled(&self, subject: &Subject<'_>) -> Option<(Verdict, Because)> {
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
                            ..*subject
                        }),
                        Item::Command(_) | Item::Url(_) | Item::Name(_) => true,
                        // A file that is not named may lie anywhere.
                        Item::Whole => !subject.is_about_files(),
                    },
                    Verdict::Allow => rule.selector.allows(item, &self.root),
                    Verdict::Ask | Verdict::Deny => rule.selector.may_mean(item, &self.root),
                }
        })
    }

    /// Whether something is forbidden, or to be asked for, only when it is used on certain things.
    pub(super) fn has_narrow_bounds(&self, subject: &Subject<'_>) -> bool {
        let narrow = |selector: &Selector| selector.what.is_some() && selector.covers(subject.used, true);
        self.disallowed.entries.iter().any(narrow)
            || self.rules.iter().any(|rule| rule.verdict != Verdict::Allow && narrow(&rule.selector))
    }
}

fn strictness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Allow => 0,
        Verdict::Ask => 1,
        Verdict::Deny => 2,
    }
}
