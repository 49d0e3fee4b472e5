//! Values that bound what an agent may do or use. One that cannot be understood refuses the file.

use std::time::Duration;

use super::Reader;
use super::tools::is_bare;
use crate::catalog::fields::Entry;
use crate::domain::agent::{Budget, Isolation, Origin, PermissionMode, PermissionRule, Verdict, folded};
use crate::domain::duration;
use crate::yaml::{Key, Node, Value};

/// More rules than any file needs; keeps the time for a hostile file short.
const MAX_RULES: usize = 200;

const A_LIMIT: &str = "write a number such as 20, or remove the key";
const A_BUDGET: &str = "write US dollars such as 2.50, or `cost_usd:` and `tokens:`";
const A_RULE: &str = "write lines such as `bash: ask`, with allow, ask or deny";

impl Reader<'_> {
    /// A whole number above 0.
    pub(in crate::catalog) fn number(&mut self, entry: &Entry) -> Option<u32> {
        if entry.value == Value::Null {
            return None;
        }
        let number =
            entry.value.scalar().and_then(|text| text.trim().parse().ok()).filter(|number| *number > 0);
        if number.is_none() {
            self.refuse_value(entry, "a whole number above 0", A_LIMIT);
        }
        number
    }

    /// A length of time such as `30m`.
    pub(in crate::catalog) fn duration(&mut self, entry: &Entry) -> Option<Duration> {
        if entry.value == Value::Null {
            return None;
        }
        let duration = entry.value.scalar().and_then(|text| duration::parse(text.trim()));
        if duration.is_none() {
            self.refuse_value(entry, "a duration such as 30s, 15m or 2h", "correct it, or remove the key");
        }
        duration
    }

    /// A number of minutes, which may be a fraction.
    pub(in crate::catalog) fn minutes(&mut self, entry: &Entry) -> Option<Duration> {
        if entry.value == Value::Null {
            return None;
        }
        let minutes = entry.value.scalar().and_then(|text| text.trim().parse::<f64>().ok());
        let duration = minutes
            .and_then(|minutes| Duration::try_from_secs_f64(minutes * 60.0).ok())
            .filter(|duration| !duration.is_zero());
        if duration.is_none() {
            self.refuse_value(entry, "minutes, above 0", A_LIMIT);
        }
        duration
    }

    /// US dollars, or a mapping of `cost_usd` and `tokens`.
    pub(in crate::catalog) fn budget(&mut self, entry: &Entry) -> Option<Budget> {
        let budget = match &entry.value {
            Value::Null => return None,
            Value::Map(map) => limits(map),
            value => {
                microdollars(value).map(|amount| Budget { microdollars: Some(amount), ..Budget::default() })
            }
        };
        if budget.is_none() {
            self.refuse_value(entry, "an amount above 0", A_BUDGET);
        }
        budget
    }

    /// Claude Code's `permissionMode`.
    pub(in crate::catalog) fn mode(&mut self, entry: &Entry) -> Option<PermissionMode> {
        let Value::Null = entry.value else {
            let text = entry.value.scalar().unwrap_or_default();
            let mode = match folded(&text).as_str() {
                "default" => Some(PermissionMode::Default),
                "acceptedits" => Some(PermissionMode::AcceptEdits),
                "auto" => Some(PermissionMode::Auto),
                "dontask" => Some(PermissionMode::DontAsk),
                "bypasspermissions" => Some(PermissionMode::BypassPermissions),
                "plan" => Some(PermissionMode::Plan),
                _ => None,
            };
            if mode.is_none() {
                let remedy = "write default, acceptEdits, auto, dontAsk, bypassPermissions or plan";
                self.refuse_value(entry, "a mode", remedy);
            }
            return mode;
        };
        None
    }

    /// Where the agent works.
    pub(in crate::catalog) fn isolation(&mut self, entry: &Entry) -> Option<Isolation> {
        if entry.value == Value::Null {
            return None;
        }
        let isolation = match entry.value.scalar().as_deref().map(str::trim) {
            Some("worktree") => Some(Isolation::Worktree),
            Some("none") => Some(Isolation::None),
            _ => None,
        };
        if isolation.is_none() {
            self.refuse_value(entry, "worktree or none", "write worktree, or remove the key");
        }
        isolation
    }

    /// OpenCode's `permission`: a verdict for everything, or one for each tool, or for what a tool is used on.
    pub(in crate::catalog) fn rules(&mut self, entry: &Entry) -> Option<Vec<PermissionRule>> {
        if entry.value == Value::Null {
            return None;
        }
        let mut found = Vec::new();
        if let Err((text, key)) = collect(&entry.value, &mut found) {
            let text = format!("{}: {text}", entry.name);
            let line = key.and_then(|key| self.fields.lines_within(entry, &[key]).pop());
            self.refuse_at(entry, line, text, A_RULE);
            return None;
        }
        if found.len() > MAX_RULES {
            let text = format!("{}: holds more than {MAX_RULES} rules", entry.name);
            self.refuse(entry, text, "write fewer rules, with `*` in them");
            return None;
        }
        let keys: Vec<&Key> = found.iter().flat_map(|rule| rule.keys.iter().copied()).collect();
        let mut lines = self.fields.lines_within(entry, &keys).into_iter();
        let own_line = self.position(entry).line;
        let path = self.path;
        let rules = found.into_iter().map(|rule| {
            // A rule stands where its last key does.
            let line = lines.by_ref().take(rule.keys.len()).last().unwrap_or(own_line);
            let origin = Origin { path: path.to_owned(), line };
            PermissionRule { tool: rule.tool, pattern: rule.pattern, verdict: rule.verdict, origin }
        });
        Some(rules.collect())
    }
}

/// A rule, with the keys that stand in the text from the rule before it up to it.
struct Rule<'a> {
    tool: String,
    pattern: Option<String>,
    verdict: Verdict,
    keys: Vec<&'a Key>,
}

/// What is wrong with a rule, and its key.
type Wrong<'a> = (String, Option<&'a Key>);

fn collect<'a>(value: &'a Value, rules: &mut Vec<Rule<'a>>) -> Result<(), Wrong<'a>> {
    let Value::Map(tools) = value else {
        let verdict = verdict(value).map_err(|wrong| (wrong, None))?;
        rules.push(Rule { tool: "*".to_owned(), pattern: None, verdict, keys: Vec::new() });
        return Ok(());
    };
    let mut waiting = Vec::new();
    for (tool, node) in tools {
        waiting.push(tool);
        let wrong = |key: &'a Key, wrong| (format!("{}: {wrong}", key.name), Some(key));
        // Any other would fit no tool, and what it denies would happen.
        if !is_bare(&tool.name) {
            return Err(wrong(tool, "expected the name of a tool".to_owned()));
        }
        let mut rule = |pattern: Option<&'a Key>, value| {
            let verdict = verdict(value).map_err(|text| wrong(pattern.unwrap_or(tool), text))?;
            waiting.extend(pattern);
            let keys = std::mem::take(&mut waiting);
            let pattern = pattern.map(|pattern| pattern.name.clone());
            rules.push(Rule { tool: tool.name.clone(), pattern, verdict, keys });
            Ok(())
        };
        match &node.value {
            Value::Map(patterns) => {
                patterns.iter().try_for_each(|(pattern, node)| rule(Some(pattern), &node.value))?;
            }
            value => rule(None, value)?,
        }
    }
    Ok(())
}

fn verdict(value: &Value) -> Result<Verdict, String> {
    match value.scalar().as_deref().map(str::trim) {
        Some("allow") => Ok(Verdict::Allow),
        Some("ask") => Ok(Verdict::Ask),
        Some("deny") => Ok(Verdict::Deny),
        _ => Err(format!("expected allow, ask or deny, found {}", value.describe())),
    }
}

fn limits(map: &[(Key, Node)]) -> Option<Budget> {
    let mut budget = Budget::default();
    for (key, node) in map {
        match folded(&key.name).as_str() {
            "costusd" => budget.microdollars = Some(microdollars(&node.value)?),
            "tokens" => budget.tokens = Some(node.value.scalar()?.trim().parse().ok().filter(|n| *n > 0)?),
            _ => return None,
        }
    }
    (budget != Budget::default()).then_some(budget)
}

/// US dollars as text or number, in millionths. Read as digits, so that no fraction is lost.
fn microdollars(value: &Value) -> Option<u64> {
    const DIGITS: usize = 6;
    let text = value.scalar()?;
    let text = text.trim();
    let text = text.strip_prefix('$').unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > DIGITS {
        return None;
    }
    format!("{whole}{fraction:0<DIGITS$}").parse().ok().filter(|amount| *amount > 0)
}
