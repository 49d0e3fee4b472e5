//! The ways of writing an agent down, one file for each: which keys it has and what they mean here. Which way a file is
//! written is told by where it lies.

use std::path::Path;
use std::sync::Arc;

use super::fields::{Entry, Fields};
use super::read::{Definition, Named};
use super::reader::{Reader, fitting_name};
use super::report::FileReport;
use super::scan::is_skill;
use crate::domain::agent::{AgentSpec, Dialect, Field, Source, folded};
use crate::yaml::Value;

mod claude;
mod codex;
mod common;
mod copilot;
mod gemini;
mod opencode;
mod skill;

pub(super) use gemini::limit;

/// Keys that bound an agent in some dialects only, [`folded`].
const BOUNDS_ELSEWHERE: [&str; 7] =
    ["disallowedtools", "isolation", "maxsteps", "maxturns", "permissionmode", "sandboxmode", "timeoutmins"];

/// An agent while its keys are read.
struct Draft<'a> {
    reader: Reader<'a>,
    agent: AgentSpec,
    invocable: bool,
    /// Why the file is left alone.
    disabled: Option<String>,
    extends: Option<Named>,
    runs_as: Option<Named>,
    /// What a skill adds to its description.
    when_to_use: Option<String>,
}

/// Which dialect a file is written in.
pub(super) fn of(path: &Path) -> Dialect {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if is_skill(path) {
        return Dialect::Skill;
    } else if Path::new(&name).extension().is_some_and(|extension| extension == "toml") {
        return Dialect::Codex;
    } else if name.ends_with(copilot::SUFFIX) {
        return Dialect::Copilot;
    }
    let folders: Vec<&str> =
        path.ancestors().skip(1).filter_map(|folder| folder.file_name()?.to_str()).collect();
    let dialect = folders.windows(2).find_map(|pair| match (pair[1], pair[0]) {
        (".opencode" | "opencode", "agent" | "agents") => Some(Dialect::OpenCode),
        (".gemini", "agents") => Some(Dialect::Gemini),
        (".github", "agents") => Some(Dialect::Copilot),
        (".claude" | ".codex", _) => Some(Dialect::ClaudeCode),
        _ => None,
    });
    dialect.unwrap_or(Dialect::ClaudeCode)
}

/// What an agent is called when its file gives it no name: a skill after its folder, others after the file.
pub(super) fn stem(path: &Path) -> String {
    let name = if is_skill(path) { path.parent().and_then(Path::file_name) } else { path.file_stem() };
    let name = name.unwrap_or_default().to_string_lossy();
    let stem = match of(path) {
        Dialect::Copilot => name.strip_suffix(".agent").unwrap_or(&name),
        _ => &name,
    };
    fitting_name(stem)
}

/// Reads the keys and the text; nothing when the report says why.
pub(super) fn read(
    dialect: Dialect,
    path: &Path,
    fields: &Fields<'_>,
    body: &str,
    report: &mut FileReport,
) -> Option<Definition> {
    let source = Source { path: path.to_owned(), dialect };
    let mut draft = Draft {
        reader: Reader::new(path, fields, report),
        agent: AgentSpec::new("", "", source),
        invocable: true,
        disabled: None,
        extends: None,
        runs_as: None,
        when_to_use: None,
    };
    draft.agent.instructions = body.trim().to_owned();
    for entry in draft.reader.last_of_each() {
        let key = folded(&entry.name);
        let has_meaning = match dialect {
            Dialect::ClaudeCode | Dialect::BuiltIn => claude::read(&mut draft, &key, entry),
            Dialect::Skill => skill::read(&mut draft, &key, entry) || claude::read(&mut draft, &key, entry),
            Dialect::OpenCode => opencode::read(&mut draft, &key, entry),
            Dialect::Gemini => gemini::read(&mut draft, &key, entry),
            Dialect::Copilot => copilot::read(&mut draft, &key, entry),
            Dialect::Codex => codex::read(&mut draft, &key, entry),
        };
        if !has_meaning && !common::read(&mut draft, &key, entry) {
            draft.without_meaning(&key, entry);
        }
    }
    if dialect == Dialect::Codex && draft.agent.instructions.is_empty() {
        codex::miss_instructions(&mut draft);
    }
    draft.finish()
}

impl Draft<'_> {
    fn finish(mut self) -> Option<Definition> {
        if self.agent.name.is_empty() {
            self.agent.name = self.default_name()?;
        }
        if let Some(when) = self.when_to_use.take() {
            let apart = if self.agent.description.is_empty() { "" } else { "\n" };
            self.agent.description = format!("{}{apart}{when}", self.agent.description);
        }
        self.reader.report.name = Some(self.agent.name.clone());
        if let Some(why) = self.disabled.take() {
            self.reader.report.note(format!("not loaded ({why})"));
            return None;
        }
        let rest = self.reader.finish()?;
        self.agent.origins = rest.origins;
        self.agent.extras = rest.extras;
        if self.extends.is_none() {
            limit(&mut self.agent);
        }
        Some(Definition {
            agent: Arc::new(self.agent),
            invocable: self.invocable,
            extends: self.extends,
            runs_as: self.runs_as,
            files: Vec::new(),
        })
    }

    /// A bound of another dialect must not be lost: whoever wrote it counts on it.
    fn without_meaning(&mut self, key: &str, entry: &Entry) {
        if entry.value != Value::Null && BOUNDS_ELSEWHERE.contains(&key) {
            let text = format!("{}: bounds nothing in a file of this dialect", entry.name);
            let remedy = "say it in the words of its dialect, or with `permission`";
            self.reader.refuse(entry, text, remedy);
        } else if key == "<<" {
            let text = "<<: what it would merge is not read".to_owned();
            self.reader.refuse(entry, text, "write the keys here, or name a base with `extends`");
        } else {
            self.reader.extra(entry);
        }
    }

    fn default_name(&mut self) -> Option<String> {
        let name = Some(stem(self.reader.path)).filter(|name| !name.is_empty());
        // Where the dialect asks for a name, its absence may be a mistake.
        match (&name, self.agent.source.dialect) {
            (Some(name), Dialect::ClaudeCode | Dialect::BuiltIn | Dialect::Gemini | Dialect::Codex) => {
                let text = format!("has no name; called {name} after its file");
                self.reader.report.warn(None, text, "add `name:`");
            }
            (Some(_), Dialect::Skill | Dialect::OpenCode | Dialect::Copilot) => {}
            (None, _) => self.reader.report.fail(None, "has no name", "add `name:`"),
        }
        name
    }

    /// Reads a key that is a field as it is.
    fn text(&mut self, field: Field, entry: &Entry) -> Option<String> {
        self.reader.set(field, entry, Reader::text)
    }
}
