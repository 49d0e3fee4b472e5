//! `handoffs`: to whom an agent can pass its result on. What cannot be understood is left out, for it bounds nothing.

use super::Reader;
use crate::catalog::fields::Entry;
use crate::domain::agent::{Handoff, folded};
use crate::yaml::Value;

const A_HANDOFF: &str = "write names of agents, or entries with `label`, `agent` and `prompt`";

impl Reader<'_> {
    /// The agents, by name or with a label and a prompt.
    pub(in crate::catalog) fn handoffs(&mut self, entry: &Entry) -> Option<Vec<Handoff>> {
        let found: Vec<Option<Handoff>> = match &entry.value {
            Value::Null => return None,
            Value::List(items) => items.iter().map(|item| handoff(&item.value)).collect(),
            value => vec![handoff(value)],
        };
        if found.iter().any(Option::is_none) {
            let text = format!("{}: an entry names no agent; left out", entry.name);
            self.warn(entry, text, A_HANDOFF);
        }
        Some(found.into_iter().flatten().collect())
    }
}

fn handoff(value: &Value) -> Option<Handoff> {
    let Value::Map(entries) = value else {
        let agent = value.scalar()?.trim().to_owned();
        return (!agent.is_empty()).then(|| Handoff { label: agent.clone(), agent, prompt: String::new() });
    };
    let text = |wanted: &str| {
        let (_, node) = entries.iter().rev().find(|(key, _)| folded(&key.name) == wanted)?;
        Some(node.value.scalar()?.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let agent = text("agent")?;
    let label = text("label").unwrap_or_else(|| agent.clone());
    Some(Handoff { label, agent, prompt: text("prompt").unwrap_or_default() })
}
