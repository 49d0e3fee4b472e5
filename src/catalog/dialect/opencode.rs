//! OpenCode's agents, called after their files.

use super::Draft;
use crate::catalog::fields::Entry;
use crate::catalog::reader::Reader;
use crate::domain::agent::Field;

/// Takes the key, unless it has no meaning in this dialect.
pub(super) fn read(draft: &mut Draft<'_>, key: &str, entry: &Entry) -> bool {
    match key {
        "name" => draft.reader.extra(entry),
        "tools" => {
            let Some(switches) = draft.reader.switches(entry) else { return true };
            if switches.only.is_some() {
                draft.reader.mark(Field::Tools, entry);
            }
            if !switches.off.is_empty() {
                draft.reader.mark(Field::DisallowedTools, entry);
            }
            draft.agent.tools = switches.only.filter(|tools| *tools != ["*"]);
            draft.agent.disallowed_tools = switches.off;
        }
        "maxsteps" | "steps" => {
            draft.agent.max_turns = draft.reader.set(Field::MaxTurns, entry, Reader::number);
        }
        "disable" if draft.reader.switch(entry) => draft.disabled = Some("disable: true".to_owned()),
        "hidden" => draft.invocable &= !draft.reader.switch(entry),
        "disable" => {}
        _ => return false,
    }
    true
}
