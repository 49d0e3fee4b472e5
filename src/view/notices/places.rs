//! Choosing where an agent works.

use std::path::{Path, PathBuf};

use super::{Said, built, choices, marked, plain, short};
use crate::domain::message::Style;
use crate::domain::press::Press;
use crate::view::clean::line;
use crate::view::compose::name;
use crate::view::text::RichBuilder;

/// Longest path, in UTF-16 units.
const PATH: usize = 200;

/// Most names in one sentence.
const MOST_NAMES: usize = 20;

/// Most workspaces of which the text shows the path.
const MOST_PATHS: usize = 12;

/// Workspaces to choose from.
pub(super) fn workspaces(workspaces: &[(String, PathBuf)], current: &str, bound: Option<&str>) -> Said {
    let text = built(|text| {
        text.push("In which workspace shall the agents work?\n");
        for (workspace, path) in workspaces.iter().take(MOST_PATHS) {
            text.push("\n").push(&marked(&short(workspace), workspace == current)).push(" · ");
            text.push_styled(Style::Code, &shown(path));
        }
        goes_to(text, bound);
    });
    let names: Vec<&str> = workspaces.iter().map(|(name, _)| name.as_str()).collect();
    (text, choices(&names, Some(current), Press::PickWorkspace))
}

/// A workspace was chosen.
pub(super) fn workspace_chosen(workspace: &str, path: &Path, bound: Option<&str>) -> Said {
    let text = built(|text| {
        text.push("Agents now work in ").push_styled(Style::Bold, &short(workspace)).push(" · ");
        text.push_styled(Style::Code, &shown(path));
        goes_to(text, bound);
    });
    (text, Vec::new())
}

/// The agent that a place is bound to.
fn goes_to(text: &mut RichBuilder, bound: Option<&str>) {
    if let Some(agent) = bound {
        text.push("\n\nWhat you write here goes to ");
        name(text, agent);
        text.push(".");
    }
}

/// No workspace of that name.
pub(super) fn unknown_workspace(wanted: &str, names: &[String]) -> Said {
    let text = plain(format!("There is no workspace “{}”. {}", short(wanted), those_there_are(names))).0;
    (text, choices(names, None, Press::PickWorkspace))
}

/// The names that there are, in a sentence.
pub(super) fn those_there_are(names: &[String]) -> String {
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
