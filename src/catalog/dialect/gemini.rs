//! Gemini CLI's agents. They have limits even where their files name none.

use std::time::Duration;

use super::{Draft, common};
use crate::catalog::fields::Entry;
use crate::catalog::reader::Reader;
use crate::domain::agent::{AgentSpec, Dialect, Field};

/// Limits of an agent that names none. Source: Gemini CLI's documentation of subagents.
const MAX_TURNS: u32 = 30;
const TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// Takes the key, unless it has no meaning in this dialect.
pub(super) fn read(draft: &mut Draft<'_>, key: &str, entry: &Entry) -> bool {
    match key {
        "tools" => common::tools(draft, entry),
        "maxturns" => draft.agent.max_turns = draft.reader.set(Field::MaxTurns, entry, Reader::number),
        "timeoutmins" => draft.agent.timeout = draft.reader.set(Field::Timeout, entry, Reader::minutes),
        "kind" if entry.value.scalar().as_deref() == Some("remote") => {
            let text = "kind: an agent that runs elsewhere cannot be run here".to_owned();
            draft.reader.refuse(entry, text, "use an agent of kind `local`");
        }
        _ => return false,
    }
    true
}

/// Sets the limits that neither the file nor its bases do.
pub(in crate::catalog) fn limit(agent: &mut AgentSpec) {
    if agent.source.dialect == Dialect::Gemini {
        agent.max_turns.get_or_insert(MAX_TURNS);
        agent.timeout.get_or_insert(TIMEOUT);
    }
}
