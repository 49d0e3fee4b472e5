//! Tasks, listed and one by one.

use super::{Said, built, plain, short};
use crate::domain::card::{TaskDetail, TaskLine};
use crate::domain::ids::TaskId;
use crate::domain::message::{Button, Style};
use crate::domain::press::Press;
use crate::domain::task::Outcome;
use crate::view::clean::{block, line};
use crate::view::compose::{button, dotted, name, row, title};
use crate::view::quantity::ago;
use crate::view::states;
use crate::view::text::RichBuilder;
use crate::view::working::{afterwards, totals};

/// Longest beginning of a prompt in the list, in UTF-16 units.
const LIST_PROMPT: usize = 80;

/// Longest prompt, and longest reason, of a task on its own, in UTF-16 units.
const PROMPT: usize = 1_200;

/// Longest approval in a task's list of them, in UTF-16 units, and how many of the latest are listed.
const APPROVALS: (usize, usize) = (80, 10);

/// How many tasks have a button of their own, and how many of those stand in a row.
const NUMBERED: (usize, usize) = (20, 5);

/// Nothing runs here.
pub(super) fn nothing_to_stop() -> Said {
    plain("Nothing is running here.")
}

/// No task of that number here.
pub(super) fn unknown(task: Option<TaskId>) -> Said {
    match task {
        Some(task) => plain(format!("There is no task #{task} here. /tasks shows those there are.")),
        None => plain("There are no tasks here yet."),
    }
}

/// One page of tasks, latest first.
pub(super) fn list(tasks: &[TaskLine], older: Option<TaskId>) -> Said {
    if tasks.is_empty() {
        return plain("There are no tasks here yet.");
    }
    let text = built(|text| {
        for (index, task) in tasks.iter().enumerate() {
            text.push(if index == 0 { "" } else { "\n" });
            list_line(text, task);
        }
    });
    let (most, row_length) = NUMBERED;
    let numbers: Vec<Button> = tasks
        .iter()
        .take(most)
        .map(|task| button(&format!("#{}", task.id), Press::ShowTask(task.id)))
        .collect();
    let mut rows: Vec<Vec<Button>> = numbers.chunks(row_length).map(<[Button]>::to_vec).collect();
    rows.extend(older.map(|before| row("Older", Press::TasksBefore(before))));
    (text, rows)
}

fn list_line(text: &mut RichBuilder, task: &TaskLine) {
    let (mark, _) = states::named(&task.state);
    text.push(&format!("#{} {mark} ", task.id));
    name(text, &task.agent);
    text.push(&format!(" · {} — {}", ago(task.age), line(&task.prompt, LIST_PROMPT)));
}

/// One task in full.
pub(super) fn detail(detail: &TaskDetail) -> Said {
    let TaskDetail { line, engine, workspace, requester, outcome, totals: done, approvals, .. } = detail;
    let text = built(|text| {
        let (mark, word) = outcome.as_ref().map_or_else(|| states::named(&line.state), states::outcome);
        text.push(&format!("#{} {mark} ", line.id)).push_styled(Style::Bold, word);
        dotted(text, &line.agent);
        dotted(text, engine);
        if let Some(done) = done {
            text.push(" · ").push(&totals(done));
        }
        text.push(&format!("\nasked by user {requester} · {} · in {}", ago(line.age), short(workspace)));
        if let Some(Outcome::Failed { reason }) = outcome {
            title(text.push("\n"), &block(reason, PROMPT));
        }
        let prompt = block(&line.prompt, PROMPT);
        if !prompt.is_empty() {
            text.push("\n\n").push_styled(Style::Quote, &prompt);
        }
        approvals_of(text, approvals);
    });
    let mut rows = vec![buttons(detail)];
    if detail.answered {
        let id = detail.line.id;
        rows.push(vec![
            button("Answer", Press::ShowAnswer(id)),
            button("Pass on…", Press::PassOn { task: id, page: 0 }),
        ]);
    }
    (text, rows)
}

fn approvals_of(text: &mut RichBuilder, approvals: &[(String, crate::domain::approval::ApprovalStatus)]) {
    if approvals.is_empty() {
        return;
    }
    let (length, most) = APPROVALS;
    let left_out = approvals.len().saturating_sub(most);
    text.push("\n\nIt asked for:");
    if left_out > 0 {
        text.push(&format!("\n… {left_out} earlier, see the log"));
    }
    for (what, status) in &approvals[left_out..] {
        text.push("\n").push_styled(Style::Code, &line(what, length));
        title(text.push("\n"), &states::approval(status));
    }
}

fn buttons(detail: &TaskDetail) -> Vec<Button> {
    let id = detail.line.id;
    let log = || button("Log", Press::Log(id));
    match (&detail.outcome, detail.line.state.as_str()) {
        (Some(_), _) => afterwards(id, detail.continues),
        (None, "queued") => vec![button("Drop", Press::Drop(id))],
        (None, "stopping") => vec![log()],
        (None, _) => vec![button("Stop", Press::Stop(id)), log()],
    }
}
