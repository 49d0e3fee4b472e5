//! Skills: `SKILL.md` in a folder of its own. They have Claude Code's keys, and these.

use super::{Draft, common};
use crate::catalog::fields::Entry;
use crate::catalog::reader::Reader;
use crate::domain::agent::Field;

/// Takes the key, unless it has no meaning of its own in this dialect.
pub(super) fn read(draft: &mut Draft<'_>, key: &str, entry: &Entry) -> bool {
    match key {
        "allowedtools" => {
            draft.agent.allowed_tools =
                draft.reader.set(Field::AllowedTools, entry, Reader::names).unwrap_or_default();
        }
        "whentouse" => draft.when_to_use = draft.reader.prose(entry),
        "agent" => draft.runs_as = common::named(draft, entry),
        _ => return false,
    }
    true
}
