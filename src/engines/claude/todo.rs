//! The agent's plan, from either of the two sets of tools with which Claude Code keeps one. Pure.

use serde_json::Value;

use crate::domain::event::{PlanEntry, PlanState};

/// The tools that keep the plan. They are no actions of their own.
pub(super) const TOOLS: [&str; 5] = ["TodoWrite", "TaskCreate", "TaskGet", "TaskUpdate", "TaskList"];

/// The plan as it stands.
#[derive(Debug, Default)]
pub(super) struct Todo {
    /// With the names that Claude Code gives to the entries; empty where it gives none.
    entries: Vec<(String, PlanEntry)>,
}

impl Todo {
    /// A tool was called; the plan, if it is another now.
    pub(super) fn called(&mut self, tool: &str, input: &Value) -> Option<Vec<PlanEntry>> {
        if tool != "TodoWrite" {
            return None;
        }
        let todos = input.get("todos")?.as_array()?;
        self.entries =
            todos.iter().filter_map(|todo| Some((String::new(), entry(todo, "content")?))).collect();
        Some(self.plan())
    }

    /// A tool returned; the plan, if it is another now.
    pub(super) fn returned(&mut self, tool: &str, input: &Value, result: &Value) -> Option<Vec<PlanEntry>> {
        match tool {
            "TaskCreate" => {
                let task = result.get("task")?;
                let id = task.get("id")?.as_str()?.to_owned();
                self.entries.push((id, entry(task, "subject")?));
            }
            "TaskUpdate" if result.get("success")?.as_bool()? => self.update(input)?,
            "TaskList" => {
                let tasks = result.get("tasks")?.as_array()?;
                let named =
                    |task: &Value| Some((task.get("id")?.as_str()?.to_owned(), entry(task, "subject")?));
                self.entries = tasks.iter().filter_map(named).collect();
            }
            _ => return None,
        }
        Some(self.plan())
    }

    fn update(&mut self, input: &Value) -> Option<()> {
        let id = input.get("taskId")?.as_str()?;
        let status = input.get("status").and_then(Value::as_str);
        if status == Some("deleted") {
            self.entries.retain(|(name, _)| name != id);
            return Some(());
        }
        let (_, entry) = self.entries.iter_mut().find(|(name, _)| name == id)?;
        if let Some(subject) = input.get("subject").and_then(Value::as_str) {
            subject.clone_into(&mut entry.text);
        }
        if let Some(status) = status {
            entry.state = state(status);
        }
        Some(())
    }

    fn plan(&self) -> Vec<PlanEntry> {
        self.entries.iter().map(|(_, entry)| entry.clone()).collect()
    }
}

fn entry(value: &Value, text: &str) -> Option<PlanEntry> {
    let text = value.get(text)?.as_str()?.to_owned();
    let status = value.get("status").and_then(Value::as_str).unwrap_or_default();
    Some(PlanEntry { text, state: state(status) })
}

fn state(status: &str) -> PlanState {
    match status {
        "in_progress" => PlanState::Active,
        "completed" => PlanState::Done,
        _ => PlanState::Pending,
    }
}
