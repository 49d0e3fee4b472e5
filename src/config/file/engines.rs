//! The section `engines` of `adjutant.yaml`.

use std::collections::BTreeSet;
use std::path::Path;

use super::Sections;
use crate::config::engine::{Described, Program};
use crate::config::reader::Fields;
use crate::config::{EngineConfig, EngineKind, profile, value};
use crate::yaml::{Key, Node, Value};

const COMMAND: &str = "a program, or a list of a program and its arguments";

impl Sections<'_> {
    /// The engines; `declared` gets the names of wrong ones, too.
    pub(super) fn engines(&mut self, node: &Node, declared: &mut BTreeSet<String>) -> Vec<EngineConfig> {
        let mut engines = Vec::new();
        for (key, node) in self.reader.entries("engines", node) {
            declared.insert(key.name.clone());
            engines.extend(self.engine(key, node));
        }
        if !engines.iter().any(|engine| engine.name == EngineConfig::script().name) {
            engines.push(EngineConfig { chosen: true, ..EngineConfig::script() });
        }
        engines
    }

    fn engine(&mut self, key: &Key, node: &Node) -> Option<EngineConfig> {
        let dotted = format!("engines.{}", key.name);
        let name = self.reader.checked(&dotted, key, &key.name, value::name);
        let kind = self.engine_kind(&dotted, node)?;
        let keys: &[&str] = match kind {
            EngineKind::Script => &["type"],
            EngineKind::Claude | EngineKind::Acp => &["type", "command", "mode", "env"],
        };
        let fields = self.reader.fields(&dotted, node, keys)?;
        let name = name?;
        match kind {
            EngineKind::Script => Some(EngineConfig { name, chosen: true, ..EngineConfig::script() }),
            EngineKind::Claude | EngineKind::Acp if name == EngineKind::Script.name() => {
                let text = format!("{dotted}: this name is for the type script; choose another");
                self.reader.problem(key, text);
                None
            }
            EngineKind::Claude | EngineKind::Acp => self.real_engine(&dotted, key, name, kind, &fields),
        }
    }

    fn real_engine(
        &mut self,
        dotted: &str,
        key: &Key,
        name: String,
        kind: EngineKind,
        fields: &Fields<'_>,
    ) -> Option<EngineConfig> {
        let program = match fields.get("command") {
            Some(node) => self.command(&format!("{dotted}.command"), node)?,
            None => Program::Unnamed,
        };
        let mode =
            fields.get("mode").and_then(|node| self.text(&format!("{dotted}.mode"), node, value::MODE));
        let env = fields.get("env").map(|node| self.variables(&format!("{dotted}.env"), node));
        let described = Described { name, kind, program, mode, env: env.unwrap_or_default() };
        let engine = EngineConfig::described(described, self.environment);
        if engine.is_none() {
            let known = profile::names(kind).join(", ");
            let text = format!("{dotted}: the key command is missing; only these names need none: {known}");
            self.reader.problem(key, text);
        }
        engine
    }

    /// The engine's type, read before its other keys: they depend on it.
    fn engine_kind(&mut self, dotted: &str, node: &Node) -> Option<EngineKind> {
        let Value::Map(entries) = &node.value else {
            self.reader.expected(dotted, node, "a mapping with the key type");
            return None;
        };
        let Some((_, node)) = entries.iter().find(|(key, _)| key.name == "type") else {
            return self.reader.missing(dotted, node, "type");
        };
        let found = node.value.scalar().unwrap_or_default();
        let kind = EngineKind::ALL.into_iter().find(|kind| kind.name() == found);
        if kind.is_none() {
            let types = EngineKind::ALL.map(EngineKind::name).join(", ");
            self.reader.expected(&format!("{dotted}.type"), node, &format!("an engine type ({types})"));
        }
        kind
    }

    fn command(&mut self, dotted: &str, node: &Node) -> Option<Program> {
        let Value::List(words) = &node.value else {
            let program = self.text(dotted, node, COMMAND)?;
            let program = self.program(dotted, node, &program)?;
            if program.contains(char::is_whitespace) && !Path::new(&program).is_file() {
                self.reader.expected(dotted, node, "a list when there are arguments, as in [gemini, --acp]");
                return None;
            }
            return Some(Program::Alone(program));
        };
        let mut command = Vec::new();
        for (index, word) in words.iter().enumerate() {
            command.push(match (index, word.value.scalar()) {
                (0, _) => {
                    let program = self.text(dotted, word, COMMAND)?;
                    self.program(dotted, word, &program)?
                }
                (_, Some(word)) => word,
                (_, None) => {
                    self.reader.expected(dotted, word, COMMAND);
                    return None;
                }
            });
        }
        if command.is_empty() {
            self.reader.expected(dotted, node, COMMAND);
            return None;
        }
        Some(Program::Whole(command))
    }

    /// A name to look for in `PATH` as it is; a path as all paths of the file.
    fn program(&mut self, dotted: &str, node: &Node, text: &str) -> Option<String> {
        if text.contains('/') {
            self.path(dotted, node).map(|path| path.to_string_lossy().into_owned())
        } else {
            Some(text.to_owned())
        }
    }

    /// Names of variables. What stands there instead is not shown: it may be a key.
    fn variables(&mut self, dotted: &str, node: &Node) -> Vec<String> {
        let Value::List(items) = &node.value else {
            self.reader.problem(node, format!("{dotted}: expected a list of names of variables"));
            return Vec::new();
        };
        let mut names = Vec::new();
        for item in items {
            match value::variable(&item.value.scalar().unwrap_or_default()) {
                Ok(name) => names.push(name),
                Err(expected) => self.reader.problem(item, format!("{dotted}: expected {expected}")),
            }
        }
        names
    }

    /// Text that is not empty.
    fn text(&mut self, dotted: &str, node: &Node, expected: &str) -> Option<String> {
        let text = node.value.scalar().filter(|text| !text.trim().is_empty());
        if text.is_none() {
            self.reader.expected(dotted, node, expected);
        }
        text
    }
}
