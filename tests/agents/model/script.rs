//! What the model says. The prompt is the script; each of its lines is one thing to do:
//!
//! ```text
//! Say: text             `{result}` stands for the last tool's result
//! Think: text           a thought, where the protocol has them
//! Run: command          a call of the agent's own shell tool
//! Plan:                 a call of the agent's own tool for plans, with `PLAN` as its only line
//! Tool: NAME {json}     a call of this tool
//! Fail: 404 text        the request is refused with this status
//! Recall:               says the first line of each earlier prompt: proof that a session goes on
//! ```
//!
//! A call ends an answer; the next request, which brings the call's result, is answered with what follows. So the step
//! is the number of results behind the prompt, and nothing has to be remembered between two requests.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Whose words, or whose result.
#[derive(PartialEq)]
pub(super) enum Role {
    User,
    Model,
    Tool,
}

/// A message of the conversation, in order.
pub(super) struct Turn {
    pub(super) role: Role,
    pub(super) text: String,
}

/// The tools that the agent has, each with the schema of its arguments.
pub(super) type Tools = BTreeMap<String, Value>;

pub(super) enum Piece {
    Say(String),
    Think(String),
    Call { name: String, arguments: Value },
}

/// The request is refused.
pub(super) struct Refused {
    pub(super) status: u16,
    pub(super) text: String,
}

const VERBS: [&str; 7] = ["Say", "Think", "Run", "Plan", "Tool", "Fail", "Recall"];

/// The shell tools of the agents.
const SHELLS: [&str; 6] = ["Bash", "bash", "run_shell_command", "exec_command", "shell_command", "shell"];

/// The only line of every plan.
pub(crate) const PLAN: &str = "Peel the plum";

/// What comes next in this conversation.
pub(super) fn next(turns: &[Turn], tools: &Tools) -> Result<Vec<Piece>, Refused> {
    // A title, a summary, a choice of model.
    if tools.is_empty() {
        return Ok(vec![Piece::Say("A title".to_owned())]);
    }
    let prompt = turns.iter().rposition(|turn| turn.role == Role::User && lines(&turn.text).next().is_some());
    let Some(at) = prompt else { return Ok(vec![Piece::Say("Nothing to do.".to_owned())]) };
    let (before, now) = turns.split_at(at);
    let results: Vec<&str> =
        now.iter().filter(|turn| turn.role == Role::Tool).map(|turn| turn.text.as_str()).collect();
    let mut done = results.len();
    let mut pieces = Vec::new();
    for (verb, rest) in lines(&now[0].text) {
        let is_call = matches!(verb, "Run" | "Plan" | "Tool");
        if done > 0 {
            done -= usize::from(is_call);
            continue;
        }
        pieces.push(match verb {
            "Say" => Piece::Say(rest.replace("{result}", results.last().unwrap_or(&""))),
            "Think" => Piece::Think(rest.to_owned()),
            "Run" => shell(tools, rest),
            "Plan" => plan(tools),
            "Tool" => tool(rest),
            "Fail" => return Err(refused(rest)),
            _ => Piece::Say(recall(before)),
        });
        if is_call {
            break;
        }
    }
    if pieces.is_empty() {
        pieces.push(Piece::Say("That was all.".to_owned()));
    }
    Ok(pieces)
}

/// The lines of a text that are a script's.
fn lines(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| {
        let (verb, rest) = line.split_once(':')?;
        VERBS.contains(&verb).then(|| (verb, rest.trim()))
    })
}

fn shell(tools: &Tools, command: &str) -> Piece {
    let Some(name) = SHELLS.into_iter().find(|name| tools.contains_key(*name)) else {
        return Piece::Say("There is no shell.".to_owned());
    };
    let properties = &tools[name]["properties"];
    let key = if properties["cmd"].is_object() { "cmd" } else { "command" };
    let is_list = properties[key]["type"] == "array";
    let mut arguments =
        json!({ key: if is_list { json!(["bash", "-lc", command]) } else { json!(command) } });
    if properties["description"].is_object() {
        arguments["description"] = json!("Run a command");
    }
    // An agent with a sandbox asks only for what goes beyond it.
    if properties["sandbox_permissions"].is_object() {
        arguments["sandbox_permissions"] = json!("require_escalated");
        arguments["justification"] = json!("The sandbox forbids it.");
    }
    Piece::Call { name: name.to_owned(), arguments }
}

fn plan(tools: &Tools) -> Piece {
    let todo = json!({ "id": "1", "content": PLAN, "status": "in_progress", "priority": "high" });
    let claude = json!({ "content": PLAN, "status": "in_progress", "activeForm": PLAN });
    let known = [
        ("update_plan", json!({ "plan": [{ "step": PLAN, "status": "in_progress" }] })),
        ("TodoWrite", json!({ "todos": [claude] })),
        ("TaskCreate", json!({ "subject": PLAN, "description": PLAN, "activeForm": PLAN })),
        ("todowrite", json!({ "todos": [todo] })),
        ("write_todos", json!({ "todos": [{ "description": PLAN, "status": "in_progress" }] })),
        ("todo", json!({ "action": "write", "todos": [todo] })),
    ];
    let tool = known.into_iter().find(|(name, _)| tools.contains_key(*name));
    match tool {
        Some((name, arguments)) => Piece::Call { name: name.to_owned(), arguments },
        None => Piece::Say("There is no tool for plans.".to_owned()),
    }
}

fn tool(rest: &str) -> Piece {
    let (name, arguments) = rest.split_once(' ').unwrap_or((rest, "{}"));
    Piece::Call {
        name: name.to_owned(),
        arguments: serde_json::from_str(arguments).expect("a tool's arguments"),
    }
}

fn refused(rest: &str) -> Refused {
    let (status, text) = rest.split_once(' ').unwrap_or((rest, ""));
    Refused { status: status.parse().expect("a status"), text: text.to_owned() }
}

fn recall(before: &[Turn]) -> String {
    let prompts = before.iter().filter(|turn| turn.role == Role::User);
    let first = prompts.filter_map(|turn| lines(&turn.text).next());
    let said: Vec<String> = first.map(|(verb, rest)| format!("{verb} {rest}")).collect();
    format!("Earlier: {}", said.join(" | "))
}
