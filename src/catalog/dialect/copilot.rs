//! Copilot's agents: `*.agent.md`, and what lies in `.github/agents`.

use super::{Draft, common};
use crate::catalog::fields::Entry;

/// How the name of such a file ends, in lower case.
pub(super) const SUFFIX: &str = ".agent.md";

/// Takes the key, unless it has no meaning in this dialect.
pub(super) fn read(draft: &mut Draft<'_>, key: &str, entry: &Entry) -> bool {
    match key {
        "tools" => common::tools(draft, entry),
        _ => return false,
    }
    true
}
