//! Claude Code's subagents, which are also what our own files and those of trusty-mpm are.

use super::{Draft, common};
use crate::catalog::fields::Entry;
use crate::catalog::reader::Reader;
use crate::domain::agent::Field;

/// Takes the key, unless it has no meaning in this dialect.
pub(super) fn read(draft: &mut Draft<'_>, key: &str, entry: &Entry) -> bool {
    match key {
        "tools" => common::tools(draft, entry),
        "disallowedtools" => {
            draft.agent.disallowed_tools =
                draft.reader.set(Field::DisallowedTools, entry, Reader::denied_tools).unwrap_or_default();
        }
        "permissionmode" => {
            draft.agent.permission_mode = draft.reader.set(Field::PermissionMode, entry, Reader::mode);
        }
        "maxturns" => draft.agent.max_turns = draft.reader.set(Field::MaxTurns, entry, Reader::number),
        "effort" => draft.agent.effort = draft.text(Field::Effort, entry),
        "skills" => {
            draft.agent.skills = draft.reader.set(Field::Skills, entry, Reader::names).unwrap_or_default();
        }
        "isolation" => {
            let isolation = draft.reader.set(Field::Isolation, entry, Reader::isolation);
            draft.agent.isolation = isolation.unwrap_or_default();
        }
        _ => return false,
    }
    true
}
