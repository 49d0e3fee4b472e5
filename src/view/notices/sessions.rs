//! Going on with an earlier session.

use super::{Said, built, marked, plain, short};
use crate::domain::card::{SessionLine, SessionPicker, SessionSearch};
use crate::domain::press::Press;
use crate::view::clean::{block, line};
use crate::view::compose::{name, row};
use crate::view::quantity::ago;

/// Longest title on a button, in UTF-16 units; a time comes behind it.
const LABEL: usize = 40;

/// Longest title in a sentence, in UTF-16 units.
const TITLE: usize = 100;

/// Most sessions of one list.
const MOST: usize = 30;

/// Longest reason, in UTF-16 units.
const REASON: usize = 300;

/// Sessions to choose from; the current one is marked.
pub(super) fn picker(picker: &SessionPicker) -> Said {
    let SessionPicker { engine, workspace, sessions, search } = picker;
    let (engine, workspace) = (short(engine), short(workspace));
    let text = built(|text| {
        if !sessions.is_empty() {
            text.push(&format!("Which session of {engine} in {workspace} shall go on?"));
        } else if *search != SessionSearch::Looking {
            text.push(&format!("There is no session of {engine} in {workspace} to go on with."));
        }
        text.push(&match search {
            SessionSearch::Looking => "\nLooking for more…".to_owned(),
            SessionSearch::Done => String::new(),
            SessionSearch::Failed { reason } => {
                format!("\n{engine} could not say which others there are: {}", line(reason, REASON))
            }
        });
    });
    (
        text,
        sessions
            .iter()
            .take(MOST)
            .map(|session| row(&label(session), Press::PickSession(session.key)))
            .collect(),
    )
}

fn label(session: &SessionLine) -> String {
    let title = titled(&session.title, LABEL);
    let label = marked(&title, session.current);
    session.age.map_or_else(|| label.clone(), |age| format!("{label} · {}", ago(age)))
}

fn titled(title: &str, most: usize) -> String {
    let title = line(title, most);
    if title.is_empty() { "Without a title".to_owned() } else { title }
}

/// A session was chosen.
pub(super) fn continuing(title: &str, agent: &str) -> Said {
    let text = built(|text| {
        text.push(&format!("Continuing “{}” with ", titled(title, TITLE)));
        name(text, agent);
        text.push(". Your next message goes there.");
    });
    (text, Vec::new())
}

/// The session cannot be continued here.
pub(super) fn unusable(reason: &str) -> Said {
    plain(format!("This session cannot go on here: {}", block(reason, REASON)))
}
