//! Codex's agents: TOML, with the instructions as a value.

use super::Draft;
use crate::catalog::fields::Entry;
use crate::catalog::reader::Reader;
use crate::domain::agent::{Field, PermissionMode};

/// Takes the key, unless it has no meaning in this dialect.
pub(super) fn read(draft: &mut Draft<'_>, key: &str, entry: &Entry) -> bool {
    match key {
        "developerinstructions" => {
            draft.agent.instructions = draft.reader.text(entry).unwrap_or_default();
        }
        "modelreasoningeffort" => draft.agent.effort = draft.text(Field::Effort, entry),
        "sandboxmode" => {
            draft.agent.permission_mode = draft.reader.set(Field::PermissionMode, entry, sandbox)
        }
        _ => return false,
    }
    true
}

/// What a sandbox comes to here, where every change is asked for unless something allows it.
fn sandbox(reader: &mut Reader<'_>, entry: &Entry) -> Option<PermissionMode> {
    match entry.value.scalar().as_deref().map(str::trim) {
        Some("read-only") => Some(PermissionMode::Plan),
        Some("workspace-write") => Some(PermissionMode::Default),
        Some("danger-full-access") => {
            let text =
                format!("{}: danger-full-access: it still asks before it changes something", entry.name);
            reader.warn(entry, text, "write workspace-write, or allow more with `permission`");
            Some(PermissionMode::Default)
        }
        _ => {
            let text = format!("{}: expected a sandbox, found {}", entry.name, entry.value.describe());
            reader.refuse(entry, text, "write read-only, workspace-write or danger-full-access");
            None
        }
    }
}

/// Codex refuses such a file.
pub(super) fn miss_instructions(draft: &mut Draft<'_>) {
    draft.reader.refuse_file("has no developer_instructions", "add `developer_instructions = \"…\"`");
}
