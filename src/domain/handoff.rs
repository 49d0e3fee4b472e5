//! What an agent is told that goes on with another's result. Pure.

use super::ids::TaskId;

/// How much of a result is handed on, in bytes.
pub const RESULT_LIMIT: usize = 32 * 1024;

/// What stands between the words of a request and what is added to them.
const ASIDE: &str = "\n\n---\n";

/// The words of a prompt without what was added to them, for lists.
#[must_use]
pub fn request_of(prompt: &str) -> &str {
    prompt.split_once(ASIDE).map_or(prompt, |(request, _)| request)
}

/// A result that is handed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    /// Whose.
    pub agent: String,
    /// Of which task.
    pub task: TaskId,
    /// What it answered, in Markdown.
    pub result: String,
    /// The branch that it worked on, where that is not the workspace's.
    pub branch: Option<String>,
}

/// The prompt of a chain's step, counted from 0, of agents in their order.
#[must_use]
pub fn step_prompt(request: &str, agents: &[&str], at: usize, before: Option<&Handed>) -> String {
    let name = agents.get(at).copied().unwrap_or_default();
    let mut prompt = format!(
        "{request}{ASIDE}You are {name}, step {} of {} in a chain of agents that work on the request above \
         one after the other, in the same workspace: {}.",
        at + 1,
        agents.len(),
        agents.join(" > "),
    );
    if let Some(handed) = before {
        prompt.push_str(&result(handed));
    }
    prompt.push_str("\n\nDo your part of the request, as your instructions say");
    prompt.push_str(match agents.get(at + 1) {
        Some(_) => ", and nothing that is left to those after you. ",
        None => ". ",
    });
    match agents.get(at + 1) {
        Some(next) => prompt.push_str(&format!(
            "Your final answer is all that {next} gets to read of your work, besides the files: \
             say in it what you did, what you decided and why, and what is left to do."
        )),
        None => prompt.push_str("You are the last: your final answer is what the person gets to read."),
    }
    prompt
}

/// The prompt of a task that another's result is handed on to: by a handoff of that agent's file, with its prompt, or
/// by a person, without one.
#[must_use]
pub fn handoff_prompt(request: &str, handed: &Handed, wanted: &str) -> String {
    let wanted = wanted.trim();
    let what = if wanted.is_empty() {
        "Take the work over from there: do your part of it, as your instructions say."
    } else {
        wanted
    };
    format!("{what}{ASIDE}The work is handed on to you. The request was:\n\n{request}{}", result(handed))
}

fn result(handed: &Handed) -> String {
    let Handed { agent, task, result, branch } = handed;
    let mut text = format!("\n\nThe result of {agent} (task #{task}):\n\n");
    let result = result.trim();
    if result.is_empty() {
        text.push_str("(It said nothing; see the files.)");
    }
    let kept = &result[..result.floor_char_boundary(RESULT_LIMIT)];
    text.push_str(kept);
    if kept.len() < result.len() {
        text.push_str(&format!("\n\n(Cut here: the result has {} bytes.)", result.len()));
    }
    if let Some(branch) = branch {
        text.push_str(&format!(
            "\n\n({agent} worked in a git worktree of its own: its changes, if any, are not in this directory. What it has \
             committed is on the branch {branch}; the rest gets there only once a person keeps it.)"
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handed(result: &str) -> Handed {
        Handed { agent: "architect".to_owned(), task: TaskId(12), result: result.to_owned(), branch: None }
    }

    #[test]
    fn each_step_is_told_who_it_is_and_what_came_before() {
        let agents = ["architect", "engineer", "tester"];
        let first = step_prompt("Build a bridge.", &agents, 0, None);
        insta::assert_snapshot!(first);
        assert_eq!(request_of(&first), "Build a bridge.");
        let second = step_prompt("Build a bridge.", &agents, 1, Some(&handed("The plan.\n")));
        insta::assert_snapshot!(second);
        let last = step_prompt("Build a bridge.", &agents, 2, Some(&handed("")));
        insta::assert_snapshot!(last);
    }

    #[test]
    fn a_handoff_says_what_is_wanted_and_what_was_asked() {
        let apart = Handed { branch: Some("adjutant/task-12-architect".to_owned()), ..handed("The plan.") };
        insta::assert_snapshot!(handoff_prompt("Build a bridge.", &apart, "Carry the plan out."));
        insta::assert_snapshot!(handoff_prompt("Build a bridge.", &handed("The plan."), " "));
    }

    #[test]
    fn a_result_is_handed_on_whole_up_to_its_limit() {
        let whole = "é".repeat(RESULT_LIMIT / 2);
        assert!(handoff_prompt("x", &handed(&whole), "").ends_with(&whole));
        let longer = format!("{whole}é");
        let cut = handoff_prompt("x", &handed(&longer), "");
        assert!(cut.contains(&whole) && !cut.contains(&longer));
        assert!(cut.ends_with(&format!("(Cut here: the result has {} bytes.)", longer.len())));
    }
}
