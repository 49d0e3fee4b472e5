//! The Claude Code subagent dialect, with our own `engine` and `workspace`: fields and body -> an agent.
//!
//! A key that bounds what an agent may do and cannot be understood is an error: guessing would loosen the bound.

use std::collections::HashMap;
use std::path::Path;

use super::fields::{Entry, Fields, is_known};
use super::read::Definition;
use super::report::FileReport;
use crate::domain::agent::{AgentSpec, Dialect, Source, folded};
use crate::yaml::Value;

/// Warnings about the keys of one file.
const MAX_WARNINGS: usize = 20;

/// Reads the definition; nothing when the report says why.
pub(super) fn read(
    path: &Path,
    fields: &Fields<'_>,
    body: &str,
    report: &mut FileReport,
) -> Option<Definition> {
    let mut reader = Reader { fields, report, extras: Vec::new(), refused: false };
    let source = Source { path: path.to_owned(), dialect: Dialect::ClaudeCode };
    let mut agent = AgentSpec::new("", "", source);
    agent.instructions = body.trim().to_owned();
    let mut user_invocable = true;
    for entry in reader.last_of_each() {
        match folded(&entry.name).as_str() {
            "name" => agent.name = reader.name(entry),
            "description" => agent.description = reader.description(entry),
            "engine" => agent.engine = reader.text(entry),
            "workspace" => agent.workspace = reader.text(entry),
            "model" => agent.model = reader.text(entry).filter(|model| model != "inherit"),
            "tools" => agent.tools = reader.tools(entry).filter(|tools| *tools != ["*"]),
            "disallowedtools" => agent.disallowed_tools = reader.tools(entry).unwrap_or_default(),
            "maxturns" => agent.max_turns = reader.turns(entry),
            "userinvocable" | "userinvokable" => user_invocable = reader.switch(entry),
            _ => reader.extra(entry),
        }
    }
    if agent.name.is_empty() {
        agent.name = reader.name_of_file(path)?;
    }
    reader.report.name = Some(agent.name.clone());
    agent.extras = reader.finish()?;
    let invocable = if agent.description.is_empty() {
        report.warn(None, "has no description, so nobody can call it", "add `description:`: when to use it");
        false
    } else {
        if !user_invocable {
            report.note("not called by name (user-invocable: false)");
        }
        user_invocable
    };
    Some(Definition { agent, invocable, root: 0 })
}

struct Reader<'a> {
    fields: &'a Fields<'a>,
    report: &'a mut FileReport,
    extras: Vec<String>,
    /// Whether the file cannot be used.
    refused: bool,
}

impl<'a> Reader<'a> {
    /// The entries that count: of a key that stands twice, the last.
    fn last_of_each(&mut self) -> Vec<&'a Entry> {
        let entries = &self.fields.entries;
        let last: HashMap<String, usize> =
            entries.iter().enumerate().map(|(index, entry)| (folded(&entry.name), index)).collect();
        let mut counting = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            if last.get(&folded(&entry.name)) == Some(&index) {
                counting.push(entry);
            } else {
                let text = format!("{}: stands more than once; the last one counts", entry.name);
                self.warn(entry, text, "remove the others");
            }
        }
        counting
    }

    fn name(&mut self, entry: &Entry) -> String {
        let text = self.text(entry).unwrap_or_default();
        let line = text.lines().next().unwrap_or_default().trim();
        let name: String = line.chars().filter(|c| !c.is_control()).take(64).collect();
        if name != text {
            self.warn(entry, format!("name: shortened to {name:?}"), "use one line of at most 64 characters");
        }
        name
    }

    fn name_of_file(&mut self, path: &Path) -> Option<String> {
        let file = match path.file_stem() {
            // A skill is called after its folder.
            Some(stem) if stem == "SKILL" => path.parent().and_then(Path::file_name),
            stem => stem,
        };
        let name: String = file?.to_string_lossy().chars().filter(|c| !c.is_control()).take(64).collect();
        self.report.warn(None, format!("has no name; called {name} after its file"), "add `name:`");
        Some(name)
    }

    fn description(&mut self, entry: &Entry) -> String {
        // Many files hold the two characters \ and n where their authors meant a new line.
        self.text(entry).unwrap_or_default().replace("\\n", "\n").trim().to_owned()
    }

    fn text(&mut self, entry: &Entry) -> Option<String> {
        match &entry.value {
            Value::Null => None,
            value => {
                let text = value.scalar().map(|text| text.trim().to_owned());
                if text.is_none() {
                    let found = format!("{}: expected text, found {}", entry.name, value.describe());
                    self.warn(entry, format!("{found}; left out"), "write it as text");
                }
                text.filter(|text| !text.is_empty())
            }
        }
    }

    /// Names of tools, written as a list or as text.
    fn tools(&mut self, entry: &Entry) -> Option<Vec<String>> {
        let names = match &entry.value {
            Value::Null => return None,
            Value::Text(text) => tool_names(text),
            Value::List(items) => {
                items.iter().map(|item| item.value.scalar().filter(|name| is_tool(name))).collect()
            }
            Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Map(_) => None,
        };
        if names.is_none() {
            let found = entry.value.describe();
            let text = format!("{}: expected names of tools, found {found}", entry.name);
            self.refuse(entry, text, "write names with commas between them, or a list");
        }
        names
    }

    fn turns(&mut self, entry: &Entry) -> Option<u32> {
        if entry.value == Value::Null {
            return None;
        }
        let turns = entry.value.scalar().and_then(|text| text.trim().parse().ok()).filter(|turns| *turns > 0);
        if turns.is_none() {
            let found = entry.value.describe();
            let text = format!("{}: expected a whole number above 0, found {found}", entry.name);
            self.refuse(entry, text, "write a number such as 20, or remove the key");
        }
        turns
    }

    fn switch(&mut self, entry: &Entry) -> bool {
        match entry.value.scalar().as_deref().map(str::trim) {
            Some("true" | "yes" | "on" | "True" | "TRUE") | None => true,
            Some("false" | "no" | "off" | "False" | "FALSE") => false,
            Some(_) => {
                let text = format!("{}: expected true or false; taken as false", entry.name);
                self.warn(entry, text, "write true or false");
                false
            }
        }
    }

    fn extra(&mut self, entry: &Entry) {
        if folded(&entry.name) == "extends" && entry.value != Value::Null {
            let text = "extends: this version does not join files; only this file's own text counts";
            self.warn(entry, text.to_owned(), "copy what the agent needs from the other file");
        }
        self.extras.push(entry.name.clone());
    }

    /// The names of keys without a meaning, unless the file was refused.
    fn finish(self) -> Option<Vec<String>> {
        if !self.extras.is_empty() {
            let list = |known: bool| {
                let names = self.extras.iter().filter(|name| is_known(name) == known);
                names.map(String::as_str).collect::<Vec<_>>().join(", ")
            };
            let texts = [("keys without effect here", list(true)), ("unknown keys", list(false))];
            for (text, names) in texts.into_iter().filter(|(_, names)| !names.is_empty()) {
                self.report.note(format!("{text}: {names}"));
            }
        }
        (!self.refused).then_some(self.extras)
    }

    fn warn(&mut self, entry: &Entry, text: String, remedy: &str) {
        // Nobody reads more about one file, and every position costs a reading of the frontmatter.
        if self.report.messages.len() < MAX_WARNINGS {
            self.report.warn(Some(self.fields.position(entry)), text, remedy);
        }
    }

    fn refuse(&mut self, entry: &Entry, text: String, remedy: &str) {
        self.report.fail(Some(self.fields.position(entry)), text, remedy);
        self.refused = true;
    }
}

/// Tools in one text: with commas between them, or with spaces when there is no comma. Neither counts in parentheses,
/// as in `Bash(git add, git commit), Read`.
fn tool_names(text: &str) -> Option<Vec<String>> {
    let split = |separates: fn(char) -> bool| {
        let mut depth = 0_usize;
        let parts = text.split(move |c: char| {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && separates(c)
        });
        parts.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect::<Vec<String>>()
    };
    let by_comma = split(|c| c == ',' || c == '\n');
    let names = if by_comma.len() > 1 { by_comma } else { split(|c| c == ',' || c.is_whitespace()) };
    names.iter().all(|name| is_tool(name)).then_some(names)
}

/// Whether this can be a tool's name, perhaps with an argument in parentheses.
fn is_tool(name: &str) -> bool {
    let bare = name.split('(').next().unwrap_or_default().trim();
    !bare.is_empty() && !bare.contains(['[', ']', '{', '}', '"', ':', '\n']) && !bare.starts_with('-')
}
