//! `adjutant.yaml` -> [`Settings`]: every key checked, every problem with its line.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::environment::Environment;
use super::problem::{Origin, Problem};
use super::reader::{Fields, Reader};
use super::{EngineConfig, Limits, Workspace, value};
use crate::domain::access::Access;
use crate::domain::ids::{ChatId, UserId};
use crate::yaml::{Document, Node, Value};

mod engines;

/// What the file says; absent keys stay `None` or empty.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) agent_dirs: Option<Vec<PathBuf>>,
    pub(super) workspaces: Vec<Workspace>,
    /// Those of the file, or those found when it names none; with `script`. Nothing when the file could not be read.
    pub(super) engines: Vec<EngineConfig>,
    pub(super) default_engine: Option<String>,
    pub(super) access: Access,
    pub(super) limits: Limits,
}

/// Reads the text of the file called `name`. Paths count from `base`.
pub(super) fn read(
    name: &str,
    source: &str,
    base: &Path,
    environment: &Environment,
    problems: &mut Vec<Problem>,
) -> Settings {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let document = match Document::parse(source) {
        Ok(document) => document,
        Err(error) => {
            let origin = Origin::line(name, error.position.line);
            problems.push(Problem::new(origin, format!("not valid YAML: {}", error.reason)));
            return Settings::default();
        }
    };
    let mut found = Vec::new();
    let reader = Reader::new(name, &document, &mut found);
    let settings = Sections { reader, base, environment }.read(&document.root);
    found.sort_by_key(|problem| problem.origin.line_number());
    problems.append(&mut found);
    settings
}

struct Sections<'a> {
    reader: Reader<'a>,
    base: &'a Path,
    environment: &'a Environment,
}

impl Sections<'_> {
    fn read(&mut self, root: &Node) -> Settings {
        let mut settings = Settings::default();
        let keys = ["agents", "workspaces", "engines", "default_engine", "access", "limits"];
        let Some(fields) = self.reader.fields("", root, &keys) else { return settings };
        if let Some(node) = fields.get("agents") {
            settings.agent_dirs = Some(self.agent_dirs(node));
        }
        if let Some(node) = fields.get("workspaces") {
            settings.workspaces = self.workspaces(node);
        }
        let mut declared = BTreeSet::new();
        settings.engines = match fields.get("engines") {
            Some(node) => self.engines(node, &mut declared),
            None => EngineConfig::found(self.environment),
        };
        declared.extend(settings.engines.iter().map(|engine| engine.name.clone()));
        if let Some(node) = fields.get("default_engine") {
            settings.default_engine = self.default_engine(node, &declared);
        }
        if let Some(node) = fields.get("access") {
            settings.access = self.access(node);
        }
        if let Some(node) = fields.get("limits") {
            settings.limits = self.limits(node);
        }
        settings
    }

    fn agent_dirs(&mut self, node: &Node) -> Vec<PathBuf> {
        let mut dirs = Vec::new();
        for (index, item) in self.reader.list("agents", node, "a list of directories").iter().enumerate() {
            dirs.extend(self.path(&format!("agents[{index}]"), item));
        }
        dirs
    }

    fn workspaces(&mut self, node: &Node) -> Vec<Workspace> {
        let mut workspaces = Vec::new();
        for (key, node) in self.reader.entries("workspaces", node) {
            let dotted = format!("workspaces.{}", key.name);
            let name = self.reader.checked(&dotted, key, &key.name, value::name);
            let known = ["path", "test", "allow_bypass"];
            let Some(fields) = self.reader.fields(&dotted, node, &known) else { continue };
            let path = match fields.get("path") {
                Some(node) => self.path(&format!("{dotted}.path"), node),
                None => self.reader.missing(&dotted, key, "path"),
            };
            let test = fields.get("test").and_then(|node| self.test(&format!("{dotted}.test"), node));
            let bypass = fields.get("allow_bypass").map(|node| (format!("{dotted}.allow_bypass"), node));
            let allow_bypass = bypass.is_some_and(|(dotted, node)| self.yes_or_no(&dotted, node));
            if let (Some(name), Some(path)) = (name, path) {
                let origin = self.reader.origin(key);
                workspaces.push(Workspace { name, path, test, allow_bypass, origin });
            }
        }
        workspaces
    }

    fn test(&mut self, dotted: &str, node: &Node) -> Option<String> {
        let command = node.value.scalar().unwrap_or_default();
        if command.trim().is_empty() {
            self.reader.expected(dotted, node, "a shell command such as cargo test");
            return None;
        }
        Some(command)
    }

    fn yes_or_no(&mut self, dotted: &str, node: &Node) -> bool {
        match node.value.scalar().as_deref() {
            Some("true") => return true,
            Some("false") => {}
            Some(_) | None => self.reader.expected(dotted, node, "true or false"),
        }
        false
    }

    fn default_engine(&mut self, node: &Node, declared: &BTreeSet<String>) -> Option<String> {
        let name = node.value.scalar().unwrap_or_default();
        if declared.contains(&name) {
            return Some(name);
        }
        let names: Vec<&str> = declared.iter().map(String::as_str).collect();
        let expected = format!("one of the engines there are ({})", names.join(", "));
        self.reader.expected("default_engine", node, &expected);
        None
    }

    fn access(&mut self, node: &Node) -> Access {
        let mut access = Access::default();
        let Some(fields) = self.reader.fields("access", node, &["owners", "members", "chats"]) else {
            return access;
        };
        access.owners = self.ids(&fields, "owners", value::USER_ID, |id| (id > 0).then_some(UserId(id)));
        access.members = self.ids(&fields, "members", value::USER_ID, |id| (id > 0).then_some(UserId(id)));
        access.chats = self.ids(&fields, "chats", value::CHAT_ID, |id| (id != 0).then_some(ChatId(id)));
        access
    }

    fn ids<T: Ord>(
        &mut self,
        fields: &Fields<'_>,
        name: &str,
        expected: &str,
        accept: impl Fn(i64) -> Option<T>,
    ) -> BTreeSet<T> {
        let Some(node) = fields.get(name) else { return BTreeSet::new() };
        let dotted = format!("access.{name}");
        let mut ids = BTreeSet::new();
        for item in self.reader.list(&dotted, node, "a list of ids") {
            let id = match item.value {
                Value::Int(id) => i64::try_from(id).ok().and_then(&accept),
                _ => None,
            };
            if id.is_none() {
                self.reader.expected(&dotted, item, expected);
            }
            ids.extend(id);
        }
        ids
    }

    fn limits(&mut self, node: &Node) -> Limits {
        let mut limits = Limits::default();
        let keys = [
            "running_tasks",
            "task_timeout",
            "approval_timeout",
            "stall_timeout",
            "living_sessions",
            "idle_session",
        ];
        let Some(fields) = self.reader.fields("limits", node, &keys) else { return limits };
        self.count(&fields, "running_tasks", &mut limits.running_tasks);
        self.duration(&fields, "task_timeout", &mut limits.task_timeout);
        self.duration(&fields, "approval_timeout", &mut limits.approval_timeout);
        self.duration(&fields, "stall_timeout", &mut limits.stall_timeout);
        self.count(&fields, "living_sessions", &mut limits.living_sessions);
        self.duration(&fields, "idle_session", &mut limits.idle_session);
        limits
    }

    fn count(&mut self, fields: &Fields<'_>, name: &str, target: &mut usize) {
        let Some(node) = fields.get(name) else { return };
        match node.value {
            Value::Int(count @ 1..=1000) => *target = usize::try_from(count).unwrap_or(1),
            _ => self.reader.expected(&format!("limits.{name}"), node, "a whole number from 1 to 1000"),
        }
    }

    fn duration(&mut self, fields: &Fields<'_>, name: &str, target: &mut Duration) {
        let Some(node) = fields.get(name) else { return };
        match value::duration(&node.value.scalar().unwrap_or_default()) {
            Ok(duration) => *target = duration,
            Err(expected) => self.reader.expected(&format!("limits.{name}"), node, expected),
        }
    }

    fn path(&mut self, dotted: &str, node: &Node) -> Option<PathBuf> {
        let text = node.value.scalar().unwrap_or_default();
        match value::path(&text, self.base, self.environment.get("HOME")) {
            Ok(path) => Some(path),
            Err(expected) => {
                self.reader.expected(dotted, node, expected);
                None
            }
        }
    }
}
