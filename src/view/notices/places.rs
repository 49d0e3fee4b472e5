//! Choosing where an agent works, and which engine runs it.

use std::path::{Path, PathBuf};

use super::{Said, built, choices, marked, plain, short};
use crate::domain::message::Style;
use crate::domain::press::Press;
use crate::view::clean::line;
use crate::view::compose::row;

/// Longest path, in UTF-16 units.
const PATH: usize = 200;

/// Most names in one sentence.
const MOST_NAMES: usize = 20;

/// Most workspaces of which the text shows the path.
const MOST_PATHS: usize = 12;

/// Workspaces to choose from.
pub(super) fn workspaces(workspaces: &[(String, PathBuf)], current: &str) -> Said {
    let text = built(|text| {
        text.push("In which workspace shall the agents work?\n");
        for (name, path) in workspaces.iter().take(MOST_PATHS) {
            text.push("\n").push(&marked(&short(name), name == current)).push(" · ");
            text.push_styled(Style::Code, &shown(path));
        }
    });
    let names: Vec<&str> = workspaces.iter().map(|(name, _)| name.as_str()).collect();
    (text, choices(&names, Some(current), Press::PickWorkspace))
}

/// A workspace was chosen.
pub(super) fn workspace_chosen(name: &str, path: &Path) -> Said {
    let text = built(|text| {
        text.push("Agents now work in ").push_styled(Style::Bold, &short(name)).push(" · ");
        text.push_styled(Style::Code, &shown(path));
    });
    (text, Vec::new())
}

/// No workspace of that name.
pub(super) fn unknown_workspace(wanted: &str, names: &[String]) -> Said {
    let text = plain(format!("There is no workspace “{}”. {}", short(wanted), those_there_are(names))).0;
    (text, choices(names, None, Press::PickWorkspace))
}

/// Engines to choose from; the first choice leaves it to the agent.
pub(super) fn engines(engines: &[String], chosen: Option<&str>, default: &str) -> Said {
    let text = format!(
        "Which engine shall run the agents here? Left to the agent, it is the one that its file names, or else {}.",
        short(default)
    );
    let mut rows = vec![row(&marked("As the agent says", chosen.is_none()), Press::PickEngine(None))];
    rows.extend(choices(engines, chosen, |key| Press::PickEngine(Some(key))));
    (plain(text).0, rows)
}

/// An engine was chosen.
pub(super) fn engine_chosen(name: Option<&str>) -> Said {
    match name {
        Some(name) => plain(format!("Agents here now run with {}.", short(name))),
        None => plain("Agents here now run with the engine that their file names, or else the default."),
    }
}

/// No engine of that name.
pub(super) fn unknown_engine(wanted: &str, names: &[String]) -> Said {
    let text = plain(format!("There is no engine “{}”. {}", short(wanted), those_there_are(names))).0;
    (text, choices(names, None, |key| Press::PickEngine(Some(key))))
}

fn those_there_are(names: &[String]) -> String {
    if names.is_empty() {
        return "There are none.".to_owned();
    }
    let shown: Vec<String> = names.iter().take(MOST_NAMES).map(|name| short(name)).collect();
    let more = if names.len() > MOST_NAMES { ", …" } else { "" };
    format!("There are: {}{more}.", shown.join(", "))
}

fn shown(path: &Path) -> String {
    line(&path.to_string_lossy(), PATH)
}
