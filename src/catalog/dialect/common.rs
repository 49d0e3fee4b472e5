//! Keys that mean the same in every dialect, ours among them: `engine`, `workspace`, `extends`, `role`, `budget`, `timeout`
//! and `permission`.

use super::Draft;
use crate::catalog::fields::Entry;
use crate::catalog::read::Named;
use crate::catalog::reader::Reader;
use crate::domain::agent::Field;
use crate::yaml::Value;

/// Takes the key, unless it has no meaning.
pub(super) fn read(draft: &mut Draft<'_>, key: &str, entry: &Entry) -> bool {
    match key {
        "name" => {
            draft.agent.name = draft.reader.set(Field::Name, entry, Reader::name).unwrap_or_default();
        }
        "description" => {
            draft.agent.description =
                draft.reader.set(Field::Description, entry, Reader::prose).unwrap_or_default();
        }
        "model" => {
            let model = draft.reader.set(Field::Model, entry, Reader::first_text);
            draft.agent.model = model.filter(|model| model != "inherit");
        }
        "role" => draft.agent.role = draft.text(Field::Role, entry),
        "engine" => draft.agent.engine = draft.text(Field::Engine, entry),
        "workspace" => draft.agent.workspace = draft.text(Field::Workspace, entry),
        "extends" => draft.extends = named(draft, entry),
        "budget" => draft.agent.budget = draft.reader.set(Field::Budget, entry, Reader::budget),
        "timeout" => draft.agent.timeout = draft.reader.set(Field::Timeout, entry, Reader::duration),
        "permission" => {
            draft.agent.permission =
                draft.reader.set(Field::Permission, entry, Reader::rules).unwrap_or_default();
        }
        "handoffs" => {
            draft.agent.handoffs =
                draft.reader.set(Field::Handoffs, entry, Reader::handoffs).unwrap_or_default();
        }
        "argumenthint" => {
            draft.agent.argument_hint = draft.reader.set(Field::ArgumentHint, entry, Reader::hint);
        }
        "userinvocable" | "userinvokable" => draft.invocable = draft.reader.switch(entry),
        _ => return false,
    }
    true
}

/// The name of another agent, with the line it stands on. The other bounds this one, so that it must be understood.
pub(super) fn named(draft: &mut Draft<'_>, entry: &Entry) -> Option<Named> {
    if entry.value == Value::Null {
        return None;
    }
    let name = entry.value.scalar().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    if name.is_none() {
        let text = format!("{}: expected one name, found {}", entry.name, entry.value.describe());
        draft.reader.refuse(entry, text, "write the name of one other agent");
    }
    Some(Named { name: name?, line: draft.reader.position(entry).line })
}

/// Tools that bound the agent; `*` stands for all.
pub(super) fn tools(draft: &mut Draft<'_>, entry: &Entry) {
    let tools = draft.reader.set(Field::Tools, entry, Reader::tools);
    draft.agent.tools = tools.filter(|tools| *tools != ["*"]);
}
